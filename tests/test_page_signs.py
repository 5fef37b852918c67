"""Signs of pages: refreshes, canonical addresses, pages that are not there, shells for scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.page_signs import is_soft_404, needs_javascript, read_attachments, read_canonical, read_refresh

HERE = "https://quay.example/news/rope-works-reopen-2025"
THERE = "https://quay.example/press/7"


def _refresh(content: str, head: str = "") -> str:
    return f"<html><head>{head}<meta http-equiv=refresh content='{content}'></head><body></body></html>"


REFRESHES: list[tuple[str, str | None]] = [
    (_refresh("0; url=/press/7"), THERE),  # as the standard has it
    (_refresh("0;URL=/press/7"), THERE),  # as most pages have it
    (_refresh("5 , Url = /press/7"), THERE),  # a comma, blanks, a short wait
    (_refresh("0 url=/press/7"), THERE),  # a blank alone
    (_refresh("0.5;url=/press/7"), THERE),  # fractions of a second
    (_refresh(".5;url=/press/7"), THERE),  # without its zero
    (_refresh("0; /press/7"), THERE),  # no `url=`
    (_refresh('0; url="/press/7"'), THERE),  # quoted
    (_refresh('0; url="/press/7" and more'), THERE),  # what follows the quote is not part of it
    (_refresh("0; url=../press/7"), THERE),  # relative to the page
    (_refresh("0; url=7", "<base href='/press/'>"), THERE),  # relative to the base that the page declares
    (_refresh("0; url=//quay.example/press/7"), THERE),  # without its scheme
    (_refresh("0; url=/press/7?a=1&amp;b=2#top"), THERE + "?a=1&b=2"),  # references resolved, fragment gone
    (f"<META HTTP-EQUIV='REFRESH' CONTENT='0;url={THERE}'>", THERE),  # capitals, no head
    (f"<body><p>Moved.</p>{_refresh('0; url=/press/7')}", THERE),  # below the body's start
    (_refresh("0; url=/press/7").encode("utf-16").decode("latin-1"), THERE),  # in two-byte characters
    (_refresh("300; url=/press/7"), None),  # a page that is read first
    (_refresh("99999999999999999999; url=/press/7"), None),  # a number of any length
    (_refresh("0"), None),  # reloads itself
    (_refresh("0; url="), None),  # names nothing
    (_refresh("0; url=#top"), None),  # stays on the page
    (_refresh(f"0; url={HERE}?utm_source=feed"), None),  # the page itself
    (_refresh("url=/press/7"), None),  # no time, no refresh
    (_refresh("0; url=javascript:alert(1)"), None),  # no web address
    (_refresh("0; url=data:text/html,<p>x"), None),
    (_refresh("0; url=file:///etc/passwd"), None),
    (_refresh("0; url=http://[::1"), None),  # no address at all
    (f"<!-- {_refresh('0; url=/press/7')} -->", None),  # a comment
    (f'<script>var a = "{_refresh("0; url=/press/7")}"</script>', None),  # a script's words
    (f"<noscript>{_refresh('0; url=/no-script')}</noscript>", None),  # for readers without scripts, who are told so
    (f"<p>The word refresh.</p><a href='{THERE}'>on</a>", None),  # the word alone
    ("", None),  # nothing
    ("<div>" * 10_000 + _refresh("0; url=/press/7"), None),  # too deep to be read: no exception
]


@pytest.mark.parametrize(("page", "expected"), REFRESHES)
def test_refreshes(page: str, expected: str | None) -> None:
    body = page.encode("latin-1") if "\0" in page else page.encode()
    assert read_refresh(body, HERE) == expected


CANONICALS: list[tuple[str, str | None]] = [
    (f"<link rel=canonical href='{HERE}'>", HERE),  # plainly
    ("<link rel='shortlink canonical' href='/news/rope-works-reopen-2025'>", HERE),  # one of several relations
    ("<link rel=CANONICAL href=' /news/rope-works-reopen-2025#top '>", HERE),  # capitals, blanks, fragment
    (f"<link rel=canonical href='{HERE}?utm_medium=feed'>", HERE),  # campaigns are no address
    ("<base href='/en/'><link rel=canonical href='works-2025-1'>", "https://quay.example/en/works-2025-1"),  # base
    (f"<link rel=canonical href=''><link rel=canonical href='{HERE}'>", HERE),  # the first that says something
    ("<link rel=canonical href='/'>", None),  # the home page is not this page
    ("<link rel=canonical href='/news'>", None),  # nor is its section
    ("<link rel=canonical href='https://other.example/sale'>", None),  # nor another site's page
    (
        "<link rel=canonical href='https://en.quay-group.example/rope-works-reopen-2025'>",
        "same",
    ),  # but a syndicated one
    ("<link rel=canonical href='javascript:0'>", None),  # no web address
    ("<link rel=alternate href='/canonical'>", None),  # another relation
    (f"<!--<link rel=canonical href='{HERE}'>-->", None),  # a comment
    ("<p>canonical", None),  # the word alone
]


@pytest.mark.parametrize(("page", "expected"), CANONICALS)
def test_canonical_addresses(page: str, expected: str | None) -> None:
    expected = "https://en.quay-group.example/rope-works-reopen-2025" if expected == "same" else expected
    assert read_canonical(page.encode(), HERE) == expected


PROSE = (
    "<p>HARWICH, England – The rope works on Quay Street will reopen in May after a repair, Acme said on Monday.</p>"
)
LONG = PROSE * 20
MENU = "<nav><a href='/'>Home</a> <a href='/news'>News</a></nav><footer><p>© 2025 Quay Trust.</p></footer>"
TEASERS = (
    "<h2>Latest news</h2><ul>" + "<li><a href='/1'>Sail loft burns down in the night to Monday</a></li>" * 30 + "</ul>"
)


def _page(title: str, heading: str = "", body: str = "") -> str:
    return f"<html><head><title>{title}</title></head><body>{MENU}<h1>{heading}</h1>{body}</body></html>"


NOT_FOUND: list[str] = [
    _page("404", "404"),  # no more than the number
    _page("Page not found | Quay Trust", "Page not found", "<p>Try the search.</p>"),  # as most systems say it
    _page("Quay Trust – 404 – Page Not Found"),  # no heading; the site's name first
    _page("404: This page could not be found", "404"),  # frameworks' own
    _page("HTTP Error 404 - Not Found"),  # servers' own
    _page("Quay Trust", "Oops! That page can’t be found.", "<p>It looks like nothing was found here.</p>"),  # curly
    _page("Quay Trust", "Sorry, we couldn't find that page"),  # a whole sentence as heading
    _page("Quay Trust", "Sorry", "<p>The page you are looking for may have been moved or deleted.</p>"),  # text alone
    _page("Quay Trust", "", "<h2>404</h2><p>Go back.</p>"),  # a smaller heading
    _page("Quay Trust", "", "<p>The requested URL was not found on this server.</p>"),  # no heading at all
    _page("Newsroom", "Newsroom", "<p>This press release is no longer available.</p>"),  # a release that was taken down
    _page("Page not found", "Page not found", TEASERS),  # links to other news do not count
    _page("Page not found", "Page not found", TEASERS + LONG),  # nor a few teasers in prose where all headings say so
    _page("Seite nicht gefunden | Kaistiftung", "Seite nicht gefunden"),  # German
    _page("Kaistiftung", "Fehler 404", "<p>Die angeforderte Seite existiert nicht mehr.</p>"),
    _page("Page introuvable", "Oups !", "<p>La page que vous recherchez n’existe plus.</p>"),  # French
    _page("Página no encontrada", "Error 404"),  # Spanish
    _page("Quay", "Página não encontrada"),  # Portuguese
    _page("Pagina non trovata - Fondazione Molo", ""),  # Italian
    _page("Pagina niet gevonden", "Helaas"),  # Dutch
    _page("Kajstiftelsen", "Sidan kunde inte hittas"),  # Swedish
    _page("Siden ble ikke funnet", ""),  # Norwegian
    _page("Siden blev ikke fundet", ""),  # Danish
    _page("Sivua ei löytynyt", ""),  # Finnish
    _page("Nie znaleziono strony", ""),  # Polish
    _page("Stránka nebyla nalezena", ""),  # Czech
    _page("Az oldal nem található", ""),  # Hungarian
    _page("Pagina nu a fost găsită", ""),  # Romanian
    _page("Страница не найдена", "404"),  # Russian
    _page("Сторінку не знайдено", ""),  # Ukrainian
    _page("Η σελίδα δεν βρέθηκε", ""),  # Greek
    _page("Sayfa bulunamadı", ""),  # Turkish
    _page("الصفحة غير موجودة", ""),  # Arabic
    _page("הדף לא נמצא", ""),  # Hebrew
    _page("ページが見つかりません", ""),  # Japanese
    _page("您访问的页面不存在", ""),  # Chinese, simplified
    _page("找不到網頁", ""),  # traditional
    _page("페이지를 찾을 수 없습니다", ""),  # Korean
    _page("Halaman tidak ditemukan", ""),  # Indonesian
    _page("Không tìm thấy trang", ""),  # Vietnamese
]
FOUND: list[tuple[str, str | None]] = [
    (_page("Rope works to reopen", "Rope works to reopen", PROSE), None),  # a release
    (_page("Rope works to reopen", "Rope works to reopen", ""), None),  # an empty page says nothing
    (_page("Page not found: what dead links cost", "Page not found: what dead links cost", LONG), None),  # about them
    (_page("404 – a show", "Page not found", PROSE), "404 – a show"),  # art, as its feed said
    (_page("Not found", "Cause of the fire not found", LONG), None),  # half of it
    (_page("Files not found by police", "Files not found by police", PROSE), None),  # the words within a sentence
    (_page("Peugeot 404 turns sixty | Quay", "Peugeot 404 turns sixty", PROSE), None),  # the number within a title
    (_page("Release 404", "404 jobs at the rope works", PROSE), None),  # the number as a number
    (
        _page("Trial", "Trial", "<p>He said the page he wrote was not found in the file.</p>" + PROSE),
        None,
    ),  # another page
    (
        _page("Law", "Law", LONG + "<p>The page you are looking for could not be found, the site says.</p>"),
        None,
    ),  # quoted
    (_page("Quay Trust", "", f"<footer><h3>404</h3></footer>{PROSE}"), None),  # furniture
    ("", None),  # nothing
    ("404 Not Found", None),  # no page
    ("<div>" * 10_000 + "404", None),  # too deep to be read: no exception
]


@pytest.mark.parametrize("page", NOT_FOUND)
def test_pages_that_are_not_there(page: str) -> None:
    assert is_soft_404(page.encode(), "Rope works to reopen")
    assert is_soft_404(page.encode(), None)


def test_the_title_of_a_notice_is_no_promise() -> None:
    assert is_soft_404(_page("Page not found", "Page not found").encode(), "Page not found")


@pytest.mark.parametrize(("page", "title"), FOUND)
def test_pages_that_are_there(page: str, title: str | None) -> None:
    assert not is_soft_404(page.encode(), title)


APP = "<script src='/app.js'></script>"
SHELLS: list[str] = [
    f"<title>Quay</title><div id=root></div>{APP}",  # a framework's root
    f"<title>Quay</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=x></div>{APP}",
    f"<body>{MENU}<div id=__next></div>{APP}</body>",  # with a menu from the server
    f"<body><app-root></app-root>{APP}</body>",  # an element of its own
    f"<body><app-root><div class=spinner><p>Loading…</p></div></app-root>{APP}</body>",  # that says it is loading
    f"<body><p>Please enable JavaScript to view this page.</p>{APP}</body>",  # said aloud
    f"<body><div id=app></div><p>We use cookies so that this site remembers you the next time.</p>{APP}",  # a banner
    f"<body><div id=anything></div>{APP}</body>",  # a root of no known name
    f"<body><noscript>Bitte aktivieren Sie JavaScript in Ihrem Browser.</noscript>{APP}</body>",  # German
    f"<body><noscript>Veuillez activer JavaScript.</noscript>{APP}</body>",  # French
    f"<body><noscript>JavaScriptを有効にしてください。</noscript>{APP}</body>",  # Japanese
    f"<title>Just a moment...</title><body><p>Checking your browser before you can go on.</p>{APP}</body>",  # a check
]
FULL: list[str] = [
    _page("Quay", "Rope works to reopen", PROSE),  # no script at all
    _page("Quay", "Rope works to reopen", PROSE + APP),  # a release and a script
    _page(
        "Quay", "Works", f"<noscript>Please enable JavaScript.</noscript><div id=root></div>{PROSE}{APP}"
    ),  # the text is there
    _page("Quay", "Works", f"<div id=root>{PROSE}</div>{APP}"),  # filled by the server
    _page("Quay", "Works", f"<noscript><img src=/count.gif></noscript>{APP}"),  # little text, but nobody says why
    _page(
        "Quay", "Works", f"<p>How to enable JavaScript is taught at the college from May on.</p>{PROSE}{APP}"
    ),  # about it
    f"<body>{MENU}{APP}</body>",  # a menu: no text, and no place for any
    "<p>Please enable JavaScript.</p>",  # no script that could
    "",  # nothing
    "<script>" + "<div>" * 10_000,  # a script without end
]


@pytest.mark.parametrize("page", SHELLS)
def test_shells_for_scripts(page: str) -> None:
    assert needs_javascript(page.encode())


@pytest.mark.parametrize("page", FULL)
def test_pages_with_their_text(page: str) -> None:
    assert not needs_javascript(page.encode())


@given(st.one_of(st.binary(), st.text().map(lambda words: f"<p>{words}</p><script>".encode("utf8", "replace"))))
def test_any_bytes_have_an_answer(body: bytes) -> None:
    found = [read_refresh(body, HERE), read_canonical(body, HERE), *read_attachments(body, HERE)]
    assert all(url is None or url.startswith(("http://", "https://")) for url in found)
    assert {is_soft_404(body, "A title"), needs_javascript(body)} <= {True, False}
