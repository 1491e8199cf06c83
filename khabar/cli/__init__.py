"""The command line: ``python -m khabar COMMAND`` and what all commands share."""

from __future__ import annotations

import argparse
import errno
import importlib
import logging
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from khabar.pages import KhabarError

#: Commands and what each is for. Their modules are imported when asked for: not every command needs torch.
COMMANDS = {
    "label": "annotate pages by labelling functions (weak labels), and report about them",
    "train": "fine-tune a tagger (as train.py does)",
    "pretrain": "teach an encoder the language of unlabelled pages, by restoring hidden words",
    "infer": "tag pages with a tagger (as infer.py does)",
    "show": "print tagged pages as a readable table",
    "view": "make one HTML file to look at: spans in the text, summary, map",
    "export": "write tagged pages as a table, or for another program to correct",
    "correct": "take in what people corrected: pages to train on",
    "evaluate": "score predictions, or a tagger, against annotated pages",
    "bench": "measure speed and values on this machine",
}


class _Parser(argparse.ArgumentParser):
    """Tells a wrong call in one line, as all other mistakes are told."""

    def error(self, message: str) -> NoReturn:
        raise KhabarError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs ``khabar COMMAND …`` and returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="khabar", description="Reads scraped Arabic news pages.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, description in COMMANDS.items():
        commands.add_parser(name, help=description, add_help=False)
    command = parser.parse_args(given[:1]).command
    return run_command(command, given[1:], prog=f"khabar {command}")


class _Terminated(BaseException):
    """The process was asked to end (SIGTERM)."""


def run_command(command: str, arguments: Sequence[str] | None = None, *, prog: str | None = None) -> int:
    """Runs one command; a user's mistake is one line on standard error and exit code 2, never a traceback.

    Ended by Ctrl-C, SIGTERM or the reader of its output, it returns what a shell expects then: 130, 143 or 141.
    """
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING, stream=sys.stderr)
    for level in (logging.WARNING, logging.ERROR):
        logging.addLevelName(level, logging.getLevelName(level).lower())
    # Its retries are no news to a user; when it gives up, our own line says so.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    module = importlib.import_module(f"khabar.cli.{command}")
    parser = _Parser(prog=prog, description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    module.add_arguments(parser)
    given = list(sys.argv[1:] if arguments is None else arguments)
    script = parser.prog if parser.prog.endswith(".py") else f"-m {parser.prog}"
    parser.set_defaults(command_line=f"python {script} {shlex.join(given)}")
    run: Callable[[argparse.Namespace], int] = module.run
    try:
        with _sigterm_raised():
            code = run(parser.parse_args(given))
            sys.stdout.flush()
            return code
    except KhabarError as error:
        _tell(f"error: {error}", error)
        return 2
    except BrokenPipeError:
        return 141
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _tell(f"error: {error.filename or 'the output'}: {error.strerror}; make room", error)
        return 2
    except KeyboardInterrupt as error:
        _tell("interrupted", error)
        return 130
    except _Terminated as error:
        _tell("terminated", error)
        return 143
    finally:
        _let_go_of_stdout()


def _tell(line: str, error: BaseException) -> None:
    """One line, with what was noted about the error on its way."""
    print("; ".join([line, *getattr(error, "__notes__", [])]), file=sys.stderr)


@contextmanager
def _sigterm_raised() -> Iterator[None]:
    """SIGTERM ends what is under way as Ctrl-C does, so that files are closed and a line can be said."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Only there can signals be handled.
        return

    def handler(*_: object) -> NoReturn:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _let_go_of_stdout() -> None:
    """Where standard output takes no more (| head, a full disk), Python would complain again at its exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
