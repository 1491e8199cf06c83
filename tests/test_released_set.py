"""The released set: pinned with hashes, in step with what is declared and tested; its audit cannot pass unasked."""

import json
import re
import tomllib

import pytest

from tests.conftest import ROOT
from tools.audit_dependencies import judge

RELEASED_EXTRAS = ("html", "excel")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, tuple[str, list[str]]]:
    """Name -> version and hashes, of each requirement of requirements.lock."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    found = {}
    for entry in filter(str.strip, entries):
        pinned = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", entry)
        assert pinned, entry.splitlines()[0]
        found[canonical(pinned[1])] = pinned[2], re.findall(r"--hash=(\S+)", entry)
    return found


def test_every_package_is_pinned_with_hashes() -> None:
    requirements = locked()
    assert len(requirements) > 50
    for name, (version, hashes) in requirements.items():
        assert re.fullmatch(r"[0-9][0-9A-Za-z.!]*", version), f"{name}=={version}"
        assert hashes, f"{name} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), name


def test_what_is_declared_is_locked_at_the_version_that_is_tested() -> None:
    requirements = locked()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"]]
    for extra in RELEASED_EXTRAS:
        declared += project["optional-dependencies"][extra]
    names = {canonical(re.match(r"[A-Za-z0-9._-]+", line)[0]) for line in declared}  # type: ignore[index]
    assert names - requirements.keys() == set(), "run make lock"
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    tested = {canonical(name): version for name, _, version in (line.partition("==") for line in lines) if version}
    assert names - tested.keys() == set(), "constraints.txt pins every version that the tests run with"
    other = {name: (version, tested[name]) for name, (version, _) in requirements.items() if name in tested}
    assert {name: pair for name, pair in other.items() if pair[0] != pair[1]} == {}, "run make lock"


GOOD = {"name": "a", "version": "1.0", "vulns": []}
BAD = {"name": "b", "version": "2.0", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}, {"id": "CVE-2"}]}
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (3.0)"}


@pytest.mark.parametrize(
    ("packages", "code", "lines"),
    [
        ([GOOD], 0, ["no known vulnerability in 1 packages"]),
        ([GOOD, BAD], 1, ["b 2.0: CVE-1, mended in 2.1", "b 2.0: CVE-2, not mended yet"]),
        (
            [GOOD, UNKNOWN],
            2,
            [
                "the vulnerability service knows only 1 of 2 packages "
                "(first: Dependency not found on PyPI and could not be audited: c (3.0))"
            ],
        ),
        ([], 2, ["the vulnerability service knows only 0 of 0 packages"]),
    ],
)
def test_the_audit_passes_only_where_every_package_was_asked_for(
    packages: list[dict[str, object]], code: int, lines: list[str]
) -> None:
    assert judge(json.dumps({"dependencies": packages, "fixes": []}), "") == (code, lines)


def test_an_audit_without_an_answer_fails() -> None:
    assert judge("", "Traceback (most recent call last):\n  …\nConnectionError: api.osv.dev\n") == (
        2,
        ["the vulnerability service could not be asked, nothing is known: ConnectionError: api.osv.dev"],
    )
    assert judge("[]", "")[0] == judge("null", "")[0] == 2
