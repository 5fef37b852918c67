"""Values of a record as reviewers change them: what may be changed, what counts, and whether it fits the text. Pure."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.record import Amount, DateMention, Organisation, Person, Quote, Record
from schemas.review import ReviewField
from store.review_errors import ReviewError

Value = dict[str, Any]
"""A value of `schemas.record` as JSON has it."""

FIELDS: tuple[ReviewField, ...] = ("people", "organisations", "dates", "amounts", "quotes")
MODELS: dict[ReviewField, type[BaseModel]] = {
    "people": Person,
    "organisations": Organisation,
    "dates": DateMention,
    "amounts": Amount,
    "quotes": Quote,
}
_SPAN = ("start", "end", "text")
EDITABLE: dict[ReviewField, tuple[str, ...]] = {
    "people": ("name", "title", "organisation", "mentions"),
    "organisations": ("name", "acronym", "kind", "mentions"),
    "dates": ("value", "role", *_SPAN),
    "amounts": (
        *("value", "maximum", "currency", "qualifier", "kind", "payer", "payer_words", "payee", "payee_words"),
        *("purpose", "period", "part_of", "equals", *_SPAN),
    ),
    "quotes": ("speaker", *_SPAN),
}
"""What a reviewer may give; the rest of a value says how it was found."""
NAMES: dict[ReviewField, tuple[str, ...]] = {
    "people": ("organisation",),
    "amounts": ("payer", "payee"),
    "quotes": ("speaker",),
}
"""Attributes that are the name of a person or organisation of the record."""
LINKS = ("part_of", "equals")
"""Attributes of an amount that are the id of another one."""
RULE = "review"
"""The rule of what a person said."""


def content(field: ReviewField, value: Value) -> Value:
    """What of a value a reviewer decides on."""
    said = {name: value.get(name) for name in EDITABLE[field]}
    if "mentions" in said:
        said["mentions"] = sorted(value.get("mentions") or (), key=place)
    return said


def place(value: Value) -> tuple[int, int]:
    """Where a value stands first: start and end."""
    spots = value.get("mentions") or [value]
    return min((spot.get("start") or 0, spot.get("end") or 0) for spot in spots)


def dump(record: Record, field: ReviewField) -> list[Value]:
    """The values of one field as JSON has them."""
    return [value.model_dump(mode="json") for value in getattr(record, field)]


def check_value(field: ReviewField, value: Value, text: str) -> Value:
    """The value as its schema writes it. Raises ReviewError, in plain words, where it is none or is not in the text."""
    try:
        return MODELS[field].model_validate(value, context={"text": text}).model_dump(mode="json")
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'value'}: {_plainly(one['msg'])}" for one in error.errors()
        )
        raise ReviewError(f"{field}: {said}; correct that, or load the release again if its text has changed") from None


def check_attributes(field: ReviewField, names: Iterable[str]) -> None:
    """Raise ReviewError for the name of an attribute that no reviewer gives."""
    if wrong := [name for name in names if name not in EDITABLE[field]]:
        may = ", ".join(EDITABLE[field])
        raise ReviewError(f"{field}: {', '.join(map(repr, wrong))} cannot be given; what can is {may}")


def _plainly(message: str) -> str:
    return message.removeprefix("Value error, ")
