"""Counts how often each rule of dates' roles and of events is right: `python -m training.role_precision CORPUS`.

CORPUS is the folder that holds `corpus/press`; what is right says `benchmarks/role_labels.jsonl`, by offsets in the
texts of the training releases. Writes two data files.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from spacy.tokens import Doc

from extractors.date_roles import read_roles
from extractors.dates import extract_dates, mark_dates
from extractors.event_words import event_words
from extractors.events import event_key, find_events
from extractors.files import FileProblem, read_file
from extractors.findings import Findings
from extractors.pipeline import build_pipeline
from schemas.record import Event
from schemas.release import Release
from training.examples import load_lines
from training.precision import Counts, write_counts

LABELS = Path("benchmarks/role_labels.jsonl")
ROLES = Path("extractors/data/role_precision.json")
EVENTS = Path("extractors/data/event_precision.json")


class Labelled(NamedTuple):
    """A release as it was labelled, and what was found in it."""

    labels: dict[str, Any]
    """`part`; `dates`: start, end and role of each; `events`, where they were read too: the start of the date (or none)
    and the words any of which tells of it, `optional` where one may pass over it."""
    found: Findings


class Told(NamedTuple):
    """An event as a person read it."""

    when: str | None
    """Value of its date, or its words."""
    names: frozenset[str]
    """Of the words that tell of it."""
    optional: bool


def find_all(doc: Doc, release: Release) -> Findings:
    """Dates with roles, and events; nothing of names or sections."""
    dates, _ = extract_dates(mark_dates(doc), release)
    found = Findings(release, None, None, [], [], dates, [], [], [])
    return find_events(doc, read_roles(doc, found))


def load_labelled(corpus: Path, labels: Path = LABELS) -> Iterator[Labelled]:
    """Every labelled release of the corpus; raises SystemExit where it cannot be read."""
    wanted = {line["id"]: line for line in load_lines(labels)}
    file = corpus / "corpus" / "press" / "train.releases.jsonl"
    nlp = build_pipeline()
    for entry in read_file(file.name, file.read_bytes(), None):
        if isinstance(entry, FileProblem):
            raise SystemExit(f"{file}: {entry}")
        if line := wanted.get(entry.release.id):
            yield Labelled(line, find_all(nlp.make_doc(entry.release.text), entry.release))


def told_events(item: Labelled) -> list[Told]:
    """The events that a person read in a release."""
    text, words = item.found.release.text, event_words()
    values = {date.start: date.value or date.text for date in item.found.dates}
    told = []
    for event in item.labels["events"]:
        forms = (text[start:end].lower() for start, end in event["words"])
        when = None if event["date"] is None else values.get(event["date"], "?")
        told.append(Told(when, frozenset(words[form].name for form in forms if form in words), "optional" in event))
    return told


def is_told(event: Event, told: Told) -> bool:
    """Whether it is the same one: the same date, and a word that tells of it."""
    when = (event.when.value or event.when.text) if event.when else None
    return when == told.when and event.rule in told.names


def count(pairs: Iterable[tuple[str, bool]]) -> Counts:
    """How often each rule is right.

    >>> count([("by", True), ("ended", True), ("by", False)])
    {'by': (1, 2), 'ended': (1, 1)}
    """
    counts: Counts = {}
    for rule, is_right in pairs:
        right, seen = counts.get(rule, (0, 0))
        counts[rule] = (right + is_right, seen + 1)
    return dict(sorted(counts.items()))


def judge_roles(item: Labelled) -> Iterator[tuple[str, bool]]:
    """The rule of each role that was given to a labelled date, and whether it is right."""
    roles = {start: role for start, _, role in item.labels["dates"]}
    for date in item.found.dates:
        if date.role and date.start in roles:
            yield date.why["role"].rule, date.role == roles[date.start]


def judge_events(item: Labelled) -> Iterator[tuple[str, bool]]:
    """The kind of each event, and whether it is right; optional ones say nothing."""
    told = told_events(item) if "events" in item.labels else None
    for event in item.found.events if told is not None else ():
        same = [other for other in told or () if is_told(event, other)]
        if not (same and all(other.optional for other in same)):
            yield event_key(event, item.found), bool(same)


def main() -> None:
    """Count over the labelled releases and write both files."""
    parser = argparse.ArgumentParser(prog="python -m training.role_precision", description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds corpus/press")
    items = list(load_labelled(parser.parse_args().corpus))
    write_counts(ROLES, count(pair for item in items for pair in judge_roles(item)))
    write_counts(EVENTS, count(pair for item in items for pair in judge_events(item)))


if __name__ == "__main__":
    main()
