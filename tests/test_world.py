"""The whole world, twice: all that can be had is had, each disease is told, and the log of requests proves manners."""

import itertools
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from flows.report import Report
from tests.desk_work import work
from tests.world import DELAY, Room, serve_world
from tests.world_sick import SICK
from tests.world_well import WELL

SETTINGS = {"timeout_seconds": 1.5, "max_bytes": 8_000_000, "retries": 1, "connections": 16}
NAMES = [*WELL, *SICK]


class Seen(NamedTuple):
    """What two runs gave: reports, releases by source, and each site's requests and answers before the second run."""

    rooms: dict[str, Room]
    reports: tuple[Report, Report]
    stored: tuple[dict[str, int], dict[str, int]]
    before: dict[str, tuple[int, int]]


def _stored(folder: Path) -> dict[str, int]:
    with sqlite3.connect(folder / "dateline.sqlite") as database:
        return dict(database.execute("select source, count(*) from release group by source").fetchall())


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("world")
    with serve_world(WELL | SICK) as rooms:
        sources = [room.source() for room in rooms]
        first = work(folder, sources, SETTINGS)
        stored = _stored(folder)
        before = {room.name: (len(room.site.requests), len(room.site.answered)) for room in rooms}
        second = work(folder, sources, SETTINGS)
        yield Seen({room.name: room for room in rooms}, (first, second), (stored, _stored(folder)), before)


def test_how_large_it_is() -> None:
    assert len(NAMES) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_all_that_can_be_had_is_had(seen: Seen, name: str) -> None:
    room = seen.rooms[name]
    assert seen.stored[0].get(name, 0) == room.releases
    assert seen.stored[1].get(name, 0) == room.releases + room.second


@pytest.mark.parametrize("name", NAMES)
def test_each_disease_has_its_line(seen: Seen, name: str) -> None:
    first = seen.reports[0]
    said = [problem for problem in (*first.problems, *first.notes) if problem.source == name]
    assert {problem.code for problem in said} == set(seen.rooms[name].codes)
    assert all(seen.rooms[name].url in problem.message for problem in said)


@pytest.mark.parametrize("name", NAMES)
def test_one_request_at_a_time_and_never_faster_than_the_source_allows(seen: Seen, name: str) -> None:
    moments = [moment for moment, _ in seen.rooms[name].site.requests]
    assert all(later - earlier >= DELAY for earlier, later in itertools.pairwise(moments))


MAY_BE_ASKED_AGAIN = ("http_5", "http_429", "timeout", "connection")


@pytest.mark.parametrize("name", NAMES)
def test_no_address_is_asked_twice_in_a_run(seen: Seen, name: str) -> None:
    """But what may pass."""
    room = seen.rooms[name]
    counted = Counter(path for _, path in room.site.requests[: seen.before[name][0]])
    again = {path for path, number in counted.items() if number > 1}
    is_excused = name in {"heals", "heals-later", "busy", "feed-cookie"} or any(
        code.startswith(MAY_BE_ASKED_AGAIN) for code in room.codes
    )
    assert len(again) == (1 if is_excused and again else 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_second_run_asks_for_what_may_have_changed(seen: Seen, name: str) -> None:
    room = seen.rooms[name]
    paths = {path for _, path in room.site.requests[seen.before[name][0] :]}
    answered = room.site.answered[seen.before[name][1] :]
    assert "/robots.txt" not in {path for path, _ in answered}
    assert len(paths) == room.requests, answered
    if name in WELL and name not in {"sessions", "feed-cookie"}:
        assert [status for _, status in answered] == [304]


def test_nothing_reached_what_it_must_not(seen: Seen) -> None:
    codes = Counter(problem.code for problem in seen.reports[0].problems)
    assert codes["private_address"] == 4


def test_the_second_run_stores_only_what_healed(seen: Seen) -> None:
    assert seen.reports[1].saved["new"] == sum(room.second for room in seen.rooms.values())
