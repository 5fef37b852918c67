"""How sources fare: each run's check of a source, and what is odd about the last ones against its own history."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel
from sqlalchemy import delete, func, select, union_all

from schemas.values import FROZEN
from store import tables
from store.database import Store, reading, writing
from store.rows import plain, utc
from store.upsert import insert_missing, upsert

MEMORY = dt.timedelta(days=90)
"""How long checks are kept."""
UNLIKELY = 0.001
"""Chance, by a source's own history, below which what is seen is told as an alarm."""
_FEW = 5
"""Checks or releases below which there is no history to speak of, and which are looked at together as the last ones."""
_WINDOW = 10
"""As many of the last checks are looked at together, at most."""
_DROP = 0.2
_FAILURES = 3


class SourceCheck(BaseModel):
    """How a source fared in one run; docs/store.md says what each field means."""

    model_config = FROZEN
    source: str
    checked_at: AwareDatetime
    code: str | None = None
    message: str | None = None
    links: int = 0
    found: int = 0
    stored: int = 0
    failed: int = 0
    without_date: int = 0
    without_amounts: int = 0
    without_names: int = 0


class Alarm(BaseModel):
    """Something about a source that a person should look at."""

    model_config = FROZEN
    source: str
    code: str
    message: str


class Health(BaseModel):
    """A source at a glance."""

    model_config = FROZEN
    source: str
    last_success: AwareDatetime | None
    """When its listing was last had and understood."""
    releases_per_week: float
    """Over the last four weeks."""
    failures: int
    """Looks in a row, the last included, that failed."""
    without_date: float | None
    without_amounts: float | None
    without_names: float | None
    """Shares of the releases that the last checks stored; None where they stored none."""
    alarms: tuple[Alarm, ...]


class _Share(NamedTuple):
    """Something that is counted among releases."""

    code: str
    counted: str
    said: str


_SHARES = (
    _Share("no_dates", "without_date", "have no date of publication"),
    _Share("no_amounts", "without_amounts", "name no sum"),
    _Share("no_names", "without_names", "name nobody"),
    _Share("unreadable", "failed", "cannot be read"),
)


def save_checks(store: Store, checks: Iterable[SourceCheck]) -> None:
    """Keep checks, and forget those older than MEMORY."""
    rows = [check.model_dump() | {"checked_at": utc(check.checked_at)} for check in checks]
    if not rows:
        return
    for row in rows:
        row["message"] = plain(row["message"]) if row["message"] else None
    table = tables.source_check
    with writing(store) as connection:
        insert_missing(connection, tables.source, [{"name": row["source"]} for row in rows])
        upsert(connection, table, rows)
        connection.execute(delete(table).where(table.c.checked_at < max(row["checked_at"] for row in rows) - MEMORY))


def load_checks(store: Store, source: str) -> list[SourceCheck]:
    """The checks of a source, the last one first."""
    table = tables.source_check
    wanted = select(table).where(table.c.source == source).order_by(table.c.checked_at.desc())
    with reading(store) as connection:
        rows = connection.execute(wanted).mappings().all()
    return [SourceCheck(**{**row, "checked_at": utc(row["checked_at"])}) for row in rows]


def load_health(store: Store, source: str, now: dt.datetime) -> Health:
    """How a source fares."""
    checks = load_checks(store, source)
    good = [check for check in checks if check.code is None]
    failures = next((place for place, check in enumerate(checks) if check.code is None), len(checks))
    recent, _ = _split(checks)
    stored = sum(check.stored for check in recent)
    shares = {
        share.counted: sum(getattr(check, share.counted) for check in recent) / stored if stored else None
        for share in _SHARES[:3]
    }
    dates = _days_published(store, source, now)
    lately = sum(day >= (now - dt.timedelta(days=28)).date() for day in dates)
    alarms = (*find_alarms(checks), *_find_silence(source, dates, now.date()))
    last = good[0].checked_at if good else None
    return Health(
        source=source, last_success=last, releases_per_week=lately / 4, failures=failures, **shares, alarms=alarms
    )


def is_news(store: Store, alarm: Alarm) -> bool:
    """Whether the check before the last one did not raise this alarm yet."""
    before = load_checks(store, alarm.source)[1:]
    if not before:
        return True
    at = before[0].checked_at
    earlier = [*find_alarms(before), *_find_silence(alarm.source, _days_published(store, alarm.source, at), at.date())]
    return alarm.code not in {known.code for known in earlier}


