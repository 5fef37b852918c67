"""One release before a reviewer: what holds for it, and what one more decision would be. Pure, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from schemas.record import Record
from schemas.release import Release
from schemas.review import Act, Change, Opinion, Review, ReviewEvent, ReviewField, Target, Verdict
from schemas.values import derive_id
from store.review_errors import ReviewError
from store.review_holding import Held, Text, hold
from store.review_names import References, find_references, resolve, value_of
from store.review_values import Value, content

Key = tuple[ReviewField, str]
"""Field and id of a value."""
Rows = dict[Key, Review | None]
"""What is to hold for values from now on; None: nobody has decided."""


@dataclass(frozen=True)
class Case:
    """A release with everything that was decided on it by one opinion."""

    release: Release
    record: Record
    old: Mapping[str, str]
    """Earlier texts that somebody decided on, by their hash."""
    reviews: Mapping[Key, Review]
    events: tuple[ReviewEvent, ...] = ()
    """Of this opinion, the oldest first, as far as an undo or a restore needs them."""
    opinion: Opinion = 1

    @cached_property
    def held(self) -> dict[Key, Held]:
        """Every value, field by field."""
        text = Text(self.release.text, self.record.release.text_sha256, self.old)
        return {(one.field, one.value_id): one for one in hold(self.record, self.reviews.values(), text)}

    @cached_property
    def references(self) -> References:
        """What the names and ids of the values mean."""
        return find_references(self.held.values())

    def having(self, rows: Mapping[Key, Review | None]) -> Case:
        """The same release with these decisions instead."""
        return replace(self, reviews={key: row for key, row in {**self.reviews, **rows}.items() if row is not None})

    def find(self, target: Target) -> Held:
        """The value that is meant. Raises ReviewError where there is none."""
        held = self.held.get((target.field, target.value_id))
        if held is None:
            raise ReviewError(
                f"{target.field}: release {self.release.id!r} has no value {target.value_id!r}; load the release again"
            )
        return held

    def value(self, held: Held) -> Value:
        """A value as the desk shows it."""
        return {**resolve(held, value_of(held), self.references), "id": held.value_id}


def decide(case: Case, act: Act, held: Held, human: Value | None) -> Review:
    """The decision that a value is this, or (None) no value; what differs from the machine's makes the verdict."""
    key = (held.field, held.value_id)
    before = case.reviews.get(key)
    machine = held.machine or (held.moved.machine if held.moved else None)
    as_extracted = machine and resolve(held, machine, case.references, keep=True)
    return Review(
        id=before.id if before else derive_id("review", case.release.id, case.opinion, *key),
        release_id=case.release.id,
        field=held.field,
        value_id=held.value_id,
        verdict=_verdict(held.field, human, as_extracted),
        machine=machine,
        human=human,
        reviewer=act.reviewer,
        reviewed_at=act.at,
        extractor_version=case.record.extractor_version,
        text_sha256=case.record.release.text_sha256,
        comment=before.comment if before else None,
        opinion=case.opinion,
    )


def reject(case: Case, act: Act, held: Held) -> Review | None:
    """The decision that a value is none; None for one that only a person had: it is as if it never had been added."""
    review = held.review
    if review is not None and review.verdict == "rejected":
        return review
    if review is not None and review.verdict == "added" and held.machine is None:
        return None
    if review is not None and not held.stands:  # about a text that is gone
        said = {"verdict": "rejected", "human": None, "reviewer": act.reviewer, "reviewed_at": act.at}
        return review.model_copy(update=said)
    return decide(case, act, held, None)


def _verdict(field: ReviewField, human: Value | None, as_extracted: Value | None) -> Verdict:
    if human is None:
        return "rejected"
    if as_extracted is None:
        return "added"
    return "accepted" if content(field, human) == content(field, as_extracted) else "corrected"


def list_changes(case: Case, rows: Mapping[Key, Review | None]) -> tuple[Change, ...]:
    """What these decisions change."""
    return tuple(
        Change(field=key[0], value_id=key[1], before=case.reviews.get(key), after=after)
        for key, after in rows.items()
        if case.reviews.get(key) != after
    )


def touched(changes: Iterable[Change]) -> set[Key]:
    """The values that changes are about."""
    return {(change.field, change.value_id) for change in changes}
