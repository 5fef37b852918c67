"""Titles from what pages say of themselves."""

import pytest

from extractors.markup import parse_html
from extractors.metadata import choose_title, read_json_ld, read_language, read_metadata

OG = "<meta property='og:title' content='{}'>"
LD = "<script type='application/ld+json'>{}</script>"
LONG = "The rope works on Quay Street will reopen in May after a repair that cost four million pounds"
TITLES: list[tuple[str, str]] = [
    ("<title>A new mill | Acme</title><h1>A new mill</h1>", "A new mill"),  # the heading that the title begins with
    ("<title>A new mill | Acme</title><h1>Press room</h1><h1>A new mill</h1>", "A new mill"),  # of two headings
    ("<title>A new mill | Acme</title>", "A new mill"),  # the site's name is cut off
    (OG.format("A new mill - Acme News") + "<h1>A new mill</h1>", "A new mill"),  # in metadata as well
    (OG.format("AT&amp;amp;T grows"), "AT&T grows"),  # escaped twice
    (OG.format(LONG[:70] + "…") + f"<h1>{LONG}</h1>", LONG),  # cut off by an editor
    (LD.format('{"@type":"Article","headline":"' + LONG[:80] + '"}') + f"<h1>{LONG}</h1>", LONG),  # cut off at a length
    (OG.format("Mill") + "<h1>Mill opens</h1>", "Mill opens"),  # what a reader sees
    ("<h1>  A\n new <b>mill</b></h1>", "A new mill"),  # one line
    ("<h1>A new<br>mill</h1>", "A new mill"),  # a break divides words
    ("<h1><div>Press release</div><div>A new m<i>ill</i></div></h1>", "Press release A new mill"),  # so do blocks
    ("<h1>A new mill <button>Share</button></h1>", "A new mill"),  # a button is no word of it
    ("<h2>A new mill</h2><h2>Contact</h2>", "A new mill"),  # no other heading
    ("<meta itemprop=headline content='A new mill'>", "A new mill"),  # microdata in the head
    ("<p>Nothing</p>", ""),  # none
]


@pytest.mark.parametrize(("page", "title"), TITLES)
def test_choose_title(page: str, title: str) -> None:
    tree = parse_html(f"<html>{page}<p>words</p></html>")
    assert tree is not None
    assert choose_title(tree, read_metadata(tree).titles) == title


JSON_LD: list[tuple[str, dict[str, str]]] = [
    ('[{"@type": "Organization", "name": "X"}, {"@type": "Article", "headline": "H"}]', {"headline": "H"}),  # a list
    ('{"@graph": [{"@type": "WebPage", "name": "N"}, {"@type": "NewsArticle", "headline": "H"}]}', {"headline": "H"}),
    ('{"@type": "WebPage", "mainEntity": {"@type": "Article", "headline": "H"}}', {"headline": "H"}),  # below a page
    ('{"@type": "https://schema.org/PressRelease", "headline": "H"}', {"headline": "H"}),  # type as an address
    ('<!-- {"@type": "Article", "headline": "H",} -->', {"headline": "H"}),  # in a comment, with a comma too many
    ('//<![CDATA[\n[{"@type": "Article", "headline": "H"}]\n//]]>', {"headline": "H"}),  # as in XHTML
    ('{"@type": "Article", "headline": "a\nb"}', {"headline": "a\nb"}),  # a bare line end
    (
        '{"headline": "A \\"B\\"", "datePublished": "2025-01-01", "author": ',
        {"headline": 'A "B"', "datePublished": "2025-01-01"},
    ),
    ('{"@type": "ItemList", "itemListElement": [{"@type": "Article", "headline": "Other"}]}', {}),  # others' articles
    ("[" * 100_000, {}),  # hostile
    ("", {}),
]


@pytest.mark.parametrize(("script", "found"), JSON_LD)
def test_read_json_ld(script: str, found: dict[str, str]) -> None:
    assert read_json_ld(script) == found


def test_language_is_declared_or_recognised() -> None:
    german = "Das Werk am Hafen wird im Mai nach einer Reparatur wieder geöffnet, teilte die Firma am Montag mit. "
    assert read_language(["de_DE"], "") == "de"
    assert read_language([], german) == "de"
    assert read_language([], "Acme") is None
