"""Asks whether a package of the released set has a known vulnerability (make check).

  python tools/audit_dependencies.py requirements.lock

pip-audit asks; but where its service knows nothing of a package (a mirror without PyPI's vulnerability feed), it says
"No known vulnerabilities found" and ends well. Here that is a failure: who was not asked has not said no.
Exit code 0: every package was asked for, and none has one; 1: some have; 2: not all could be asked for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def ask(lock: Path) -> tuple[int, list[str]]:
    """The exit code and what to tell, a line each."""
    command = ["pip-audit", "--disable-pip", "--require-hashes", "--requirement", str(lock), "--format", "json"]
    beside = Path(sys.executable).with_name("pip-audit")
    command[0] = str(beside) if beside.is_file() else command[0]
    try:
        result = subprocess.run(
            [*command, "--progress-spinner", "off"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        return 2, [f"pip-audit cannot be run ({error.strerror}); run it by 'make check'"]
    return judge(result.stdout, result.stderr)


def judge(answer: str, errors: str) -> tuple[int, list[str]]:
    """What pip-audit's JSON says; without one, the last line of its errors is the reason."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (errors.strip().splitlines() or ["pip-audit said nothing"])[-1]
        return 2, [f"the vulnerability service could not be asked, nothing is known: {reason}"]
    unknown = [package for package in packages if "skip_reason" in package]
    found = [
        f"{package['name']} {package['version']}: {flaw['id']}, {_mended(flaw.get('fix_versions', []))}"
        for package in packages
        for flaw in package.get("vulns", [])
    ]
    asked = len(packages) - len(unknown)
    if unknown or not packages:
        first = f" (first: {unknown[0]['skip_reason']})" if unknown else ""
        found.append(f"the vulnerability service knows only {asked} of {len(packages)} packages{first}")
        return 2, found
    return (1, found) if found else (0, [f"no known vulnerability in {asked} packages"])


def _mended(versions: Sequence[str]) -> str:
    return f"mended in {', '.join(versions)}" if versions else "not mended yet"


def main() -> int:
    """Runs the tool; its exit codes are the module's."""
    code, lines = ask(Path(sys.argv[1] if len(sys.argv) > 1 else "requirements.lock"))
    for line in lines:
        print(f"audit: {line}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
