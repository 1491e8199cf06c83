"""Runs of infer.py that are killed, interrupted, starved of room or of workers: what is done stays, to the byte."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from khabar.chunks import CHUNK_PAGES
from tests.conftest import PAGE, ROOT
from tests.processes import Infer

LINES = [line for line in PAGE.splitlines() if line]
KILLS = 20

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked from a server")


def input_lines(start: int, stop: int) -> str:
    """Pages of a line each; every fiftieth is empty, and will carry an error."""
    texts = ((f"{LINES[n % len(LINES)]} {n}." if n % 50 else "") for n in range(start, stop))
    return "".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts, start))


class Runs:
    """Runs of one model over one input into one output."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.folder = folder
        self.input = folder / "pages.jsonl"
        self.output = folder / "tagged.jsonl"
        self.part = folder / "tagged.jsonl.part"
        self._model = model

    def arguments(self, *more: object, output: Path | None = None) -> list[object]:
        return [self.input, "--model", self._model, "--dtype", "fp32", "-o", output or self.output, *more]

    def start(self, *more: object, file_limit: int | None = None) -> Infer:
        return Infer(self.folder, *self.arguments(*more), file_limit=file_limit)

    def resumed(self, *more: object) -> bytes:
        """What a run that goes on with the last one makes of it."""
        run = self.start("--resume", *more)
        assert run.end() == 3, run.errors
        return self.output.read_bytes()

    def written(self) -> int:
        """How many bytes stand in the unfinished output."""
        try:
            return self.part.stat().st_size
        except FileNotFoundError:  # not begun, or whole and renamed
            return 0

    def kept_lines(self) -> list[bytes]:
        try:
            return self.part.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:  # as above
            return []

    def kept(self) -> int:
        """How many pages of the unfinished output need not be done again. Its lines are whole."""
        lines = self.kept_lines()
        assert [json.loads(line)["id"] for line in lines] == [str(n) for n in range(len(lines))]
        assert all(line.endswith(b"\n") for line in lines)
        return len(lines) // CHUNK_PAGES * CHUNK_PAGES

    def how_to_go_on(self, pages: int, *more: object) -> str:
        command = " ".join(map(str, self.arguments(*more, "--resume")))
        return f"{pages} pages are kept, go on with: python infer.py {command}"


def wait_until(condition: Callable[[], bool], run: Infer) -> None:
    while run.running and not condition():
        time.sleep(0.001)


