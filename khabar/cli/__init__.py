"""The command line: ``python -m khabar COMMAND`` and what all commands share."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
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


def run_command(command: str, arguments: Sequence[str] | None = None, *, prog: str | None = None) -> int:
    """Runs one command; a user's mistake is one line on standard error and exit code 2, never a traceback."""
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING, stream=sys.stderr)
    for level in (logging.WARNING, logging.ERROR):
        logging.addLevelName(level, logging.getLevelName(level).lower())
    # Its retries are no news to a user; when it gives up, our own line says so.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    module = importlib.import_module(f"khabar.cli.{command}")
    parser = _Parser(prog=prog, description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    module.add_arguments(parser)
    run: Callable[[argparse.Namespace], int] = module.run
    try:
        return run(parser.parse_args(arguments))
    except KhabarError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output has gone (| head). Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
