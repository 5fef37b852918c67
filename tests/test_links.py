"""Linking across releases, on both databases: what joins, what does not, and what people decide of it."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from schemas.evidence import Evidence
from schemas.record import Organisation, Person
from schemas.values import derive_id
from store import tables
from store.database import Store, StoreError, close_store, open_store, reading
from store.decisions import Action, Decided, Decision, decide, load_decisions
from store.links import BATCH, Linked, count_unlinked, link_entities
from store.lookup import Entity, find_entity, load_entity, load_gazetteer, load_questions
from store.models import Batch, Item
from store.save import save_batch

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
Organised = str | tuple[str, str] | tuple[str, str, str]
"""A name, with acronym, with acronym and kind."""
Peopled = tuple[str, str | None] | tuple[str, str | None, str]
"""A name with employer, and title."""


class Desk:
    """Saves releases that name things, and asks."""

    def __init__(self, store: Store, make_item: Callable[..., Item]) -> None:
        self.store, self.make_item = store, make_item

    def item(
        self, key: str, organisations: list[Organised], people: list[Peopled], version: str = "1", **release: Any
    ) -> Item:
        given = [(name, None, None) if isinstance(name, str) else (*name, None)[:3] for name in organisations]
        known = [(*person, None)[:3] for person in people]
        words = f"Release {key}\n\n" + "\n".join([name for name, *_ in [*given, *known]])
        evidence = iter(_evidence(words, [name for name, *_ in [*given, *known]]))
        record = {
            "organisations": tuple(
                Organisation(
                    id=derive_id(key, n, name), name=name, acronym=short, kind=kind,
                    mentions=(next(evidence),), confidence=1,
                )
                for n, (name, short, kind) in enumerate(given)
            ),
            "people": tuple(
                Person(
                    id=derive_id(key, "p", n, name), name=name, organisation=employer, title=title,
                    mentions=(next(evidence),), confidence=1,
                )
                for n, (name, employer, title) in enumerate(known)
            ),
        }  # fmt: skip
        return self.make_item(key=key, text=words, version=version, record=record, release=release)

    def save(self, key: str, organisations: list[Organised], people: list[Peopled] | None = None, **more: Any) -> str:
        item = self.item(key, organisations, people or [], **more)
        save_batch(self.store, Batch(seen_at=NOW, items=(item,)))
        return item.release.id

    def link(self) -> Linked:
        return link_entities(self.store, NOW)

    def find(self, name: str) -> list[Entity]:
        return [entity for entity in find_entity(self.store, name) if entity.score >= 0.95]

    def one(self, name: str) -> Entity:
        (entity,) = self.find(name)
        return entity

    def decide(self, action: Action, *targets: str, **more: Any) -> Decided:
        return decide(self.store, Decision(action=action, targets=targets, by="Ana", at=NOW, **more))

    def rows(self) -> dict[str, list[Any]]:
        names = ("entity", "entity_key", "entity_link", "entity_match")
        with reading(self.store) as connection:
            return {n: sorted(map(repr, connection.execute(select(tables.metadata.tables[n])))) for n in names}


def _evidence(words: str, names: list[str]) -> Iterator[Evidence]:
    at = 0
    for name in names:
        at = words.index("\n" + name, at) + 1
        yield Evidence(start=at, end=at + len(name), text=name)


@pytest.fixture
def desk(store: Store, make_item: Callable[..., Item]) -> Desk:
    return Desk(store, make_item)


WLO = "World Labour Organization"


@pytest.fixture
def labour(desk: Desk) -> Desk:
    """Four releases that name one organisation in four ways."""
    desk.save("1", [(WLO, "WLO")], source="a")
    desk.save("2", ["the World Labor Organisation"], source="b")
    desk.save("3", ["WLO"], source="c")
    desk.save("4", [("World Labour Office", "WLO")], source="d")
    desk.link()
    return desk


def test_one_question_gives_every_release_whatever_the_form(labour: Desk) -> None:
    for form in ("WLO", WLO, "world labour office", "The World Labor Organization's"):
        found = labour.one(form)
        assert len(found.releases) == 4, form
        assert found.name in (WLO, "the World Labor Organisation")
        assert set(found.forms) == {WLO, "the World Labor Organisation", "WLO", "World Labour Office"}
    assert load_questions(labour.store) == []


def test_linking_again_changes_nothing(labour: Desk) -> None:
    before = labour.rows()
    assert labour.link().releases == 0
    assert labour.rows() == before
    assert link_entities(labour.store, NOW, again=True).releases == 4
    assert labour.rows() == before


def test_the_order_of_releases_does_not_matter(labour: Desk, desk: Desk) -> None:
    """Entities get the same ids and stand for the same things, in whatever order they come."""
    heads = {entity.id for entity in labour.find("WLO")}
    for key, name, source in (("9", "WLO", "x"), ("8", WLO, "y")):
        desk.save(key, [name], source=source)
        desk.link()
    assert {entity.id for entity in labour.find("WLO")} == heads
    assert len(labour.one("WLO").releases) == 6


def test_an_acronym_of_two_organisations_is_not_linked_by_itself(desk: Desk) -> None:
    desk.save("1", ["CDC"])
    desk.save("2", [("Coastal Data Centre", "CDC")])
    desk.link()
    assert len(desk.one("CDC").releases) == 2  # so far it can mean nothing else
    desk.save("3", [("County Dairy Club", "CDC")])
    desk.save("4", ["CDC"])
    desk.link()
    assert len(desk.one("Coastal Data Centre").releases) == 1
    assert len(desk.one("County Dairy Club").releases) == 1
    assert {frozenset(found.names) for found in load_questions(desk.store)} == {
        frozenset({"CDC", "Coastal Data Centre"}),
        frozenset({"CDC", "County Dairy Club"}),
    }


def test_a_rejected_holder_leaves_the_other(desk: Desk) -> None:
    desk.save("1", ["CDC"])
    desk.save("2", [("Coastal Data Centre", "CDC")])
    desk.save("3", [("County Dairy Club", "CDC")])
    desk.link()
    wrong = next(found for found in load_questions(desk.store) if "County Dairy Club" in found.names)
    desk.decide("reject", wrong.id)
    assert len(desk.one("Coastal Data Centre").releases) == 2
    assert load_questions(desk.store) == []


def test_namesakes_of_two_companies_are_two_people(desk: Desk) -> None:
    for key, company in (("1", "Acme Robotics"), ("2", "Norvik Foundation"), ("3", "ACME Robotics, Inc.")):
        desk.save(key, [company], [("John Smith", company)], source="wire")
    desk.link()
    assert sorted(len(entity.releases) for entity in desk.find("John Smith")) == [1, 2]
    (question,) = load_questions(desk.store)
    assert question.names == ("John Smith", "John Smith")
    assert question.score < 0.5


def test_the_name_alone_is_no_proof(desk: Desk) -> None:
    desk.save("1", [], [("Ana Reis", None)], source="a")
    desk.save("2", [], [("Ana Reis", None)], source="b")
    desk.save("3", [], [("Ana Reis", None)], source="a")  # the same source
    desk.save("4", [], [("Reis", None)], source="a")  # a surname tells nothing
    desk.link()
    assert sorted(len(entity.releases) for entity in desk.find("Ana Reis")) == [1, 2]
    assert [question.how for question in load_questions(desk.store)] == ["exact"]


def test_people_follow_when_their_employers_turn_out_to_be_one(desk: Desk) -> None:
    desk.save("1", ["Norvik Group Holding"], [("Ana Reis", "Norvik Group Holding")], source="a")
    desk.save("2", ["Norvik"], [("Ana Reis", "Norvik")], source="b")
    desk.link()
    assert len(desk.find("Ana Reis")) == 2
    made = desk.decide("merge", desk.one("Norvik Group Holding").id, desk.one("Norvik").id)
    assert len(desk.one("Ana Reis").releases) == 2
    desk.decide("undo", str(made.number))
    assert len(desk.find("Ana Reis")) == 2


def test_two_of_one_name_in_one_release(desk: Desk) -> None:
    companies = ["Acme Robotics", "Norvik Foundation"]
    desk.save("1", [*companies], [("John Smith", companies[0]), ("John Smith", companies[1])])
    desk.link()
    assert len(desk.find("John Smith")) == 2


def test_ministries_of_two_countries_are_two(desk: Desk) -> None:
    for key, country in (("1", "KE"), ("2", "BR"), ("3", "KE")):
        desk.save(key, [("Ministry of Tides", "MoT", "government")], country=country)
    desk.link()
    assert sorted(len(entity.releases) for entity in desk.find("Ministry of Tides")) == [1, 2]


def test_extracting_again_keeps_links_and_decisions(labour: Desk) -> None:
    labour.decide("accept", labour.one("WLO").id)
    labour.save("3", ["WLO", "Norvik Foundation"], source="c", version="2")
    assert len(labour.one("WLO").releases) == 4  # before it is linked again, too
    assert labour.link().releases == 1
    assert len(labour.one("WLO").releases) == 4
    assert labour.one("WLO").state == "confirmed"
    assert len(labour.one("Norvik Foundation").releases) == 1
    labour.save("3", ["Norvik Foundation"], source="c", version="3")
    labour.link()
    assert len(labour.one("WLO").releases) == 3  # the release names it no more
    labour.save("3", ["WLO"], source="c", version="4")
    labour.link()
    assert len(labour.one("WLO").releases) == 4


def test_a_name_that_nothing_bears_any_more_disturbs_no_rule(desk: Desk) -> None:
    desk.save("1", ["CDC"])
    desk.save("2", [("Coastal Data Centre", "CDC")])
    desk.save("3", [("County Dairy Club", "CDC")])
    desk.link()
    desk.save("3", ["County Dairy Club"], version="2")  # the acronym had been misread
    desk.save("3", ["Norvik"], version="3")
    desk.link()
    assert len(desk.one("Coastal Data Centre").releases) == 2
    assert desk.find("County Dairy Club") == []


def test_a_rejection_survives_every_further_linking(desk: Desk) -> None:
    desk.save("1", ["Norvik Harbour Foundation"])
    desk.save("2", ["Norvik Harbour Fundation"])
    desk.link()
    found = desk.one("Norvik Harbour Foundation")
    assert len(found.releases) == 2
    (joined,) = load_questions(desk.store, found.id)
    rejected = desk.decide("reject", joined.id)
    for _ in range(2):
        desk.save("3", ["NORVIK HARBOUR FUNDATION"])
        desk.link()
        link_entities(desk.store, NOW, again=True)
        assert len(desk.one("Norvik Harbour Foundation").releases) == 1
        assert len(desk.one("Norvik Harbour Fundation").releases) == 2
    desk.decide("undo", str(rejected.number))
    assert len(desk.one("Norvik Harbour Foundation").releases) == 3


def test_accepting_a_question_joins_and_confirms(desk: Desk) -> None:
    desk.save("1", ["Norvik Harbour Department"])
    desk.save("2", ["U.S. Norvik Harbour Department"])
    desk.link()
    (question,) = load_questions(desk.store)
    assert load_gazetteer(desk.store) == []
    accepted = desk.decide("accept", question.id)
    (known,) = load_gazetteer(desk.store)
    assert set(known.forms) == {"Norvik Harbour Department", "U.S. Norvik Harbour Department"}
    assert load_questions(desk.store) == []
    desk.decide("undo", str(accepted.number))
    assert load_gazetteer(desk.store) == []
    assert [again.id for again in load_questions(desk.store)] == [question.id]


def test_merging_makes_the_first_stand_for_all(labour: Desk) -> None:
    labour.save("5", ["Global Work Bureau"])
    labour.link()
    keep, other = labour.one("Global Work Bureau"), labour.one("WLO")
    made = labour.decide("merge", keep.id, other.id)
    assert labour.one("WLO").id == keep.id
    assert len(load_entity(labour.store, other.id[:8]).releases) == 5
    labour.save("6", ["Global Work Bureau"])
    labour.link()
    assert len(labour.one("WLO").releases) == 6
    labour.decide("undo", str(made.number))
    assert len(labour.one("WLO").releases) == 4
    assert len(labour.one("Global Work Bureau").releases) == 2  # what came since is where it belongs


def test_merging_overrides_a_rejection(desk: Desk) -> None:
    desk.save("1", ["Norvik Harbour Foundation"])
    desk.save("2", ["Norvik Harbour Fundation"])
    desk.link()
    desk.decide("reject", load_questions(desk.store, desk.one("Norvik Harbour Foundation").id)[0].id)
    names = ("Norvik Harbour Foundation", "Norvik Harbour Fundation")
    desk.decide("merge", *(desk.one(name).id for name in names))
    assert len(desk.one(names[0]).releases) == 2


def test_splitting_a_release_off(desk: Desk) -> None:
    releases = [desk.save(str(n), ["City Council"], source=source) for n, source in enumerate("aab")]
    desk.link()
    whole = desk.one("City Council")
    made = desk.decide("split", whole.id, releases=(releases[2],))
    assert sorted(len(entity.releases) for entity in desk.find("City Council")) == [1, 2]
    desk.save("7", ["City Council"], source="b")  # the source of the one that was split off
    desk.save("8", ["City Council"], source="a")
    desk.link()
    link_entities(desk.store, NOW, again=True)
    assert sorted(len(entity.releases) for entity in desk.find("City Council")) == [2, 3]
    desk.save("2", ["City Council"], source="b", version="2")
    desk.link()
    assert sorted(len(entity.releases) for entity in desk.find("City Council")) == [2, 3]
    assert made.action == "split"


def test_undoing_a_split(desk: Desk) -> None:
    releases = [desk.save(str(n), ["City Council"], source=source) for n, source in enumerate("ab")]
    desk.link()
    before = desk.one("City Council")
    made = desk.decide("split", before.id, releases=(releases[1][:10],))
    assert len(desk.find("City Council")) == 2
    undone = desk.decide("undo", str(made.number))
    assert desk.one("City Council").releases == before.releases
    desk.decide("undo", str(undone.number))
    assert len(desk.find("City Council")) == 2


def test_decisions_are_added_never_overwritten(labour: Desk) -> None:
    accepted = labour.decide("accept", labour.one("WLO").id, comment="sure")
    labour.decide("undo", str(accepted.number))
    log = load_decisions(labour.store)
    assert [(one.number, one.action, one.by, one.undone_by) for one in log] == [
        (2, "undo", "Ana", None),
        (1, "accept", "Ana", 2),
    ]
    assert log[1].comment == "sure"
    assert log[1].at == NOW


REFUSED: list[tuple[Action, tuple[str, ...], str]] = [
    ("accept", ("nothing",), "no entity has an id"),
    ("accept", ("",), "no entity has an id"),
    ("reject", ("nothing",), "no match has an id"),
    ("merge", ("{wlo}", "{wlo}"), "two or more different"),
    ("split", ("{wlo}",), "some, not all"),
    ("undo", ("7",), "no decision 7"),
    ("undo", ("x",), "no number"),
]


@pytest.mark.parametrize(("action", "targets", "said"), REFUSED)
def test_what_cannot_be_decided_changes_nothing(
    labour: Desk, action: Action, targets: tuple[str, ...], said: str
) -> None:
    before, wlo = labour.rows(), labour.one("WLO").id
    with pytest.raises(StoreError, match=said):
        labour.decide(action, *(target.format(wlo=wlo) for target in targets))
    assert labour.rows() == before
    assert load_decisions(labour.store) == []


def test_undoing_waits_for_what_was_built_on_it(desk: Desk) -> None:
    desk.save("1", ["Norvik Harbour Foundation"])
    desk.save("2", ["Norvik Harbour Fundation"])
    desk.link()
    (joined,) = load_questions(desk.store, desk.one("Norvik Harbour Foundation").id)
    first = desk.decide("reject", joined.id)
    second = desk.decide("accept", joined.id)
    with pytest.raises(StoreError, match=f"undo {second.number} first"):
        desk.decide("undo", str(first.number))
    desk.decide("undo", str(second.number))
    desk.decide("undo", str(first.number))
    with pytest.raises(StoreError, match="was undone by"):
        desk.decide("undo", str(first.number))
    assert len(desk.one("Norvik Harbour Foundation").releases) == 2


def _link(url: str) -> None:
    store = open_store(url)
    link_entities(store, NOW)
    close_store(store)


def test_two_processes_at_once_link_everything_once(desk: Desk, database_url: str) -> None:
    names = [f"Norvik {n % 7} Foundation" for n in range(2 * BATCH + 5)]
    items = [desk.item(str(n), [name], [("Ana Reis", name)]) for n, name in enumerate(names)]
    save_batch(desk.store, Batch(seen_at=NOW, items=tuple(items)))
    assert count_unlinked(desk.store) == len(names)
    processes = [get_context("forkserver").Process(target=_link, args=(database_url,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0]
    assert count_unlinked(desk.store) == 0
    assert len(desk.rows()["entity_link"]) == 2 * len(names)
    assert sum(len(found.releases) for found in find_entity(desk.store, "Ana Reis")) == len(names)
    before = desk.rows()
    link_entities(desk.store, NOW, again=True)
    assert desk.rows() == before


def test_a_run_that_is_killed_goes_on_where_it_stopped(desk: Desk) -> None:
    items = [desk.item(str(n), ["Norvik"], []) for n in range(BATCH + 1)]
    save_batch(desk.store, Batch(seen_at=NOW, items=tuple(items)))

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        link_entities(desk.store, NOW, report=stop)
    assert desk.link().releases == 1
    assert len(desk.one("Norvik").releases) == BATCH + 1


def test_part_of_a_name_finds_where_nothing_else_does(labour: Desk) -> None:
    labour.save("5", [], [("Ana Reis", None)])
    labour.link()
    assert [found.name for found in find_entity(labour.store, "reis")] == ["Ana Reis"]
    assert find_entity(labour.store, "eis") == []
    assert find_entity(labour.store, "%") == []
    assert find_entity(labour.store, "") == []
    assert find_entity(labour.store, "Ana Reis", "organisation") == []


def test_the_query_in_the_manual_finds_every_release(labour: Desk) -> None:
    manual = (Path(__file__).parents[1] / "docs" / "linking.md").read_text(encoding="utf8")
    (query,) = re.findall(r"```sql\n(.*?)```", manual, re.DOTALL)
    with reading(labour.store) as connection:
        rows = connection.execute(text(query), {"name_key": "wlo"}).all()
    assert len(rows) == 4
    assert {row.name for row in rows} == {WLO, "the World Labor Organisation", "WLO", "World Labour Office"}
