"""Payments follow the amounts that they rest on, as people left these. Pure, no database."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from schemas.evidence import Evidence, Party
from schemas.record import Amount, Commitment, Organisation, Person, Record
from store.review_names import References, find_name

_TAKEN = ("kind", "value", "maximum", "currency", "qualifier", "purpose", "period")
"""What a payment has from the amount that tells of it most fully."""


class Amounts(NamedTuple):
    """The amounts of a record, as extracted and as people left them."""

    extracted: Mapping[str, Amount]
    """By id."""
    reviewed: Mapping[str, Amount]
    """Those that hold, by the id that they were extracted with."""


def follow_amounts(
    record: Record, amounts: Amounts, references: References, entities: Iterable[Person | Organisation]
) -> tuple[Commitment, ...]:
    """The payments of a record after review: without those of which no amount holds, or whose amount is none.

    What a person changed in the first amount of a payment goes into it. No payment is added: that takes the extractor.
    """
    mentions = {entity.name: entity.mentions[0] for entity in entities}
    paid = [one for made in record.commitments if (one := _follow(made, amounts, references, mentions)) is not None]
    ids = {one.id for one in paid}
    return tuple(one if one.part_of in ids else one.model_copy(update={"part_of": None}) for one in paid)


def _follow(
    paid: Commitment, amounts: Amounts, references: References, mentions: Mapping[str, Evidence]
) -> Commitment | None:
    group = [(amounts.extracted[key], amounts.reviewed[key]) for key in paid.amounts if key in amounts.reviewed]
    if not group or group[0][1].kind is None:
        return None
    first, now = group[0]
    changed = {name: getattr(now, name) for name in _TAKEN if getattr(now, name) != getattr(first, name)}
    parties = {side: _party(getattr(paid, side), side, group, references) for side in ("payer", "payee")}
    for side, name in parties.items():
        if isinstance(name, str):
            words = next(_words(group, side, name), None) or mentions.get(name) or now
            parties[side] = Party(name=name, **words.model_dump(include={"start", "end", "text"}))
    return paid.model_copy(update={**changed, **parties, "amounts": tuple(reviewed.id for _, reviewed in group)})


def _party(
    party: Party | None, side: str, group: list[tuple[Amount, Amount]], references: References
) -> Party | str | None:
    """The party as it was, or the name of another one."""
    was = next((name for amount, _ in group if (name := getattr(amount, side)) is not None), None)
    now: str | None = next((name for _, amount in group if (name := getattr(amount, side)) is not None), None)
    called = was and find_name(references, was, is_employer=False, by_machine=True)
    if called != now:
        return now
    return party and party.model_copy(update={"name": now or party.name})


def _words(group: list[tuple[Amount, Amount]], side: str, name: str) -> Iterator[Evidence]:
    for _, amount in group:
        words = getattr(amount, f"{side}_words")
        if words is not None and getattr(amount, side) == name:
            yield words
