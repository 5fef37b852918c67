"""Events: kept at once and once, conflicts told, nothing overwritten unseen; on SQLite and PostgreSQL."""

import sys
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

import pytest
from sqlalchemy import select

from schemas.review import (
    Accept,
    Act,
    Action,
    Add,
    Comment,
    Correct,
    Merge,
    Reject,
    Restore,
    SetStatus,
    Target,
    Undo,
)
from store import tables
from store.database import Store, close_store, open_store, reading
from store.models import Batch, Item
from store.review_errors import ReviewConflictError, ReviewError
from store.review_events import act, load_events
from store.reviews import load_reviews
from store.save import save_batch
from tests.conftest import TEXT
from tests.forked import start_program
from tests.reviewing import NOW, Reviewer, spot, start

MakeItem = Callable[..., Item]


@pytest.fixture
def ana(store: Store, make_item: MakeItem) -> Reviewer:
    """A reviewer before the made-up release."""
    return start(store, make_item())


def other(ana: Reviewer, name: str = "ben") -> Reviewer:
    return ana._replace(name=name)


def test_an_event_says_who_what_and_when(ana: Reviewer) -> None:
    event = ana.do(Accept(targets=(ana.target("€2.50 million"),)))
    assert (event.number, event.reviewer, event.at, event.status) == (1, "ana", NOW, ("open", "started"))
    (change,) = event.changes
    assert change.before is None
    assert change.after is not None
    assert (change.after.verdict, change.after.machine) == ("accepted", change.after.human)
    assert load_events(ana.store, ana.release_id) == [event]
    assert load_reviews(ana.store, ana.release_id) == [change.after]


def test_the_same_request_is_done_once(ana: Reviewer) -> None:
    accept = Accept(targets=(ana.target("FY2027"),))
    first = ana.do(accept, request_id="the same one")
    assert ana.do(accept, seen=0, request_id="the same one") == first
    assert len(load_events(ana.store, ana.release_id)) == 1
    with pytest.raises(ReviewError, match="'the same one' was another one, event 1; give a new request id"):
        ana.do(Comment(text="hm"), request_id="the same one")


def test_unseen_changes_of_the_same_value_are_not_overwritten(ana: Reviewer) -> None:
    target = ana.target("€2.50 million")
    ana.do(Correct(target=target, changes={"kind": "budget"}), seen=0)
    with pytest.raises(ReviewConflictError, match=r"ana \(correct, 2026-06-01 12:00, event 1\).*€2.50 million") as told:
        other(ana).do(Reject(targets=(target,)), seen=0)
    assert [event.number for event in told.value.events] == [1]
    assert ana.shown("€2.50 million").value["kind"] == "budget"
    other(ana).do(Reject(targets=(target,)), seen=1)  # having seen it


def test_unseen_changes_of_other_values_stand_in_nobodys_way(ana: Reviewer) -> None:
    ana.do(Accept(targets=(ana.target("FY2027"),)), seen=0)
    other(ana).do(Accept(targets=(ana.target("May 4, 2026"),)), seen=0)
    assert [event.reviewer for event in load_events(ana.store, ana.release_id)] == ["ana", "ben"]


CLASHES: list[tuple[Callable[[Reviewer], Action], Callable[[Reviewer], Action]]] = [
    (  # a name goes into what refers to it: both change the amount
        lambda ana: Correct(target=ana.target("Norvik Foundation"), changes={"name": "Norvik"}),
        lambda ana: Correct(target=ana.target("€2.50 million"), changes={"kind": "budget"}),
    ),
    (  # the one that was merged is no more
        lambda ana: Merge(field="organisations", value_ids=tuple(
            ana.target(name).value_id for name in ("Norvik Foundation", "Harbour School"))),
        lambda ana: Correct(target=ana.target("Harbour School"), changes={"kind": "education"}),
    ),
    (  # the same words added twice
        lambda ana: Add(field="dates", value={"value": "2026", **spot(TEXT, "2026")}),
        lambda ana: Add(field="dates", value={"value": "2026", **spot(TEXT, "2026")}),
    ),
    (lambda _: SetStatus(status="done"), lambda _: SetStatus(status="skipped")),
    (lambda ana: Accept(targets=(ana.target("FY2027"),)), lambda _: Restore(number=0)),
]  # fmt: skip
"""What one reviewer does, and what another cannot do then without having seen it."""


