"""infer.py in processes of its own that start in a blink: forked from a server that has imported torch once."""

from __future__ import annotations

import os
import sys
from multiprocessing import get_context
from pathlib import Path

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["khabar.cli.infer", "khabar.tagging"])
#: Seconds; long, for machines that do other things too.
_PATIENCE = 600


class Infer:
    """A run of infer.py, its standard error (and output, where no other is given) in files of ``folder``.

    ``file_limit``: the largest file that it may write, in bytes.
    """

    def __init__(
        self, folder: Path, *arguments: object, stdout: Path | None = None, file_limit: int | None = None
    ) -> None:
        self._stderr = folder / "stderr.txt"
        self._stderr.write_text("")
        streams = (str(stdout or folder / "stdout.txt"), str(self._stderr))
        self._process = _CONTEXT.Process(target=_infer, args=(list(map(str, arguments)), streams, file_limit))
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def running(self) -> bool:
        return self._process.exitcode is None

    def send(self, signal: int) -> None:
        if self.running:
            os.kill(self.pid, signal)

    def end(self) -> int:
        """Waits for its exit code, or for the number, below 0, of the signal that ended it."""
        self._process.join(_PATIENCE)
        assert self._process.exitcode is not None, "infer.py does not end"
        return self._process.exitcode

    @property
    def errors(self) -> list[str]:
        """The lines of its standard error."""
        return self._stderr.read_text("utf-8").replace("\r", "\n").splitlines()


def _infer(arguments: list[str], streams: tuple[str, str], file_limit: int | None) -> None:
    for number, path in enumerate(streams, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", buffering=1, closefd=False)
    if file_limit is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
    from khabar.cli import run_command

    sys.exit(run_command("infer", arguments, prog="infer.py"))
