"""Second opinions: who waits for one, how far two agree, and what becomes of differences; on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from schemas.review import Act, Action, Opinion
from store.agreement import choose
from store.database import Store
from store.models import Batch, Item
from store.opinions import differences, list_awaited, list_disputed, measure_opinions, needs_second
from store.review_desk import claim_release, load_reviewed
from store.review_errors import ReviewError
from store.review_events import act, load_events
from store.save import save_batch

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
DONE = {"kind": "status", "status": "done"}
ACTION: TypeAdapter[Action] = TypeAdapter(Action)


class Desk:
    """One release with its reviewers: ana has the first opinion, bo the second, cy chooses."""

    def __init__(self, store: Store, item: Item) -> None:
        self.store, self.item, self.id, self.asked = store, item, item.release.id, 0
        save_batch(store, Batch(seen_at=NOW, items=(item,)))

    def does(self, reviewer: str, *actions: dict[str, Any] | Action, opinion: Opinion = 1) -> None:
        for action in actions:
            self.asked += 1
            events = load_events(self.store, self.id, opinion)
            asked = Act(release_id=self.id, action=ACTION.validate_python(action), reviewer=reviewer, opinion=opinion,
                        at=NOW + dt.timedelta(seconds=self.asked), seen=events[-1].number if events else 0,
                        request_id=f"request-{self.asked}")  # fmt: skip
            act(self.store, asked)

    def target(self, field: str, place: int = 0) -> dict[str, str]:
        return {"field": field, "value_id": getattr(self.item.record, field)[place].id}

    def rejects(self, field: str, place: int = 0) -> dict[str, Any]:
        return {"kind": "reject", "targets": (self.target(field, place),)}

    def accepts(self, field: str, place: int = 0) -> dict[str, Any]:
        return {"kind": "accept", "targets": (self.target(field, place),)}

    def corrects(self, field: str, place: int = 0, **changes: Any) -> dict[str, Any]:
        return {"kind": "correct", "target": self.target(field, place), "changes": changes}

    def adds(self, words: str) -> dict[str, Any]:
        start = self.item.release.text.index(words)
        mention = {"start": start, "end": start + len(words), "text": words}
        return {"kind": "add", "field": "organisations", "value": {"name": words, "mentions": [mention]}}

    def differ(self) -> list[tuple[str, bool, bool, tuple[str, ...], bool]]:
        return [(one.field, one.first is not None, one.second is not None, one.attributes, one.settled)
                for one in differences(self.store, self.id)]  # fmt: skip


@pytest.fixture
def desk(store: Store, make_item: MakeItem) -> Desk:
    return Desk(store, make_item())


def test_the_share_is_the_share() -> None:
    ids = [f"release-{number}" for number in range(4000)]
    for share in (0.0, 0.1, 0.5, 1.0):
        assert sum(needs_second(key, share) for key in ids) / 4000 == pytest.approx(share, abs=0.02)
    assert {key for key in ids if needs_second(key, 0.1)} < {key for key in ids if needs_second(key, 0.2)}


def test_who_waits_for_a_second_opinion(store: Store, make_item: MakeItem) -> None:
    desks = [Desk(store, make_item(str(number), release={"id": key})) for number, key in enumerate("abcd")]
    for desk in desks[:3]:
        desk.does("ana", DONE)
    desks[1].does("bo", DONE, opinion=2)  # has one
    desks[2].does("bo", desks[2].accepts("people"), opinion=2)  # has begun one

    def waiting(share: float, **asked: Any) -> str:
        return "".join(sorted(one.release_id for one in list_awaited(store, share, **asked)))

    assert waiting(1) == "ac"  # d is not done
    assert waiting(1, reviewer="bo") == "ac"
    assert waiting(1, reviewer="ana") == ""  # nobody is a second to themselves
    assert waiting(0) == ""
    claim_release(store, "a", "cy", NOW, 2)
    assert (waiting(1, reviewer="dan", at=NOW), waiting(1, reviewer="cy", at=NOW)) == ("", "a")  # c is before bo
    assert waiting(1, reviewer="dan", at=NOW + dt.timedelta(days=1)) == "ac"
    desks[0].does("bo", {"kind": "status", "status": "skipped"}, opinion=2)
    assert waiting(1) == "c"


def test_two_who_agree(desk: Desk) -> None:
    desk.does("ana", desk.rejects("quotes"), desk.adds("LISBON"), DONE)
    desk.does("bo", desk.rejects("quotes"), desk.adds("LISBON"), DONE, opinion=2)
    assert desk.differ() == []
    assert list_disputed(desk.store) == []
    found = {one.field: one for one in measure_opinions(desk.store)}
    assert [(one.values, one.found, one.same) for one in found.values()] == [
        ((1, 1), 1.0, 1.0), ((3, 3), 1.0, 1.0), ((2, 2), 1.0, 1.0), ((1, 1), 1.0, 1.0), ((0, 0), None, None),
    ]  # fmt: skip
    assert found["quotes"].verdicts.agreed == 1.0
    assert found["quotes"].verdicts.kappa is None  # both always chose the same


def differing(desk: Desk) -> None:
    desk.does("ana", desk.rejects("quotes"), desk.corrects("amounts", kind="price"), desk.adds("LISBON"), DONE)
    desk.does("bo", desk.rejects("dates", 1), desk.corrects("amounts", qualifier="about"), desk.adds("announced"), DONE,
              opinion=2)  # fmt: skip


DIFFER = [
    ("organisations", False, True, ()),
    ("organisations", True, False, ()),
    ("dates", True, False, ()),
    ("amounts", True, True, ("qualifier", "kind")),
    ("quotes", False, True, ()),
]


def test_two_who_differ(desk: Desk) -> None:
    differing(desk)
    assert sorted(desk.differ()) == sorted((*one, False) for one in DIFFER)
    assert [one.release_id for one in list_disputed(desk.store)] == [desk.id]
    found = {one.field: one for one in measure_opinions(desk.store)}
    assert found["organisations"].values == (3, 3)
    assert found["organisations"].found == found["organisations"].same == pytest.approx(2 / 3)
    assert (found["dates"].values, found["dates"].found) == ((2, 1), 2 / 3)
    assert (found["amounts"].found, found["amounts"].same) == (1.0, 0.0)
    assert found["amounts"].attributes["kind"].model_dump() == {"count": 1, "agreed": 0.0, "kappa": 0.0}
    assert found["dates"].verdicts.model_dump() == {"count": 2, "agreed": 0.5, "kappa": 0.0}


def test_nothing_differs_before_the_second_is_done(desk: Desk) -> None:
    desk.does("ana", desk.rejects("quotes"), DONE)
    desk.does("bo", desk.rejects("dates"), opinion=2)
    assert (desk.differ(), list_disputed(desk.store)) == ([], [])
    assert all(one.values == (0, 0) for one in measure_opinions(desk.store))


@pytest.mark.parametrize("chosen", [1, 2])
def test_what_is_chosen_holds(desk: Desk, chosen: Opinion) -> None:
    differing(desk)
    before = measure_opinions(desk.store)
    for difference in differences(desk.store, desk.id):
        opinion, action = choose(difference, chosen)
        desk.does("cy", action, opinion=opinion)
    left = differences(desk.store, desk.id)
    assert all(one.settled for one in left)
    assert len(left) == (4 if chosen == 1 else 0)  # the first's own stay different, and are settled
    assert list_disputed(desk.store) == []
    record = load_reviewed(desk.store, desk.id)
    assert record is not None
    names = {one.name for one in record.organisations} - {"Norvik Foundation", "Harbour School"}
    assert names == {"LISBON" if chosen == 1 else "announced"}
    assert (len(record.dates), len(record.quotes)) == ((2, 0) if chosen == 1 else (1, 1))
    kind, qualifier = ("price", "up_to") if chosen == 1 else ("commitment", "about")
    assert [(one.kind, one.qualifier) for one in record.amounts] == [(kind, qualifier)]
    assert measure_opinions(desk.store) == before  # what they said before anybody chose


def test_agreement_is_counted_once_and_what_differs_always(desk: Desk, make_item: MakeItem) -> None:
    """A text without the value on which they differed leaves nothing to choose; what they said stays counted."""
    desk.does("ana", desk.rejects("dates", 1), DONE)
    desk.does("bo", desk.accepts("dates", 1), DONE, opinion=2)
    before = measure_opinions(desk.store)
    assert [one.release_id for one in list_disputed(desk.store)] == [desk.id]
    shorter = make_item("1", text=desk.item.release.text.removesuffix(" More in FY2027."), release={"id": desk.id})
    save_batch(desk.store, Batch(seen_at=NOW, items=(shorter,)))
    desk.does("cy", DONE)
    desk.does("bo", DONE, opinion=2)
    assert list_disputed(desk.store) == []
    assert measure_opinions(desk.store) == before


def test_there_has_to_be_a_release(store: Store) -> None:
    with pytest.raises(ReviewError, match="there is no release 'x'"):
        differences(store, "x")
    assert (list_awaited(store, 1), list_disputed(store)) == ([], [])
