"""Who pays whom how much: payments that count, added up by currency alone, as people left them where they reviewed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import text

from store.database import Store, reading
from store.review_desk import load_all_reviewed

_UNREVIEWED = """
SELECT currency, issuer, payer, payee, substr(CAST(published AS TEXT), 1, 7) AS month, count(*) AS payments,
       sum(value) AS total, sum(CASE WHEN qualifier IN ('up_to', 'under') THEN value ELSE 0 END) AS at_most
FROM payments
WHERE counts AND currency IS NOT NULL AND release_id NOT IN (SELECT release_id FROM review WHERE opinion = 1)
  AND (CAST(:source AS TEXT) IS NULL OR source = :source)
GROUP BY 1, 2, 3, 4, 5
"""
_REVIEWED = """
SELECT DISTINCT release.id FROM review JOIN release ON release.id = review.release_id
WHERE opinion = 1 AND release.id NOT IN (SELECT release_id FROM release_copy)
  AND (CAST(:source AS TEXT) IS NULL OR source = :source)
ORDER BY release.id
"""


class Sum(NamedTuple):
    """Payments that have something in common."""

    what: str
    total: float
    payments: int


class Money(NamedTuple):
    """The payments in one currency."""

    currency: str
    total: float
    """Ranges with their lower end."""
    at_most: float
    """What of it is the sum of ceilings: `up to €2 million`."""
    payments: int
    by_issuer: tuple[Sum, ...]
    """The largest first."""
    by_pair: tuple[Sum, ...]
    """`payer → payee`, the largest first."""
    by_month: tuple[Sum, ...]
    """By month of publication, in their order."""


class _Paid(NamedTuple):
    currency: str
    issuer: str | None
    payer: str | None
    payee: str | None
    month: str | None
    payments: int
    total: float
    at_most: float


class _Sums:
    def __init__(self) -> None:
        self._found: dict[str, tuple[float, int]] = defaultdict(lambda: (0.0, 0))

    def add(self, what: str, paid: _Paid) -> None:
        total, payments = self._found[what]
        self._found[what] = total + paid.total, payments + paid.payments

    def largest(self) -> tuple[Sum, ...]:
        return tuple(sorted(self._all(), key=lambda one: (-one.total, one.what)))

    def in_order(self) -> tuple[Sum, ...]:
        return tuple(sorted(self._all()))

    def _all(self) -> Iterator[Sum]:
        return (Sum(what, *found) for what, found in self._found.items())


def load_money(store: Store, source: str | None = None) -> list[Money]:
    """The payments of each currency, that with most of them first; nothing is added up over currencies.

    Parts of other payments and releases that tell another one again are left out.
    """
    sums: dict[str, tuple[_Sums, _Sums, _Sums]] = defaultdict(lambda: (_Sums(), _Sums(), _Sums()))
    at_most: dict[str, float] = defaultdict(float)
    with reading(store) as connection:  # both from one state, lest what is reviewed meanwhile be in neither or both
        unreviewed = [_Paid(*row) for row in connection.execute(text(_UNREVIEWED), {"source": source})]
        reviewed = connection.execute(text(_REVIEWED), {"source": source}).scalars().all()
    for paid in (*unreviewed, *_iter_reviewed(store, reviewed)):
        issuers, pairs, months = sums[paid.currency]
        issuers.add(paid.issuer or "not known", paid)
        pairs.add(f"{paid.payer or 'not said'} → {paid.payee or 'not said'}", paid)
        months.add(paid.month or "no date", paid)
        at_most[paid.currency] += paid.at_most
    made = [_money(currency, at_most[currency], *found) for currency, found in sums.items()]
    return sorted(made, key=lambda one: (-one.payments, one.currency))


def _money(currency: str, at_most: float, issuers: _Sums, pairs: _Sums, months: _Sums) -> Money:
    by_month = months.in_order()
    total, payments = sum(one.total for one in by_month), sum(one.payments for one in by_month)
    return Money(currency, total, at_most, payments, issuers.largest(), pairs.largest(), by_month)


def _iter_reviewed(store: Store, reviewed: Sequence[str]) -> Iterator[_Paid]:
    for record in load_all_reviewed(store, reviewed):
        for paid in record.commitments:
            if paid.part_of is None and paid.currency is not None:
                yield _Paid(
                    currency=paid.currency,
                    issuer=record.release.issuer,
                    payer=paid.payer.name if paid.payer else None,
                    payee=paid.payee.name if paid.payee else None,
                    month=f"{record.release.published:%Y-%m}" if record.release.published else None,
                    payments=1,
                    total=float(paid.value),
                    at_most=float(paid.value) if paid.qualifier in ("up_to", "under") else 0.0,
                )
