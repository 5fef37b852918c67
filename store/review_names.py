"""What names of people and organisations and ids of amounts mean in a release under review. Pure, no database."""

from collections.abc import Iterable
from typing import NamedTuple

from store.review_holding import Held
from store.review_values import LINKS, NAMES, Value


class References(NamedTuple):
    """What names and ids mean in a release."""

    entities: tuple[Held, ...]
    """Organisations, then people: of two with one name the first is meant."""
    held: dict[str, Held]
    """Entities that hold, by their names."""
    extracted: dict[str, Held]
    """Entities by the names that the current record has for them."""
    earlier: dict[str, Held]
    """Entities by names that they once had."""
    amounts: dict[str, Held]
    """By every id that they have or had."""


def find_references(held: Iterable[Held]) -> References:
    """What the names and ids of these values mean."""
    values = list(held)
    entities = (*_of(values, "organisations"), *_of(values, "people"))
    now: dict[str, Held] = {}
    extracted: dict[str, Held] = {}
    earlier: dict[str, Held] = {}
    for entity in entities:
        if entity.holds:
            now.setdefault(value_of(entity)["name"], entity)
        if entity.machine:
            extracted.setdefault(entity.machine["name"], entity)
        if entity.review:
            for value in filter(None, (entity.review.machine, entity.review.human)):
                earlier.setdefault(value["name"], entity)
    return References(entities, now, extracted, earlier, _amounts(values))


def value_of(held: Held) -> Value:
    """A value as it holds, or, where it does not, as it was; what it refers to is not looked up."""
    if held.moved is not None:
        return held.moved.human or held.machine or held.moved.machine or {}
    return held.machine or (held.review.human if held.review else None) or {}


def resolve(held: Held, value: Value, references: References, keep: bool = False) -> Value:
    """The value with what it refers to as that is called now; what does not hold is None, or with `keep` as it was.

    In what nobody decided on, names mean what they mean to the extractor; else what they meant to the reviewer.
    """
    by_machine = held.moved is None or value is held.machine or value is held.moved.machine
    found = dict(value)
    for attribute in NAMES.get(held.field, ()):
        if (name := value.get(attribute)) is not None:
            now = find_name(references, name, held.field == "people", by_machine)
            found[attribute] = now or (name if keep else None)
            if found[attribute] is None and f"{attribute}_words" in found:
                found[f"{attribute}_words"] = None
    for attribute in LINKS:
        if held.field == "amounts" and (amount := references.amounts.get(value.get(attribute) or "")):
            found[attribute] = amount.value_id if amount.holds else None
    return found


def find_name(references: References, name: str, is_employer: bool, by_machine: bool) -> str | None:
    """What the person or organisation that a name means is called now; None where there is none any more."""
    entity = meant(references, name, is_employer, by_machine)
    if entity is None:
        return name  # nobody ever knew it
    namesake = references.held.get(name)
    if not entity.holds and is_employer and namesake and namesake.field == "people":
        namesake = None
    heir = entity if entity.holds else _heir(references, entity) or namesake
    return str(value_of(heir)["name"]) if heir else None


def meant(references: References, name: str, is_employer: bool, by_machine: bool) -> Held | None:
    """The entity that a name means; an employer is an organisation."""
    held, extracted = references.held.get(name), references.extracted.get(name)
    first, second = (extracted, held) if by_machine else (held, extracted)
    fits = (one for one in (first, second, references.earlier.get(name)) if one)
    return next((one for one in fits if not is_employer or one.field == "organisations"), None)


def renamed(before: References, after: References, name: str, is_employer: bool) -> str | None:
    """What whoever had this name before some decisions is called after them; None where they left nobody."""
    entity = meant(before, name, is_employer, by_machine=False)
    if entity is None or not entity.holds:
        return name
    now = next((one for one in after.entities if (one.field, one.value_id) == (entity.field, entity.value_id)), entity)
    if now is not entity and now.holds:
        return str(value_of(now)["name"])
    namesake = after.held.get(name)
    if is_employer and namesake and namesake.field == "people":
        namesake = None
    heir = _heir(after, entity) or namesake
    return str(value_of(heir)["name"]) if heir else None


def _heir(references: References, entity: Held) -> Held | None:
    """The one that holds and has all that it had: it was merged."""
    spots = {(spot["start"], spot["end"]) for spot in value_of(entity).get("mentions", ())}
    for other in references.entities:
        own = {(spot["start"], spot["end"]) for spot in value_of(other).get("mentions", ())}
        if other.field == entity.field and other.holds and spots and spots <= own:
            return other
    return None


def _of(values: list[Held], field: str) -> list[Held]:
    return [held for held in values if held.field == field]


def _amounts(values: list[Held]) -> dict[str, Held]:
    found: dict[str, Held] = {}
    for amount in _of(values, "amounts"):
        if amount.machine:
            found.setdefault(amount.machine["id"], amount)
    for amount in _of(values, "amounts"):
        found[amount.value_id] = amount
        if amount.review and amount.review.machine:
            found.setdefault(amount.review.machine["id"], amount)
    return found
