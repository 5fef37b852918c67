"""robots.txt: what a newsroom asks of programs, read by protego, fetched once a day (RFC 9309, section 2.4)."""

import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Callable

from protego import Protego

from extractors.encoding import decode
from flows.request import FetchError
from schemas.page import utc_now
from store.database import Store
from store.turns import load_robots, save_robots

AGENT = "dateline"
"""The name by which rules are looked up."""
MAX_BYTES = 512_000
"""As much of a robots.txt as is read: RFC 9309, section 2.5."""
_LIFE = dt.timedelta(days=1)


class Robots:
    """The rules of the hosts that were met; with a store, those that other runs have fetched. For several threads."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self._rules: dict[str, Protego] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def rules(self, host: str, fetch: Callable[[], bytes]) -> Protego:
        """The rules of a host; `fetch` gets its robots.txt where nobody has it.

        One that is not there allows everything; one that cannot be had now forbids everything: raises the FetchError.
        """
        with self._lock:
            lock = self._locks[host]
        with lock:
            if host not in self._rules:
                self._rules[host] = Protego.parse(self._text(host, fetch))
            return self._rules[host]

    def _text(self, host: str, fetch: Callable[[], bytes]) -> str:
        kept = load_robots(self._store, host, utc_now() - _LIFE) if self._store else None
        if kept is not None:
            return kept
        try:
            text = decode(fetch(), "text/plain; charset=utf-8")
        except FetchError as error:
            if error.may_pass or error.code == "resting":
                raise
            text = ""
        if self._store:
            save_robots(self._store, host, text, utc_now())
        return text


def read_delay(rules: Protego, delay_seconds: float) -> float:
    """Seconds between two requests: those of the source, or the host's `Crawl-delay` where that is longer.

    >>> read_delay(Protego.parse("User-agent: *" + chr(10) + "Crawl-delay: 7"), 1.0)
    7.0
    """
    asked = rules.crawl_delay(AGENT)
    return max(delay_seconds, asked or 0.0)
