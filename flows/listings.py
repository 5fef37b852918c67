"""Listing pages: their links, and the way to the next page."""

import datetime as dt
from collections.abc import Iterator

from bs4 import BeautifulSoup
from soupsieve import SelectorSyntaxError

from extractors.encoding import decode
from extractors.published import read_published
from flows.listed import DiscoverError, Listed, More, cut_tags, make_link, parsed, read_link_url
from schemas.page import FetchedPage
from schemas.source import Link, Source

MAX_BYTES = 2_000_000
"""As much of a listing page as is read."""
_ROW = ("li", "article", "tr", "dd", "div", "section")
"""Elements that hold one release of a listing, with its date."""


def read_listing(page: FetchedPage, source: Source) -> Listed:
    """The links that `source.link_selector` selects; without a `link_pattern` those of the listing's own host.

    Raises DiscoverError for a selector that is none.
    """
    markup, has_more = cut_tags(decode(page.body[:MAX_BYTES], page.content_type))
    with parsed(markup) as soup:
        return _read_soup(soup, page, source, has_more or len(page.body) > MAX_BYTES)


def _read_soup(soup: BeautifulSoup, page: FetchedPage, source: Source, is_cut: bool) -> Listed:
    try:
        anchors, following = soup.select(source.link_selector), soup.select(source.next_selector)
    except SelectorSyntaxError as error:
        raise DiscoverError(f"source {source.name}: not a CSS selector ({error})", "selector_invalid") from error
    here = read_link_url(page.final_url)
    base = _base(soup, page.final_url)
    nexts = [url for anchor in following if (url := read_link_url(str(anchor.get("href", "")), base)) and url != here]
    own = {here, *nexts}
    links = [link for anchor in anchors if (link := _as_link(anchor, base, source)) and link.url not in own]
    if not source.link_pattern:
        links = [link for link in links if _host(link.url) == _host(page.final_url)]
    return Listed(links, [More(url) for url in nexts[:1]], is_cut=is_cut)


def _base(soup: BeautifulSoup, url: str) -> str:
    base = soup.find("base", href=True)
    return read_link_url(str(base["href"]), url) or url if base else url


def _host(url: str) -> str:
    return url.split("/", 3)[2].lower().removeprefix("www.")


def _as_link(anchor: object, base: str, source: Source) -> Link | None:
    href = str(anchor.get("href", ""))  # type: ignore[attr-defined]  # an element of BeautifulSoup
    if not href or href.startswith("#"):
        return None
    title = anchor.get_text(" ", strip=True) or None  # type: ignore[attr-defined]
    return make_link(source, base, href, title=title, published=_read_row_date(anchor, source))


def _read_row_date(anchor: object, source: Source) -> dt.date | None:
    """The day in a `<time>` of the row that a link stands in, if it is the row's only link's."""
    for parent in list(anchor.parents)[:4]:  # type: ignore[attr-defined]
        if parent.name in _ROW and (times := parent.find_all("time", limit=2)):
            words = str(times[0].get("datetime") or times[0].get_text(" ", strip=True))
            return read_published(words, source.country, source.language) if len(times) == 1 else None
    return None


def further_pages(source: Source, today: dt.date, since: dt.date | None) -> Iterator[str]:
    """Addresses of the further pages that `source.pages` makes: page 2, 3, …, or each month back to `since`.

    >>> fields = {"name": "acme", "url": "https://acme.example/news", "discover": "listing"}
    >>> source = Source(**fields, pages="https://acme.example/{year}/{month:02}/")
    >>> list(further_pages(source, dt.date(2025, 1, 7), dt.date(2024, 12, 9)))
    ['https://acme.example/2025/01/', 'https://acme.example/2024/12/']
    """
    if source.pages is None:
        return
    if source.pages.format(page=1, year=2000, month=1) != source.pages.format(page=2, year=2000, month=1):
        yield from (source.pages.format(page=number, year=today.year, month=today.month) for number in range(2, 10_000))
    month = today.replace(day=1)
    earliest = (since or dt.date(1990, 1, 1)).replace(day=1)
    while month >= earliest:
        yield source.pages.format(page=1, year=month.year, month=month.month)
        month = (month - dt.timedelta(days=1)).replace(day=1)
