"""Listing pages, their dates, and the ways to further pages."""

import datetime as dt
from itertools import islice
from typing import Any

import pytest

from flows.listed import DiscoverError, parsed
from flows.listings import further_pages, read_listing
from schemas.source import Source
from tests.test_feeds import page


def source(**fields: Any) -> Source:
    given = {"name": "acme", "url": "https://acme.example/news/", "discover": "listing", "country": "GB"}
    return Source.model_validate(given | fields)


ROWS = [
    # the date of its own row
    ("<li><time datetime='2025-04-11'>Friday</time><a href='/1'>One</a></li>", dt.date(2025, 4, 11)),
    ("<tr><td><time>11/04/2025</time></td><td><a href='/1'>One</a></td></tr>", dt.date(2025, 4, 11)),
    # of two dates nobody knows which
    ("<li><time>11 April 2025</time><time>12 April 2025</time><a href='/1'>One</a></li>", None),
    # without one
    ("<li><a href='/1'>One</a></li>", None),
]


@pytest.mark.parametrize(("row", "day"), ROWS)
def test_dates_of_rows(row: str, day: dt.date | None) -> None:
    (link,) = read_listing(page(f"<table>{row}</table>"), source()).links
    assert (link.title, link.published) == ("One", day)


NOT_LINKS = [
    "#top",
    "mailto:a@acme.example",
    "javascript:void(0)",
    "tel:1",
    "",
    "https://elsewhere.example/1",
    "http://[",
]


@pytest.mark.parametrize("href", NOT_LINKS)
def test_no_links(href: str) -> None:
    assert read_listing(page(f"<a href='{href}'>x</a>"), source()).links == []


NEXT = [
    ("<a rel='next' href='?page=2'>older</a>", ["https://acme.example/news/feed?page=2"]),
    ("<head><link rel='next' href='/news/2'></head>", ["https://acme.example/news/2"]),
    ("<a rel='nofollow next' href='/news/2'>older</a><a rel='next' href='/news/3'>", ["https://acme.example/news/2"]),
    ("<base href='https://acme.example/x/'><a rel='next' href='2'>older</a>", ["https://acme.example/x/2"]),
    ("<a rel='next' href='#'>older</a>", []),  # a script's
    ("<a href='?page=2'>older</a>", []),
]


@pytest.mark.parametrize(("body", "expected"), NEXT)
def test_the_next_page(body: str, expected: list[str]) -> None:
    assert [more.url for more in read_listing(page(body), source()).more] == expected


def test_a_selector_that_is_none() -> None:
    with pytest.raises(DiscoverError) as caught:
        read_listing(page("<a href='/1'>"), source(link_selector="a[["))
    assert caught.value.code == "selector_invalid"


def test_a_page_of_a_million_links() -> None:
    found = read_listing(page("<a href='/1'>x</a>" * 1_000_000), source())
    assert found.is_cut


def test_encodings() -> None:
    (link,) = read_listing(page("<meta charset=shift_jis><a href='/1'>新工場</a>".encode("shift_jis")), source()).links
    assert link.title == "新工場"


def test_further_pages() -> None:
    today = dt.date(2025, 3, 31)
    numbered = further_pages(source(pages="https://acme.example/news/?p={page}"), today, None)
    assert list(islice(numbered, 2)) == ["https://acme.example/news/?p=2", "https://acme.example/news/?p=3"]
    monthly = further_pages(source(pages="https://acme.example/{year}-{month:02}"), today, dt.date(2024, 12, 31))
    assert [url[-7:] for url in monthly] == ["2025-03", "2025-02", "2025-01", "2024-12"]
    assert list(further_pages(source(), today, None)) == []


def test_a_tree_is_taken_apart_when_it_was_read() -> None:
    with parsed("<p>One <b>two</b></p>") as soup:
        inner = soup.select("b")[0]
    assert inner.decomposed