@pytest.mark.parametrize(("one", "another"), CLASHES)
def test_clashes(ana: Reviewer, one: Callable[[Reviewer], Action], another: Callable[[Reviewer], Action]) -> None:
    ana.do(Accept(targets=(ana.target("€2.50 million"),)))
    seen, wanted = ana.sheet().seen, another(ana)
    ana.do(one(ana), seen=seen)
    before = ana.sheet()
    with pytest.raises(ReviewConflictError, match=r"ana .* load the release again") as told:
        other(ana).do(wanted, seen=seen)
    assert [event.number for event in told.value.events] == [seen + 1]
    assert ana.sheet() == before


def test_undo_after_somebody_elses_change(ana: Reviewer) -> None:
    target = ana.target("€2.50 million")
    ana.do(Correct(target=target, changes={"kind": "budget"}))
    other(ana).do(Correct(target=target, changes={"kind": "price"}))
    with pytest.raises(ReviewConflictError, match=r"event 1 cannot be undone: ben .*event 2\)"):
        ana.do(Undo(number=1))
    assert ana.sheet().undo is None
    other(ana).do(Undo(number=2))
    assert ana.sheet().undo == 1
    ana.do(Undo(number=1))
    with pytest.raises(ReviewError, match="event 1 was undone by event 4; undo 4 to have it back"):
        ana.do(Undo(number=1))
    ana.do(Undo(number=4))
    assert ana.shown("€2.50 million").value["kind"] == "budget"


def test_a_merge_is_undone_and_done_again(ana: Reviewer) -> None:
    before = ana.sheet().values
    ids = tuple(ana.target(name).value_id for name in ("Norvik Foundation", "Harbour School"))
    ana.do(Merge(field="organisations", value_ids=ids))
    merged = ana.sheet().values
    ana.do(Undo(number=1))
    assert ana.sheet().values == before
    ana.do(Undo(number=2))
    assert ana.sheet().values == merged
    ana.do(Restore(number=0))
    assert ana.sheet().values == before
    ana.do(Restore(number=1))
    assert ana.sheet().values == merged


def test_undo_of_a_status_that_is_another_by_now(ana: Reviewer) -> None:
    ana.do(SetStatus(status="done"))
    other(ana).do(SetStatus(status="started"))
    with pytest.raises(ReviewConflictError, match=r"is started by now: ben \(status"):
        ana.do(Undo(number=1))
    other(ana).do(Undo(number=2))
    ana.do(Undo(number=1))
    assert ana.sheet().status == "open"


def test_what_is_done_stays_done_while_it_is_corrected(ana: Reviewer) -> None:
    ana.do(SetStatus(status="done"))
    assert ana.do(Accept(targets=(ana.target("FY2027"),))).status == ("done", "done")


def test_a_comment_changes_nothing(ana: Reviewer) -> None:
    event = ana.do(Comment(text="Is this a grant?", target=ana.target("€2.50 million")))
    assert event.changes == ()
    assert load_events(ana.store, ana.release_id)[0].action == event.action


def test_a_second_opinion_does_not_see_the_first(ana: Reviewer) -> None:
    ana.do(Reject(targets=(ana.target("FY2027"),)))
    second = ana._replace(name="ben", opinion=2)
    assert second.sheet().seen == 0
    assert second.shown("FY2027").review is None
    event = second.do(Accept(targets=(second.target("FY2027"),)))
    assert (event.number, event.opinion, event.status) == (2, 2, ("open", "started"))
    assert [one.number for one in load_events(ana.store, ana.release_id)] == [1]
    assert ana.record().dates[-1].text == "May 4, 2026"  # the first is the one that counts


def test_the_state_counts_what_is_decided(ana: Reviewer) -> None:
    ana.do(Accept(targets=(ana.target("FY2027"), ana.target("Ana Reis"))))
    other(ana).do(Reject(targets=(ana.target("Harbour School"),)))
    table = tables.review_state
    with reading(ana.store) as connection:
        row = connection.execute(select(table)).mappings().one()
    assert (row["status"], row["seen"], row["value_count"], row["decided"]) == ("started", 2, 7, 3)
    assert [row[f"open_{name}"] for name in ("people", "organisations", "dates", "amounts", "quotes")] == [
        0,
        1,
        1,
        1,
        1,
    ]
    assert row["reviewers"] == ["ana", "ben"]


