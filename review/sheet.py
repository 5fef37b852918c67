"""The desk as its page shows it: values grouped by kind, each with its state, its reasons and what changed; pure."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from review.labels import (
    ATTRIBUTES,
    FIELDS,
    LETTERS,
    ONE,
    call_amounts,
    differences,
    facts,
    headline,
    name_amounts,
    words,
)
from review.marks import Mark, Part, find_marks, lay_out
from schemas.record import Check, Record
from schemas.release import Release
from schemas.review import DeskSheet, ReviewField, Shown

State = Literal["open", "accepted", "corrected", "rejected", "added", "reopened"]
SIGNS: dict[State, str] = {
    "open": "○",
    "accepted": "✓",
    "corrected": "✎",
    "rejected": "✕",
    "added": "+",
    "reopened": "!",
}
"""Stands beside each value, so that its state is not told by colour alone."""
UNSURE = 0.7
"""Below this probability a value is marked as unsure."""


class Why(NamedTuple):
    """What says one thing of a value."""

    attribute: str
    rule: str
    confidence: float


class Row(NamedTuple):
    """One value in the record."""

    field: ReviewField
    value_id: str
    letter: str
    one: str
    headline: str
    facts: list[tuple[str, str]]
    state: State
    sign: str
    confidence: float | None
    section: str
    places: list[tuple[int, int, str]]
    """Where it stands: start, end, words."""
    why: list[Why]
    changed: list[tuple[str, str, str]]
    """What a person changed: attribute, extracted, now; of a reopened value what they had left, and what it is now."""
    now_otherwise: list[tuple[str, str, str]]
    """What the extractor says otherwise by now: attribute, reviewed, extracted."""
    is_gone: bool
    """Whether the extractor finds nothing there by now."""
    reopened: str | None
    comment: str | None
    reviewer: str | None
    checks: list[str]

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide."""
        return self.state in ("open", "reopened")

    @property
    def is_unsure(self) -> bool:
        """Whether it is more doubtful than most."""
        return self.confidence is not None and self.confidence < UNSURE


class Group(NamedTuple):
    """All values of a kind."""

    field: ReviewField
    title: str
    rows: list[Row]

    @property
    def open(self) -> int:
        """How many nobody has decided."""
        return sum(row.is_open for row in self.rows)


class CheckRow(NamedTuple):
    """One check, with where to look."""

    code: str
    message: str
    start: int | None
    end: int | None
    words: str
    value_id: str | None


class DeskView(NamedTuple):
    """Everything that the desk's page shows of a release."""

    release: Release
    record: Record
    sheet: DeskSheet
    groups: list[Group]
    checks: list[CheckRow]
    marks_key: str
    """Changes when the places of values do: the text is drawn again then."""

    @property
    def open(self) -> list[Row]:
        """Values that nobody has decided."""
        return [row for group in self.groups for row in group.rows if row.is_open]

    @property
    def total(self) -> int:
        """Number of values."""
        return sum(len(group.rows) for group in self.groups)

    def parts(self) -> list[Part]:
        """The text, with every value at its words."""
        return lay_out(self.release.text, self.record.sections, _standing(self.sheet))


def view_desk(release: Release, record: Record, sheet: DeskSheet) -> DeskView:
    """The desk of a release."""
    ids = {shown.machine_id or shown.value_id: shown.value_id for shown in sheet.values}
    checks = [_check(check, release.text, ids) for check in record.checks]
    about = _by_value(checks)
    amounts = name_amounts(sheet.values)
    rows = [_row(shown, about, amounts) for shown in sheet.values]
    groups = [Group(field, title, [row for row in rows if row.field == field]) for field, title in FIELDS.items()]
    key = hashlib.sha256(repr([release.text_sha256, _standing(sheet)]).encode()).hexdigest()[:16]
    return DeskView(release, record, sheet, groups, checks, key)


def _standing(sheet: DeskSheet) -> list[Mark]:
    return find_marks(sheet.values)


def _check(check: Check, text: str, ids: Mapping[str, str]) -> CheckRow:
    said = text[check.start : check.end] if check.start is not None else ""
    return CheckRow(words(check.code), check.message, check.start, check.end, said, ids.get(check.value_id or ""))


def _by_value(checks: Iterable[CheckRow]) -> Mapping[str, list[str]]:
    about = defaultdict(list)
    for check in checks:
        if check.value_id:
            about[check.value_id].append(check.message)
    return about


def _row(shown: Shown, about: Mapping[str, list[str]], amounts: Mapping[str, str]) -> Row:
    value, review = call_amounts(shown.value, amounts) or {}, shown.review
    machine_now = call_amounts(shown.machine_now, amounts)
    return Row(
        field=shown.field,
        value_id=shown.value_id,
        letter=LETTERS[shown.field],
        one=ONE[shown.field],
        headline=headline(shown.field, value),
        facts=facts(shown.field, value),
        state=(state := state_of(shown)),
        sign=SIGNS[state],
        confidence=None if review and review.machine is None else value.get("confidence"),
        section=words(value.get("section")),
        places=[(place["start"], place["end"], place["text"]) for place in places(value) if shown.stands],
        why=list(_why(value)),
        changed=_changed(shown, amounts),
        now_otherwise=differences(value, machine_now) if machine_now else [],
        is_gone=shown.machine_now == {},
        reopened=shown.reopened,
        comment=review.comment if review else None,
        reviewer=review.reviewer if review else None,
        checks=about.get(shown.value_id, []),
    )


def _changed(shown: Shown, amounts: Mapping[str, str]) -> list[tuple[str, str, str]]:
    if shown.review is None:
        return []
    before, left = (shown.review.human, shown.value) if shown.reopened else (shown.review.machine, shown.review.human)
    return differences(call_amounts(before, amounts), call_amounts(left, amounts))


def state_of(shown: Shown) -> State:
    """What holds for a value."""
    if shown.reopened:
        return "reopened"
    return shown.review.verdict if shown.review else "open"


def places(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where a value stands: its mentions, or the one place that it has."""
    mentions: Iterable[dict[str, Any]] | None = value.get("mentions")
    return [dict(value)] if mentions is None else list(mentions)


def _why(value: Mapping[str, Any]) -> Iterator[Why]:
    if value.get("rule"):
        yield Why("found by", value["rule"], value.get("confidence", 1.0))
    for name, reason in (value.get("why") or {}).items():
        yield Why(ATTRIBUTES.get(name, words(name)), reason["rule"], reason["confidence"])
