"""Pictures of money as shapes for an SVG: bars beside names, columns over months; each has its table beside it."""

from collections.abc import Sequence
from typing import NamedTuple

from review.charts import nice_top
from store.money import Sum

WIDTH = 560
ROW, LABEL = 26, 230
_BARS = WIDTH - LABEL - 70
HEIGHT, BOTTOM, LEFT = 200, 172, 52
MOST = 12
"""Bars of one picture; the table has more."""
MONTHS = 36
"""Columns of one picture: the last ones."""


class Bar(NamedTuple):
    """A bar with its words."""

    x: float
    y: float
    width: float
    height: float
    name: str
    amount: str
    title: str


class Tick(NamedTuple):
    """A line of the grid."""

    y: float
    label: str


class Columns(NamedTuple):
    """Columns over months."""

    bars: list[Bar]
    ticks: list[Tick]


def shorten_number(value: float) -> str:
    """A sum in few digits.

    >>> [shorten_number(number) for number in (950, 12_500, 2_500_000, 3.1e9, 7e12)]
    ['950', '12.5k', '2.5M', '3.1bn', '7tn']
    """
    for size, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{name}" if value / size < 1000 else f"{value / size:,.0f}{name}"
    return f"{value:.3g}"


def draw_rows(sums: Sequence[Sum], currency: str) -> list[Bar]:
    """A bar for each of the largest sums.

    >>> [(bar.width, bar.amount) for bar in draw_rows([Sum("a", 200.0, 1), Sum("b", 50.0, 1)], "EUR")]
    [(260.0, '200'), (65.0, '50')]
    """
    most = max((one.total for one in sums), default=0) or 1
    return [
        Bar(LABEL, ROW * number + 5, max(1.0, _BARS * max(0.0, one.total) / most), ROW - 10, _cut(one.what),
            shorten_number(one.total), f"{one.what}: {one.total:,.2f} {currency} in {one.payments:,} payments")
        for number, one in enumerate(sums[:MOST])
    ]  # fmt: skip


def draw_columns(sums: Sequence[Sum], currency: str) -> Columns:
    """A column for each of the last months.

    >>> [tick.label for tick in draw_columns([Sum("2026-05", 70.0, 1)], "EUR").ticks]
    ['0', '50', '100']
    """
    shown = [one for one in sums if one.what != "no date"][-MONTHS:]
    top = nice_top(max((one.total for one in shown), default=1))
    step = (WIDTH - LEFT - 8) / max(1, len(shown))
    wide = min(step * 0.75, 36)
    every = max(1, -(-len(shown) // 8))
    bars = []
    for number, one in enumerate(shown):
        high = (BOTTOM - 10) * max(0.0, one.total) / top
        name = one.what if number % every == 0 else ""
        bars.append(Bar(LEFT + step * number + (step - wide) / 2, BOTTOM - high, wide, high, name,
                        shorten_number(one.total), f"{one.what}: {one.total:,.2f} {currency}"))  # fmt: skip
    ticks = [Tick(BOTTOM - (BOTTOM - 10) * part / 2, shorten_number(top * part / 2)) for part in range(3)]
    return Columns(bars, ticks)


def _cut(name: str, most: int = 36) -> str:
    """A name that fits beside its bar, with something of both sides of a pair.

    >>> _cut("Lindqvist-Okafor Fund of Stockholm → Alder Falls Council")
    'Lindqvist-Okafo… → Alder Falls Cou…'
    """
    if len(name) <= most:
        return name
    if " → " in name:
        return " → ".join(_cut(side, most // 2 - 2) for side in name.split(" → ", 1))
    return f"{name[: most - 1]}…"
