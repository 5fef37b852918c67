"""What a listing gives, whatever kind it is, and how the addresses in it are read."""

import datetime as dt
import email.utils
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup

from extractors.address import tidy_url
from schemas.source import Link, Source

_SESSION = re.compile(
    r"(?:(?:j|php|asp)?sess(?:ion)?_?id|aspsessionid\w*|cftoken)=.*|(?:sid|s|session|sess_?key|cfid)=[\w-]{16,}", re.I
)
"""Parameters that say who asks, not what is asked for: with them one page has a new address at every visit.

`sid=123` is a story of PHP-Nuke.
"""
_TAG = re.compile("<")
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.I)


PARSING = threading.Lock()
"""Held while a page is parsed: that takes twenty times its size, and gains nothing from several threads."""
MAX_TAGS = 60_000
"""Tags of a page, opening and closing ones, beyond which it is no page that anybody wrote."""


def cut_tags(text: str) -> tuple[str, bool]:
    """The text up to MAX_TAGS tags, and whether there were more.

    >>> cut_tags("<p>one</p>")
    ('<p>one</p>', False)
    """
    end = next(islice((match.start() for match in _TAG.finditer(text)), MAX_TAGS, None), None)
    return (text, False) if end is None else (text[:end], True)


@contextmanager
def parsed(markup: str) -> Iterator[BeautifulSoup]:
    """The tree of a page, taken apart at the end: its elements hold one another, so that it would stay for long."""
    soup = BeautifulSoup(markup, "lxml")
    try:
        yield soup
    finally:
        soup.clear(decompose=True)


class More(NamedTuple):
    """A listing that a listing leads on to: a sitemap of an index, or the next page."""

    url: str
    updated: dt.datetime | None = None
    """When it changed last, where the first listing says so."""


class Listed(NamedTuple):
    """What stands in one listing."""

    links: list[Link]
    more: list[More]
    fresh_seconds: int | None = None
    """How long the listing itself says that asking again is of no use."""
    is_cut: bool = False
    """Whether it went on beyond a limit."""


class DiscoverError(RuntimeError):
    """A listing that says nothing usable; the message names the source, the address and what to do."""

    def __init__(self, message: str, code: str = "no_links") -> None:
        super().__init__(message)
        self.code = code


def make_link(source: Source, base: str, url: str, **said: object) -> Link | None:
    """A link of a source, absolute and without session; None for what no page can be behind."""
    found = read_link_url(url, base)
    return Link.model_validate({"source": source.name, "url": found, **said}) if found else None


def read_link_url(url: str, base: str = "") -> str | None:
    """The address that a listing gives, absolute, without fragment, trackers and sessions; None for none of the web.

    >>> read_link_url("/news;jsessionid=4F2A?id=7&PHPSESSID=ab12#top", "https://acme.example/")
    'https://acme.example/news?id=7'
    >>> read_link_url("https://Acme.example/story;lang=en//a(b)?sid=7")
    'https://acme.example/story;lang=en//a(b)?sid=7'
    >>> read_link_url("javascript:void(0)", "https://acme.example/")
    """
    if not url.strip():
        return None
    try:
        parts = urlsplit(urljoin(base, url.strip()))
    except ValueError:
        return None
    pairs = (pair for pair in parts.query.split("&") if not _SESSION.fullmatch(pair))
    bare = parts._replace(path=_SESSION_IN_PATH.sub("", parts.path), query="&".join(pairs), fragment="")
    tidy = tidy_url(urlunsplit(bare))
    # Servers may tell `;` from `%3B`, and `//` from `/`: the path is asked for as it was written.
    return urlsplit(tidy)._replace(path=bare.path or "/").geturl() if tidy else None


def keep_wanted(links: Iterable[Link], source: Source) -> list[Link]:
    """Those links whose address fits `link_pattern`, each once, at most `max_links`."""
    wanted = re.compile(source.link_pattern or "")
    unique: dict[str, Link] = {}
    for link in links:
        if len(unique) < source.max_links and wanted.search(link.url):
            unique.setdefault(link.url, link)
    return list(unique.values())


def read_feed_date(text: str | None) -> dt.date | None:
    """The day that a feed's date names, in the feed's own time zone.

    >>> read_feed_date("Fri, 11 Apr 2025 23:30:00 -0500")
    datetime.date(2025, 4, 11)
    >>> read_feed_date("2025-04-11T09:00:00Z")
    datetime.date(2025, 4, 11)
    >>> read_feed_date("yesterday")
    """
    words = text or ""
    try:
        return email.utils.parsedate_to_datetime(words).date()
    except ValueError:
        pass
    try:
        return dt.date.fromisoformat(words.strip()[:10])
    except ValueError:
        return None


def read_moment(text: str | None) -> dt.datetime | None:
    """The moment that an ISO 8601 date and time names; a day alone, and a time without a zone, are taken as UTC.

    >>> read_moment("2025-04-11T09:00:00+02:00").isoformat(), read_moment("2025-04-11").isoformat()
    ('2025-04-11T07:00:00+00:00', '2025-04-11T00:00:00+00:00')
    >>> read_moment("lately")
    """
    try:
        moment = dt.datetime.fromisoformat((text or "").strip())
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
