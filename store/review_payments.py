"""The payments of a release as people left its amounts. Pure, no database."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from schemas.evidence import Evidence, Party
from schemas.payments import Payment, find_wholes, group_payments, is_payment, make_commitment, sum_of
from schemas.record import Amount, Commitment, Organisation, Person, Record
from schemas.values import derive_id
from store.review_names import References, find_name
from store.review_values import RULE

_TAKEN = ("kind", "value", "maximum", "currency", "qualifier", "purpose", "period")
"""What a payment has from the amount that tells of it most fully."""
_SIDES = ("payer", "payee")
_Pair = tuple[Amount, Amount]
"""An amount as extracted, and as it holds."""


class Amounts(NamedTuple):
    """The amounts of a record, as extracted and as people left them."""

    extracted: Mapping[str, Amount]
    """By id."""
    reviewed: Mapping[str, Amount]
    """Those of them that hold, by the id that they were extracted with."""
    holding: tuple[Amount, ...]
    """All that hold, those that people added as well."""


def follow_amounts(
    record: Record, amounts: Amounts, references: References, entities: Iterable[Person | Organisation]
) -> tuple[Commitment, ...]:
    """The payments of a record after review: one for each that its amounts tell of, by `schemas.payments`.

    A payment stays as extracted but for what a person changed in its first amount, and leaves where none of its amounts
    is a payment any more. What people made a payment is told by one that is there, or by a new one, without a day.
    """
    mentions = {entity.name: entity.mentions[0] for entity in entities}
    rows = [one for made in record.commitments if (one := _follow(made, amounts, references, mentions)) is not None]
    told = {key for row in rows for key in row.amounts}
    others = [_with_words(amount, mentions) for amount in amounts.holding if amount.id not in told]
    for group in group_payments(others):
        new = make_commitment(derive_id(record.release.id, "commitment", RULE, group[0].id), group)
        number = next((number for number, row in enumerate(rows) if _is_same(row, new)), None)
        if number is None:
            rows.append(new)
        else:
            rows[number] = _join(rows[number], new)
    return tuple(find_wholes(rows, amounts.holding))


def _follow(
    paid: Commitment, amounts: Amounts, references: References, mentions: Mapping[str, Evidence]
) -> Commitment | None:
    group = _still_telling(
        [(amounts.extracted[key], amounts.reviewed[key]) for key in paid.amounts if key in amounts.reviewed]
    )
    if not group:
        return None
    first, now = group[0]
    changed = {name: getattr(now, name) for name in _TAKEN if getattr(now, name) != getattr(first, name)}
    parties = {side: _party(getattr(paid, side), side, group, references) for side in _SIDES}
    for side, name in parties.items():
        if isinstance(name, str):
            words = next(_words(group, side, name), None) or mentions.get(name) or now
            parties[side] = Party(name=name, **words.model_dump(include={"start", "end", "text"}))
    return paid.model_copy(update={**changed, **parties, "amounts": tuple(reviewed.id for _, reviewed in group)})


def _still_telling(group: list[_Pair]) -> list[_Pair]:
    """Those that are still payments, and the same one as the first of them."""
    paid = [(was, now) for was, now in group if is_payment(now) or not is_payment(was)]
    if not paid:
        return []
    before, first = paid[0]
    same = Payment([first], first.payer, first.payee)
    return [(was, now) for was, now in paid if same.tells(now) or (now == was and first == before)]


def _party(party: Party | None, side: str, group: list[_Pair], references: References) -> Party | str | None:
    """The party as it was, or the name of another one."""
    was = next((name for amount, _ in group if (name := getattr(amount, side)) is not None), None)
    now: str | None = next((name for _, amount in group if (name := getattr(amount, side)) is not None), None)
    called = was and find_name(references, was, is_employer=False, by_machine=True)
    if called != now or (was and not now):  # another party, or one that was rejected
        return now
    return party and party.model_copy(update={"name": now or party.name})


def _words(group: list[_Pair], side: str, name: str) -> Iterator[Evidence]:
    for _, amount in group:
        words = getattr(amount, f"{side}_words")
        if words is not None and getattr(amount, side) == name:
            yield words


def _with_words(amount: Amount, mentions: Mapping[str, Evidence]) -> Amount:
    """An amount of which words name each party: where a person only chose a name, the first that name it anywhere."""
    changes = {}
    for side in _SIDES:
        name = getattr(amount, side)
        if name is not None and getattr(amount, f"{side}_words") is None:
            changes[f"{side}_words"] = mentions.get(name, amount)
    return amount.model_copy(update=changes)


def _is_same(row: Commitment, new: Commitment) -> bool:
    """Whether two rows tell of one payment: nothing in one is against the other."""
    pairs = [(getattr(row, side), getattr(new, side)) for side in _SIDES]
    return sum_of(row) == sum_of(new) and all(
        one is None or other is None or one.name == other.name for one, other in pairs
    )


def _join(row: Commitment, new: Commitment) -> Commitment:
    """A row with the amounts of another, and with what only that says."""
    said = {name: getattr(row, name) or getattr(new, name) for name in (*_SIDES, "purpose", "period")}
    return row.model_copy(update={**said, "amounts": (*row.amounts, *new.amounts)})
