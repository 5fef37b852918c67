"""A review desk of the tests' own: releases to put into its store, and the real server in a process."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schemas.page import utc_now
from schemas.record import Amount, Check, DateMention, Organisation, Person, Quote
from schemas.values import derive_id
from store.database import Store, close_store, open_store
from store.models import Batch, Item
from store.save import save_batch
from tests.forked import Forked

HOSTILE = (
    "<script>alert(1)</script> & \"quotes\" 'too' {{ 7*7 }}\n\n"
    "HAIFA, May 4, 2026 😀 - חברת נמל חיפה תשלם 5 מיליון € לבית הספר.\n\n"
    '𝔸𝕟𝕒 Reis 🇵🇹 of <b onmouseover="alert(2)">Norvik</b> Foundation paid €7 million on May 4, 2026.'
)
"""Markup, templates, right-to-left words, and characters beyond the first 65,536."""


def hostile_item(make_item: Callable[..., Item], text: str = HOSTILE, key: str = "hostile") -> Item:
    """A release whose every value stands in a text that means harm."""

    def at(words: str, after: str = "") -> dict[str, Any]:
        start = text.index(words, text.index(after))
        return {"start": start, "end": start + len(words), "text": words}

    sure: dict[str, Any] = {"rule": "made-up", "confidence": 0.5}
    person, company = "𝔸𝕟𝕒 Reis", '<b onmouseover="alert(2)">Norvik</b> Foundation'
    values = {
        "people": (Person(id=_id("person"), name=person, organisation=company, mentions=(at(person),), **sure),),  # type: ignore[arg-type]
        "organisations": (
            Organisation(id=_id("company"), name=company, mentions=(at(company),), **sure),  # type: ignore[arg-type]
            Organisation(id=_id("port"), name="חברת נמל חיפה", mentions=(at("חברת נמל חיפה"),), **sure),  # type: ignore[arg-type]
        ),
        "dates": (DateMention(id=_id("day"), value="2026-05-04", **at("May 4, 2026", "paid"), **sure),),
        "amounts": (
            Amount(id=_id("sum"), value=7_000_000, currency="EUR", payer=company, **at("€7 million"), **sure),  # type: ignore[arg-type]
        ),
        "quotes": (Quote(id=_id("quote"), speaker=person, **at("quotes\" 'too")),),
        "checks": (Check(code="misfit_mark", message="<i>look</i>", start=0, end=8),),
        "review_priority": 9.0,
    }
    return make_item(key, text=text, record=values)


def _id(name: str) -> str:
    return derive_id("hostile", name)


@contextmanager
def filled_store(folder: Path, items: Sequence[Item]) -> Iterator[Store]:
    """The store of a data folder with releases in it."""
    store = open_store(f"sqlite:///{folder / 'dateline.sqlite'}")
    try:
        save_batch(store, Batch(seen_at=utc_now(), items=tuple(items)))
        yield store
    finally:
        close_store(store)


class Server:
    """`dateline review` in a process, over a data folder; it can be killed and started again at the same port."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        self.folder, self.options, self.settings = folder, options, settings
        self.port = 0
        self.process: Forked | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait for its address."""
        environment = {**os.environ, "DATELINE_DATA_DIR": str(self.folder), **self.settings}
        arguments = ["review", "--no-open", "--port", str(self.port), *self.options]
        self.process = Forked(arguments=arguments, cwd=os.getcwd(), environment=environment)
        said = self.process.stdout.readline()
        found = re.search(r":(\d+)/", said)
        if found is None:
            raise AssertionError(said + self.process.stderr.read())
        self.port = int(found[1])

    def kill(self) -> None:
        """End it at once, as a loss of power would."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


@contextmanager
def serving(folder: Path, *options: str, **settings: str) -> Iterator[Server]:
    """A server that runs, and is ended afterwards."""
    server = Server(folder, *options, **settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()
