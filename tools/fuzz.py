"""Fuzzes a target of tests/fuzz with atheris, which looks for inputs that take new ways through the code.

  python -m tools.fuzz text
  python -m tools.fuzz text runs/fuzz/text-crash-0a1b…      # what failed, once more

It begins with the pieces of text that the tests know, keeps what it finds in runs/fuzz/TARGET for the next time, and
writes an input that fails beside it. Checks are the tests' own. `make fuzz` runs every target: a million inputs.
Exit code 0: every input passed; 77: one did not, which is spelt out above the traceback.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["khabar"]):
    from tests.fuzz.seeds import PIECES, random_bytes, text_of
    from tests.fuzz.targets import TEXT_TARGETS, check
    from tests.fuzz.test_fuzz import INPUTS

FOLDER = Path("runs/fuzz")
#: Random texts beside the pieces; bytes and seconds of an input.
TEXTS, LONGEST, SECONDS = 400, 240, 300


def seeds(target: str) -> Iterator[bytes]:
    """Each piece alone, then random texts of pieces: in some encoding where bytes are wanted."""
    source = random.Random(target)
    if target in TEXT_TARGETS:
        yield from (number.to_bytes(2, "big") for number in range(len(PIECES)))  # as text_of reads them
        yield from (source.randbytes(source.randrange(2, LONGEST, 2)) for _ in range(TEXTS))
    else:
        yield from (piece.encode("utf-8", "surrogatepass") for piece in PIECES)
        yield from (random_bytes(source)[:LONGEST] for _ in range(TEXTS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=INPUTS)
    parser.add_argument("inputs", nargs="*", help="files that failed, to run them alone")
    parser.add_argument("--runs", type=int, help="inputs; by default ten times what the tests put through it")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    def run(data: bytes) -> None:
        try:
            with redirect_stderr(io.StringIO()):  # where bytes are read, which encoding it was
                check(args.target, data)
        except BaseException:
            print(args.target, ascii(text_of(data) if args.target in TEXT_TARGETS else data), file=sys.stderr)
            raise

    with atheris.instrument_imports(include=["khabar"]):
        check(args.target, b"")  # imports what is imported late
    if not args.inputs:
        corpus = FOLDER / args.target
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds(args.target)):
            (corpus / f"seed-{number}").write_bytes(seed)
        runs = args.runs or round(10.3 * INPUTS[args.target])  # over all targets a million
        args.inputs = [f"-runs={runs}", f"-seed={args.seed}", f"-max_len={LONGEST}", corpus]
    options = [f"-timeout={SECONDS}", f"-artifact_prefix={FOLDER}/{args.target}-", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, *map(str, args.inputs)], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
