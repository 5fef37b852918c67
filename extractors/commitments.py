"""The payments of a release: what its sums are for, over what time, what they are part of; one row for each payment."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from spacy.tokens import Doc

from extractors.findings import Findings
from extractors.parts import Part, find_parts
from extractors.purposes import read_period, read_purpose, stop_of
from extractors.sentences import Sentences
from schemas.evidence import Evidence, Reason, When
from schemas.payments import find_wholes, group_payments, make_commitment
from schemas.record import Amount, Commitment, DateMention, Organisation, Person
from schemas.values import derive_id

_PART_RIGHT = 0.89
"""15 of the 16 parts that are found in annotated releases were right, by reading each: (15 + 1) / (16 + 2)."""
_NEAR = 300
"""Characters before and behind a sum in which the rest of its sentence is looked at."""
_WHEN_PAID = frozenset(("event", "signing", None))
"""Roles of a date that can say when a payment was made."""


class _Surroundings(NamedTuple):
    """What stands around the sums of a release."""

    text: str
    sentences: Sentences
    dates: Sequence[DateMention]
    starts: Sequence[int]
    """Of the dates, in order."""
    names: Mapping[int, int]
    """End and start of each mention of a person or organisation."""

    def around(self, amount: Amount) -> tuple[int, int]:
        """The sentence of a sum, as far as it is near."""
        first, last = self.sentences.around(amount.start)
        return max(first, amount.start - _NEAR), min(last, amount.end + _NEAR)

    def dates_near(self, amount: Amount) -> Sequence[DateMention]:
        """The dates of a sum's sentence."""
        first, last = self.around(amount)
        return self.dates[bisect_left(self.starts, first) : bisect_left(self.starts, last)]


def _look_around(found: Findings) -> _Surroundings:
    entities: Iterable[Person | Organisation] = (*found.people, *found.organisations)
    return _Surroundings(
        found.release.text,
        Sentences(found.release.text),
        found.dates,
        [date.start for date in found.dates],
        {mention.end: mention.start for entity in entities for mention in entity.mentions},
    )


def read_payments(_: Doc, found: Findings) -> Findings:
    """Gives each amount its purpose, its period and its whole, and makes the release's commitments of them."""
    if not found.amounts:
        return found
    around = _look_around(found)
    amounts = [_described(found.amounts, number, around) for number in range(len(found.amounts))]
    parts = find_parts(around.text, amounts)
    for part in parts:
        amounts[part.part] = amounts[part.part].model_copy(
            update={
                "part_of": amounts[part.whole].id,
                "why": {**amounts[part.part].why, "part_of": Reason(rule=part.rule, confidence=_PART_RIGHT)},
            }
        )
    amounts = _share_parties(amounts, parts)
    return replace(found, amounts=amounts, commitments=_find_commitments(found.release.id, amounts, around))


def _share_parties(amounts: Sequence[Amount], parts: Sequence[Part]) -> list[Amount]:
    """A total that a payment brings about, and the same sum in another currency, are between the same two."""
    shared, places = list(amounts), {amount.id: place for place, amount in enumerate(amounts)}
    pairs = [(part.part, part.whole) for part in parts if part.rule == "brings_total"]
    pairs += [(places[amount.equals], place) for place, amount in enumerate(amounts) if amount.equals in places]
    for told, other in pairs:
        shared[other] = _with_parties_of(shared[told], shared[other])
    return shared


def _with_parties_of(told: Amount, other: Amount) -> Amount:
    """An amount with the payer and payee of another, where it has none of its own."""
    changes: dict[str, object] = {}
    why = dict(other.why)
    for side in ("payer", "payee"):
        name = getattr(told, side)
        if name is not None and getattr(other, side) is None and name not in (other.payer, other.payee):
            changes |= {side: name, f"{side}_words": getattr(told, f"{side}_words")}
            why |= {side: told.why[side].model_copy(update={"rule": "same_payment"})} if side in told.why else {}
    return other.model_copy(update={**changes, "why": why}) if changes else other


def _described(amounts: Sequence[Amount], number: int, around: _Surroundings) -> Amount:
    amount = amounts[number]
    period = read_period(around.text, amount, around.dates_near(amount), around.around(amount))
    stop = stop_of(amounts, number, around.sentences)
    if period is not None and period.start > amount.end + len(" for the "):
        stop = min(stop, period.start)  # to build clinics | over three years
    purpose = read_purpose(around.text, amount, stop)
    if purpose is not None and _is_party(purpose, around.names):
        purpose = None
    if purpose is None and period is None:
        return amount
    return amount.model_copy(update={"purpose": purpose, "period": period})


def _is_party(purpose: Evidence, names: Mapping[int, int]) -> bool:
    """Whether `for …` names a person or organisation that the sum goes to, not what it is for."""
    name = names.get(purpose.end)
    leads = name is not None and name - purpose.start <= len("for the San Francisco-based ")
    return leads and purpose.text.lower().startswith("for ")


def _find_commitments(release: str, amounts: Sequence[Amount], around: _Surroundings) -> list[Commitment]:
    """One row for each payment."""
    rows = []
    for group in group_payments(amounts):
        key = derive_id(release, "commitment", min(group, key=lambda amount: amount.start).id)
        day = next(filter(None, (_day(amount, around) for amount in group)), None)
        rows.append(make_commitment(key, group, day))
    return find_wholes(rows, amounts)


def _day(amount: Amount, around: _Surroundings) -> When | None:
    """The day, month or year in the sum's sentence on which it was or will be paid or promised."""
    period = amount.period.start if amount.period else -1
    near = [
        date
        for date in around.dates_near(amount)
        if date.value and date.role in _WHEN_PAID and "/" not in date.value and date.start != period
    ]
    if not near:
        return None
    date = min(near, key=lambda one: max(one.start - amount.end, amount.start - one.end))
    return When(start=date.start, end=date.end, text=date.text, value=date.value)
