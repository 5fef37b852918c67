"""How many characters of each section are found: `python -m benchmarks.sections CORPUS [--show]`.

Labels are in `section_labels.json`: offsets and kinds without a text, of releases that CORPUS/press holds.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from extractors.files import FileProblem, read_file
from extractors.sections import read_sections
from schemas.release import Release

LABELS = Path(__file__).with_name("section_labels.json")
_KINDS = (
    "header", "headline", "subhead", "dateline", "lead", "body", "boilerplate", "contact", "notes", "disclaimer",
    "furniture",
)  # fmt: skip


def load_releases(corpus: Path) -> dict[str, Release]:
    """The releases of a corpus by their ids."""
    found: dict[str, Release] = {}
    for path in sorted((corpus / "press").glob("*.releases.jsonl")):
        for entry in read_file(path.name, path.read_bytes(), None):
            if not isinstance(entry, FileProblem):
                found[entry.release.id] = entry.release
    return found


def _kinds(text: str, sections: Sequence[tuple[str, int, int]]) -> list[str]:
    """The kind of each character; "" for white space and for what no section covers."""
    kinds = [""] * len(text)
    for kind, start, end in sections:
        kinds[start:end] = [kind] * (end - start)
    return ["" if letter.isspace() else kind for letter, kind in zip(text, kinds, strict=True)]


def compare(label: dict[str, Any], release: Release) -> Iterator[tuple[str, str]]:
    """Labelled and found kind of every character that is not white space."""
    labelled = _kinds(release.text, [tuple(section) for section in label["sections"]])
    found = [(section.kind, section.start, section.end) for section in read_sections(release.text, release.title)]
    return zip(labelled, _kinds(release.text, found), strict=True)


def report(pairs: Counter[tuple[str, str]]) -> str:
    """Precision and recall of each kind, and the share of all characters that is right."""
    rows = []
    for kind in _KINDS:
        right = pairs[kind, kind]
        found = sum(count for (_, guess), count in pairs.items() if guess == kind)
        wanted = sum(count for (truth, _), count in pairs.items() if truth == kind)
        share = f"precision {right / max(1, found):.3f}  recall {right / max(1, wanted):.3f}"
        rows.append(f"{kind:12}{share}  characters {wanted}")
    right = sum(count for (truth, guess), count in pairs.items() if truth == guess)
    return "\n".join([*rows, f"{'all':12}accuracy {right / max(1, pairs.total()):.3f}  characters {pairs.total()}"])


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("corpus", type=Path)
    cli.add_argument("--show", action="store_true", help="print each release's share of right characters")
    args = cli.parse_args()
    releases = load_releases(args.corpus)
    labels = json.loads(LABELS.read_text("utf8"))
    for batch in dict.fromkeys(label["batch"] for label in labels):
        total: Counter[tuple[str, str]] = Counter()
        chosen = [label for label in labels if label["batch"] == batch]
        for label in chosen:
            release = releases[label["id"]]
            if release.text_sha256 != label["text_sha256"]:
                raise SystemExit(f"{label['id']}: the labels belong to another version of the text; label it again")
            pairs = Counter(pair for pair in compare(label, release) if any(pair))
            total += pairs
            if args.show:
                right = sum(count for (truth, guess), count in pairs.items() if truth == guess)
                print(f"{label['id']} {right / pairs.total():.3f}")
        print(f"{batch} batch, {len(chosen)} releases\n{report(total)}\n")


if __name__ == "__main__":
    main()
