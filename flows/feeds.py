"""Feeds: RSS, Atom, RDF and JSON Feed."""

import calendar
import datetime as dt
import json
import re
from typing import Any

import feedparser

from extractors.encoding import decode
from extractors.published import read_published
from flows.listed import DiscoverError, Listed, More, make_link, read_feed_date, read_moment
from schemas.page import FetchedPage
from schemas.source import Link, Source

MAX_ENTRIES = 2000
"""Entries of a feed that are looked at: the parser keeps every one of them whole in memory."""
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.I)
_ASIDE = re.compile(r"<!--.*?-->|<\?.*?\?>", re.S)
_ELEMENT = re.compile(r"<[^\W\d]")
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
"""RSS 1.0 Syndication module."""


def looks_like_feed(page: FetchedPage) -> bool:
    """Whether a page begins as a feed does."""
    start = decode(page.body[:2000], page.content_type)
    return bool(re.search(r"<(?:rss|feed|rdf:rdf)[\s>]", start, re.I)) or _is_json(start)


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("{") and "jsonfeed.org" in text[:2000]


def refuse_entities(text: str, url: str) -> None:
    """Raise DiscoverError for XML that defines entities: no feed or sitemap needs them, and bombs are made of them."""
    prolog = _ELEMENT.split(_ASIDE.sub("", text), maxsplit=1)[0]
    if "<!ENTITY" in prolog:
        raise DiscoverError(f"{url}: defines XML entities, which may grow without end; it was not read", "xml_entities")


def read_feed(page: FetchedPage, source: Source) -> Listed:
    """The entries of a feed. Raises DiscoverError for what is none, and for one that defines entities."""
    text = decode(page.body, page.content_type)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _read_json_feed(text, page, source)
    refuse_entities(text, page.final_url)
    starts = [match.start() for _, match in zip(range(MAX_ENTRIES + 1), _ENTRY.finditer(text), strict=False)]
    is_cut = len(starts) > MAX_ENTRIES
    # The characters are read already: the parser is told so, whatever the feed declares.
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": page.final_url}
    kept = text[: starts[-1]] if is_cut else text
    feed = feedparser.parse(kept.encode(), response_headers=headers, sanitize_html=False)
    if not feed.get("version"):
        raise DiscoverError(f"{page.final_url}: not an RSS, Atom or JSON feed; check `url` of source {source.name!r}")
    links = [link for entry in feed.entries if (link := _entry_link(entry, page, source))]
    return Listed(links, _next_pages(feed.feed, page), _read_ttl(feed.feed), is_cut or page.is_cut)


def _entry_link(entry: Any, page: FetchedPage, source: Source) -> Link | None:
    url = entry.get("feedburner_origlink") or entry.get("link") or _permalink(entry)
    if not url:
        return None
    given = dict(entry)
    said = given.get("published") or given.get("updated")
    return make_link(
        source,
        page.final_url,
        url,
        title=entry.get("title") or None,
        published=_read_day(said, entry, source),
        updated=_read_updated(entry),
    )


def _read_updated(entry: Any) -> dt.datetime | None:
    """When an entry changed last, where it says that beside when it was published."""
    said = dict(entry).get("updated_parsed")  # asked itself, an entry gives the date of publication in its place
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(said), dt.UTC) if said and "published" in entry else None
    except (TypeError, ValueError, OverflowError):
        return None


def _permalink(entry: Any) -> str | None:
    return entry.get("id") if str(entry.get("id", "")).startswith(("http://", "https://")) else None


def _read_day(said: str | None, entry: Any, source: Source) -> dt.date | None:
    """As the feed writes it, else as a date in words, else as the parser reads it: that is in UTC."""
    day = read_feed_date(said) or (read_published(said, source.country, source.language) if said else None)
    given = dict(entry)
    parsed = given.get("published_parsed") or given.get("updated_parsed")
    return day or (dt.date(*parsed[:3]) if parsed else None)


def _next_pages(feed: Any, page: FetchedPage) -> list[More]:
    """Older entries: RFC 5005, section 3 and 4."""
    links = (link for link in feed.get("links", ()) if link.get("rel") in {"next", "prev-archive"})
    return [More(url) for link in links if (url := link.get("href")) and url != page.final_url][:1]


def _read_ttl(feed: Any) -> int | None:
    """Seconds that the feed says it stays as it is: RSS `ttl` (minutes), or its period and frequency."""
    ttl = str(feed.get("ttl", "")).strip()
    if ttl.isdecimal() and len(ttl) < 7:
        return int(ttl) * 60
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    times = str(feed.get("sy_updatefrequency", "1")).strip()
    return period // max(1, int(times)) if period and times.isdecimal() and len(times) < 7 else None


def _read_json_feed(text: str, page: FetchedPage, source: Source) -> Listed:
    """JSON Feed 1.1."""
    try:
        feed = json.loads(text.lstrip("\ufeff"))
        items = [item for item in feed["items"] if isinstance(item, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DiscoverError(f"{page.final_url}: not a feed ({error}); check source {source.name!r}") from error
    links = [link for item in items[:MAX_ENTRIES] if (link := _item_link(item, page, source))]
    more = [More(feed["next_url"])] if isinstance(feed.get("next_url"), str) else []
    return Listed(links, more, is_cut=len(items) > MAX_ENTRIES)


def _item_link(item: dict[str, Any], page: FetchedPage, source: Source) -> Link | None:
    said = {name: value for name, value in item.items() if isinstance(value, str)}
    url = said.get("url") or said.get("external_url") or said.get("id", "")
    return make_link(
        source,
        page.final_url,
        url,
        title=said.get("title") or None,
        published=read_feed_date(said.get("date_published") or said.get("date_modified")),
        updated=read_moment(said.get("date_modified")),
    )
