"""Sitemaps of every kind, and sitemaps that attack."""

import datetime as dt
import gzip
from functools import partial

import pytest

from flows.listed import DiscoverError
from flows.sitemaps import looks_like_sitemap, read_sitemap
from schemas.source import Source
from tests.peak import peak_of
from tests.test_feeds import page

pack = partial(gzip.compress, mtime=0)
"""The same bytes in every process that collects these tests."""

SOURCE = Source.model_validate({"name": "acme", "url": "https://acme.example/sitemap.xml", "discover": "sitemap"})
NAMES = (
    "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9' "
    "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'"
)


def urls(inner: str) -> str:
    return f"<urlset {NAMES}>{inner}</urlset>"


def test_a_news_sitemap() -> None:
    """What pictures and films say is not taken for what the page says."""
    (link,) = read_sitemap(
        page(
            urls(
                "<url><image:image><image:loc>https://acme.example/a.png</image:loc><image:title>A wall</image:title>"
                "</image:image><loc> https://acme.example/1 </loc><lastmod>2025-04-12T08:00:00+02:00</lastmod>"
                "<news:news><news:publication_date>2025-04-11</news:publication_date><news:title>One</news:title>"
                "</news:news></url>"
            )
        ),
        SOURCE,
    ).links
    assert (link.url, link.title, link.published) == ("https://acme.example/1", "One", dt.date(2025, 4, 11))
    assert link.updated == dt.datetime(2025, 4, 12, 6, tzinfo=dt.UTC)


def test_an_index() -> None:
    index = "<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2025-04-12</lastmod></sitemap><sitemap/></sitemapindex>"
    assert read_sitemap(page(index), SOURCE).more == [
        ("https://acme.example/a.xml", dt.datetime(2025, 4, 12, tzinfo=dt.UTC))
    ]


ONE = urls("<url><loc>/1</loc></url>")
FORMS = [
    ONE.encode(),
    pack(ONE.encode()),
    pack(ONE[:30].encode()) + pack(ONE[30:].encode()),  # of several members
    f"<?xml version='1.0' encoding='utf-16'?>{ONE}".encode("utf-16"),
    f"\ufeff{ONE}".encode(),
    ONE.replace("<url>", "<!-- <urlset> --><url>").encode(),
]


@pytest.mark.parametrize("body", FORMS)
def test_forms(body: bytes) -> None:
    assert looks_like_sitemap(page(body))
    found = read_sitemap(page(body), SOURCE)
    assert ([link.url for link in found.links], found.is_cut) == (["https://acme.example/1"], False)


WRONG = ["<html><p>moved", "", "no xml", pack(b"<urlset>")[:-9].decode("latin-1")]


@pytest.mark.parametrize("body", WRONG)
def test_no_sitemap(body: str) -> None:
    with pytest.raises(DiscoverError):
        read_sitemap(page(body.encode("latin-1")), SOURCE)


def test_one_that_breaks_off_gives_what_it_has() -> None:
    found = read_sitemap(page(ONE.replace("</urlset>", "<url><loc>/2")), SOURCE)
    assert ([link.url for link in found.links], found.is_cut) == (["https://acme.example/1"], True)


def read_in_little(body: bytes) -> tuple[int, bool]:
    """Links, and whether it was cut."""
    asked = page(body)
    found, peak = peak_of(lambda: read_sitemap(asked, SOURCE))
    assert peak < 30_000_000
    return len(found.links), found.is_cut


def test_a_million_links() -> None:
    """Cut where the source says, in little memory."""
    body = pack(urls("".join(f"<url><loc>/news/{n}</loc></url>" for n in range(1_000_000))).encode())
    assert read_in_little(body) == (SOURCE.max_links, True)


def test_a_bomb() -> None:
    """A gigabyte of blanks in a megabyte: given up at the size that the standard allows."""
    body = pack(ONE[:-9].encode()) + pack(b" " * 100_000_000, 9) * 10
    assert read_in_little(body) == (1, True)


def test_entities_are_refused() -> None:
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    body = f'<!DOCTYPE urlset [<!ENTITY a0 "ha">{entities}]>' + urls("<url><loc>/&a12;</loc></url>")
    with pytest.raises(DiscoverError) as caught:
        read_sitemap(page(body), SOURCE)
    assert caught.value.code == "xml_entities"


def test_entities_that_hide_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    padding = "<!--" + " " * 100_000 + "-->"
    body = f'{padding}<!DOCTYPE urlset [<!ENTITY a0 "ha">{entities}]>' + urls("<url><loc>/1&a12;</loc></url>")
    with pytest.raises(DiscoverError, match="amplification"):
        read_sitemap(page(body.encode()), SOURCE)


def test_only_links_that_fit_count() -> None:
    source = SOURCE.model_copy(update={"link_pattern": "/news/", "max_links": 2})
    body = urls("".join(f"<url><loc>/{'news' if n > 5 else 'about'}/{n}</loc></url>" for n in range(10)))
    assert [link.url[-1] for link in read_sitemap(page(body), source).links] == ["6", "7"]
