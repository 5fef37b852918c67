"""What holds of a release: the record as extracted with what people decided of it. Pure, no database."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from schemas.evidence import Section
from schemas.record import Check, Organisation, Person, Record
from schemas.review import Review, ReviewField, Shown
from store.carrying import Versions, find_again
from store.review_holding import Held, Text, hold
from store.review_names import References, find_name, find_references, resolve, value_of
from store.review_payments import Amounts, follow_amounts
from store.review_values import FIELDS, MODELS, Value, content, place


def list_values(record: Record, reviews: Iterable[Review], text: str, old: Mapping[str, str]) -> tuple[Shown, ...]:
    """Every value of a release as it holds now, in the order of the text; `old` has earlier texts by their hash.

    The reviews are those of one opinion. A rejected value whose words are gone is not among them.
    """
    shown = show(hold(record, reviews, Text(text, record.release.text_sha256, old)), old, text)
    return tuple(sorted(shown, key=lambda one: (place(one.value), FIELDS.index(one.field), one.value_id)))


def show(held: list[Held], old: Mapping[str, str], text: str) -> list[Shown]:
    """These values as the desk shows them, in the same order."""
    references = find_references(held)
    return [_show(one, references, old, text) for one in held]


def apply_reviews(record: Record, reviews: Iterable[Review], text: str, old: Mapping[str, str] | None = None) -> Record:
    """The record as reviewed: rejected values out, corrected and added ones in; `old` has earlier texts by their hash.

    Payments follow their amounts; checks of what somebody decided leave. Ids are those
    by which the reviewer knows the values.
    """
    held = hold(record, reviews, Text(text, record.release.text_sha256, old or {}))
    if all(one.review is None for one in held):
        return record
    shown = show(held, old or {}, text)
    kept = [seen for one, seen in zip(held, shown, strict=True) if one.holds]
    references = find_references(held)
    values: dict[str, Any] = {field: tuple(_make(record, field, kept, text)) for field in FIELDS}
    reviewed = record.model_copy(update=values)
    ids = {one.value_id: one.machine_id for one in kept if one.machine_id}
    amounts = Amounts(
        {amount.id: amount for amount in record.amounts},
        {ids[amount.id]: amount for amount in reviewed.amounts if amount.id in ids},
        reviewed.amounts,
    )
    entities: tuple[Person | Organisation, ...] = (*reviewed.people, *reviewed.organisations)
    return reviewed.model_copy(
        update={
            "sections": tuple(_sections(record, references)),
            "commitments": follow_amounts(record, amounts, references, entities),
            "checks": tuple(_checks(record, shown)),
        }
    )


def _make(record: Record, field: ReviewField, kept: list[Shown], text: str) -> Iterator[BaseModel]:
    """The values of one field in the order of the record, each of the others before the first that is behind it."""
    order = {value.id: number for number, value in enumerate(getattr(record, field))}
    own = [one for one in kept if one.field == field]
    values = [
        one.value for one in sorted(own, key=lambda one: order.get(one.machine_id, -1)) if one.machine_id in order
    ]
    for value in sorted((one.value for one in own if one.machine_id not in order), key=place):
        behind = (number for number, other in enumerate(values) if place(other) > place(value))
        values.insert(next(behind, len(values)), value)
    return (MODELS[field].model_validate(value, context={"text": text}) for value in values)


def _show(held: Held, references: References, old: Mapping[str, str], text: str) -> Shown:
    value = {**resolve(held, value_of(held), references), "id": held.value_id}
    if held.machine and held.moved and held.moved.human and "mentions" in value:
        value["mentions"] = [*value["mentions"], *_new_mentions(held, old, text)]
        value["mentions"].sort(key=lambda mention: mention["start"])
    return Shown(
        field=held.field,
        value_id=held.value_id,
        value=value,
        review=held.review,
        reopened=held.reopened,
        machine_now=_machine_now(held, value, references),
        machine_id=held.machine["id"] if held.machine else None,
        stands=held.stands,
    )


def _new_mentions(held: Held, old: Mapping[str, str], text: str) -> list[Value]:
    """Mentions in words that were not there when the reviewer decided."""
    before = old.get(held.review.text_sha256) if held.review else None
    if before is None or before == text or held.moved is None or held.machine is None:
        return []
    own = {mention["start"] for mention in (held.moved.human or {})["mentions"]}
    back = Versions(text, before)
    others = [mention for mention in held.machine["mentions"] if mention["start"] not in own]
    return [one for one in others if isinstance(find_again(back, one["start"], one["end"]), str)]


def _machine_now(held: Held, value: Value, references: References) -> Value | None:
    if held.review is None:
        return None
    if held.machine is None:
        return {} if held.review.machine is not None and held.review.verdict != "rejected" else None
    now = resolve(held, held.machine, references)
    known = [value] if held.moved is not None and held.moved.human is not None else []
    if held.moved is not None and held.moved.machine is not None:
        known.append(resolve(held, held.moved.machine, references))
    said = content(held.field, now)
    return None if any(content(held.field, one) == said for one in known) else now


def _sections(record: Record, references: References) -> Iterator[Section]:
    for section in record.sections:
        about = section.about and find_name(references, section.about, is_employer=True, by_machine=True)
        yield section if about == section.about else section.model_copy(update={"about": about})


def _checks(record: Record, shown: list[Shown]) -> Iterator[Check]:
    ids = {one.machine_id: one for one in shown if one.machine_id}
    for check in record.checks:
        value = ids.get(check.value_id or "")
        if value is None:
            yield check
        elif value.review is None or value.reopened:
            yield check.model_copy(update={"value_id": value.value_id})
