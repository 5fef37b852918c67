"""Undo, redo and restore: any history, replayed, gives the same sheet, and all of it undone what was extracted."""

from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.review import (
    Accept,
    Action,
    Add,
    Change,
    Comment,
    Correct,
    Merge,
    Reject,
    Restore,
    Review,
    SetStatus,
    Split,
    Target,
    Undo,
)
from store.database import Store, close_store, open_store
from store.review_errors import ReviewError
from store.review_events import load_events
from store.reviews import load_reviews
from tests.conftest import TEXT, _make_item
from tests.reviewing import Reviewer, called, spot, start

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "accept",
                "reject",
                "rename",
                "payer",
                "add",
                "body",
                "merge",
                "split",
                "undo",
                "undo",
                "restore",
                "comment",
                "done",
            )
        ),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    min_size=3,
    max_size=14,
)


def test_done_is_done_again_after_decisions_in_between(store: Store) -> None:
    ana = start(store, _make_item())
    done = ana.do(SetStatus(status="done"))
    undone = ana.do(Undo(number=done.number))
    ana.do(Comment(text="hm"))
    assert ana.sheet().status == "started"
    ana.do(Undo(number=undone.number))
    assert ana.sheet().status == "done"


def choose(ana: Reviewer, what: str, one: int, other: int) -> Action:
    """Something that a reviewer may do now, picked by two numbers; it need not be possible."""
    sheet = ana.sheet()
    values = [Target(field=shown.field, value_id=shown.value_id) for shown in sheet.values]
    bodies = [shown for shown in sheet.values if shown.field in ("organisations", "people")]
    body, second = bodies[one % len(bodies)], bodies[other % len(bodies)]
    target = Target(field=body.field, value_id=body.value_id)
    words = spot(TEXT, ("Harbour", "LISBON", "Ana", "More", "School")[other % 5])
    amount = next((Target(field=s.field, value_id=s.value_id) for s in sheet.values if s.field == "amounts"), target)
    actions: dict[str, Any] = {
        "accept": lambda: Accept(targets=(values[one % len(values)], values[other % len(values)])),
        "reject": lambda: Reject(targets=(values[one % len(values)],)),
        "rename": lambda: Correct(target=target, changes={"name": f"Name {other}"}),
        "payer": lambda: Correct(target=amount, changes={"payer": called(body)}),
        "add": lambda: Add(field="dates", value={"value": "2026", **words}),
        "body": lambda: Add(field="organisations", value={"name": f"Body {one}", "mentions": [words]}),
        "merge": lambda: Merge(field=body.field, value_ids=(body.value_id, second.value_id)),  # type: ignore[arg-type]
        "split": lambda: Split(field=body.field, value_id=body.value_id, name=f"Part {other}",  # type: ignore[arg-type]
                               mentions=(body.value["mentions"][-1]["start"],)),
        "undo": lambda: Undo(number=one % (sheet.seen + 1) + 1),
        "restore": lambda: Restore(number=one % (sheet.seen + 1)),
        "comment": lambda: Comment(text="hm"),
        "done": lambda: SetStatus(status="done"),
    }  # fmt: skip
    action: Action = actions[what]()
    return action


def replay(changes: list[Change]) -> list[Review]:
    rows: dict[tuple[str, str], Review | None] = {}
    for change in changes:
        assert rows.get((change.field, change.value_id)) == change.before
        rows[change.field, change.value_id] = change.after
    return sorted((row for row in rows.values() if row is not None), key=lambda row: row.id)


@given(steps=STEPS)
@settings(max_examples=12, deadline=None)
def test_any_history_can_be_replayed_restored_and_undone(steps: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/a.sqlite")
        check_history(store, steps)
        close_store(store)


def check_history(store: Store, steps: list[tuple[str, int, int]]) -> None:
    item = _make_item()
    ana, sheets = start(store, item), {}
    sheets[0] = ana.sheet().values
    for what, one, other in steps:
        try:
            event = ana.do(choose(ana, what, one, other))
        except ReviewError:
            continue  # not possible: and then nothing has changed, as what follows shows
        sheets[event.number] = ana.sheet().values
        ana.record()  # fits its text and its schema
        names = {called(shown) for shown in ana.sheet().values if shown.field in ("organisations", "people")
                 and (shown.review is None or shown.review.verdict != "rejected")}  # fmt: skip
        for shown in ana.sheet().values:
            refers = {shown.value.get(name) for name in ("payer", "payee", "speaker", "organisation")} - {None}
            assert refers <= names or (shown.review and shown.review.verdict == "rejected"), shown
    events = load_events(store, item.release.id)
    stored = sorted(load_reviews(store, item.release.id), key=lambda row: row.id)
    assert replay([change for event in events for change in event.changes]) == stored
    for number, values in sheets.items():
        ana.do(Restore(number=number))
        assert ana.sheet().values == values, number
    for event in reversed(load_events(store, item.release.id)):
        ana.do(Undo(number=event.number))
    assert ana.record() == item.record
    assert ana.sheet().values == sheets[0]
