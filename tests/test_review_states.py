"""How far a release is after it was saved anew: reopened only where something has to be decided again."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from schemas.review import Accept, Reject, SetStatus, Target
from store import tables
from store.database import Store, reading
from store.models import Batch, Item
from store.reviews import load_reviews
from store.save import save_batch
from tests.conftest import TEXT
from tests.reviewing import NOW, Reviewer, start

MakeItem = Callable[..., Item]
LATER = NOW + dt.timedelta(days=1)
MORE = "\n\nThe harbour is open from Monday to Friday."
CHANGED: list[tuple[dict[str, Any], str]] = [  # what comes later, the status then
    ({}, "done"),  # the same again
    ({"version": "2.0"}, "done"),  # extracted anew: what was reviewed stands
    ({"text": TEXT + MORE}, "done"),  # everything stands where it stood, and nothing new is found
    ({"text": "Nothing of it is left."}, "reopened"),
]


@pytest.fixture
def done(store: Store, make_item: MakeItem) -> Reviewer:
    """A reviewer who has accepted everything and is done."""
    ana = start(store, make_item())
    ana.do(Accept(targets=tuple(Target(field=one.field, value_id=one.value_id) for one in ana.sheet().values)))
    ana.do(SetStatus(status="done"))
    return ana


def state(ana: Reviewer) -> dict[str, Any]:
    with reading(ana.store) as connection:
        return dict(connection.execute(select(tables.review_state)).mappings().one())


@pytest.mark.parametrize(("fields", "status"), CHANGED)
def test_status_after_another_saving(done: Reviewer, make_item: MakeItem, fields: dict[str, Any], status: str) -> None:
    reviews, before = load_reviews(done.store, done.release_id), state(done)
    for _ in range(2):  # saved twice, it is as saved once
        save_batch(done.store, Batch(seen_at=LATER, items=(make_item(**fields),)))
        assert done.sheet().status == state(done)["status"] == status
    assert load_reviews(done.store, done.release_id) == reviews
    if status == "done":
        assert state(done) == before
    else:
        assert (state(done)["value_count"], state(done)["decided"], state(done)["open_people"]) == (7, 0, 1)
    assert state(done)["seen"] == 2
    assert state(done)["reviewers"] == ["ana"]


def test_something_new_in_new_words_reopens(done: Reviewer, make_item: MakeItem) -> None:
    text = TEXT + "\n\nThe next grant is due in 2031."
    item = make_item(text=text)
    start_, words = text.index("2031"), {"id": "new", "value": "2031", "text": "2031"}
    date = item.record.dates[1].model_copy(update={**words, "start": start_, "end": start_ + 4})
    new = item.record.model_copy(update={"dates": (*item.record.dates, date)})
    save_batch(done.store, Batch(seen_at=LATER, items=(item.model_copy(update={"record": new}),)))
    assert (done.sheet().status, state(done)["open_dates"]) == ("reopened", 1)
    done.do(Accept(targets=(done.target("2031"),)))
    assert (done.sheet().status, state(done)["open_dates"]) == ("started", 0)


def test_what_is_gone_is_decided_and_done_again(done: Reviewer, make_item: MakeItem) -> None:
    save_batch(done.store, Batch(seen_at=LATER, items=(make_item(text="Nothing of it is left."),)))
    done.do(Reject(targets=tuple(Target(field=one.field, value_id=one.value_id) for one in done.sheet().values)))
    done.do(SetStatus(status="done"))
    assert (done.sheet().status, done.sheet().values, state(done)["value_count"]) == ("done", (), 0)
    save_batch(done.store, Batch(seen_at=LATER, items=(make_item(),)))  # as it was at first
    assert done.sheet().status == "done"


def test_a_new_release_is_open_with_its_values_counted(store: Store, make_item: MakeItem) -> None:
    ana = start(store, make_item())
    names = ("opinion", "status", "seen", "value_count", "decided", "open_people", "open_dates")
    assert [state(ana)[name] for name in names] == [1, "open", 0, 7, 0, 1, 2]
    save_batch(store, Batch(seen_at=LATER, items=(make_item(text="Another text."),)))
    assert (state(ana)["value_count"], ana.sheet().status) == (0, "open")
