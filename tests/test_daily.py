"""What came in day by day, and the digest that tells of it; on SQLite and PostgreSQL."""

import base64
import datetime as dt
from collections.abc import Callable
from typing import Any

from flows.digest import draw_days, plot_address, write_digest
from store.daily import Day, count_doubtful, load_days
from store.database import Store
from store.health import SourceCheck, is_news, load_health, save_checks
from store.models import Batch, Item
from store.save import save_batch

NOW = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def fill(store: Store, make_item: Callable[..., Item]) -> None:
    for days_ago, names in ((0, ["a"]), (2, ["b", "c"]), (40, ["d"])):
        items = [make_item(name, release={"source": "acme"}) for name in names]
        save_batch(store, Batch(seen_at=NOW - days_ago * DAY, items=tuple(items)))


def test_days(store: Store, make_item: Callable[..., Item]) -> None:
    fill(store, make_item)
    days = load_days(store, NOW.date(), 4)
    assert [(day.day.day, day.releases) for day in days] == [(31, 0), (1, 2), (2, 0), (3, 1)]
    assert [day.checks for day in days] == [0, 2 * days[3].checks, 0, days[3].checks]
    assert days[3].checks > 0
    assert count_doubtful(store, NOW - 3 * DAY) == 3  # each has 1.5 errors to be expected
    assert count_doubtful(store, NOW + DAY) == 0


def test_digest(store: Store, make_item: Callable[..., Item]) -> None:
    fill(store, make_item)
    save_checks(store, [down(3), down(2), down(1)])
    said = write_digest(store, NOW)
    assert "**1** releases today, **3** in seven days, **3** in 30; the store holds 4." in said
    assert "- source acme: 3 looks in a row failed: 503" in said
    assert "| acme | never |" in said
    assert "](data:image/svg+xml;base64," in said


def test_plot() -> None:
    days = [Day(NOW.date() + number * DAY, number, 3 * number) for number in range(5)]
    picture = draw_days(days)
    assert base64.b64decode(plot_address(days).partition(",")[2]).decode() == picture
    assert picture.count("<rect") == 10
    assert ">4<" in picture  # the highest bar of releases
    assert ">12<" in picture  # and of checks
    assert draw_days([]).startswith("<svg")  # nothing yet


def down(days_ago: int, **fields: Any) -> SourceCheck:
    given = {"code": "http_503", "message": "503"} | fields
    return SourceCheck(source="acme", checked_at=NOW - days_ago * DAY, **given)


def test_an_alarm_is_news_once(store: Store) -> None:
    save_checks(store, [down(3), down(2)])
    assert load_health(store, "acme", NOW).alarms == ()
    for days_ago, news in ((1, True), (0, False)):  # the third failure in a row, and one more
        save_checks(store, [down(days_ago)])
        (alarm,) = load_health(store, "acme", NOW).alarms
        assert is_news(store, alarm) is news
