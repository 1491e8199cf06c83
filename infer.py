"""python infer.py --help says what this does."""

import sys

from khabar.cli import run_command

if __name__ == "__main__":
    sys.exit(run_command("infer", prog="infer.py"))
