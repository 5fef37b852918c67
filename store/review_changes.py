"""What an action does to the decisions on a release. Pure, no database."""

from collections.abc import Callable, Iterable
from typing import Any

from schemas.review import (
    Accept,
    Act,
    Add,
    Comment,
    Correct,
    Merge,
    Reject,
    Restore,
    ReviewField,
    SetStatus,
    Split,
    Undo,
)
from schemas.values import derive_id
from store.review_case import Case, Rows, decide, reject
from store.review_entities import carry_names, merge, split
from store.review_errors import ReviewError
from store.review_history import restore, undo
from store.review_holding import Held
from store.review_names import value_of
from store.review_values import LINKS, NAMES, RULE, Value, check_attributes, check_value, content, place

_REASONED = ("title", "organisation", "acronym", "kind", "role", "payer", "payee", "speaker", "purpose", "period")
"""Attributes for which a value says why."""

_UNKNOWN: dict[ReviewField, Value] = {"amounts": {"currency": None}, "dates": {"value": None}}
"""What a record always says, and what it says where nobody knows."""


def plan(case: Case, act: Act) -> Rows:
    """What holds from then on for every value that the action changes.

    Another name of a person or organisation goes into all decisions that refer to it; what nobody decided follows by
    itself. Raises ReviewError for what cannot be done.
    """
    rows = _PLANS[type(act.action)](case, act, act.action)
    return rows | carry_names(case, rows)


def _accept(case: Case, act: Act, action: Accept) -> Rows:
    rows: Rows = {}
    for target in action.targets:
        held = case.find(target)
        if not held.stands:
            raise ReviewError(f"{target.field}: {held.reopened}; reject it, or correct it to what the text says now")
        if held.moved is None or held.moved.verdict == "rejected":
            rows[target.field, target.value_id] = decide(case, act, held, case.value(held))
    return rows


def _reject(case: Case, act: Act, action: Reject) -> Rows:
    return {(target.field, target.value_id): reject(case, act, case.find(target)) for target in action.targets}


def _correct(case: Case, act: Act, action: Correct) -> Rows:
    held, changes = case.find(action.target), dict(action.changes)
    check_attributes(held.field, changes)
    before = case.value(held)
    for side in ("payer", "payee"):
        if changes.get(side, before.get(side)) != before.get(side):
            changes.setdefault(f"{side}_words", None)  # the old words name another
    value = _complete(case, held.field, {**before, **changes}, list(changes))
    _check_references(case, held, value, changes)
    if content(held.field, value) == content(held.field, before) and held.moved and held.moved.human:
        return {}
    return {(held.field, held.value_id): decide(case, act, held, value)}


def _add(case: Case, act: Act, action: Add) -> Rows:
    check_attributes(action.field, action.value)
    given = {"id": "new", "rule": RULE, "confidence": 1.0, **_UNKNOWN.get(action.field, {}), **action.value}
    value = _complete(case, action.field, given, list(action.value))
    made = derive_id(
        case.release.id, RULE, action.field, case.record.release.text_sha256, *place(value), value.get("name")
    )
    held = Held(action.field, made, None, None, None, None)
    for other in case.held.values():
        if (
            other.field == action.field
            and other.stands
            and "name" not in value
            and place(value_of(other)) == place(value)
        ):
            said = "was rejected; correct it" if not other.holds else "is there already; correct that"
            raise ReviewError(f"{action.field}: “{value['text']}” {said}")
    _check_references(case, held, value, action.value)
    return {(held.field, made): decide(case, act, held, {**value, "id": made})}


def _complete(case: Case, field: ReviewField, value: Value, given: list[str]) -> Value:
    """The value as its schema writes it, with what follows from what a person gave."""
    why = {name: reason for name, reason in (value.get("why") or {}).items() if name not in given}
    made = check_value(field, {**value, "confidence": 1.0, "why": why}, case.release.text)
    if "mentions" in made:
        unique = {(mention["start"], mention["end"]): mention for mention in made["mentions"]}
        made["mentions"] = [unique[spot] for spot in sorted(unique)]
    reasons = {name: {"rule": RULE, "confidence": 1.0} for name in given if name in _REASONED and made.get(name)}
    if not made["section"] or {"start", "mentions"}.intersection(given):
        made["section"] = _section(case, place(made)[0])
    return {**made, "why": {**made["why"], **reasons}}


def _section(case: Case, start: int) -> str | None:
    return next((one.kind for one in case.record.sections if one.start <= start < one.end), None)


def _check_references(case: Case, held: Held, value: Value, given: Iterable[str]) -> None:
    """Raise ReviewError where something that was given means nothing in this release."""
    if "name" in given:
        _check_name(case, held, value["name"])
    for attribute in set(NAMES.get(held.field, ())).intersection(given):
        _check_party(case, held, attribute, value[attribute])
    for attribute in set(LINKS).intersection(given):
        _check_link(case, held, attribute, value[attribute])


def _check_name(case: Case, held: Held, name: str) -> None:
    if not name.strip():
        raise ReviewError(f"{held.field}: a name has to have letters; give it, or reject the value")
    for other in case.held.values():
        if (
            other.field == held.field
            and other.value_id != held.value_id
            and other.holds
            and value_of(other)["name"] == name
        ):
            raise ReviewError(f"{held.field}: {name!r} is there already; merge the two, or give it the mention")


def _check_party(case: Case, held: Held, attribute: str, name: str | None) -> None:
    known = case.references.held
    if name is None or (name in known and (held.field != "people" or known[name].field == "organisations")):
        return
    names = [one for one in known if held.field != "people" or known[one].field == "organisations"]
    kind = "organisation" if held.field == "people" else "person or organisation"
    raise ReviewError(
        f"{held.field}: {attribute} {name!r} is no {kind} of this release; add it first, or take one of"
        f" {', '.join(map(repr, names[:10])) or 'none: there are none'}{', …' if len(names) > 10 else ''}"
    )


def _check_link(case: Case, held: Held, attribute: str, key: str | None) -> None:
    seen = {held.value_id}
    while key is not None:
        other = case.held.get(("amounts", key))
        if other is None or not other.holds:
            raise ReviewError(f"amounts: {attribute} {key!r} is no amount of this release; take the id of one")
        if key in seen:
            raise ReviewError(f"amounts: {attribute} {key!r} leads back to the amount itself; take another one")
        seen.add(key)
        key = case.value(other).get(attribute)


def _comment(case: Case, _act: Act, action: Comment) -> Rows:
    if action.target is not None:
        case.find(action.target)
    return {}


def _set_status(_case: Case, _act: Act, _action: SetStatus) -> Rows:
    return {}


_PLANS: dict[type[Any], Callable[[Case, Act, Any], Rows]] = {
    Accept: _accept,
    Reject: _reject,
    Correct: _correct,
    Add: _add,
    Merge: merge,
    Split: split,
    Comment: _comment,
    SetStatus: _set_status,
    Undo: undo,
    Restore: restore,
}