def find_alarms(checks: Sequence[SourceCheck]) -> list[Alarm]:
    """What is odd about the last checks of a source, which come first."""
    if not checks:
        return []
    return [*_find_failures(checks), *_find_fewer_links(checks), *_find_shares(checks)]


def _find_failures(checks: Sequence[SourceCheck]) -> list[Alarm]:
    failures = next((place for place, check in enumerate(checks) if check.code is None), len(checks))
    if failures < _FAILURES and not (failures and checks[0].code in {"no_links", "selector_invalid"} and checks[1:]):
        return []
    return [_alarm(checks, "failing", f"{failures} looks in a row failed: {checks[0].message or checks[0].code}")]


def _find_fewer_links(checks: Sequence[SourceCheck]) -> list[Alarm]:
    before = [check.links for check in checks[1:] if check.code is None]
    if checks[0].code is not None or len(before) < _FEW or checks[0].links >= median(before) * _DROP:
        return []
    message = f"its listing has {checks[0].links} links, where it used to have {median(before):g}"
    return [_alarm(checks, "fewer_links", message)]


def _find_shares(checks: Sequence[SourceCheck]) -> list[Alarm]:
    """By the last check alone, the last two together, and so on: what began some checks ago shows as well."""
    alarms = []
    for share in _SHARES:
        for length in range(1, min(_WINDOW, len(checks)) + 1):
            hits, total = _count(checks[:length], share)
            known_hits, known = _count(checks[length:], share)
            if known >= _FEW and _chance(hits, total, (known_hits + 1) / (known + 2)) < UNLIKELY:
                message = f"{hits} of its last {total} releases {share.said}, of those before {known_hits} of {known}"
                alarms.append(_alarm(checks, share.code, message))
                break
    return alarms


def _count(checks: Sequence[SourceCheck], share: _Share) -> tuple[int, int]:
    hits = sum(getattr(check, share.counted) for check in checks)
    of = sum(check.stored for check in checks)
    return hits, of + hits if share.counted == "failed" else of


def _split(checks: Sequence[SourceCheck]) -> tuple[Sequence[SourceCheck], Sequence[SourceCheck]]:
    """The last checks that together had a few releases, and those before."""
    total = 0
    for place, check in enumerate(checks, 1):
        total += check.stored + check.failed
        if total >= _FEW:
            return checks[:place], checks[place:]
    return checks, ()


def _chance(hits: int, total: int, share: float) -> float:
    """How likely it is that of so many at least so many hit, where a share of all does.

    >>> round(_chance(2, 2, 0.01), 6), _chance(0, 5, 0.5)
    (0.0001, 1.0)
    """
    if hits == 0:
        return 1.0
    return sum(math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(hits, total + 1))


def _find_silence(source: str, dates: Sequence[dt.date], today: dt.date) -> list[Alarm]:
    """Whether a source has been silent for longer than it would be by chance (its releases coming as they like)."""
    if len(dates) < _FEW:
        return []
    first, last = min(dates), max(dates)
    per_day = len(dates) / max(1, (last - first).days)
    days = (today - last).days
    if math.exp(-per_day * days) >= UNLIKELY or days < 7:
        return []
    message = f"nothing new for {days} days, where it published {per_day * 7:.1f} a week"
    return [Alarm(source=source, code="silent", message=f"source {source}: {message}")]


def _days_published(store: Store, source: str, now: dt.datetime) -> list[dt.date]:
    """The days of the releases of half a year, by their own dates or when they were found."""
    release, since = tables.release.c, (now - dt.timedelta(days=182)).date()
    found_on = func.date(release.first_seen)
    dated = select(release.published).where(release.source == source, release.published >= since)
    undated = select(found_on).where(release.source == source, release.published.is_(None), found_on >= since)
    with reading(store) as connection:
        found = connection.execute(union_all(dated, undated))  # not one with `or`: SQLite would read every release
        return [value if isinstance(value, dt.date) else dt.date.fromisoformat(value) for value in found.scalars()]


def _alarm(checks: Sequence[SourceCheck], code: str, message: str) -> Alarm:
    return Alarm(source=checks[0].source, code=code, message=f"source {checks[0].source}: {message}")
