"""The samples: each release has what a person read in it, and the program reads the same from the real web server."""

import json
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib.resources import files
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup

from extractors.page import read_page
from extractors.record import extract_records
from flows.desk import Desk
from flows.discover import discover_links
from flows.fetch import Fetcher
from samples.server import sample_sources, serve_samples, site_paths
from schemas.page import FetchedPage
from schemas.record import Record
from schemas.release import Release
from schemas.settings import Settings
from schemas.source import Source
from schemas.values import date_bounds
from tests.pipelines import pipeline

Expected = dict[str, Any]
PAGES = {path.rpartition("/")[2].rpartition(".")[0]: path for path in site_paths() if path.startswith("/releases/")}
EXPECTED: dict[str, Expected] = {
    item.name.removesuffix(".json"): json.loads(item.read_text(encoding="utf8"), parse_float=Decimal)
    for item in (files("samples") / "expected").iterdir()
}
SLUGS = sorted(PAGES.keys() & EXPECTED.keys())

# Why today's rules fall short of what a person reads, and in which field of which samples.
_SHORTFALLS: dict[str, tuple[str, ...]] = {
    "a visible line such as 'Posted by admin | 16 February 2026' is not taken for the date of publication": (
        "oyanma-water-scheme published",
    ),
    "a weekday as a habit: 'they eat on Monday or they do not eat on Monday'": ("pedra-branca-school-meals dates",),
    "quarters of a fiscal year are read as the calendar's unless the source says its country, here India": (
        "tamarind-second-quarter dates",
    ),
    "a name with a particle: 'i Vidal', 'dos Santos', 'bint Omar al-Hashimi'": (
        "fundacion-mar-abierto people",
        "mobile-clinics-appeal people",
        "mobile-clinics-appeal quotes",
    ),
    "two surnames alone are taken for another person than the full name": ("fundacion-mar-abierto quotes",),
    "family names of Vietnam and the Pacific, and given names that no list has": (
        "oyanma-water-scheme people",
        "song-lam-mangrove-centre people",
        "song-lam-mangrove-centre quotes",
    ),
    "organisations that the model misses, cuts short or takes for another kind of name": (
        "kitano-harbour-cranes organisations",
        "mobile-clinics-appeal organisations",
        "lakeshore-stroke-unit organisations",
        "oyanma-water-scheme organisations",
        "alder-falls-budget organisations",
        "fundacion-mar-abierto organisations",
        "lakeshore-gala organisations",
        "marlins-head-coach organisations",
        "marlins-stadium-upgrade organisations",
        "pedra-branca-school-meals organisations",
        "song-lam-mangrove-centre organisations",
        "valmora-policy-rate organisations",
        "wexmoor-burglary-appeal organisations",
    ),
    "the issuer, where neither the source nor a line of the text names it outright": (
        "alder-falls-budget issuer",
        "lakeshore-stroke-unit issuer",
        "valmora-policy-rate issuer",
        "wexmoor-burglary-appeal issuer",
    ),
}
KNOWN_FAILURES = {(slug, field): why for why, rows in _SHORTFALLS.items() for slug, field in map(str.split, rows)}
"""(slug, field) → reason. A row that passes fails the suite: take it out then, and never change what a person read."""

# Hosts that nobody can own (RFC 2606), and the names of vocabularies, which are addresses in form only.
RESERVED_HOST = re.compile(r"(?:[\w-]+\.)*example\.(?:org|com|net)|127\.0\.0\.1")
VOCABULARIES = {"schema.org", "ogp.me", "www.w3.org", "www.sitemaps.org", "www.google.com", "purl.org"}
PHONE = re.compile(r"(?<![\w/.,:-])(?!\d{4}-\d\d(?:\d\d|-\d\d)\b)\+?\(?\d[\d() -]{7,}\d(?![\w%/])")
# Numbers that no exchange connects: North America's 555-01xx, Ofcom's drama numbers, ACMA's fictitious numbers.
FICTITIOUS = re.compile(r".*555[ -]01\d\d|01632 960\d{3}|.*020 7946 0\d{3}|0[2378] 5550 \d{4}")


METADATA = ("title", "published", "language")


