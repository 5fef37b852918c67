"""Pages → Releases: layouts, order of trust, hostile pages."""

import datetime as dt
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.page import PageError, make_text, make_title, read_page
from schemas.page import FetchedPage
from schemas.release import Release
from schemas.source import Link, Selectors, Source

SOURCE = Source.model_validate(
    {"name": "acme", "url": "https://acme.example/", "discover": "listing", "country": "GB", "issuer": "Acme"}
)
URL = "https://acme.example/news/rope-works-reopen-2025"
FETCHED = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
FIRST = "HARWICH, England – The rope works on Quay Street will reopen in May after a £4 million repair, Acme said."
SECOND = "About 120 people are to work there, among them 15 apprentices from the town's college."
QUOTE = "“We missed the smell of tar,” said Ada Quill, who runs the works."
PARAGRAPHS = f"<p>{FIRST}</p><p>{SECOND}</p><p>{QUOTE}</p>"
TITLE = "Rope works to reopen in May"
TEXT = "\n\n".join((TITLE, FIRST, SECOND, QUOTE))


def fetch(body: str | bytes, *, content_type: str | None = "text/html; charset=utf-8", **more: Any) -> FetchedPage:
    link = more.pop("link", None) or Link(source="acme", url=URL)
    known = {"link": link, "final_url": URL, "status": 200, "fetched_at": FETCHED, "content_type": content_type}
    raw = body.encode() if isinstance(body, str) else body
    return FetchedPage.model_validate({**known, "body": raw, **more})


def read(body: str | bytes, source: Source = SOURCE, **more: Any) -> Release:
    return read_page(fetch(body, **more), source)


MENU = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/news'>All our news and views</a></li></ul></nav>"
SHARE = "<div class='share-buttons'><a href='#'>Share on Facebook</a> <a href='#'>Share by mail</a></div>"
COOKIES = "<div id='cookie-banner' class='cookie-consent'><p>We use cookies on this site.</p><button>OK</button></div>"
RELATED = "<aside class='related'><h3>Related news</h3><ul><li><a href='/2'>Sail loft burns down</a></li></ul></aside>"
FOOTER = "<footer><p>© 2025 Acme Ltd. Registered in England. All rights reserved.</p></footer>"

