"""Pin the quality that must not be lost: measure what tests/floors.json names, and write its floors anew.

python tools/pin_floors.py
python tools/pin_floors.py --because "the gold of seed-3 was corrected"

A floor is raised to a little under what is measured now. It is lowered only where the figure has fallen below it, and
only with a reason, which is kept in the file. What cannot be measured here (a model or a folder of gold that is not
there) stays as it is. The entries themselves are written by hand: what is ``scored`` (``weak-labels``, or a tagger's
folder), the folder of ``gold``, and where they are files of their own the ``pages``; the gold's texts otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from khabar.annotated import read_annotated
from khabar.cli import main as khabar
from khabar.metrics import Scores, evaluate
from khabar.pages import KhabarError, Page
from khabar.reading import read_pages, read_records

ROOT = Path(__file__).parents[1]
FLOORS = Path("tests/floors.json")
WEAK_LABELS = "weak-labels"
#: A folder of gold that begins with this lies where the environment variable says.
KHABAR_GOLD = "KHABAR_GOLD"
#: How far under the measured figure a floor is set.
MARGIN = 0.005
FIGURES = ("spans", "paragraphs")


@dataclass
class Entry:
    """What is scored on which gold, and how well at least: ``spans`` is the strict F1 in report paragraphs,
    ``paragraphs`` the macro F1. ``sha256`` is that of the gold's and the pages' files.
    """

    scored: str
    gold: str
    sha256: str = ""
    floors: dict[str, float] = field(default_factory=dict)
    pages: str | None = None
    lowered_because: str | None = None

    @property
    def key(self) -> str:
        return f"{self.scored} on {self.gold}"

    def missing(self, root: Path) -> str | None:
        """Why it cannot be measured here; None where it can."""
        if self.gold.startswith(f"${KHABAR_GOLD}/") and not os.environ.get(KHABAR_GOLD):
            return f"the environment variable {KHABAR_GOLD} names no folder of annotated pages"
        places = [folder(root, self.gold), *([] if self.scored == WEAK_LABELS else [root / self.scored])]
        return next((f"{place} is not there" for place in places if not place.is_dir()), None)


def folder(root: Path, name: str) -> Path:
    """Where a folder of gold or of pages lies."""
    start, _, rest = name.partition("/")
    return Path(os.environ[KHABAR_GOLD], rest) if start == f"${KHABAR_GOLD}" else root / name


def read_floors(text: str) -> list[Entry]:
    return [Entry(**entry) for entry in json.loads(text)]


def write_floors(entries: list[Entry]) -> str:
    records = [{k: v for k, v in asdict(entry).items() if v is not None} for entry in entries]
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def data_hash(entry: Entry, root: Path) -> str:
    """The sha256 over the names and contents of the gold's and the pages' files."""
    digest = hashlib.sha256()
    for name in (entry.gold, *([entry.pages] if entry.pages else [])):
        for path in sorted(folder(root, name).glob("*.txt")):
            content = path.read_bytes()
            digest.update(f"{name}/{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def measure(entry: Entry, root: Path) -> dict[str, float]:
    """The figures of an entry, as ``khabar label`` or the tagger and ``khabar evaluate`` give them."""
    gold = list(read_annotated(folder(root, entry.gold)))
    pages = list(read_pages([str(folder(root, entry.pages))])) if entry.pages else [page.reset() for page in gold]
    scores = evaluate(_weak_labels(pages) if entry.scored == WEAK_LABELS else _tagged(root / entry.scored, pages), gold)
    return figures(scores)


def figures(scores: Scores) -> dict[str, float]:
    return {"spans": scores.spans().f1, "paragraphs": scores.paragraph_macro_f1}


def _weak_labels(pages: list[Page]) -> list[Page]:
    with TemporaryDirectory() as temporary:
        source, target = Path(temporary, "pages.jsonl"), Path(temporary, "weak.jsonl")
        source.write_text("".join(json.dumps({"id": page.id, "text": page.text}) + "\n" for page in pages), "utf-8")
        if code := khabar(["label", str(source), "-o", str(target)]):
            raise KhabarError(f"khabar label ended with exit code {code}")
        return list(read_records(target))


def _tagged(model: Path, pages: list[Page]) -> list[Page]:
    from khabar.tagging import Tagger

    return Tagger.from_pretrained(model, device="cpu", dtype="fp32").tag(pages)


def lowered(entries: list[Entry], before: list[Entry]) -> list[str]:
    """The floors that are lower than in an earlier version and do not give a reason of their own for it."""
    now = {entry.key: entry for entry in entries}
    told = []
    for old in before:
        entry = now.get(old.key)
        if entry is None:
            told.append(f"{old.key}: the entry is gone; keep it, with empty floors and a reason in lowered_because")
            continue
        if entry.lowered_because and entry.lowered_because != old.lowered_because:
            continue
        told += [
            f"{old.key}: the floor of {name} is {entry.floors.get(name)}, it was {floor}; say why in lowered_because"
            for name, floor in old.floors.items()
            if entry.floors.get(name, -1.0) < floor
        ]
    return told


def committed_floors(root: Path) -> dict[str, list[Entry]]:
    """Earlier versions of the floors by revision: of HEAD, of the commit before it, and of where the branch began.

    Empty where there is no git or no history.
    """
    revisions = ["HEAD", "HEAD~1"]
    for upstream in ("origin/HEAD", "origin/main", "main"):
        if base := _git(root, "merge-base", "HEAD", upstream):
            revisions.append(base.strip())
    versions = {revision: _git(root, "show", f"{revision}:./{FLOORS}") for revision in revisions}
    return {revision: read_floors(text) for revision, text in versions.items() if text}


def _git(root: Path, *arguments: str) -> str | None:
    try:
        result = subprocess.run(["git", *arguments], cwd=root, capture_output=True, encoding="utf-8", check=False)
    except FileNotFoundError:
        return None
    return result.stdout if result.returncode == 0 else None


def pin(entries: list[Entry], root: Path, because: str | None = None) -> list[str]:
    """Measures the entries and sets their floors anew; returns what it did, a line an entry.

    Raises KhabarError where a figure has fallen below its floor and no reason is given; then no entry is changed.
    """
    told, changed, fallen = [], [], []
    for entry in entries:
        if why := entry.missing(root):
            told.append(f"{entry.key}: left as it is, {why}")
            continue
        measured = measure(entry, root)
        below = [name for name, floor in entry.floors.items() if measured[name] < floor]
        fallen += [f"{entry.key}: {name} {measured[name]:.4f} < {entry.floors[name]}" for name in below]
        floors = {name: max(0.0, round(measured[name] - MARGIN, 3)) for name in FIGURES}
        floors = {n: floor if n in below else max(floor, entry.floors.get(n, 0.0)) for n, floor in floors.items()}
        changed.append((entry, floors, because if below else entry.lowered_because))
        told.append(f"{entry.key}: " + ", ".join(f"{n} {measured[n]:.4f}, floor {floors[n]}" for n in FIGURES))
    if fallen and not because:
        raise KhabarError(f"{'; '.join(fallen)}: a floor is lowered only with --because REASON")
    for entry, floors, reason in changed:
        entry.floors, entry.lowered_because, entry.sha256 = floors, reason, data_hash(entry, root)
    return told


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--because", metavar="REASON", help="why a floor may be lowered")
    args = parser.parse_args(arguments)
    path = root / FLOORS
    entries = read_floors(path.read_text("utf-8"))
    try:
        told = pin(entries, root, args.because)
    except KhabarError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    path.write_text(write_floors(entries), "utf-8")
    print(*told, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
