"""How sources fare: alarms against their own history, and none without reason."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from store.database import Store
from store.health import MEMORY, SourceCheck, find_alarms, load_checks, load_health, save_checks
from store.models import Batch, Item
from store.save import save_batch

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def check(days_ago: int = 0, **fields: Any) -> SourceCheck:
    given: dict[str, Any] = {"links": 20, "stored": 3}
    return SourceCheck(source="acme", checked_at=NOW - dt.timedelta(days=days_ago), **(given | fields))


def history(count: int = 20, **fields: Any) -> list[SourceCheck]:
    return [check(days, **fields) for days in range(1, count + 1)]


DOWN: dict[str, Any] = {"code": "http_503", "message": "503", "links": 0, "stored": 0}
ALARMS = [
    ([check(), *history()], []),  # as ever
    ([check(without_date=3), *history()], ["no_dates"]),  # a layout changed: no date is found any more
    ([check(stored=2, without_date=2), *history()], ["no_dates"]),  # two in one run suffice where it never happened
    ([check(stored=1, without_date=1), *history()], []),  # one may be
    ([*history(3, stored=1, without_date=1), *history(9)], ["no_dates"]),  # three runs with one each
    ([check(without_date=3), *history(without_date=3)], []),  # it never had any
    ([check(without_date=3), *history(without_date=1)], []),  # a third has none
    ([check(without_date=3)], []),  # no history
    ([check(without_date=3), check(1)], []),  # too short a one
    ([check(without_names=3, without_amounts=3), *history()], ["no_amounts", "no_names"]),
    ([check(without_amounts=3), *history(without_amounts=2)], []),  # few of its releases name sums
    ([check(stored=0, failed=3), *history()], ["unreadable"]),  # pages that cannot be read
    ([check(links=2), *history()], ["fewer_links"]),
    ([check(links=8), *history()], []),
    ([check(links=2), *history(3)], []),
    ([check(**DOWN), *history()], []),  # down once
    ([check(**DOWN), check(1, **DOWN), check(2, **DOWN), *history()], ["failing"]),
    ([check(**DOWN | {"code": "no_links"}), *history()], ["failing"]),  # a listing without links: its layout changed
    ([], []),
]


@pytest.mark.parametrize(("checks", "codes"), ALARMS)
def test_alarms(checks: list[SourceCheck], codes: list[str]) -> None:
    alarms = find_alarms(checks)
    assert [alarm.code for alarm in alarms] == codes
    assert all("source acme: " in alarm.message for alarm in alarms)


def test_checks_are_kept_and_forgotten(store: Store) -> None:
    old = check(MEMORY.days + 1)
    save_checks(store, [old, *history(2)])
    assert load_checks(store, "acme") == [*history(2), old]
    save_checks(store, [check()])
    assert load_checks(store, "acme") == [check(), *history(2)]


def test_health(store: Store, make_item: Callable[..., Item]) -> None:
    items = [
        make_item(str(day), release={"source": "acme", "published": dt.date(2026, 5, day)}) for day in range(4, 24)
    ]
    save_batch(store, Batch(seen_at=NOW, items=tuple(items)))
    save_checks(store, [check(**DOWN), check(1, without_date=1), check(2)])
    health = load_health(store, "acme", NOW)
    assert (health.failures, health.last_success) == (1, NOW - dt.timedelta(days=1))
    assert health.releases_per_week == 20 / 4
    assert health.without_date == pytest.approx(1 / 6)
    assert [alarm.code for alarm in health.alarms] == ["silent"]  # one a day until the 23rd, and none for nine days
    assert load_health(store, "acme", NOW - dt.timedelta(days=5)).alarms == ()
    assert load_health(store, "nobody", NOW).last_success is None