LAYOUTS = {
    # A modern page: everything in its own element.
    "semantic": f"<html lang=en-GB><head><title>{TITLE} | Acme</title></head><body>{COOKIES}<header>{MENU}</header>"
    f"<main><article><h1>{TITLE}</h1>{SHARE}{PARAGRAPHS}</article>{RELATED}</main>{FOOTER}</body></html>",
    # A page of nothing but divs, as content management systems of 2012 wrote them.
    "divs": f"<html><head><title>{TITLE} - Acme</title><meta property='og:title' content='{TITLE}'></head><body>"
    f"<div id='header'><div class='menu'><a href='/'>Home</a><a href='/about'>About</a></div></div><div id='content'>"
    f"<div class='headline'><h2>{TITLE}</h2></div><div class='entry-content'>{PARAGRAPHS}</div></div>"
    f"<div class='sidebar'><a href='/2'>Sail loft burns down</a></div><div id='footer'>© 2025 Acme Ltd.</div></body>",
    # A press room inside a section, kicker and date above the headline.
    "kicker": f"<html><head><title>Acme: {TITLE}</title></head><body>{MENU}<section class='press-release'>"
    f"<article><p class='kicker'></p><h1>{TITLE}</h1><div class='body'>{PARAGRAPHS}</div></article></section>{FOOTER}",
    # JSON-LD only; no heading in the page.
    "json_ld": '<html><head><script type="application/ld+json">{"@type": "NewsArticle", "headline": "'
    + TITLE
    + '"}</script>'
    f"</head><body>{MENU}<div class='article-body'>{PARAGRAPHS}</div>{FOOTER}</body></html>",
    # A small page without any structure but paragraphs.
    "bare": f"<title>{TITLE}</title><h1>{TITLE}</h1>{PARAGRAPHS}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_give_the_same_text(layout: str) -> None:
    release = read(LAYOUTS[layout])
    assert release.text == TEXT
    assert (release.title, release.language, release.country, release.issuer) == (TITLE, "en", "GB", "Acme")


def test_list_items_headings_and_tables_are_paragraphs() -> None:
    body = f"<p>{FIRST}</p><h2>What is new</h2><ul><li>Two walks</li><li>A school</li></ul><p>{SECOND}</p>"
    table = "<table><tr><th>Year</th><th>Sales</th></tr><tr><td>2024</td><td>£3m</td></tr></table>"
    text = read(f"<article><h1>{TITLE}</h1>{body}{table}<p>{QUOTE}</p></article>").text
    assert text.split("\n\n")[2:8] == ["What is new", "Two walks", "A school", SECOND, "Year | Sales", "2024 | £3m"]


def test_release_knows_where_it_came_from() -> None:
    page = fetch(LAYOUTS["semantic"])
    release = read_page(page, SOURCE)
    assert (release.url, release.page_sha256) == (URL, page.sha256)
    assert release.id == read_page(fetch(LAYOUTS["divs"], fetched_at=FETCHED + dt.timedelta(days=9)), SOURCE).id


LD = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-01-01T00:30:00+09:00"}</script>'
)
MICRODATA = "<span itemprop='datePublished' content='2025-01-02'></span>"
META = "<meta property='article:published_time' content='2025-01-03T10:00:00Z'>"
DUBLIN = "<meta name='DC.date.issued' content='2025-01-04'>"
TIME = "<time datetime='2025-01-05'>5 January</time>"
SEEN = "<p class='date'>6 January 2025</p>"
HINT = Link(source="acme", url=URL, published=dt.date(2025, 1, 7))
DATE_ORDER: list[tuple[str, Link | None, str | None]] = [
    (LD + MICRODATA + META + DUBLIN + TIME + SEEN, HINT, "2025-01-01"),  # JSON-LD first, on its own zone's calendar
    (MICRODATA + META + DUBLIN + TIME + SEEN, HINT, "2025-01-02"),  # then microdata
    (META + DUBLIN + TIME + SEEN, HINT, "2025-01-03"),  # then Open Graph
    (DUBLIN + TIME + SEEN, HINT, "2025-01-04"),  # then other <meta>
    (TIME + SEEN, HINT, "2025-01-05"),  # then <time>
    (SEEN, HINT, "2025-01-07"),  # then what the feed said
    (SEEN, None, "2025-01-06"),  # then what can be seen
    ("", None, None),  # nothing says it: not guessed
    (META.replace("2025", "2029") + TIME, None, "2025-01-05"),  # the future is a mistake
    (META.replace("2025-01-03", "1970-01-01") + TIME, None, "2025-01-05"),  # the zero of a clock is no date
    ("<meta name='date' content='03/02/2025'>", None, "2025-02-03"),  # day first in Britain
    ("<meta name='date' content='soon'>" + TIME, None, "2025-01-05"),  # unreadable: the next one
    (RELATED.replace("Sail", "<time datetime='2025-05-05'></time>Sail") + TIME, None, "2025-01-05"),  # another page's
]


@pytest.mark.parametrize(("head", "link", "expected"), DATE_ORDER)
def test_order_of_trust_in_dates(head: str, link: Link | None, expected: str | None) -> None:
    release = read(f"<html><body><article><h1>{TITLE}</h1>{head}{PARAGRAPHS}</article></body></html>", link=link)
    assert release.published == (dt.date.fromisoformat(expected) if expected else None)


def test_selectors_are_trusted_most() -> None:
    select = Selectors(title="h3", published=".on", text=".words", drop=(".words em",))
    body = f"<h3>Own title</h3>{LD}<b class=on>9 March 2025</b><div class=words>{PARAGRAPHS}<em>Ad</em></div><p>x</p>"
    release = read(body, SOURCE.model_copy(update={"select": select}))
    assert (release.title, release.published) == ("Own title", dt.date(2025, 3, 9))
    assert release.text == "\n\n".join(("Own title", FIRST, SECOND, QUOTE))


def test_drop_alone_leaves_the_rest_to_the_search() -> None:
    select = Selectors(drop=(".boiler",))
    page = LAYOUTS["semantic"].replace(f"<p>{SECOND}</p>", f"<p class=boiler>{SECOND}</p>")
    assert SECOND not in read(page, SOURCE.model_copy(update={"select": select})).text


