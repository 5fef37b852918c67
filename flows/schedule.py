"""When to look at a listing again, and when to try again what failed."""

import datetime as dt

from schemas.source import Source

WINDOW = dt.timedelta(days=28)
"""The past in which releases are counted."""
_LOOKS = 4
"""How often to look for each release that is to be expected."""
_LONGEST_GIVEN = 7 * 86_400
"""Seconds; a server that says more for how long its listing stays as it is may be wrong."""


def read_interval(published: int, source: Source, fresh_seconds: int | None = None) -> dt.timedelta:
    """How long to wait, within the source's bounds: so that of `published` releases in WINDOW each finds a look soon.

    What the server says of how long asking is of no use counts where it is longer.

    >>> source = Source(name="acme", url="https://acme.example/feed", discover="feed")
    >>> [str(read_interval(number, source)) for number in (0, 28, 112, 10_000)]
    ['1 day, 0:00:00', '6:00:00', '1:30:00', '0:15:00']
    >>> str(read_interval(10_000, source, 3600))
    '1:00:00'
    """
    shortest, longest = source.shortest_interval_minutes, source.longest_interval_minutes
    minutes = WINDOW.total_seconds() / 60 / (published * _LOOKS) if published else longest
    within = dt.timedelta(minutes=max(shortest, min(longest, minutes)))
    return max(within, dt.timedelta(seconds=min(fresh_seconds or 0, _LONGEST_GIVEN)))


def read_pause(failures: int, may_pass: bool) -> dt.timedelta:
    """How long to leave alone what failed so often in a row: at first not at all, then ever longer, at most 30 days.

    >>> [str(read_pause(number, True)) for number in (1, 2, 8, 30)], [str(read_pause(n, False)) for n in (1, 2, 6)]
    (['0:00:00', '0:00:00', '16:00:00', '30 days, 0:00:00'], ['0:00:00', '4:00:00', '2 days, 16:00:00'])
    """
    hours = 2 ** min(failures, 20) / (16 if may_pass else 1)
    return (
        dt.timedelta() if failures < (5 if may_pass else 2) else min(dt.timedelta(hours=hours), dt.timedelta(days=30))
    )
