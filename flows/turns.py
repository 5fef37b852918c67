"""Turns: one request at a time to a host, with its pause, within this process and, by the store, in all others."""

import datetime as dt
import random
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flows.request import FetchError
from schemas.page import utc_now
from schemas.settings import Settings
from store.database import Store
from store.processes import this_process
from store.turns import Turn, give_turn, make_slots, take_turn

RESTING = "resting"
"""Code of what was not asked for, since its host is to be left alone."""
LONGEST_WAIT = 60.0
"""Seconds; a server that asks for a longer pause is left alone until the next run."""
_GRACE = 30.0
"""Seconds beyond the limit of a request after which others take the turn of a machine that was lost."""


@dataclass
class Pause:
    """How long a host is left alone after a request."""

    seconds: float


@dataclass
class _Lane:
    """One host's turn: a lock held while a request runs, and the earliest moment of the next one."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0


class Turns:
    """The turns of one process; with a store, those of every process that works with it. For several threads."""

    def __init__(self, settings: Settings, store: Store | None = None) -> None:
        self._settings = settings
        self._store = store
        self._process = this_process()
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)
        self._lock = threading.Lock()
        if store is not None:
            make_slots(store, settings.connections)

    @contextmanager
    def take(self, host: str, delay_seconds: float) -> Iterator[Pause]:
        """Wait for the turn and hold it; afterwards nobody asks the host for as long as the yielded pause says.

        Raises FetchError (`resting`) where the host is to be left alone for longer than LONGEST_WAIT.
        """
        with self._lock:
            lane = self._lanes[host]
        with lane.lock:
            _sleep(host, lane.free_at - time.monotonic())
            turn = self._take_everywhere(host)
            pause = Pause(delay_seconds)
            try:
                yield pause
            finally:
                lane.free_at = time.monotonic() + pause.seconds
                if self._store is not None:
                    give_turn(self._store, turn, utc_now() + dt.timedelta(seconds=pause.seconds))

    def _take_everywhere(self, host: str) -> Turn:
        turn = Turn(host, self._process, secrets.token_hex(8))
        while self._store is not None:
            now = utc_now()
            until = now + dt.timedelta(seconds=self._settings.timeout_seconds + _GRACE)
            wait = take_turn(self._store, turn, self._settings.connections, now, until)
            if not wait:
                break
            _sleep(host, wait + random.uniform(0, 0.02))  # noqa: S311  (so that those who wait do not march in step)
        return turn


def _sleep(host: str, seconds: float) -> None:
    if seconds > LONGEST_WAIT:
        raise FetchError(RESTING, f"{host} is to be left alone for {seconds:,.0f} s more; the next run asks again")
    time.sleep(max(0.0, seconds))
