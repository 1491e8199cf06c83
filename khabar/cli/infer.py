"""Tag pages: who, where, when and how many, and which paragraphs are the report.

  python infer.py page.txt                        on a terminal: a table to read
  python infer.py pages/ -o tagged.jsonl
  python infer.py pages/ -o spans.csv             .csv, .parquet or .xlsx: one row a span; .conll: word and tag
  python infer.py page.txt more.jsonl --model runs/mine -o tagged.jsonl
  cat pages.jsonl | python infer.py - > tagged.jsonl

PAGES are files, folders or globs of .txt, .html, .jsonl and .csv (also as .gz or .zst) and .parquet, or - for JSONL on
standard input. One JSON object a page is written, in the order of the input; tables and columns hold what their kind
can say of it.
OUT is written as OUT.part until it is whole. JSONL that was cut off goes on with --resume, and comes out the same.
Exit code 0: every page is tagged; 3: some pages carry an error; 2: the call or the model is wrong, or OUT cannot be
written; 130: Ctrl-C; 143: ended by SIGTERM; 141: the reader of standard output has gone.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from khabar.cli.keeping import keep_inputs
from khabar.cli.outputs import Output, check_output, open_output
from khabar.cli.progress import count_pages
from khabar.cli.terminal import pages_with_error
from khabar.pages import KhabarError, Page
from khabar.reading import Columns, find_files, read_files, stop_at_error

if TYPE_CHECKING:
    from khabar.devices import Device

DEFAULT_MODEL = Path(__file__).parents[2] / "models" / "khabar-compact"
_ERRORS_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("pages", nargs="+", metavar="PAGES", help="files, folders, globs, or - for standard input")
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        metavar="FOLDER_OR_HUB_ID",
        help=f"the tagger (default: models/{DEFAULT_MODEL.name}, which ships with khabar)",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="where to write, in the form of its ending (default: stdout)"
    )
    parser.add_argument("--fields", metavar="A,B", help="which fields to write, such as id,spans (default: all)")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=NAME",
        help="under which name the input holds id, text, title, published or url (may be repeated)",
    )
    parser.add_argument("--resume", action="store_true", help="go on with a run that was cut off (JSONL, with -o)")
    parser.add_argument("--strict", action="store_true", help="stop at the first page with an error (exit code 2)")
    parser.add_argument("--device", help="cpu, cuda, cuda:1 … (default: the GPU when there is one)")
    parser.add_argument("--dtype", default="auto", help="bf16, fp16, fp32 or auto, the fastest here (default: auto)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes, each with a model of its own")


def run(args: argparse.Namespace) -> int:
    """Tags the pages; see the module's exit codes."""
    check_output(args.output, args.fields, resume=args.resume)
    if args.workers < 1:
        raise KhabarError(f"--workers {args.workers}: expected 1 or more")
    columns = Columns.parse(args.column)
    files = find_files(args.pages)
    if args.output is not None:
        keep_inputs(args.output, *(file for file in files if file is not None))
    total = count_pages(files) if sys.stderr.isatty() else None
    with _nothing_collected():
        tag, device, made_with = _tagging(args)
    workers = f", {args.workers} workers" if args.workers > 1 else ""
    print(f"tagging with {args.model} on {device.description}{workers}", file=sys.stderr)
    with open_output(args.output, args.fields, made_with, resume=args.resume) as output:
        pages, done, errors = _left_to_do(args, output, read_files(files, columns))
        with _told_how_to_go_on(args, output):
            tagged = tag(pages)
            if args.strict:
                tagged = stop_at_error(tagged)
            shown = True if total == 1 else None
            with tqdm(tagged, total=total, initial=done, unit=" pages", disable=shown, file=sys.stderr) as bar:
                for page in bar:
                    errors += page.error is not None
                    if page.error is not None and errors <= _ERRORS_SHOWN:
                        tqdm.write(f"page {page.id}: {page.error}", file=sys.stderr)
                    output.write(page)
    if errors > _ERRORS_SHOWN:
        print(f"… and {pages_with_error(errors - _ERRORS_SHOWN)} besides", file=sys.stderr)
    if args.output is not None:
        print(f"wrote {args.output}" + (f"; {pages_with_error(errors)}" if errors else ""), file=sys.stderr)
    return 3 if errors else 0


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What is imported and loaded stays: looking for garbage among it costs a fifth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _left_to_do(args: argparse.Namespace, output: Output, pages: Iterator[Page]) -> tuple[Iterator[Page], int, int]:
    """The pages that are not done already, and how many are, and how many of these carry an error."""
    if not args.resume or output.resumable is None:
        return pages, 0, 0
    done, errors = output.resumable.pages, output.resumable.errors
    if args.strict and errors:
        raise KhabarError(f"--strict: {errors} of the {done} pages that are done carry an error")
    print(f"{done} pages are done, going on" if done else "nothing to resume, from the beginning", file=sys.stderr)
    return output.resumable.rest_of(pages), done, errors


def _tagging(args: argparse.Namespace) -> tuple[Callable[[Iterable[Page]], Iterator[Page]], Device, dict[str, str]]:
    """What tags pages, on what device, and what must stay the same for the same bytes."""
    import torch

    from khabar.devices import choose_device
    from khabar.model import find_folder
    from khabar.tagging import Tagger
    from khabar.workers import TaggerCall, tag_in_processes

    folder = find_folder(args.model)
    tag: Callable[[Iterable[Page]], Iterator[Page]]
    if args.workers == 1:
        tagger = Tagger.from_pretrained(folder, device=args.device, dtype=args.dtype)
        tag, device = tagger.tag_pages, tagger.device
    else:
        device = choose_device(precision=args.dtype, device=args.device)
        tag = partial(tag_in_processes, call=TaggerCall(folder, args.device, args.dtype), count=args.workers)
    made_with = {
        "khabar": version("khabar"),
        "torch": torch.__version__,
        "the model's files": _digest_of_model(folder),
        "device": device.device.type,
        "number format": device.precision,
    }
    return tag, device, made_with


def _digest_of_model(folder: Path) -> str:
    from khabar.model_folder import FILES

    digest = hashlib.blake2b(digest_size=8)
    for name in FILES:
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()


@contextmanager
def _told_how_to_go_on(args: argparse.Namespace, output: Output) -> Iterator[None]:
    """Adds to whatever ends the run too early what is kept, and the command that goes on with it."""
    try:
        yield
    except BaseException as error:
        if output.resumable is not None:
            command = args.command_line + ("" if args.resume else " --resume")
            error.add_note(f"{output.resumable.pages} pages are kept, go on with: {command}")
        raise