def test_what_the_reviewer_saw_is_not_there_any_more(ana: Reviewer, make_item: MakeItem) -> None:
    """Between opening and acting another text came, and after that another extraction."""
    mark, target = ana.sheet().based_on, ana.target("€2.50 million")
    request = Act(release_id=ana.release_id, action=Accept(targets=(target,)), reviewer="ana", at=NOW, seen=0,
                  request_id="a request", based_on=mark)  # fmt: skip
    for text, version in ((TEXT.replace("€2.50", "€3.50"), "1.0"), (TEXT, "2.0")):
        save_batch(ana.store, Batch(seen_at=NOW, items=(make_item(text=text, version=version),)))
        with pytest.raises(ReviewConflictError, match="fetched or extracted again since you opened it; load it again"):
            act(ana.store, request)
    save_batch(ana.store, Batch(seen_at=NOW, items=(make_item(),)))
    act(ana.store, request)


UNSTORABLE = [
    (Comment(text="a\0b"), "NUL characters"),  # PostgreSQL keeps none
    (Correct(target=Target(field="people", value_id="1"), changes={"name": "\ud83d"}), "no characters"),
]


@pytest.mark.parametrize(("action", "message"), UNSTORABLE)
def test_text_that_no_database_takes(ana: Reviewer, action: Action, message: str) -> None:
    with pytest.raises(ReviewError, match=message):
        ana.do(action)
    assert load_events(ana.store, ana.release_id) == []


def test_a_release_that_is_not_there(ana: Reviewer) -> None:
    with pytest.raises(ReviewError, match="no release 'nothing'"):
        ana._replace(release_id="nothing").do(Comment(text="hm"), seen=0)


def test_what_was_confirmed_outlives_a_loss_of_power(store: Store) -> None:
    """As far as that can be seen from here: SQLite waits for the disk before it says that an event is kept."""
    if store.engine.dialect.name == "sqlite":
        for durable, level in ((True, 2), (False, 1), (True, 2)):
            with store.engine.execution_options(writing=True, durable=durable).begin() as connection:
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == level


def decide_in_turn(url: str, release_id: str, name: str, change: tuple[Target, str]) -> None:
    """A process of its own: corrects one value as soon as it can, as if it had seen nothing."""
    store, (target, kind) = open_store(url), change
    try:
        Reviewer(store, release_id, name).do(
            Correct(target=target, changes={"kind": kind}), seen=0, request_id=f"one of {name}"
        )
    except ReviewConflictError as error:
        sys.exit(2 if "correct" in str(error) else 1)
    finally:
        close_store(store)


def test_of_two_processes_one_wins(ana: Reviewer, database_url: str) -> None:
    target = ana.target("€2.50 million")
    kinds = {"ana": "budget", "ben": "price", "cem": "loss", "dan": "debt"}
    processes = [
        get_context("forkserver").Process(
            target=decide_in_turn, args=(database_url, ana.release_id, name, (target, kind))
        )
        for name, kind in kinds.items()
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert sorted(process.exitcode or 0 for process in processes) == [0, 2, 2, 2]
    (event,) = load_events(ana.store, ana.release_id)
    assert event.reviewer == list(kinds)[[process.exitcode for process in processes].index(0)]
    assert ana.shown("€2.50 million").value["kind"] == kinds[event.reviewer]


KILLED = """
import sys
from schemas.review import Comment
from store.database import open_store
from tests.reviewing import Reviewer

ana = Reviewer(open_store(sys.argv[1]), sys.argv[2])
for number in range(10_000):
    ana.do(Comment(text=str(number)), seen=0, request_id=f"request {number}")
    print(number, flush=True)
"""


def test_a_killed_process_has_lost_nothing_that_was_confirmed(ana: Reviewer, database_url: str) -> None:
    process = start_program(KILLED, database_url, ana.release_id)
    confirmed = [process.stdout.readline().strip() for _ in range(5)]
    process.kill()
    confirmed += process.communicate()[0].split()
    events = load_events(ana.store, ana.release_id)
    said: list[Any] = [event.action for event in events]
    assert [action.text for action in said][: len(confirmed)] == confirmed
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert len(events) - len(confirmed) in (0, 1)  # one may have been kept and not yet confirmed
    ana.do(Comment(text="and on"))