HTML = LAYOUTS["semantic"]
ERRORS: list[tuple[str, str | bytes, dict[str, Any]]] = [
    ("empty", b"", {}),  # nothing
    ("empty", b"\xef\xbb\xbf \n", {}),  # a byte order mark and space
    ("binary", bytes(range(256)) * 8, {}),  # no characters
    ("broken", b"%PDF-1.7\n", {}),  # the start of a PDF that says it is HTML
    ("unsupported_type", b"PK\x03\x04", {}),  # an Office document that does
    ("unsupported_type", HTML, {"content_type": "application/pdf"}),  # the server says so
    ("not_html", "No markup at all.", {}),  # text that says it is HTML
    ("not_html", "<?xml version='1.0'?><rss><channel><item/></channel></rss>", {"content_type": "text/xml"}),  # a feed
    ("no_text", f"<html><body>{MENU}{FOOTER}</body></html>", {}),  # nothing but furniture
    ("no_text", "<html><body><div id=root></div></body></html>", {}),  # nothing
    ("needs_browser", "<body><div id=root></div><script src=/app.js></script></body>", {}),  # a shell for a script
    ("soft_404", f"<title>Page not found | Acme</title><h1>Oops</h1>{PARAGRAPHS}", {}),  # an error page that says 200
    (
        "needs_browser",
        "<body><p>Checking your browser before you can see acme.example. Please wait a few seconds.</p></body>",
        {},
    ),
    ("too_deep", "<html><body>" + "<div>" * 10_000 + FIRST, {}),  # no RecursionError, no lost text
    ("http_404", HTML, {"status": 404}),  # an error page is no release
]


@pytest.mark.parametrize(("code", "body", "more"), ERRORS)
def test_errors_say_what_where_and_what_next(code: str, body: str | bytes, more: dict[str, Any]) -> None:
    with pytest.raises(PageError) as caught:
        read(body, **more)
    assert caught.value.code == code
    assert str(caught.value).startswith(f"{URL}: ")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


@pytest.mark.parametrize(
    ("select", "code"),
    [
        (Selectors(text=".gone"), "selector_missed"),  # a layout change must be heard
        (Selectors(title=".gone"), "selector_missed"),
        (Selectors(published=".gone"), "selector_missed"),
        (Selectors(published="h1"), "selector_missed"),  # found, but no date
        (Selectors(text="p["), "selector_invalid"),  # no CSS
    ],
)
def test_selectors_that_fail(select: Selectors, code: str) -> None:
    with pytest.raises(PageError) as caught:
        read(HTML, SOURCE.model_copy(update={"select": select}))
    assert caught.value.code == code


def test_plain_text_over_http() -> None:
    assert read(TEXT, content_type="text/plain; charset=utf-8").text == TEXT


def test_nesting_of_a_thousand_elements_is_read() -> None:
    assert FIRST in read("<html><body>" + "<div>" * 1000 + PARAGRAPHS + "</div>" * 1000).text


TEXTS: list[tuple[str, str, str]] = [
    ("A\n b ", "x\r\ny\rz", "A b\n\nx\ny\nz"),  # line ends; a title is one line
    ("", "x", "x"),  # no title, no blank line
    ("A", "", "A"),  # no body
    ("A", "a\u00a0b\u2009c\td", "A\n\na b c d"),  # odd spaces
    ("A", "a\u200bb\x00c\ufeffd\u00ade", "A\n\nabcde"),  # what cannot be seen
    ("A", "a  \n \n\n\nb  ", "A\n\na\n\nb"),  # space at the end, several blank lines
    ("A", "a\u2028b\u2029c", "A\n\na\nb\n\nc"),  # Unicode's own line and paragraph ends
    ("A", "\ud800x \ud83d\ude00", "A\n\n\ufffdx \U0001f600"),  # a lone surrogate, and a pair in two halves
    ("A", "می\u200cخواهم", "A\n\nمی\u200cخواهم"),  # a joiner that spells a word
]


@pytest.mark.parametrize(("title", "body", "text"), TEXTS)
def test_make_text(title: str, body: str, text: str) -> None:
    assert make_text(title, body) == text


@given(
    st.text(st.characters(codec=None)), st.text(st.one_of(st.sampled_from("\n\r \t\xa0\u200b\u2028a"), st.characters()))
)
def test_make_text_twice_is_make_text(title: str, body: str) -> None:
    text = make_text(title, body)
    assert make_text("", text) == text
    assert text.startswith(make_title(title))
    text.encode("utf8")


PIECES = [
    b"<p>",
    b"<article>",
    b"</div>",
    b"<meta charset=",
    b"utf-16",
    b"<script type='application/ld+json'>",
    b'{"@type":',
]
WORDS = [
    FIRST.encode(),
    b"\x00",
    b"\xff",
    b"<!--",
    b"&#x110000;",
    b"<time datetime=2025-99-99>",
    b"<?xml version='1.0'?>",
    b"]]>",
]


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(), st.lists(st.one_of(st.sampled_from([*PIECES, *WORDS]), st.binary(max_size=6))).map(b"".join))
)
def test_any_bytes_give_a_release_or_a_page_error(body: bytes) -> None:
    for content_type in (None, "text/plain", "text/html; charset=utf-16"):
        try:
            release = read(body, content_type=content_type)
        except PageError:
            continue
        assert make_text("", release.text) == release.text
