"""Compressed pages, whole, truncated and hostile: what can be had is had, and memory stays bounded."""

from __future__ import annotations

import gzip
import json
import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from khabar.pages import KhabarError, Page
from khabar.reading import files, read_pages, read_records
from khabar.reading.files import Lines, TooLongError, form_of, stem_of, zstd

ROOT = Path(__file__).parents[1]
PACK = {".gz": gzip.compress, ".zst": zstd.compress}


def read(*sources: Path) -> list[Page]:
    return list(read_pages(list(sources)))


@pytest.mark.parametrize("ending", PACK)
def test_every_form_may_be_compressed(tmp_path: Path, ending: str) -> None:
    contents = {"a.txt": "خبر", "b.jsonl": '{"id": "b", "text": "خبر"}\n', "c.csv": "id,text\nc,خبر\n", "d.TXT": "خبر"}
    for name, content in contents.items():
        (tmp_path / f"{name}{ending}").write_bytes(PACK[ending](content.encode()))
    assert read(tmp_path) == [Page(name, "خبر") for name in "abcd"]


@pytest.mark.parametrize(
    ("name", "form", "stem"),
    [
        ("page.txt.gz", ".txt", "page"),
        ("a.b.JSONL.ZST", ".jsonl", "a.b"),
        ("p.csv", ".csv", "p"),
        ("p.parquet.gz", "", "p"),
        ("p.gz", "", "p"),
        ("p.tar.gz", "", "p"),
        (".gz", "", ".gz"),
        ("p.txt.gz.zst", "", "p.txt"),
    ],
)
def test_form_and_id_by_the_name(name: str, form: str, stem: str) -> None:
    assert (form_of(Path(name)), stem_of(Path(name))) == (form, stem)


def test_members_and_frames_in_one_file_are_one_text(tmp_path: Path) -> None:
    for ending, pack in PACK.items():
        (tmp_path / f"a.txt{ending}").write_bytes(pack("نص ".encode()) + pack("قصير".encode()))
    assert [page.text for page in read(tmp_path)] == ["نص قصير", "نص قصير"]


@pytest.mark.parametrize("ending", PACK)
def test_of_a_truncated_file_the_whole_lines_are_kept(tmp_path: Path, ending: str) -> None:
    noise = random.Random(0)
    lines = [json.dumps({"id": str(n), "text": "خبر", "noise": noise.randbytes(300).hex()}) for n in range(2000)]
    packed = PACK[ending]("\n".join(lines).encode())
    (tmp_path / f"p.jsonl{ending}").write_bytes(packed[: len(packed) * 3 // 4])
    pages = read(tmp_path)
    good = pages[:-1]
    assert len(good) > 1000
    assert [page.id for page in good] == [str(n) for n in range(len(good))]
    assert all(page.error is None for page in good)
    line = len(good) + 1
    assert pages[-1] == Page(
        f"p-{line}",
        "",
        error=f"{tmp_path}/p.jsonl{ending}, line {line}: cannot be read on (the compressed file ends too early); "
        "check the file",
    )


@pytest.mark.parametrize("ending", PACK)
def test_a_page_that_is_truncated_or_not_compressed_is_an_error(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"a.txt{ending}").write_bytes(PACK[ending]("خبر".encode())[:-3])
    (tmp_path / f"b.txt{ending}").write_bytes("خبر".encode())
    (tmp_path / f"c.csv{ending}").write_bytes(b"")
    first, second = (page.error for page in read(tmp_path) if not page.id.startswith("c"))
    name = f"{tmp_path}/a.txt{ending}"
    assert first == f"{name}: cannot be read (the compressed file ends too early); check the file"
    assert str(second).startswith(
        f"{tmp_path}/b.txt{ending}: cannot be read (not a compressed file that can be unpacked: "
    )


def test_damage_inside_is_one_error(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress("خبر قصير ".encode() * 100))
    packed[30] ^= 0xFF
    (tmp_path / "p.txt.gz").write_bytes(packed)
    (page,) = read(tmp_path)
    assert str(page.error).startswith(f"{tmp_path}/p.txt.gz: cannot be read (not a compressed file")


def test_a_window_larger_than_zstd_grants_is_refused(tmp_path: Path) -> None:
    large = {zstd.CompressionParameter.window_log: 31, zstd.CompressionParameter.content_size_flag: 0}
    compressor = zstd.ZstdCompressor(options=large)
    packed = compressor.compress(b"x") + compressor.flush()
    (tmp_path / "p.txt.zst").write_bytes(packed)
    (page,) = read(tmp_path)
    assert "Frame requires too much memory for decoding" in str(page.error)


def zstd_bomb(size: int) -> bytes:
    """A frame of ``size`` times 128 KiB of the letter x, four bytes each (RFC 8878, RLE blocks)."""
    block = struct.pack("<I", (1 << 17) << 3 | 1 << 1)[:3] + b"x"
    last = struct.pack("<I", (1 << 17) << 3 | 1 << 1 | 1)[:3] + b"x"
    return struct.pack("<I", 0xFD2FB528) + b"\x00\x38" + block * (size - 1) + last


@pytest.mark.parametrize("name", ["p.txt.zst", "p.jsonl.zst", "p.csv.zst"])
def test_a_bomb_costs_bounded_memory_and_one_line(tmp_path: Path, name: str) -> None:
    # 512 MiB from 16 KiB, in a process that may have 400 MiB.
    (tmp_path / name).write_bytes(zstd_bomb(1 << 12))
    code = f"""
import resource
from khabar import reading
from khabar.reading import files
reading.LONGEST_LINE = files.LONGEST_LINE = 1 << 22
resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
for page in reading.read_pages([{str(tmp_path)!r}]):
    print(page.error)
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    (line,) = result.stdout.splitlines()
    assert "longer than 4194304 characters" in line, result.stderr


def test_lines_that_are_too_long_are_told_and_the_next_one_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 40)
    rows = [{"id": "1", "text": "خبر"}, {"id": "2", "text": "x" * 200}, {"id": "3", "text": "خبر"}]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    (tmp_path / "b.csv").write_text(f'id,text\n4,x\n5,"{"y" * 30}\n{"y" * 30}"\n6,{"z" * 200}\n7,x\n')
    pages = read(tmp_path)
    assert [page.id for page in pages] == ["1", "a-2", "3", "4", "b-2", 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"', "b-4", "7"]
    assert pages[1].error == f"{tmp_path}/a.jsonl, line 2: longer than 40 characters"
    assert str(pages[4].error).startswith(f"{tmp_path}/b.csv, row 2 (line 3): not CSV (longer than 40 characters)")


def test_lines_count_and_come_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 5)
    (tmp_path / "t").write_text("a\nb\r\nlonger\nc\n", newline="")
    with (tmp_path / "t").open(newline="") as file:
        lines = Lines(file)
        assert (next(lines), next(lines), lines.number) == ("a\n", "b\r\n", 2)
        lines.mark()
        with pytest.raises(TooLongError):
            next(lines)
        lines.mark()
        assert (next(lines), lines.number) == ("c\n", 4)
        lines.back_to_second_line()
        assert lines.number == 4
        with pytest.raises(StopIteration):
            next(lines)


def test_records_of_khabar_may_be_compressed(tmp_path: Path) -> None:
    page = Page("1", "خبر")
    path = tmp_path / "o.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(page.to_dict()).encode()))
    assert list(read_records(path)) == [page]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(KhabarError, match=r"o\.jsonl\.gz: cannot be read \(the compressed file ends too early\)"):
        list(read_records(path))