@pytest.fixture(scope="module")
def thousands(tiny_tagger_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """2,000 pages, and what an uninterrupted run makes of them."""
    runs = Runs(tmp_path_factory.mktemp("whole"), tiny_tagger_folder)
    runs.input.write_text(input_lines(0, 2000))
    run = runs.start()
    assert run.end() == 3, run.errors
    assert run.errors[-1] == f"wrote {runs.output}; 40 pages with an error"
    return runs.input.read_text(), runs.output.read_bytes()


@pytest.fixture
def runs(thousands: tuple[str, bytes], tiny_tagger_folder: Path, tmp_path: Path) -> Runs:
    """Runs over the 2,000 pages."""
    runs = Runs(tmp_path, tiny_tagger_folder)
    runs.input.write_text(thousands[0])
    return runs


def test_killed_at_random_moments_it_comes_out_the_same(runs: Runs, thousands: tuple[str, bytes]) -> None:
    chance = random.Random(0)
    whole = thousands[1]
    moments = sorted(chance.randrange(len(whole)) for _ in range(KILLS))
    while moments:
        run = runs.start("--resume")
        wait_until(lambda: runs.written() >= moments[0], run)
        time.sleep(chance.uniform(0, 0.02))
        run.send(signal.SIGKILL)
        code = run.end()
        if code == -signal.SIGKILL:
            moments.pop(0)
        else:  # It was whole before the signal came.
            assert code == 3, run.errors
            assert runs.output.read_bytes() == whole
            runs.output.unlink()
    assert runs.resumed() == whole
    assert sorted(path.name for path in runs.folder.glob("tagged*")) == ["tagged.jsonl"]


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_leaves_whole_lines_and_says_how_to_go_on(
    number: signal.Signals, code: int, word: str, runs: Runs, thousands: tuple[str, bytes]
) -> None:
    for part in (2, 4, 8, 16, 32):
        run = runs.start()
        wait_until(lambda part=part: runs.written() > len(thousands[1]) / part, run)
        run.send(number)
        if run.end() != 3:
            break
        runs.output.unlink()  # It was whole before the signal came.
    assert run.end() == code, run.errors
    kept = runs.kept()
    assert run.errors[-1] == f"{word}; {runs.how_to_go_on(kept)}"
    assert not [line for line in run.errors if "Traceback" in line]
    assert runs.resumed() == thousands[1]


def test_a_full_disk_leaves_whole_lines_and_says_how_to_go_on(runs: Runs, thousands: tuple[str, bytes]) -> None:
    """The limit of a file's size, which every system has, does what a full disk does: a write comes back short."""
    run = runs.start(file_limit=len(thousands[1]) // 2)
    assert run.end() == 2, run.errors
    kept = runs.kept()
    assert run.errors[-1] == (
        f"error: {runs.part}: cannot be written (File too large); make room, or choose another -o; "
        + runs.how_to_go_on(kept)
    )
    assert runs.resumed() == thousands[1]


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts small file systems; skips where that is refused."""
    places: list[Path] = []

    def mount(options: str) -> Path:
        place = tmp_path / f"disk-{len(places)}"
        place.mkdir()
        call = ["mount", "-t", "tmpfs", "-o", options, "khabar-test", str(place)]
        try:
            result = subprocess.run(call, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount")
        if result.returncode:
            pytest.skip(f"mounting is refused: {result.stderr.strip()}")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", str(place)], check=True)


def test_a_small_disk_runs_full(mounted: Callable[[str], Path], runs: Runs, thousands: tuple[str, bytes]) -> None:
    runs.output = mounted("size=256k") / "tagged.jsonl"
    runs.part = runs.output.with_name("tagged.jsonl.part")
    run = runs.start()
    assert run.end() == 2, run.errors
    kept = runs.kept()
    assert kept >= CHUNK_PAGES
    problem = f"error: {runs.part}: cannot be written (No space left on device); make room, or choose another -o; "
    assert run.errors[-1].startswith((problem, problem.replace(".part", ".progress")))
    subprocess.run(["mount", "-o", "remount,size=64m", str(runs.output.parent)], check=True)
    assert runs.resumed() == thousands[1]


def run_here(*arguments: object) -> int:
    from khabar.cli import run_command

    return run_command("infer", list(map(str, arguments)), prog="infer.py")


def test_a_folder_that_cannot_be_written_is_told(
    mounted: Callable[[str], Path], runs: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    place = mounted("ro,size=64k")
    assert run_here(*runs.arguments(output=place / "o.jsonl")) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"error: {place}/o.jsonl: cannot be written (Read-only file system); choose another -o"
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_others_is_told(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    place = runs.folder / "others"
    place.mkdir(0o555)
    assert run_here(*runs.arguments(output=place / "o.jsonl")) == 2
    assert "o.jsonl: cannot be written (Permission denied); choose another -o" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_device_is_written_to_as_it_is(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    runs.input.write_text(input_lines(1, 3))
    assert run_here(*runs.arguments(output=Path("/dev/full"))) == 2
    problem = "error: /dev/full: cannot be written (No space left on device); make room, or choose another -o"
    assert capsys.readouterr().err.splitlines()[-1] == problem
    assert run_here(*runs.arguments(output=Path("/dev/null"))) == 0
    assert Path("/dev/null").is_char_device()
    run = Infer(runs.folder, *runs.arguments()[:-2], stdout=Path("/dev/full"))
    assert run.end() == 2
    assert run.errors[1:] == [problem.replace("/dev/full", "standard output")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_standard_output_is_told_by_every_command(runs: Runs) -> None:
    runs.input.write_text('{"id": "1", "text": "", "paragraphs": [], "spans": []}\n')
    call = [sys.executable, "-m", "khabar", "show", str(runs.input)]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(call, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr == "error: the output: No space left on device; make room\n"


def test_the_second_of_two_runs_into_one_output_refuses(
    runs: Runs, thousands: tuple[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    first = runs.start()
    wait_until(lambda: runs.written() > 0, first)
    os.kill(first.pid, signal.SIGSTOP)
    try:
        assert run_here(*runs.arguments("--resume")) == 2
    finally:
        os.kill(first.pid, signal.SIGCONT)
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"error: {runs.part}: another process is writing it; wait for its end, or choose another -o"
    )
    assert first.end() == 3
    assert runs.output.read_bytes() == thousands[1]


def test_a_reader_that_goes_away_ends_the_run_quietly(runs: Runs) -> None:
    pipe = runs.folder / "pipe"
    os.mkfifo(pipe)
    run = Infer(runs.folder, *runs.arguments()[:-2], stdout=pipe)
    with pipe.open("rb") as reader:
        assert json.loads(reader.readline())["id"] == "0"
    assert run.end() == 141
    assert [line for line in run.errors if not line.startswith("page ")] == run.errors[:1]


def test_input_that_grows_while_it_is_read(runs: Runs, thousands: tuple[str, bytes]) -> None:
    run = runs.start()
    wait_until(lambda: runs.written() > 0, run)
    with runs.input.open("a") as file:
        file.write(input_lines(2000, 2100))
    assert run.end() == 3, run.errors
    first = runs.output.read_bytes()
    assert [json.loads(line)["id"] for line in first.splitlines()] == [str(n) for n in range(2100)]
    # Up to the last whole chunk of 128 pages, no page knows of what came behind.
    assert first.splitlines()[:1920] == thousands[1].splitlines()[:1920]


def test_input_that_has_grown_since(runs: Runs) -> None:
    run = runs.start()
    wait_until(lambda: runs.written() > 0, run)
    run.send(signal.SIGKILL)
    run.end()
    with runs.input.open("a") as file:
        file.write(input_lines(2000, 2100))
    resumed = runs.resumed()
    again = runs.start()
    assert again.end() == 3
    assert resumed == runs.output.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--resume"], "--resume: standard output cannot be gone on with, only JSONL in a file; write -o tagged.jsonl"),
        (["-o", "o.jsonl.gz"], "-o o.jsonl.gz: files of kind '.gz' cannot be written; expected .jsonl, .csv"),
        (["-o", "o.foo"], "-o o.foo: files of kind '.foo' cannot be written"),
        (["--resume", "-o", "o.csv"], "--resume: o.csv cannot be gone on with"),
        (["--resume", "-o", "o.parquet"], "--resume: o.parquet cannot be gone on with"),
        (["--resume", "-o", "o.xlsx"], "--resume: o.xlsx cannot be gone on with"),
        (["--resume", "-o", "o.conll"], "--resume: o.conll cannot be gone on with"),
        (["--resume", "-o", "/dev/null"], "--resume: /dev/null cannot be gone on with"),
        (["--workers", "0"], "--workers 0: expected 1 or more"),
    ],
)
def test_what_cannot_be_is_told(arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here("seeds", *arguments) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(f"error: {problem}")
    assert errors.count("\n") == 1


def test_a_strict_run_goes_on_once_its_page_is_mended(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line for line in input_lines(0, 220).splitlines(keepends=True) if '""' not in line]
    mended, lines[150] = lines[150], '{"id": "broken"}\n'
    runs.input.write_text("".join(lines))
    assert run_here(*runs.arguments("--strict")) == 2
    assert len(runs.kept_lines()) == 150
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("error: page broken: ")
    assert last.endswith(runs.how_to_go_on(128, "--strict"))
    lines[150] = mended
    runs.input.write_text("".join(lines))
    assert run_here(*runs.arguments("--strict", "--resume")) == 0
    assert capsys.readouterr().err.splitlines()[1] == "128 pages are done, going on"
    resumed = runs.output.read_bytes()
    assert run_here(*runs.arguments("--resume")) == 0
    assert capsys.readouterr().err.splitlines()[1] == "nothing to resume, from the beginning"
    assert runs.output.read_bytes() == resumed


def test_strict_tells_of_errors_that_are_done(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    run = runs.start()
    wait_until(lambda: len(runs.kept_lines()) > 128, run)
    run.send(signal.SIGKILL)
    run.end()
    assert run_here(*runs.arguments("--resume", "--strict")) == 2
    assert " pages that are done carry an error" in capsys.readouterr().err.splitlines()[-1]


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no /proc to find workers by")
def test_a_worker_that_is_killed_costs_nothing(runs: Runs, thousands: tuple[str, bytes]) -> None:
    call = [sys.executable, "infer.py", *map(str, runs.arguments("--workers", 2))]
    with subprocess.Popen(call, cwd=ROOT, stderr=subprocess.PIPE, text=True) as run:
        while run.poll() is None and runs.written() < len(thousands[1]) / 4:
            time.sleep(0.01)
        workers = [pid for pid in children(run.pid) if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        assert run.stderr is not None
        errors = run.stderr.read().splitlines()
        assert run.wait() == 2
    assert errors[-1] == (
        "error: a worker process was ended by signal 9; is there memory for another model?; "
        + runs.how_to_go_on(runs.kept(), "--workers", 2)
    )
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    result = subprocess.run([*call, "--resume"], cwd=ROOT, capture_output=True, check=False)
    assert result.returncode == 3, result.stderr.decode()
    assert runs.output.read_bytes() == thousands[1]
