"""What came in, day by day, and what of it waits for people."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import func, select

from store import tables
from store.database import Store, reading
from store.rows import utc

EXPECTED_ERRORS = 1.0
"""Errors to be expected in a release (`review_priority`) from which on a person should look at it."""


class Day(NamedTuple):
    """What came in on one day (UTC)."""

    day: dt.date
    releases: int
    checks: int
    """On the records of those releases."""


def load_days(store: Store, last: dt.date, days: int) -> list[Day]:
    """So many days, the last one included, in order; days on which nothing came are there too."""
    first = last - dt.timedelta(days=days - 1)
    release, check = tables.release.c, tables.record_check.c
    day = func.date(release.first_seen)
    since = release.first_seen >= utc(dt.datetime.combine(first, dt.time(), dt.UTC))
    with reading(store) as connection:
        came = connection.execute(select(day, func.count()).where(since).group_by(day)).all()
        joined = select(day, func.count()).join_from(
            tables.record_check, tables.release, check.release_id == release.id
        )
        noted = connection.execute(joined.where(since).group_by(day)).all()
    releases, checks = ({str(when): number for when, number in rows} for rows in (came, noted))
    every = (first + dt.timedelta(days=number) for number in range(days))
    return [Day(one, releases.get(str(one), 0), checks.get(str(one), 0)) for one in every]


def count_doubtful(store: Store, since: dt.datetime) -> int:
    """How many releases that came since then have an error to be expected, and were not looked at by anybody."""
    release, state = tables.release.c, tables.review_state.c
    doubtful = (release.first_seen >= utc(since)) & (release.review_priority >= EXPECTED_ERRORS)
    looked_at = select(state.release_id).where(state.release_id == release.id, state.status != "open").exists()
    with reading(store) as connection:
        count = select(func.count()).select_from(tables.release)
        return connection.execute(count.where(doubtful, ~looked_at)).scalar_one()
