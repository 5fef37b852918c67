"""What kinds, states and values are called on the page: pure, plain English."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from schemas.review import Action, Change, Review, ReviewEvent, ReviewField, ReviewStatus, Shown

FIELDS: dict[ReviewField, str] = {
    "people": "People",
    "organisations": "Organisations",
    "amounts": "Amounts",
    "dates": "Dates",
    "quotes": "Quotes",
}
"""The kinds of values, in the order of the desk."""
ONE: dict[ReviewField, str] = {
    "people": "person",
    "organisations": "organisation",
    "amounts": "amount",
    "dates": "date",
    "quotes": "quote",
}
LETTERS: dict[ReviewField, str] = {"people": "P", "organisations": "O", "amounts": "A", "dates": "D", "quotes": "Q"}
"""Stands beside each value, so that its kind is not told by colour alone."""
STATUS: dict[ReviewStatus, str] = {
    "open": "to do",
    "started": "started",
    "skipped": "skipped",
    "done": "done",
    "reopened": "reopened",
}
VERDICTS = {"accepted": "accepted", "corrected": "corrected", "rejected": "rejected", "added": "added"}
ATTRIBUTES = {
    "name": "name", "title": "title", "organisation": "works for", "acronym": "acronym", "kind": "kind",
    "value": "value", "maximum": "up to", "currency": "currency", "qualifier": "qualifier", "payer": "paid by",
    "payee": "paid to", "purpose": "purpose", "period": "period", "part_of": "part of", "equals": "same sum as",
    "role": "role", "speaker": "said by", "text": "words", "mentions": "places",
}  # fmt: skip
"""What an attribute is called; others are not shown."""
SECTIONS = {"contact": "Contact", "boilerplate": "About", "disclaimer": "Disclaimer", "furniture": "Page furniture"}


def words(name: object) -> str:
    """A name of the schemas as words.

    >>> words("up_to"), words("period_start"), words(None)
    ('up to', 'period start', '')
    """
    return "" if name is None else str(name).replace("_", " ")


def money(value: object) -> str:
    """Thousands grouped, no digit lost.

    >>> money("2800000.5"), money(Decimal("10")), money(None)
    ('2,800,000.5', '10', '')
    """
    if value in (None, ""):
        return ""
    try:
        return f"{Decimal(str(value)):,f}"
    except InvalidOperation:
        return str(value)


def shorten(text: str, width: int) -> str:
    """One line of at most `width` characters.

    >>> shorten("Signed  on 10 April\\n2025", 12)
    'Signed on 1…'
    """
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def headline(field: ReviewField, value: Mapping[str, Any]) -> str:
    """The value in a few words.

    >>> headline("amounts", {"value": "2500000", "currency": "EUR", "qualifier": "up_to"})
    'up to 2,500,000 EUR'
    >>> headline("dates", {"value": None, "text": "last week"})
    '? (last week)'
    """
    if field in ("people", "organisations"):
        return str(value.get("name") or "")
    if field == "dates":
        return str(value.get("value") or f"? ({value.get('text')})")
    if field == "quotes":
        return f"“{shorten(str(value.get('text') or ''), 90)}”"
    upper = f"–{money(value['maximum'])}" if value.get("maximum") is not None else ""
    qualifier = "" if value.get("qualifier") in ("exact", "range", None) else words(value.get("qualifier"))
    return " ".join(filter(None, (qualifier, money(value.get("value")) + upper, value.get("currency"))))


def facts(field: ReviewField, value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What else is said of a value: what it is called, and what it says.

    >>> facts("people", {"name": "Ana Reis", "title": "head", "organisation": None})
    [('title', 'head')]
    """
    names = {
        "people": ("title", "organisation"),
        "organisations": ("acronym", "kind"),
        "amounts": ("kind", "payer", "payee", "purpose", "period", "part_of", "equals"),
        "dates": ("role",),
        "quotes": ("speaker",),
    }[field]
    return [(ATTRIBUTES[name], say(name, value[name])) for name in names if value.get(name)]


def say(name: str, value: object) -> str:
    """An attribute's value as words.

    >>> say("period", {"text": "over two years", "value": "2025/2027"})
    'over two years (2025/2027)'
    """
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        means = f" ({value['value']})" if name == "period" and value.get("value") else ""
        return str(value.get("text") or value) + means
    if isinstance(value, list | tuple):
        return f"{len(value)}: " + ", ".join(shorten(say("", each), 30) for each in value[:5])
    return words(value) if name in ("kind", "role", "qualifier") else str(value)


def call_amounts(value: Mapping[str, Any] | None, amounts: Mapping[str, str]) -> dict[str, Any] | None:
    """A value with what other amounts are called in the place of their ids; None stays None.

    >>> call_amounts({"part_of": "a1", "equals": None}, {"a1": "5,000 EUR"})
    {'part_of': '5,000 EUR', 'equals': None}
    """
    if value is None:
        return None
    refers = {name: value[name] for name in ("part_of", "equals") if value.get(name)}
    return {**value, **{name: amounts.get(key, key) for name, key in refers.items()}}


def name_amounts(values: Iterable[Shown]) -> dict[str, str]:
    """What the amounts of a release are called, by every id that they go by."""
    names: dict[str, str] = {}
    for shown in values:
        if shown.field == "amounts":
            extracted = shown.review.machine if shown.review else None
            ids = (shown.value_id, shown.machine_id, extracted and extracted["id"])
            names |= {key: headline("amounts", shown.value) for key in ids if key and key not in names}
    return names


def differences(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """What differs between two tellings of a value: attribute, old, new.

    >>> differences({"title": "head", "name": "Ana"}, {"title": None, "name": "Ana"})
    [('title', 'head', '–')]
    >>> differences({"value": "2500000", "currency": "EUR"}, {"value": "3000000", "currency": "EUR"})
    [('value', '2,500,000', '3,000,000')]
    """
    if old is None or new is None:
        return []

    def say_it(name: str, value: object) -> str:
        is_sum = name in ("value", "maximum") and "currency" in new and value is not None
        return money(value) if is_sum else say(name, value)

    return [
        (called, say_it(name, old.get(name)), say_it(name, new.get(name)))
        for name, called in ATTRIBUTES.items()
        if old.get(name) != new.get(name)
    ]


def minute(moment: dt.datetime | None) -> str:
    """A moment in this computer's time, to the minute."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""


def tell(event: ReviewEvent) -> str:
    """An event in one line, without who and when."""
    return told(event.action) + _of_what(event)


def told(action: Action) -> str:
    """An action in a few words."""
    match action.kind:
        case "comment":
            return f"commented: {action.text}"
        case "status":
            return {"done": "marked it done", "skipped": "put it aside", "started": "took it up again"}[action.status]
        case "undo":
            return f"took back action {action.number}"
        case "restore":
            return "restored what was extracted" if action.number == 0 else f"restored the state after {action.number}"
        case "split":
            return f"split off {action.name}"
    return {"accept": "accepted", "reject": "rejected", "correct": "corrected", "add": "added", "merge": "merged"}[
        action.kind
    ]


def _of_what(event: ReviewEvent) -> str:
    if event.action.kind in ("comment", "status"):
        return ""
    named = [_change_words(change) for change in event.changes]
    if not named:
        return ""
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return ": " + ", ".join(named[:3]) + more


def _change_words(change: Change) -> str:
    value = _human(change.after) or _human(change.before) or {}
    return f"{ONE[change.field]} {shorten(headline(change.field, value), 60)}"


def _human(review: Review | None) -> dict[str, Any] | None:
    return (review.human or review.machine) if review else None
