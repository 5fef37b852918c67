"""Feeds of every kind, as newsrooms write them, and feeds that attack."""

import contextlib
import datetime as dt
import json
import time

import pytest

from flows.feeds import MAX_ENTRIES, looks_like_feed, read_feed
from flows.listed import DiscoverError
from schemas.page import FetchedPage, utc_now
from schemas.source import Link, Source
from tests.peak import peak_of

URL = "https://acme.example/news/feed"
SOURCE = Source.model_validate({"name": "acme", "url": URL, "discover": "feed", "country": "GB"})


def page(body: str | bytes, content_type: str | None = None) -> FetchedPage:
    data = body.encode() if isinstance(body, str) else body
    link = Link(source="acme", url=URL)
    return FetchedPage(link=link, final_url=URL, status=200, fetched_at=utc_now(), content_type=content_type, body=data)


def rss(item: str, before: str = "") -> str:
    return f"<rss version='2.0'><channel><title>News</title>{before}{item}</channel></rss>"


JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "News",
    "items": [
        {"id": "1", "url": "/1", "title": "One", "date_published": "2025-04-11T09:00:00+09:00"},
        {"id": "https://acme.example/2", "date_modified": "2025-04-12T00:00:00Z"},
        {"id": "3", "content_text": "without an address of its own"},
        "no item",
    ],
    "next_url": "https://acme.example/news/feed?page=2",
}
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="/"><title>N</title></channel>
<item rdf:about="https://acme.example/1"><title>One</title><link>https://acme.example/1</link>
<dc:date>2025-04-11T23:00:00-05:00</dc:date></item></rdf:RDF>"""
DAY = dt.date(2025, 4, 11)
EXAMPLES = [
    # the usual form
    (rss("<item><link>/1</link><pubDate>Fri, 11 Apr 2025 23:30:00 -0500</pubDate></item>"), ("/1", DAY)),
    # a guid that is the address, and no link
    (rss("<item><guid isPermaLink='true'>https://acme.example/1</guid></item>"), ("/1", None)),
    # a guid that is none
    (rss("<item><guid isPermaLink='false'>4f2a</guid><link>/1</link></item>"), ("/1", None)),
    # an address in CDATA, with trackers and line ends around it
    (rss("<item><link><![CDATA[\n/1?utm_source=rss ]]></link></item>"), ("/1", None)),
    # a date as people write it
    (rss("<item><link>/1</link><pubDate>11 April 2025</pubDate></item>"), ("/1", DAY)),
    # day and month as the source's country has them
    (rss("<item><link>/1</link><pubDate>11/04/2025 09:00</pubDate></item>"), ("/1", DAY)),
    # a date that is none
    (rss("<item><link>/1</link><pubDate>soon</pubDate></item>"), ("/1", None)),
    # of two addresses of Atom the page's
    (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link rel='enclosure' href='/1.mp3'/><link href='/1'/>"
        "<published>2025-04-11T09:00:00Z</published><updated>2025-04-20T09:00:00Z</updated></entry></feed>",
        ("/1", DAY),
    ),
    (RDF, ("/1", DAY)),
    # an ampersand that should have been escaped, and an element that was never closed
    (rss("<item><title>R & D</title><link>/1</link><description>cut"), ("/1", None)),
]


@pytest.mark.parametrize(("body", "expected"), EXAMPLES)
def test_read(body: str, expected: tuple[str, dt.date | None]) -> None:
    (link,) = read_feed(page(body), SOURCE).links
    assert (link.url.removeprefix("https://acme.example"), link.published) == expected


def test_json_feed() -> None:
    found = read_feed(page(json.dumps(JSON_FEED), "application/feed+json"), SOURCE)
    assert [(link.url, link.published) for link in found.links] == [
        ("https://acme.example/1", DAY),
        ("https://acme.example/2", dt.date(2025, 4, 12)),
        ("https://acme.example/news/3", None),  # an id is taken for an address where there is nothing else
    ]
    assert [more.url for more in found.more] == ["https://acme.example/news/feed?page=2"]


ENCODINGS = [
    ("<?xml version='1.0' encoding='iso-8859-1'?>", "iso-8859-1", None),  # as declared
    ("<?xml version='1.0'?>", "utf-8", None),
    ("<?xml version='1.0' encoding='utf-16'?>", "utf-16", None),
    ("<?xml version='1.0' encoding='iso-8859-1'?>", "utf-8", None),  # declared wrongly
    ("<?xml version='1.0' encoding='utf-8'?>", "windows-1252", "text/xml; charset=windows-1252"),  # the header is right
]


@pytest.mark.parametrize(("head", "encoding", "content_type"), ENCODINGS)
def test_encodings(head: str, encoding: str, content_type: str | None) -> None:
    body = (head + rss("<item><title>Fundação São João</title><link>/1</link></item>")).encode(encoding)
    (link,) = read_feed(page(body, content_type), SOURCE).links
    assert link.title == "Fundação São João"


TTLS = [
    ("<ttl>60</ttl>", 3600),
    ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 21_600),
    ("<ttl>often</ttl>", None),
    ("", None),
]


@pytest.mark.parametrize(("said", "seconds"), TTLS)
def test_how_long_it_stays(said: str, seconds: int | None) -> None:
    names = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    body = rss("<item><link>/1</link></item>", said).replace("<rss ", f"<rss {names} ")
    assert read_feed(page(body), SOURCE).fresh_seconds == seconds


def _bomb(declaration: str = "", encoding: str = "utf-8") -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f"{declaration}<!DOCTYPE rss [{entities}]>{rss('<item><link>/1</link><title>&a11;</title></item>')}".encode(
        encoding
    )


BOMBS = [
    _bomb(),  # a billion times "ha"
    _bomb("<!-- <rss> <![CDATA[ -->"),  # behind a comment that looks like the beginning
    _bomb("<?xml version='1.0'?><?x <rss> ?>"),
    _bomb("<?xml version='1.0' encoding='utf-16'?>", "utf-16"),
    b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss("<item><link>/&a;</link></item>").encode(),
]


@pytest.mark.parametrize("body", BOMBS)
def test_entities_are_refused(body: bytes) -> None:
    with pytest.raises(DiscoverError) as caught:
        read_feed(page(body), SOURCE)
    assert caught.value.code == "xml_entities"


def test_words_about_entities_are_no_entities() -> None:
    (link,) = read_feed(page(rss("<item><title><![CDATA[<!ENTITY a]]></title><link>/1</link></item>")), SOURCE).links
    assert link.url == "https://acme.example/1"


def test_a_bomb_that_hides_by_its_encoding() -> None:
    """One that nobody uses: should it be read at all, it stays small."""
    began = time.monotonic()
    hidden = _bomb("<?xml version='1.0' encoding='utf-7'?>").replace(b"<!ENTITY", b"+ADwAIQ-ENTITY")

    def read() -> None:
        with contextlib.suppress(DiscoverError):
            read_feed(page(hidden), SOURCE)

    _, peak = peak_of(read)
    assert peak < 10_000_000
    assert time.monotonic() - began < 5


def test_a_feed_of_a_million_entries() -> None:
    found = read_feed(page(rss("<item><link>/1</link></item>" * 500_000)), SOURCE)
    assert (len(found.links), found.is_cut) == (MAX_ENTRIES, True)


WRONG = [
    "<html><p>moved</p></html>",
    "{}",
    '{"items": 7}',
    "{" * 100_000,  # deeper than any feed
    '{"items": ' + "[" * 100_000,
    "",
]


@pytest.mark.parametrize("body", WRONG)
def test_no_feed(body: str) -> None:
    with pytest.raises(DiscoverError):
        read_feed(page(body), SOURCE)


LOOKS = [
    (rss(""), True),
    ("<?xml version='1.0'?>\n<feed xmlns='http://www.w3.org/2005/Atom'>", True),
    (RDF, True),
    (json.dumps(JSON_FEED), True),
    ("<html><head><link type='application/rss+xml' href='/feed'>", False),
    ("<urlset>", False),
    ('{"a": 1}', False),
]


@pytest.mark.parametrize(("body", "expected"), LOOKS)
def test_looks_like_a_feed(body: str, expected: bool) -> None:
    assert looks_like_feed(page(body)) is expected
