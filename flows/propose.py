"""Proposing a source: what a newsroom's address gives, looked at once, as a complete entry of `sources.toml`."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from courlan import extract_domain

from extractors.encoding import decode
from extractors.page_signs import needs_javascript
from extractors.pdf import is_pdf
from flows.desk import Desk
from flows.discover import discover_links, read_feed_links
from flows.feeds import looks_like_feed
from flows.fetch import Fetcher, read_host
from flows.listed import DiscoverError, read_link_url
from flows.place import read_place
from flows.request import FetchError
from flows.sitemaps import looks_like_sitemap
from schemas.page import FetchedPage
from schemas.source import Link, Source

_FURNITURE = ("nav", "header", "footer", "aside", "form")
_FEWEST = 3
"""Links from which a group of them may be the releases of a listing."""
_ENOUGH = 60
"""Letters of a title beyond which a longer one is no better."""
_PAGE_2 = re.compile(r"(?<=[=/])2(?=/?$|&)|(?<=page-)2(?=/?$)")


class Proposal(NamedTuple):
    """A source as it was found, with its links, and what there is to say of it."""

    source: Source
    links: list[Link]
    notes: list[str]


def propose_source(url: str, fetcher: Fetcher, allow_hosts: Iterable[str] = ()) -> Proposal:
    """Look at a newsroom and propose a source, by its feed, its listing or its sitemap, whichever gives links first.

    Raises FetchError where the address cannot be had, DiscoverError where nothing there lists releases.
    """
    read_host(url)
    asked: dict[str, Any] = {"name": make_name(url), "url": url, "discover": "auto", "allow_hosts": tuple(allow_hosts)}
    draft = Source.model_validate(asked)
    page = fetcher.fetch_page(Link(source=draft.name, url=url), draft)
    language, country = read_place(page)
    common = asked | {"url": page.moved_to or url, "language": language, "country": country}
    notes: list[str] = []
    for fields in _candidates(page, draft, fetcher):
        source = Source.model_validate(common | fields)
        desk = Desk(source, fetcher)
        try:
            links = discover_links(desk)
        except (FetchError, DiscoverError) as error:
            notes.append(f"{source.discover} {source.url}: {error}")
            continue
        return Proposal(source, links, notes)
    is_list = looks_like_feed(page) or looks_like_sitemap(page)
    tried = f" ({'; '.join(notes)})" if notes and not is_list else ""
    raise DiscoverError(
        f"{url}: {_read_lack(page)}{tried}; name the page that lists the releases, or their feed or sitemap, or write "
        "the entry by hand with a `link_selector`"
    )


def _read_lack(page: FetchedPage) -> str:
    """What a page is that lists no releases, as far as that can be told."""
    kind = (page.content_type or "").partition(";")[0].strip().lower()
    if not page.body.strip():
        return "the page is empty"
    if is_pdf(page.body) or (kind and not re.search("html|xml|json|text/plain", kind)):
        return f"this is no page that could list releases, but {'a PDF' if is_pdf(page.body) else kind}"
    if looks_like_feed(page) or looks_like_sitemap(page):
        return f"the {'feed' if looks_like_feed(page) else 'sitemap'} names no release"
    if needs_javascript(page.body):
        return "the page shows nothing without its scripts"
    return f"the page names no feed, has no list of at least {_FEWEST} releases, and its robots.txt names no sitemap"


def _candidates(page: FetchedPage, draft: Source, fetcher: Fetcher) -> Iterable[dict[str, Any]]:
    if looks_like_feed(page):
        yield {"discover": "feed"}
        return
    if looks_like_sitemap(page):
        yield {"discover": "sitemap"}
        return
    yield from ({"discover": "feed", "url": feed} for feed in read_feed_links(page))
    soup = BeautifulSoup(decode(page.body, page.content_type), "lxml")
    if selector := find_selector(soup, page.final_url):
        yield {"discover": "listing", "link_selector": selector} | find_pages(soup, page.final_url)
    folder = re.escape(urlsplit(page.final_url).path.rpartition("/")[0] + "/")
    for sitemap in fetcher.list_sitemaps(page.final_url, draft):
        yield {"discover": "sitemap", "url": sitemap, "link_pattern": f"://[^/]+{folder}."}


def find_selector(soup: BeautifulSoup, url: str) -> str | None:
    """A CSS selector of the links that look most like a list of releases: many, alike in place, with long titles.

    >>> rows = "".join(f"<li class='row'><a href='/news/{n}'>A long title of a release {n}</a></li>" for n in range(5))
    >>> page = f"<nav><a href='/'>Home</a></nav><ul class='list'>{rows}</ul>"
    >>> find_selector(BeautifulSoup(page, "lxml"), "https://acme.example/news")
    'ul.list li.row a[href]'
    """
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for anchor in soup.select("a[href]"):
        there = read_link_url(str(anchor["href"]), url)
        if not there or urlsplit(there).netloc != urlsplit(url).netloc or anchor.find_parent(_FURNITURE):
            continue
        length = min(_ENOUGH, len(anchor.get_text(" ", strip=True)))
        places = groups[_place(anchor)]
        places[there] = max(places.get(there, 0), length)
    scored = {place: sum(lengths.values()) for place, lengths in groups.items() if len(lengths) >= _FEWEST}
    return max(scored, key=lambda place: scored[place], default=None)


def _place(anchor: Tag) -> str:
    """Where a link stands, as a selector: up to two elements around it that have a class or make a row, and its own."""
    around: list[str] = []
    for parent in anchor.parents:
        if parent.name in {"body", "html", "[document]"} or len(around) == 2:
            break
        if (step := _step(parent)) != parent.name or parent.name in {"li", "article", "tr", "h2", "h3"}:
            around.insert(0, step)
    own = _step(anchor)
    return " ".join([*around, f"{own}[href]"])


def _step(tag: Tag) -> str:
    """A tag with its first class that can stand in a selector and is not counted through (`item-3`)."""
    names = (name for name in tag.get("class") or () if re.fullmatch(r"[A-Za-z][A-Za-z_-]*", name))
    name = next(names, None)
    return f"{tag.name}.{name}" if name else str(tag.name)


def find_pages(soup: BeautifulSoup, url: str) -> dict[str, str]:
    """How to come to further pages, where no link says `rel=next`: the address of page 2, with a place for the number.

    >>> find_pages(BeautifulSoup("<a href='/news?page=2'>2</a>", "lxml"), "https://acme.example/news")
    {'pages': 'https://acme.example/news?page={page}'}
    """
    if soup.select("a[rel~=next], link[rel~=next]"):
        return {}
    for anchor in soup.select("a[href]"):
        there = urljoin(url, str(anchor["href"]))
        is_second = anchor.get_text(strip=True) == "2" and there.startswith(url.partition("?")[0].rstrip("/"))
        if is_second and _PAGE_2.search(there) and not re.search(r"[{}]", there):
            return {"pages": _PAGE_2.sub("{page}", there, count=1)}
    return {}


def make_name(url: str) -> str:
    """A name for a source, by its host.

    >>> make_name("https://www.acme-corp.co.uk/news/"), make_name("http://127.0.0.1:8765/")
    ('acme-corp', '127-0-0-1')
    """
    host = urlsplit(url).hostname or ""
    label = (extract_domain(url) or host).partition(".")[0] if not re.fullmatch(r"[\d.:]+", host) else host
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-") or "source"


def write_entry(source: Source) -> str:
    """The entry of `sources.toml`: what differs from the defaults.

    >>> print(write_entry(Source(name="acme", url="https://acme.example/", discover="auto", country="GB")), end="")
    [[source]]
    name = "acme"
    url = "https://acme.example/"
    discover = "auto"
    country = "GB"
    """
    fields = source.model_dump(mode="json", exclude_defaults=True)
    lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items())
    return "\n".join(["[[source]]", *lines, ""])
