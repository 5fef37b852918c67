"""How well a threshold on the similarity of signatures tells copies of a release from other releases of a series.

python -m benchmarks.copies RELEASES.jsonl[.xz] ...

`copy_labels.jsonl` names pairs of releases by the hashes of their texts, published at most 30 days apart and alike in
many words, and says whether one is the other told again: labelled by titles and by what differs. The threshold is
chosen on one half of the pairs that the files hold and read on the other. Similarities are of the news part, and of
the whole text.
"""

import json
import lzma
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from extractors.files import FileEntry, read_file
from extractors.sections import read_sections
from extractors.signature import read_signature
from schemas.evidence import Section
from schemas.release import Release

LABELS = Path(__file__).with_name("copy_labels.jsonl")
THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.92, 0.95)


class Pair(NamedTuple):
    """Two texts by their hashes."""

    one: str
    other: str
    is_copy: bool


class Scored(NamedTuple):
    """How alike two texts are, and what a person says of them."""

    similarity: float
    is_copy: bool


class Score(NamedTuple):
    """Of the pairs at or above a threshold: how many are copies, and how many of the copies they are."""

    precision: float
    recall: float


def load_labels() -> list[Pair]:
    """Every pair that was read."""
    lines = LABELS.read_text(encoding="utf8").splitlines()
    return [Pair(row["one"], row["other"], row["copy"]) for row in map(json.loads, lines)]


def load_texts(paths: Sequence[Path], wanted: set[str]) -> dict[str, Release]:
    """The releases with these hashes of their texts."""
    found = {}
    for path in paths:
        data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        for entry in read_file(path.name.removesuffix(".xz"), data, None, max_bytes=len(data) + 1):
            if isinstance(entry, FileEntry) and entry.release.text_sha256 in wanted:
                found[entry.release.text_sha256] = entry.release
    return found


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of places at which two signatures agree; 0 where there is none.

    >>> similarity((1, 2, 3, 4), (1, 2, 0, 4))
    0.75
    """
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one) if one and other else 0.0


def score(pairs: Sequence[Scored], threshold: float) -> Score:
    """Precision and recall at a threshold.

    >>> score([Scored(0.9, True), Scored(0.9, False), Scored(0.2, True)], 0.8)
    Score(precision=0.5, recall=0.5)
    """
    taken = [pair.is_copy for pair in pairs if pair.similarity >= threshold]
    copies = sum(pair.is_copy for pair in pairs)
    return Score(sum(taken) / max(1, len(taken)), sum(taken) / max(1, copies))


def _sections(release: Release) -> tuple[Section, ...]:
    return read_sections(release.text, release.title if release.text.startswith(release.title) else "")


def _compare(pairs: Sequence[Pair], releases: dict[str, Release], news: bool) -> Iterator[Scored]:
    whole = [Section(kind="body", start=0, end=1_000_000_000, rule="whole")]
    signatures = {key: read_signature(r.text, _sections(r) if news else whole) for key, r in releases.items()}
    for pair in pairs:
        yield Scored(similarity(signatures[pair.one], signatures[pair.other]), pair.is_copy)


def main() -> None:
    """Print precision and recall for each threshold on both halves."""
    labels = load_labels()
    releases = load_texts([Path(name) for name in sys.argv[1:]], {key for pair in labels for key in pair[:2]})
    pairs = [pair for pair in labels if pair.one in releases and pair.other in releases]
    print(f"{len(pairs)} of {len(labels)} pairs, {sum(pair.is_copy for pair in pairs)} of them copies")
    news, whole = list(_compare(pairs, releases, True)), list(_compare(pairs, releases, False))
    table = Table("threshold", "news, half to choose on", "news, other half", "text, other half", box=None)
    for threshold in THRESHOLDS:
        scores = (score(half, threshold) for half in (news[::2], news[1::2], whole[1::2]))
        table.add_row(f"{threshold:.2f}", *(f"P {s.precision:.2f}  R {s.recall:.2f}" for s in scores))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
