"""Pictures of the work as shapes for an SVG: pure geometry, no drawing library; each has a table beside it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.review import ReviewField

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 92, 10, 26
_INNER_WIDTH, _INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM


class Tick(NamedTuple):
    """A line of the grid with its label."""

    at: float
    label: str


class Bar(NamedTuple):
    """A day's bar."""

    x: float
    y: float
    width: float
    height: float
    label: str


class Dot(NamedTuple):
    """A point of a line."""

    x: float
    y: float
    label: str


class Line(NamedTuple):
    """A line through dots, named at its end."""

    field: ReviewField
    name: str
    dots: list[Dot]
    shape: str
    """Of its dots, so that lines are not told apart by colour alone."""
    name_y: float

    @property
    def points(self) -> str:
        """For an SVG's polyline."""
        return " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)


class Chart(NamedTuple):
    """Everything that is drawn."""

    across: list[Tick]
    up: list[Tick]
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    is_calibration: bool = False


SHAPES: dict[ReviewField, str] = {
    "people": "circle", "organisations": "square", "amounts": "triangle", "dates": "diamond", "quotes": "cross",
}  # fmt: skip


def draw_bars(days: Sequence[tuple[dt.date, int]]) -> Chart:
    """A bar for each day.

    >>> [round(bar.height) for bar in draw_bars([(dt.date(2026, 5, 1), 2), (dt.date(2026, 5, 2), 4)]).bars]
    [92, 184]
    """
    top = nice_top(max((count for _, count in days), default=0))
    step = _INNER_WIDTH / max(1, len(days))
    wide = min(step * 0.8, 40)
    bars = [
        Bar(
            LEFT + step * number + (step - wide) / 2,
            _y(count / top),
            wide,
            _INNER_HEIGHT * count / top,
            f"{day}: {count}",
        )
        for number, (day, count) in enumerate(days)
    ]
    every = max(1, -(-len(days) // 6))
    across = [Tick(LEFT + step * (number + 0.5), f"{day:%m-%d}") for number, (day, _) in enumerate(days)]
    return Chart(across[::every], [Tick(_y(part / 2), f"{top * part / 2:g}") for part in range(3)], tuple(bars))


def draw_shares(points: Mapping[ReviewField, Sequence[tuple[str, float]]], names: Mapping[ReviewField, str]) -> Chart:
    """A line for each kind of value through its shares (0 to 1), one for each period; periods are in order."""
    periods = sorted({period for line in points.values() for period, _ in line})
    place = {period: _x((number + 0.5) / max(1, len(periods))) for number, period in enumerate(periods)}
    lines = [
        Line(
            field,
            names[field],
            [Dot(place[period], _y(share), f"{names[field]}, {period}: {share:.0%}") for period, share in line],
            SHAPES[field],
            0,
        )
        for field, line in points.items()
        if line
    ]
    every = max(1, -(-len(periods) // 6))
    across = [Tick(place[period], period) for period in periods[::every]]
    return Chart(across, _percents(), lines=tuple(_apart(lines)))


def draw_calibration(bins: Sequence[tuple[float, float]], name: str) -> Chart:
    """How often values were right (0 to 1) beside how likely they were said to be."""
    dots = [Dot(_x(said), _y(right), f"said {said:.0%}, right {right:.0%}") for said, right in sorted(bins)]
    line = Line("people", name, dots, "circle", dots[-1].y if dots else 0)
    across = [Tick(_x(part / 4), f"{part * 25}%") for part in range(5)]
    return Chart(across, _percents(), lines=(line,) if dots else (), is_calibration=True)


def nice_top(most: float) -> float:
    """A round number at or above the most.

    >>> [nice_top(number) for number in (0, 3, 7, 12, 130)]
    [2, 4, 10, 20, 200]
    """
    scale = 1
    while True:
        for step in (2, 4, 10):
            if most <= step * scale:
                return step * scale
        scale *= 10


def _percents() -> list[Tick]:
    return [Tick(_y(part / 4), f"{part * 25}%") for part in range(5)]


def _x(share: float) -> float:
    return LEFT + _INNER_WIDTH * share


def _y(share: float) -> float:
    return TOP + _INNER_HEIGHT * (1 - share)


def _apart(lines: list[Line]) -> list[Line]:
    """Names at the ends of lines that do not lie on one another."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda each: each.dots[-1].y):
        above = placed[-1].name_y + 13 if placed else 0.0
        placed.append(line._replace(name_y=max(line.dots[-1].y + 4, above)))
    return placed
