"""The tests on every Python that khabar supports, where it is installed: ``nox``; ``nox --list`` says which.

``nox -s tests-3.13 -- tests/test_text.py`` hands pytest what follows. With pyenv: ``PYENV_VERSION=3.11:3.12:3.13 nox``.
"""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Installs as the Makefile does, and runs pytest."""
    session.install("--constraint", "constraints.txt", "--editable", ".[test]")
    session.run("pytest", *session.posargs)
