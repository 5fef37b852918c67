"""Statistics of reviews, from rows that a table gives; on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Callable

import pytest

from schemas.review_work import Accuracy
from store.database import Store
from store.models import Item
from store.review_stats import calibrate, load_accuracy, load_calibration, load_work
from tests.review_rows import NOW, add_event, add_review, save

MakeItem = Callable[..., Item]
MONDAY = NOW.date()
LATE = dt.datetime(2026, 6, 2, 1, 30, tzinfo=dt.timezone(dt.timedelta(hours=3)))
"""Still Monday in UTC."""


@pytest.fixture
def filled(store: Store, make_item: MakeItem) -> Store:
    item, other = make_item("1"), make_item("2")
    save(store, item, other)
    record = item.record
    add_review(store, item, "people", record.people[0].id, "accepted")  # confidence 1
    add_review(store, item, "organisations", record.organisations[0].id, "accepted")  # 0.8
    add_review(store, item, "organisations", record.organisations[1].id, "rejected", reviewed_at=LATE)  # 0.8
    week_on = NOW + dt.timedelta(days=7)
    add_review(store, item, "dates", record.dates[0].id, "corrected", reviewed_at=week_on, reviewer="bo")  # 0.9
    add_review(store, item, "dates", "new", "added", reviewed_at=week_on, reviewer="bo", human={"value": "2026"})
    add_review(store, item, "amounts", record.amounts[0].id, "rejected", opinion=2, reviewer="bo")
    for release, number, before, after in ((item, 1, "open", "started"), (item, 2, "started", "done"),
                                           (item, 3, "done", "done"), (other, 1, "started", "done")):  # fmt: skip
        add_event(store, release.release.id, number, status_before=before, status_after=after, at=LATE)
    add_event(store, item.release.id, 4, opinion=2, reviewer="bo")
    return store


def test_work(filled: Store) -> None:
    work = [(one.day, one.reviewer, one.releases, one.values) for one in load_work(filled)]
    later = MONDAY + dt.timedelta(days=7)
    assert work == [(MONDAY, "ana", 2, 3), (MONDAY, "bo", 1, 1), (later, "bo", 0, 2)]
    assert [one.day for one in load_work(filled, MONDAY + dt.timedelta(days=1))] == [later]


def test_accuracy(filled: Store) -> None:
    later = MONDAY + dt.timedelta(days=7)
    found = load_accuracy(filled)
    assert found == [
        Accuracy(week=MONDAY, field="organisations", accepted=1, rejected=1),
        Accuracy(week=MONDAY, field="people", accepted=1),
        Accuracy(week=later, field="dates", corrected=1, added=1),
    ]  # the second opinion is none of it
    assert [(one.precision, one.recall) for one in found] == [(0.5, 1.0), (1.0, 1.0), (0.0, 0.5)]
    assert load_accuracy(filled, later + dt.timedelta(days=6)) == found[2:]  # a week is given whole
    assert (Accuracy(week=MONDAY, field="dates", added=1).precision, Accuracy(week=MONDAY, field="dates").recall) == (
        None,
        None,
    )


def test_calibration(filled: Store) -> None:
    found = load_calibration(filled)
    assert [(one.low, one.count, round(one.confidence, 2), round(one.accuracy, 2)) for one in found.bins] == [
        (0.8, 2, 0.8, 0.5),
        (0.9, 2, 0.95, 0.5),
    ]
    assert found.count == 4  # an added value has no confidence
    assert found.error == pytest.approx((2 * 0.3 + 2 * 0.45) / 4)
    assert load_calibration(filled, "people").count == 1
    assert load_calibration(filled, "quotes").error is None


CALIBRATED: list[tuple[list[tuple[float, bool]], float | None]] = [
    ([], None),
    ([(1.0, True), (0.0, False)], 0.0),  # the ends of the scale
    ([(1.0, False), (0.0, True)], 1.0),
    ([(0.75, True)] * 3 + [(0.75, False)], 0.0),  # right as often as it says
]


@pytest.mark.parametrize(("said", "error"), CALIBRATED)
def test_calibration_error(said: list[tuple[float, bool]], error: float | None) -> None:
    assert calibrate(said).error == error


def test_an_empty_store(store: Store) -> None:
    assert (load_work(store), load_accuracy(store), load_calibration(store).count) == ([], [], 0)
