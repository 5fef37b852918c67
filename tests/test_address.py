"""Which address a release is known by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.address import choose_url, tidy_url

HERE = "https://www.acme.example/news/rope-works-reopen"
EXAMPLES: list[tuple[str, str, str]] = [
    ("https://acme.example/news/rope-works-reopen", HERE, "https://acme.example/news/rope-works-reopen"),  # same site
    ("/news/rope-works-reopen", HERE, HERE),  # relative
    ("https://acme.example/", HERE, HERE),  # the home page would make all releases one
    ("https://acme.example/news/", HERE, HERE),  # and so would a section
    ("https://other.example/offer", HERE, HERE),  # another site's page
    ("https://wire.example/a/rope-works-reopen", HERE, "https://wire.example/a/rope-works-reopen"),  # the same, moved
    ("javascript:alert(1)", HERE, HERE),  # no web address
    ("http://[::bad", HERE, HERE),  # broken
    ("https://a.example/news.aspx", "https://a.example/news.aspx?id=7", "https://a.example/news.aspx?id=7"),  # id lost
    ("https://a.example/news/7", "https://a.example/news/7?from=feed", "https://a.example/news/7"),  # nothing lost
    ("", "https://a.example/n?cid=44&utm_medium=x&gclid=1#top", "https://a.example/n?cid=44"),  # only trackers go
    ("", "https://a.example/n?2025-opening", "https://a.example/n?2025-opening"),  # a parameter without a value
]


@pytest.mark.parametrize(("declared", "fetched", "url"), EXAMPLES)
def test_choose_url(declared: str, fetched: str, url: str) -> None:
    assert choose_url([declared], fetched) == url


def test_a_file_has_the_address_that_it_declares() -> None:
    assert choose_url(["https://acme.example/", "https://acme.example/news/7"], None) == "https://acme.example/news/7"
    assert choose_url(["index.html"], None) is None


@given(st.one_of(st.text(), st.text().map("https://a.example/{}".format), st.text().map("http://{}".format)))
def test_tidying_twice_is_tidying(url: str) -> None:
    once = tidy_url(url)
    assert once is None or tidy_url(once) == once
    choose_url([url], url)
