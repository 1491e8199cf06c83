"""python train.py --help says what this does."""

import sys

from khabar.cli import run_command

if __name__ == "__main__":
    sys.exit(run_command("train", prog="train.py"))
