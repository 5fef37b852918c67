"""What reviews show: the work that was done, how right the extractor is, and whether its confidence says so.

Reviewers take first what is likely to be wrong, so that accuracy is that of reviewed values, not of all.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from schemas.review import ReviewField
from schemas.review_work import Accuracy, Bin, Calibration, DayOfWork
from store import tables
from store.database import Store, reading

BINS = 10
_REVIEW, _EVENT = tables.review.c, tables.review_event.c


def load_work(store: Store, since: dt.date | None = None) -> list[DayOfWork]:
    """What each reviewer did each day, of either opinion; the earliest day first."""
    done = (_EVENT.status_after == "done") & (_EVENT.status_before != "done")
    with reading(store) as connection:
        releases = _per_day(connection, _EVENT.at, _EVENT.reviewer, done)
        values = _per_day(connection, _REVIEW.reviewed_at, _REVIEW.reviewer, _REVIEW.verdict.is_not(None))
    keys = sorted(key for key in releases | values if since is None or key[0] >= since)
    return [DayOfWork(day=key[0], reviewer=key[1], releases=releases[key], values=values[key]) for key in keys]


def load_accuracy(store: Store, since: dt.date | None = None) -> list[Accuracy]:
    """What people said of extracted values, by week and field, of the opinion that counts; the earliest week first."""
    with reading(store) as connection:
        day = _day(connection, _REVIEW.reviewed_at).label("day")
        columns = select(day, _REVIEW.field, _REVIEW.verdict, func.count()).where(_REVIEW.opinion == 1)
        rows = connection.execute(columns.group_by(day, _REVIEW.field, _REVIEW.verdict)).all()
    weeks: dict[tuple[dt.date, ReviewField], Counter[str]] = defaultdict(Counter)
    for said, field, verdict, count in rows:
        week = _monday(dt.date.fromisoformat(said))
        if since is None or week >= _monday(since):
            weeks[week, field][verdict] += count
    return [Accuracy(week=week, field=field, **weeks[week, field]) for week, field in sorted(weeks)]


def load_calibration(store: Store, field: ReviewField | None = None) -> Calibration:
    """Confidence against verdict, of one field or all, of the opinion that counts."""
    said = _REVIEW.machine["confidence"].as_float()
    columns = select(said, _REVIEW.verdict).where(_REVIEW.opinion == 1, _REVIEW.verdict != "added")
    if field is not None:
        columns = columns.where(_REVIEW.field == field)
    with reading(store) as connection:
        rows = connection.execute(columns).all()
    return calibrate([(float(row[0]), row[1] == "accepted") for row in rows if row[0] is not None])


def calibrate(said: Sequence[tuple[float, bool]]) -> Calibration:
    """Bins of confidence, 0 to 1, against whether it was right, and the expected calibration error.

    >>> found = calibrate([(0.95, True), (0.91, True), (0.55, False), (0.55, True)])
    >>> [(one.low, one.count, one.accuracy) for one in found.bins], round(found.error, 3)
    ([(0.5, 2, 0.5), (0.9, 2, 1.0)], 0.06)
    """
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, is_right in said:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, is_right))
    made = tuple(_bin(place, bins[place]) for place in sorted(bins))
    error = sum(one.count * abs(one.confidence - one.accuracy) for one in made) / len(said) if said else None
    return Calibration(count=len(said), bins=made, error=error)


def _bin(place: int, said: Sequence[tuple[float, bool]]) -> Bin:
    return Bin(
        low=place / BINS,
        high=(place + 1) / BINS,
        count=len(said),
        confidence=sum(confidence for confidence, _ in said) / len(said),
        accuracy=sum(is_right for _, is_right in said) / len(said),
    )


def _per_day(
    connection: Connection, moment: ColumnElement[Any], who: ColumnElement[str], which: ColumnElement[bool]
) -> Counter[tuple[dt.date, str]]:
    day = _day(connection, moment).label("day")
    rows: Iterable[Any] = connection.execute(select(day, who, func.count()).where(which).group_by(day, who))
    return Counter({(dt.date.fromisoformat(row[0]), str(row[1])): int(row[2]) for row in rows})


def _day(connection: Connection, moment: ColumnElement[Any]) -> ColumnElement[str]:
    """The day of a moment in UTC, as ISO 8601."""
    if connection.dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD")
    return func.substr(moment, 1, 10)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
