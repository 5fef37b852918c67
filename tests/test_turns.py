"""Turns: between threads, and by the store between processes, on SQLite and PostgreSQL."""

import datetime as dt
import itertools
import threading
import time

import pytest

from flows.request import FetchError
from flows.turns import Turns
from schemas.settings import Settings
from store.database import Store
from store.processes import this_process
from store.turns import POLL, Turn, give_turn, load_robots, make_slots, save_robots, take_turn
from tests.forked import start_program

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(seconds=60)
WORKER = """
import sys, time
from flows.turns import Turns
from schemas.settings import Settings
from store.database import open_store
turns = Turns(Settings(connections=int(sys.argv[2])), open_store(sys.argv[1]))
for host in sys.argv[3:]:
    with turns.take(host, 0.05):
        print(host, time.time(), flush=True)
        time.sleep(0.05)
        print(host, time.time(), flush=True)
"""


def turn(number: int, host: str = "acme.example", process: str | None = None) -> Turn:
    return Turn(host, process or this_process(), str(number))


@pytest.fixture
def slots(store: Store) -> Store:
    make_slots(store, 2)
    make_slots(store, 2)  # those that are there stay
    return store


def take(store: Store, mine: Turn, now: dt.datetime = NOW, until: dt.datetime = LATER) -> float:
    return take_turn(store, mine, 2, now, until)


def test_one_at_a_time(slots: Store) -> None:
    assert take(slots, turn(1)) == 0
    assert take(slots, turn(2)) == POLL
    give_turn(slots, turn(2), NOW)  # not theirs to give
    assert take(slots, turn(2)) == POLL
    give_turn(slots, turn(1), NOW + dt.timedelta(seconds=5))
    assert take(slots, turn(2)) == 5  # the pause
    assert take(slots, turn(2), NOW + dt.timedelta(seconds=5)) == 0


def test_so_many_hosts_at_once(slots: Store) -> None:
    assert [take(slots, turn(n, f"{n}.example")) for n in range(3)] == [0, 0, POLL]
    give_turn(slots, turn(0, "0.example"), NOW)
    assert take(slots, turn(2, "2.example")) == 0


def test_a_turn_that_was_not_given_back_ends(slots: Store) -> None:
    """By itself where its machine cannot be looked at, at once where its process is seen to be gone."""
    assert take(slots, turn(1, process="elsewhere|1|1")) == 0
    assert take(slots, turn(2)) == POLL
    assert take(slots, turn(2), LATER, LATER + (LATER - NOW)) == 0
    gone = this_process().rpartition("|")[0] + "|1"  # this process's number, in another's hands
    assert take(slots, turn(3, "b.example", gone)) == 0
    assert take(slots, turn(4, "b.example")) == 0


def test_robots_are_kept(slots: Store) -> None:
    assert load_robots(slots, "acme.example", NOW) is None
    save_robots(slots, "acme.example", "", NOW)
    assert load_robots(slots, "acme.example", NOW) == ""  # that there is none is known as well
    assert load_robots(slots, "acme.example", LATER) is None


def test_processes_take_turns(store: Store, database_url: str) -> None:
    """Three processes at two hosts, two slots: requests to one host never overlap and keep their pause."""
    workers = [start_program(WORKER, database_url, "2", *["a.example", "b.example"] * 4) for _ in range(3)]
    said = [worker.communicate()[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    for host in ("a.example", "b.example"):
        spans: list[tuple[float, float]] = []
        for words in said:
            moments = [float(words[place + 1]) for place in range(0, len(words), 2) if words[place] == host]
            spans += zip(moments[::2], moments[1::2], strict=True)
        assert len(spans) == 12
        assert all(later[0] - earlier[1] >= 0.045 for earlier, later in itertools.pairwise(sorted(spans)))


def test_a_long_rest_is_not_waited_for(store: Store) -> None:
    turns = Turns(Settings(), store)
    with turns.take("acme.example", 0) as pause:
        pause.seconds = 3600
    with pytest.raises(FetchError, match="left alone for") as caught, turns.take("acme.example", 0):
        pass
    assert caught.value.code == "resting"
    with pytest.raises(FetchError), Turns(Settings(), store).take("acme.example", 0):  # another process knows as well
        pass
    with turns.take("other.example", 0):
        pass


def test_threads_take_turns_without_a_store() -> None:
    turns = Turns(Settings())
    moments: list[float] = []

    def work() -> None:
        with turns.take("acme.example", 0.1):
            moments.append(time.monotonic())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(later - earlier >= 0.1 for earlier, later in itertools.pairwise(moments))
