"""Pictures of the work: everything that is drawn lies within the picture."""

import datetime as dt

import pytest

from review.charts import HEIGHT, WIDTH, draw_bars, draw_calibration, draw_shares
from schemas.review import ReviewField

DAY = dt.date(2026, 5, 1)


@pytest.mark.parametrize("counts", [[], [0], [3], [1, 0, 120], list(range(90))])
def test_bars(counts: list[int]) -> None:
    chart = draw_bars([(DAY + dt.timedelta(days=number), count) for number, count in enumerate(counts)])
    assert len(chart.bars) == len(counts)
    assert len(chart.across) <= 6
    for bar in chart.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT


def test_lines() -> None:
    points: dict[ReviewField, list[tuple[str, float]]] = {
        "people": [("2026-W18", 1.0), ("2026-W19", 0.5)],
        "dates": [("2026-W19", 0.52)],
        "quotes": [],
    }
    chart = draw_shares(points, {"people": "People", "dates": "Dates", "quotes": "Quotes"})
    assert [(line.name, len(line.dots)) for line in chart.lines] == [("Dates", 1), ("People", 2)]
    assert len({line.shape for line in chart.lines}) == 2  # not told apart by colour alone
    assert chart.lines[1].name_y - chart.lines[0].name_y >= 13  # the names do not lie on one another
    people = chart.lines[1].dots
    assert people[0].x < people[1].x
    assert people[0].y < people[1].y  # a larger share is higher up


@pytest.mark.parametrize("bins", [[], [(0.5, 0.0)], [(0.95, 1.0), (0.1, 0.2)]])
def test_calibration(bins: list[tuple[float, float]]) -> None:
    chart = draw_calibration(bins, "right")
    dots = [dot for line in chart.lines for dot in line.dots]
    assert [dot.x for dot in dots] == sorted(dot.x for dot in dots)
    assert len(dots) == len(bins)
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in dots)
