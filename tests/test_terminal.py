"""What infer.py shows on a real terminal, and how far it has come."""

import os
import pty
import re
import subprocess
import sys
import termios
import threading
from pathlib import Path
from typing import Self

from khabar.cli.progress import count_pages
from khabar.cli.terminal import isolated, page_on_terminal
from khabar.pages import Page, Paragraph, Span
from tests.conftest import PAGE, ROOT


class Terminal:
    """A pseudo-terminal of 70 columns; afterwards ``shown`` is what was written to it."""

    def __enter__(self) -> Self:
        self._ours, self.theirs = pty.openpty()
        termios.tcsetwinsize(self.theirs, (24, 70))
        self._written: list[bytes] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def _read(self) -> None:
        try:
            while block := os.read(self._ours, 65536):
                self._written.append(block)
        except OSError:  # Linux says so when the other side has closed.
            pass

    def __exit__(self, *_: object) -> None:
        os.close(self.theirs)
        self._reader.join(timeout=60)
        os.close(self._ours)

    @property
    def shown(self) -> str:
        return b"".join(self._written).decode().replace("\r\n", "\n")


def test_on_a_terminal_pages_are_tables_and_a_bar_says_how_long(tiny_tagger_folder: Path, tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"{number}.txt").write_text(PAGE, "utf-8")
    call = [sys.executable, "infer.py", tmp_path, "--model", tiny_tagger_folder, "--dtype", "fp32"]
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    with Terminal() as out, Terminal() as err:
        subprocess.run(call, cwd=ROOT, stdout=out.theirs, stderr=err.theirs, env=environment, timeout=600, check=True)
    assert re.search(r"2/2 \[\d\d:\d\d<\d\d:\d\d, +[\d.]+( pages/s|s/ pages)", err.shown), err.shown
    first, second = out.shown.rstrip("\n").split("\n\n")
    for number, table in enumerate((first, second)):
        head, *lines = table.split("\n")
        assert re.fullmatch(rf"\u2068{number}\u2069: \d report paragraphs of 6", head)
        assert [line[:4] for line in lines if line[3] != " "] == [f"   {index}" for index in range(6)]
        heads = r" {3}\d  (?:report|boilerplate) +| {8}(?:ACTOR|LOCATION|TIME|COUNT) +"
        pattern = re.compile(rf"(?:{heads})[01]\.\d\d  .*\u2068[^\u2068\u2069]+\u2069")
        assert [line for line in lines if not pattern.fullmatch(line)] == []
        assert max(map(len, lines)) <= 72  # and two isolates, which take no place


def test_columns_are_straight_and_values_come_before_the_text() -> None:
    text = "قتل 12 جنديا أمس في حلب"
    page = Page("p", text, published="2023-09-20", paragraphs=[Paragraph(0, len(text), "report", 0.987)])
    page.spans = [
        Span(4, 12, "COUNT", score=0.5, value={"number": 12, "relation": "≈", "symbol": "%"}),
        Span(13, 16, "TIME", value={"timex": "2023-09-19"}),
        Span(20, 23, "LOCATION", score=1.0, value={"name": "حلب", "country": "SY"}),
    ]
    assert page_on_terminal(page) == (
        "\u2068p\u2069: 1 report paragraphs of 1, published \u20682023-09-20\u2069\n"
        "   0  report      0.99  \u2068قتل 12 جنديا أمس في حلب\u2069\n"
        "        COUNT     0.50  ~12 %                  \u206812 جنديا\u2069\n"
        "        TIME            2023-09-19             \u2068أمس\u2069\n"
        "        LOCATION  1.00  SY                     \u2068حلب\u2069\n"
    )
    assert page_on_terminal(Page("p", "", error="empty\nfile")).splitlines()[1] == "  error: \u2068empty file\u2069"


def test_a_page_cannot_command_the_terminal_or_turn_its_lines() -> None:
    assert isolated("أ\x1b[2J\u202eب\u2066\nج\u200f\ud800\x9b") == "\u2068أ\ufffd[2Jب ج\ufffd\ufffd\u2069"


def test_pages_are_counted_before_they_are_read(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.jsonl").write_bytes(b'{"text": "\\""}\n' * 3 + b'{"text": ""}')
    (tmp_path / "c.csv").write_bytes(
        b'text,id\n"two\nlines, and ""more""\n",1\nx,2\n' + b'"%s",3' % (b"y\n" * (1 << 20))
    )
    pyarrow.parquet.write_table(pyarrow.table({"text": ["x"] * 5}), tmp_path / "d.parquet")
    (tmp_path / "e.parquet").write_bytes(b"none")
    (tmp_path / "f.html.gz").write_bytes(b"one page, whatever it holds")
    files = sorted(tmp_path.iterdir())
    assert [count_pages([file]) for file in files] == [1, 4, 3, 5, 1, 1]
    assert count_pages(files) == 15
    assert count_pages([*files, None]) is None
    assert count_pages([tmp_path / "g.jsonl.gz"]) is None
