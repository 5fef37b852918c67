"""The dashboard's numbers."""

import datetime as dt

from review.work import draw_accuracy, draw_bins, draw_days, per_person
from schemas.review_work import Accuracy, Bin, Calibration, DayOfWork

MONDAY = dt.date(2026, 5, 4)


def test_days_without_work_are_shown() -> None:
    done = [DayOfWork(day=MONDAY, reviewer=name, releases=2, values=9) for name in ("ana", "ben")]
    chart = draw_days(done, MONDAY - dt.timedelta(days=2), MONDAY + dt.timedelta(days=1))
    assert [bar.label for bar in chart.bars] == ["2026-05-02: 0", "2026-05-03: 0", "2026-05-04: 4", "2026-05-05: 0"]


def test_who_did_most_comes_first() -> None:
    done = [
        DayOfWork(day=MONDAY, reviewer="ana", releases=1, values=9),
        DayOfWork(day=MONDAY, reviewer="ben", releases=3, values=5),
        DayOfWork(day=MONDAY + dt.timedelta(days=1), reviewer="ana", releases=1, values=1),
    ]
    assert per_person(done) == [("ben", 3, 5), ("ana", 2, 10)]


def test_a_week_in_which_nothing_was_extracted_has_no_point() -> None:
    accuracy = [
        Accuracy(week=MONDAY, field="people", accepted=3, corrected=1),
        Accuracy(week=MONDAY, field="dates", added=2),
    ]
    assert [(line.name, line.dots[0].label) for line in draw_accuracy(accuracy).lines] == [
        ("People", "People, 2026-05-04: 75%")
    ]


def test_bins() -> None:
    one = Bin(low=0.9, high=1.0, count=4, confidence=0.95, accuracy=0.75)
    (line,) = draw_bins(Calibration(count=4, bins=(one,), error=0.2)).lines
    assert [dot.label for dot in line.dots] == ["said 95%, right 75%"]
    assert draw_bins(Calibration(count=0, bins=(), error=None)).lines == ()
