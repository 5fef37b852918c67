"""Pictures of the work: reviewed per day, accuracy per kind of value, calibration; each with its table."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request, Response

from review.ask import now, store_of
from review.charts import Chart, draw_bars, draw_calibration, draw_shares
from review.labels import FIELDS
from review.render import show
from schemas.review import ReviewField
from schemas.review_work import Accuracy, Calibration, DayOfWork
from store.review_stats import load_accuracy, load_calibration, load_work

DAYS = 30
"""Days that the pictures go back, unless asked otherwise."""
router = APIRouter(include_in_schema=False)


class Week(NamedTuple):
    """A row of the table of accuracy."""

    week: dt.date
    title: str
    found: Accuracy


@router.get("/work")
def work(request: Request, days: Annotated[int, Query(ge=7, le=366)] = DAYS) -> Response:
    """The dashboard."""
    store, today = store_of(request), now().date()
    since = today - dt.timedelta(days=days - 1)
    done, accuracy, calibration = load_work(store, since), load_accuracy(store, since), load_calibration(store)
    return show(
        request,
        "work.html",
        days=days,
        done=done[::-1],
        people=per_person(done),
        per_day=draw_days(done, since, today),
        accuracy=[Week(found.week, FIELDS[found.field], found) for found in accuracy[::-1]],
        per_week=draw_accuracy(accuracy),
        calibration=calibration,
        calibrated=draw_bins(calibration),
    )


def draw_days(done: Iterable[DayOfWork], since: dt.date, until: dt.date) -> Chart:
    """Releases done on each day, days without any included."""
    counts: Counter[dt.date] = Counter()
    for row in done:
        counts[row.day] += row.releases
    days = [since + dt.timedelta(days=number) for number in range((until - since).days + 1)]
    return draw_bars([(day, counts[day]) for day in days])


def per_person(done: Iterable[DayOfWork]) -> list[tuple[str, int, int]]:
    """Who did how many releases and values, who did most first."""
    releases: Counter[str] = Counter()
    values: Counter[str] = Counter()
    for row in done:
        releases[row.reviewer] += row.releases
        values[row.reviewer] += row.values
    return sorted(((name, releases[name], values[name]) for name in values), key=lambda row: (-row[1], -row[2], row[0]))


def draw_accuracy(accuracy: Iterable[Accuracy]) -> Chart:
    """The share of extracted values that were right, week by week, a line for each kind."""
    points: dict[ReviewField, list[tuple[str, float]]] = defaultdict(list)
    for found in accuracy:
        if found.precision is not None:
            points[found.field].append((found.week.isoformat(), found.precision))
    return draw_shares(points, FIELDS)


def draw_bins(calibration: Calibration) -> Chart:
    """How often values were right beside how likely they were said to be."""
    return draw_calibration([(each.confidence, each.accuracy) for each in calibration.bins], "right")