def _spaced(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def pages() -> dict[str, tuple[Source, FetchedPage]]:
    """Source and fetched page of every release that the sources list."""
    found = {}
    with serve_samples(port=0) as base_url, Fetcher(Settings()) as fetcher:
        for source in sample_sources(base_url):
            for link in discover_links(Desk(source, fetcher)):
                slug = link.url.rpartition("/")[2].rpartition(".")[0]
                assert slug not in found, f"{slug} is listed by two sources; list it once"
                found[slug] = source, fetcher.fetch_page(link, source)
    return found


@pytest.fixture(scope="module")
def releases(pages: dict[str, tuple[Source, FetchedPage]]) -> dict[str, Release]:
    return {slug: read_page(page, source) for slug, (source, page) in pages.items()}


@pytest.fixture(scope="module")
def records(releases: dict[str, Release]) -> dict[str, Record]:
    found = dict(zip(releases, extract_records(pipeline(), releases.values()), strict=True))
    return {slug: record for slug, record in found.items() if isinstance(record, Record)}


def test_every_page_has_an_expected_file_and_the_other_way_round() -> None:
    unread, gone = PAGES.keys() - EXPECTED.keys(), EXPECTED.keys() - PAGES.keys()
    assert not unread, f"read these releases and write samples/expected/<slug>.json for them by hand: {sorted(unread)}"
    assert not gone, f"no page in samples/site/releases for these; add it or delete the expected file: {sorted(gone)}"


def test_every_page_is_listed(pages: dict[str, tuple[Source, FetchedPage]]) -> None:
    unlisted = PAGES.keys() - pages.keys()
    assert not unlisted, f"add these to feed.xml, sitemap.xml or an index.html of samples/site: {sorted(unlisted)}"


def test_the_samples_are_various() -> None:
    currencies = {amount["currency"] for expected in EXPECTED.values() for amount in expected["amounts"]}
    assert currencies >= {"USD", "EUR", "GBP", "INR", "JPY", "KRW", "NGN", "BRL", "VND", "CAD", "AUD", "CHF"}
    assert len({expected["issuer"] for expected in EXPECTED.values()}) >= 14


def _forms(value: Any) -> Iterator[str]:
    """Every surface form that an expected file quotes from its page."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"value", "qualifier", "kind", "currency", "max", "url_path", "published", "language"}:
                continue
            yield from _forms(inner) if key != "text_lacks" else ()
    elif isinstance(value, list):
        for inner in value:
            yield from _forms(inner)
    elif value is not None:
        yield value


@pytest.mark.parametrize("slug", SLUGS)
def test_expected_forms_stand_in_the_page(slug: str, pages: dict[str, tuple[Source, FetchedPage]]) -> None:
    page, expected = pages[slug][1], EXPECTED[slug]
    assert expected["url_path"] == PAGES[slug]
    html = "html" in (page.content_type or "")
    visible = _visible(page) if html else page.body.decode("utf8")
    missing = [form for form in _forms(expected) if form not in _spaced(visible)]
    assert not missing, f"not on the page, letter for letter: {missing}; correct samples/expected/{slug}.json"
    absent = [words for words in expected["text_lacks"] if words not in _spaced(visible) + page.body.decode("latin1")]
    assert not absent, f"the page has no such furniture: {absent}; correct samples/expected/{slug}.json"


def _visible(page: FetchedPage) -> str:
    """The page's text, decoded as a browser does, with a space between blocks."""
    charset = (page.content_type or "").partition("charset=")[2]
    soup = BeautifulSoup(page.body, "lxml", from_encoding=charset or None)
    for block in soup.find_all(["p", "div", "h1", "h2", "h3", "td", "li", "br"]):
        block.insert_before(" ")
    return soup.get_text()


@pytest.mark.parametrize("slug", SLUGS)
def test_expected_values_belong_together(slug: str) -> None:
    expected = EXPECTED[slug]
    names = {entry["name"] for entry in (*expected["people"], *expected["organisations"])}
    named = [expected["issuer"], *(person["organisation"] for person in expected["people"])]
    named += [amount[side] for amount in expected["amounts"] for side in ("payer", "payee")]
    named += [quote["speaker"] for quote in expected["quotes"]]
    assert {name for name in named if name} <= names
    for entry in (*expected["people"], *expected["organisations"]):
        assert entry["name"] in entry["mentions"]
    for date in expected["dates"]:
        date_bounds(date["value"])


@pytest.mark.parametrize("path", sorted(site_paths()))
def test_no_real_address_or_number(path: str) -> None:
    text = site_paths()[path].read_bytes().decode("latin1")
    hosts = set(re.findall(r"(?:https?://|@)([\w.-]*\w)", text)) - {"context", "type", "graph"} - VOCABULARIES
    assert {host for host in hosts if not RESERVED_HOST.fullmatch(host)} == set(), "use example.org, .com or .net"
    real = [number for number in PHONE.findall(text) if not FICTITIOUS.fullmatch(number)]
    assert real == [], "use a number reserved for fiction, such as 202-555-01xx"


def _case(slug: str, field: str) -> Any:
    reason = KNOWN_FAILURES.get((slug, field))
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(slug, field, marks=marks, id=f"{slug}-{field}")


@pytest.mark.parametrize(("slug", "field"), [_case(slug, field) for slug in SLUGS for field in METADATA])
def test_page_says_what_a_person_reads(slug: str, field: str, releases: dict[str, Release]) -> None:
    value = getattr(releases[slug], field)
    assert str(value) == EXPECTED[slug][field]


@pytest.mark.parametrize(("slug", "_field"), [_case(slug, "text") for slug in SLUGS])
def test_text_is_the_release_alone(slug: str, _field: str, releases: dict[str, Release]) -> None:
    release, expected = releases[slug], EXPECTED[slug]
    text = _spaced(release.text)
    assert text.startswith(expected["title"])
    assert [words for words in expected["text_has"] if words not in text] == []
    assert [words for words in expected["text_lacks"] if words in text] == []
    assert text.count(expected["text_has"][0]) == 1


READERS: dict[str, tuple[Callable[[Record], Any], Callable[[Expected], Any]]] = {
    "dates": (
        lambda record: {date.value for date in record.dates},
        lambda expected: {date["value"] for date in expected["dates"]},
    ),
    "amounts": (
        lambda record: {(amount.value, amount.maximum, amount.currency) for amount in record.amounts},
        lambda expected: {(amount["value"], amount["max"], amount["currency"]) for amount in expected["amounts"]},
    ),
    "people": (
        lambda record: {person.name for person in record.people},
        lambda expected: {person["name"] for person in expected["people"]},
    ),
    "organisations": (
        lambda record: {organisation.name for organisation in record.organisations},
        lambda expected: {organisation["name"] for organisation in expected["organisations"]},
    ),
    "quotes": (
        lambda record: {(quote.speaker, _first_words(quote.text)) for quote in record.quotes},
        lambda expected: {(quote["speaker"], _first_words(quote["start"])) for quote in expected["quotes"]},
    ),
    "place": (lambda record: record.release.place, lambda expected: expected["place"]),
    "issuer": (lambda record: record.release.issuer, lambda expected: expected["issuer"]),
}
"""What is compared of each record, and what with in the expected file."""


def _first_words(text: str) -> str:
    return " ".join(text.split()[:5]).rstrip(",.")


@pytest.mark.parametrize(("slug", "field"), [_case(slug, field) for slug in SLUGS for field in READERS])
def test_record_says_what_a_person_reads(slug: str, field: str, records: dict[str, Record]) -> None:
    extracted, read = READERS[field]
    assert extracted(records[slug]) == read(EXPECTED[slug])


def test_known_failures_name_samples_and_fields() -> None:
    assert {
        key for key in KNOWN_FAILURES if key[0] not in SLUGS or key[1] not in {*READERS, *METADATA, "text"}
    } == set()


def test_server_on_a_port_that_is_taken() -> None:
    with serve_samples(port=0) as first:
        taken = int(first.rpartition(":")[2])
        with serve_samples(port=taken) as second:
            assert second != first
            assert httpx.get(second + "/news/").text.count(second) == 1


def test_server_answers_like_a_server() -> None:
    with serve_samples(port=0) as base_url:
        feed = httpx.get(base_url + "/feed.xml")
        assert b"{{" not in feed.content
        assert httpx.get(base_url + "/feed.xml", headers={"If-None-Match": feed.headers["etag"]}).status_code == 304
        assert httpx.head(base_url + "/feed.xml").headers["content-length"] == str(len(feed.content))
        assert httpx.get(base_url + "/server.py").status_code == 404
        assert httpx.get(base_url + "/%2e%2e/server.py").status_code == 404
        assert httpx.get(base_url + "/releases/fundacion-mar-abierto.html").headers["content-type"] == "text/html"


def test_ids_do_not_depend_on_the_port(pages: dict[str, tuple[Source, FetchedPage]]) -> None:
    """A page says its canonical address; a plain text cannot, and keeps its id only while the port stays."""
    for source, page in pages.values():
        if "html" in (page.content_type or ""):
            moved = page.model_copy(update={"final_url": page.final_url.replace("127.0.0.1:", "127.0.0.1:1")})
            assert read_page(moved, source).id == read_page(page, source).id


def test_who_breaks_off_leaves_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    with serve_samples(0) as url:
        for _ in range(5):
            asking = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
            asking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closed by a reset
            time.sleep(0.05)
            asking.close()
        assert httpx.get(f"{url}/feed.xml").status_code == 200
    assert capfd.readouterr().err == ""
