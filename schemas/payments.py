"""What counts as a payment, and which amounts tell of one and the same: pure, for extraction and for review."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from schemas.evidence import Party, When
from schemas.record import Amount, Commitment

_PAID = frozenset(("commitment", "penalty"))
"""Kinds of sums that are payments whether or not the text says between whom."""


def is_payment(amount: Amount) -> bool:
    """Whether a sum is paid: a commitment, a penalty, or any of a known kind between a payer and a payee.

    The same sum in another currency is no payment of its own.
    """
    known = amount.payer is not None and amount.payee is not None
    return amount.equals is None and amount.value > 0 and (amount.kind in _PAID or (known and amount.kind is not None))


@dataclass
class Payment:
    """Amounts that tell of one payment, and between whom as far as any of them says."""

    amounts: list[Amount]
    payer: str | None
    payee: str | None

    def tells(self, amount: Amount) -> bool:
        """Whether an amount has the same sum and kind, and says nothing against being the same payment."""
        pairs = ((amount.payer, self.payer), (amount.payee, self.payee))
        fits = all(first == second or first is None or second is None for first, second in pairs)
        return fits and sum_of(amount) == sum_of(self.amounts[0])

    def add(self, amount: Amount) -> None:
        """Take in one that tells of it."""
        self.amounts.append(amount)
        self.payer, self.payee = self.payer or amount.payer, self.payee or amount.payee


def sum_of(paid: Amount | Commitment) -> tuple[object, ...]:
    """What is the same in all that tells of one payment."""
    return paid.value, paid.maximum, paid.currency, paid.kind


def group_payments(amounts: Iterable[Amount]) -> list[list[Amount]]:
    """The amounts that are payments, in the order of the first that tells of each; of each the fullest first."""
    groups: dict[tuple[object, ...], list[Payment]] = {}
    for amount in filter(is_payment, amounts):
        same_sum = groups.setdefault(sum_of(amount), [])
        fitting = next((group for group in same_sum if group.tells(amount)), None)
        if fitting is None:
            same_sum.append(Payment([amount], amount.payer, amount.payee))
        else:
            fitting.add(amount)
    found = (group.amounts for same_sum in groups.values() for group in same_sum)
    return [sorted(group, key=_fullness, reverse=True) for group in found]


def make_commitment(key: str, group: Sequence[Amount], day: When | None = None) -> Commitment:
    """One row for a group of amounts, of which the first tells most."""
    fullest = group[0]
    return Commitment(
        id=key,
        kind=fullest.kind or "other",
        amounts=tuple(amount.id for amount in group),
        value=fullest.value,
        maximum=fullest.maximum,
        currency=fullest.currency,
        qualifier=next((amount.qualifier for amount in group if amount.qualifier != "exact"), fullest.qualifier),
        payer=_party(group, "payer"),
        payee=_party(group, "payee"),
        purpose=next((amount.purpose for amount in group if amount.purpose), None),
        period=next((amount.period for amount in group if amount.period), None),
        day=day,
        confidence=_confidence(fullest),
    )


def find_wholes(rows: Sequence[Commitment], amounts: Iterable[Amount]) -> list[Commitment]:
    """The rows, each with the one that it is a part of as its amounts say."""
    of_amount = {key: row.id for row in rows for key in row.amounts}
    wholes = {amount.id: amount.part_of for amount in amounts}
    return [row.model_copy(update={"part_of": next(_whole_rows(row, wholes, of_amount), None)}) for row in rows]


def _whole_rows(row: Commitment, wholes: Mapping[str, str | None], of_amount: Mapping[str, str]) -> Iterator[str]:
    for key in row.amounts:
        whole = of_amount.get(wholes.get(key) or "")
        if whole is not None and whole != row.id:
            yield whole


def _fullness(amount: Amount) -> tuple[int, int]:
    """How much an amount says of its payment; of two that say as much, the first of the text."""
    told = (amount.payer, amount.payee, amount.purpose, amount.period)
    return sum(value is not None for value in told), -amount.start


def _party(group: Sequence[Amount], side: str) -> Party | None:
    for amount in group:
        name, words = getattr(amount, side), getattr(amount, f"{side}_words")
        if name is not None and words is not None:
            return Party(name=name, **words.model_dump(include={"start", "end", "text"}))
    return None


def _confidence(amount: Amount) -> float:
    """That the sum, its kind and its parties are all right, as if they were independent of each other."""
    parts = (amount.why[name].confidence for name in ("kind", "payer", "payee") if name in amount.why)
    return round(amount.confidence * prod(parts), 3)
