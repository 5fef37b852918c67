"""Counts how often each rule of dates and of sums is right: `python -m training.precision CORPUS` (two data files)."""

import argparse
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from spacy.language import Language

from extractors.amounts import extract_amounts, mark_amounts
from extractors.dates import extract_dates, mark_dates
from extractors.files import FileProblem, read_file
from extractors.pipeline import build_pipeline
from schemas.release import Release
from training.examples import load_lines

DATES = Path("extractors/data/date_rules.json")
AMOUNTS = Path("extractors/data/amount_precision.json")

Counts = dict[str, tuple[int, int]]
"""By rule: how many of its values were right, and how many it gave; a value counts once in a release."""
Given = tuple[set[tuple[str, Any]], set[Any]]
"""Of one release: rules with the values that they gave, and the annotated values."""


def count(releases: Iterable[Given]) -> Counts:
    """How often each rule is right.

    >>> count([({("year", "2024"), ("iso", "2024-01-02")}, {"2024"}), ({("year", "2025")}, set())])
    {'iso': (0, 1), 'year': (1, 2)}
    """
    counts: Counts = {}
    for given, annotated in releases:
        for rule, value in given:
            right, seen = counts.get(rule, (0, 0))
            counts[rule] = (right + (value in annotated), seen + 1)
    return dict(sorted(counts.items()))


def _releases(press: Path, part: str) -> Iterator[tuple[Release, dict[str, Any]]]:
    gold = {line["id"]: line for line in load_lines(press / f"{part}.gold.jsonl")}
    file = press / f"{part}.releases.jsonl"
    for entry in read_file(file.name, file.read_bytes(), None):
        if isinstance(entry, FileProblem):
            raise SystemExit(f"{file}: {entry}")
        yield entry.release, gold[entry.release.id]


def _dates(nlp: Language, release: Release, gold: dict[str, Any]) -> Given:
    dates, _ = extract_dates(mark_dates(nlp.make_doc(release.text)), release)
    return {(date.rule, date.value) for date in dates if date.value}, {date["value"] for date in gold["dates"]}


def _amounts(nlp: Language, release: Release, gold: dict[str, Any]) -> Given:
    amounts, _ = extract_amounts(mark_amounts(nlp.make_doc(release.text)), release)
    given = {(amount.rule, _money(amount.value, amount.maximum, amount.currency)) for amount in amounts}
    return given, {_money(amount["value"], amount["max"], amount["currency"]) for amount in gold["amounts"]}


def _money(value: object, maximum: object, currency: str | None) -> tuple[Decimal, Decimal | None, str | None]:
    return Decimal(str(value)), None if maximum is None else Decimal(str(maximum)), currency


def write_counts(path: Path, counts: Counts) -> None:
    """One rule a line."""
    lines = ",\n".join(f"  {json.dumps(rule)}: {json.dumps(seen)}" for rule, seen in counts.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf8")


def main() -> None:
    """Count over the training releases and write both files."""
    parser = argparse.ArgumentParser(prog="python -m training.precision", description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds corpus/press")
    nlp, releases = build_pipeline(), list(_releases(parser.parse_args().corpus / "corpus" / "press", "train"))
    write_counts(DATES, count(_dates(nlp, release, gold) for release, gold in releases))
    write_counts(AMOUNTS, count(_amounts(nlp, release, gold) for release, gold in releases))


if __name__ == "__main__":
    main()
