"""Pages that only scripts fill: a real Chromium, which gets what our own client gets, and nothing else."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flows.browser import MAX_REQUESTS, Browser, Rendered
from flows.fetch import Fetcher
from flows.request import FetchError
from schemas.settings import Settings
from schemas.source import Link
from tests.conftest import BROWSER
from tests.desk_work import work
from tests.misbehaving import PAGE, Newsroom, answer, serve_newsroom

needs_chromium = pytest.mark.skipif(
    BROWSER is None, reason="no Chromium: install one, or say with DATELINE_BROWSER where it is"
)
SHELL = "<!doctype html><title>Acme</title><body><div id=root></div><script>{script}</script></body>"
FILL = "const show = words => document.getElementById('root').append(words);\n"
TEXT = "The Port Fund gave the city of Larne money for its new harbour wall."
SETTINGS = Settings(browser=Path(BROWSER) if BROWSER else None, retries=0, timeout_seconds=6.0)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        yield served


class Hands(NamedTuple):
    """What renders a page."""

    fetcher: Fetcher
    browser: Browser


@contextmanager
def _hands(settings: Settings) -> Iterator[Hands]:
    with Fetcher(settings) as fetcher, Browser(settings, fetcher) as browser:
        yield Hands(fetcher, browser)


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    """One browser for many pages, as in a run."""
    with _hands(SETTINGS) as both:
        yield both


def _render(newsroom: Newsroom, script: str, hands: Hands, **source: Any) -> Rendered:
    newsroom.page("/shell", SHELL.format(script=FILL + script))
    given = newsroom.source(**source)
    page = hands.fetcher.fetch_page(Link(source="test", url=newsroom.url + "/shell"), given)
    return hands.browser.render(page, given)


def _said(rendered: Rendered) -> str:
    """What stands in the page's place for its text."""
    return rendered.page.body.decode().partition('id="root">')[2].partition("</div>")[0]


@needs_chromium
def test_a_page_is_filled(newsroom: Newsroom, hands: Hands) -> None:
    newsroom.page("/api", TEXT, Content_Type="text/plain")
    newsroom.page("/app.js", "fetch('/api').then(a => a.text()).then(show)", Content_Type="text/javascript")
    newsroom.page("/style.css", "body { color: red }", Content_Type="text/css")
    rendered = _render(
        newsroom,
        """for (const [tag, name, what] of [["link", "href", "/style.css"], ["script", "src", "/app.js"]]) {
          const made = document.createElement(tag); made[name] = what; made.rel = "stylesheet";
          document.head.append(made);
        }""",
        hands,
    )
    assert (_said(rendered), rendered.refused) == (TEXT, ())
    assert rendered.page.content_type == "text/html; charset=utf-8"
    paths = [path for _, path in newsroom.requests]
    assert sorted(paths) == ["/api", "/app.js", "/shell"]  # each once, and no style sheet


REFUSED = [
    ("fetch('http://169.254.169.254/latest')", "link-local"),  # a cloud's metadata
    ("fetch('http://10.0.0.1/')", "a private address"),
    ("fetch('http://localhost:{port}/secret')", "a loopback address"),  # the server itself, by a name not allowed
    ("fetch('/secret', {{method: 'POST'}})", "POST of a fetch"),
    ("new Image().src = '/secret'", "a image is refused"),
    ("navigator.sendBeacon('/secret')", "POST of a ping"),
    ("new WebSocket('ws://127.0.0.1:{port}/secret')", "web sockets"),
    ("new EventSource('/secret')", "eventsource"),
    ("const f = document.createElement('iframe'); f.src = '/secret'; document.body.append(f)", "document"),
    ("location.href = '/secret'", "document"),
    ("fetch('/away')", "leads on to another host"),
]


@needs_chromium
@pytest.mark.parametrize(("script", "why"), REFUSED)
def test_what_is_refused(newsroom: Newsroom, hands: Hands, script: str, why: str) -> None:
    newsroom.page("/secret", "secret")
    port = newsroom.url.rpartition(":")[2]
    newsroom.page("/away", "", 302, Location=f"http://localhost:{port}/other")
    newsroom.page("/other", "other")
    filled = "show('filled'); try { " + script.replace("{port}", port).replace("{{", "{").replace("}}", "}")
    rendered = _render(
        newsroom, filled + " } catch { }", hands, allow_hosts=["127.0.0.1"] + ["localhost"] * ("away" in script)
    )
    assert _said(rendered) == "filled"
    assert any(why in reason for reason in rendered.refused), rendered.refused
    assert newsroom.count("/secret") == 0


@needs_chromium
@pytest.mark.parametrize(
    ("allow", "said"),
    [
        (lambda origin: {"Access_Control_Allow_Origin": "*"}, "other"),
        (lambda origin: {"Access_Control_Allow_Origin": origin}, "other"),  # which the server has to be told
        (lambda origin: {"Access_Control_Allow_Origin": "http://elsewhere.example"}, "kept"),
        (lambda origin: {}, "kept"),
    ],
)
def test_what_other_sites_may_keep_to_themselves(
    newsroom: Newsroom, hands: Hands, allow: Callable[[str], dict[str, str]], said: str
) -> None:
    newsroom.answers["/other"] = lambda asked: answer(asked, b"other", 200, allow(asked.headers.get("Origin", "null")))
    other = f"http://localhost:{newsroom.url.rpartition(':')[2]}/other"
    script = f"fetch('{other}').then(a => a.text()).then(show, () => show('kept'))"
    assert _said(_render(newsroom, script, hands, allow_hosts=["127.0.0.1", "localhost"])) == said


@needs_chromium
@pytest.mark.parametrize(
    "script",
    [
        "window.open('/secret')",
        "navigator.serviceWorker.register('/secret')",
        "const a = document.createElement('a'); a.href = '/secret'; a.download = 'x'; a.click()",
        "new Worker(URL.createObjectURL(new Blob([`fetch('http://127.0.0.1:PORT/secret')`])))",
        "new Worker(URL.createObjectURL(new Blob([`new WebSocket('ws://127.0.0.1:PORT/secret')`])))",
        "for (const rel of ['prefetch', 'preconnect', 'dns-prefetch', 'modulepreload', 'icon', 'manifest'])"
        "{ const l = document.createElement('link'); l.rel = rel; l.href = 'http://127.0.0.1:PORT/secret';"
        " document.head.append(l) }",
        "alert('Stop'); confirm('Stop'); prompt('Stop')",
    ],
)
def test_other_ways_out(newsroom: Newsroom, hands: Hands, script: str) -> None:
    """Chromium itself connects to nothing, not even to a host that the source allows."""
    newsroom.page("/secret", "secret")
    connected: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        over = threading.Event()
        watcher = threading.Thread(target=_watch, args=(listener, connected, over))
        watcher.start()
        rendered = _render(
            newsroom,
            script.replace("PORT", str(listener.getsockname()[1])) + ";\nshow('filled')",
            hands,
            allow_hosts=["127.0.0.1"],
        )
        over.set()
        watcher.join()
    assert (_said(rendered), newsroom.count("/secret")) == ("filled", 0)
    assert all(connected), "Chromium connected by itself"


def _watch(listener: socket.socket, connected: list[int], over: threading.Event) -> None:
    """Notes for each connection whether our own client made it, whose user agent says so."""
    while not over.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(2)
            connected.append(b"dateline/" in connection.recv(4096))


@needs_chromium
def test_web_rtc_sends_nothing(newsroom: Newsroom, hands: Hands) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.bind(("127.0.0.1", 0))
        stun.settimeout(0.5)
        servers = f"{{iceServers: [{{urls: 'stun:127.0.0.1:{stun.getsockname()[1]}'}}]}}"
        script = f"""const frame = document.createElement('iframe');
            document.body.append(frame);
            show('filled');
            const Peer = window.RTCPeerConnection || frame.contentWindow.RTCPeerConnection;
            const peer = new Peer({servers});
            peer.createDataChannel('x');
            peer.createOffer().then(offer => peer.setLocalDescription(offer));"""
        rendered = _render(newsroom, script, hands)
        assert _said(rendered) == "filled"
        with pytest.raises(TimeoutError):
            stun.recv(100)


@needs_chromium
def test_scripts_have_little_memory(newsroom: Newsroom, hands: Hands) -> None:
    rendered = _render(newsroom, "show(performance.memory.jsHeapSizeLimit)", hands)
    assert 100e6 < float(_said(rendered)) < 400e6


ENDLESS = [
    "while (true) { }",
    "setTimeout(() => { while (true) { } }, 100)",
    "const hold = []; while (true) hold.push(new Array(100000).fill(1.5))",  # memory first
]


@needs_chromium
@pytest.mark.parametrize("script", ENDLESS)
def test_scripts_that_do_not_end(newsroom: Newsroom, script: str) -> None:
    began = time.monotonic()
    with _hands(SETTINGS.model_copy(update={"timeout_seconds": 2.0})) as hands, pytest.raises(FetchError) as caught:
        _render(newsroom, script, hands)
    assert caught.value.code in {"timeout", "browser"}
    assert time.monotonic() - began < 20


@needs_chromium
def test_after_a_bad_page_comes_a_good_one(newsroom: Newsroom) -> None:
    given, settings = newsroom.source(), SETTINGS.model_copy(update={"timeout_seconds": 3.0})
    newsroom.page("/bad", SHELL.format(script="while (true) { }"))
    newsroom.page("/good", SHELL.format(script=FILL + "show('filled')"))
    with Fetcher(settings) as fetcher, Browser(settings, fetcher) as browser:
        pages = [fetcher.fetch_page(Link(source="test", url=newsroom.url + path), given) for path in ("/bad", "/good")]
        with pytest.raises(FetchError, match="do not come to an end"):
            browser.render(pages[0], given)
        assert _said(browser.render(pages[1], given)) == "filled"


@needs_chromium
def test_many_requests_are_cut(newsroom: Newsroom) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        answer(handler, b"x")

    for number in range(1000):
        newsroom.answers[f"/{number}"] = respond
    with _hands(SETTINGS.model_copy(update={"timeout_seconds": 60.0})) as hands:
        rendered = _render(newsroom, "for (let n = 0; n < 1000; n++) fetch('/' + n); show('filled')", hands)
    assert _said(rendered) == "filled"
    assert len(newsroom.requests) <= MAX_REQUESTS + 1
    assert any("50 addresses" in reason for reason in rendered.refused)


@needs_chromium
def test_bytes_are_limited(newsroom: Newsroom) -> None:
    for number in range(4):
        newsroom.page(f"/{number}", b"x" * 40_000)
    small = SETTINGS.model_copy(update={"max_bytes": 100_000})
    script = """(async () => {
        for (let n = 0; n < 4; n++) await fetch('/' + n).then(a => a.text(), () => 0);
        show('filled');
    })()"""
    with _hands(small) as hands:
        rendered = _render(newsroom, script, hands)
        with pytest.raises(FetchError, match="rendered, larger than"):
            _render(newsroom, "show('x'.repeat(200000))", hands)
    assert _said(rendered) == "filled"
    assert "larger than 20,000 bytes" in rendered.refused[0]


FILLED = PAGE.format(title="Harbour wall", digit=1).partition("<main>")[2].partition("</main>")[0].replace("\n", " ")


@needs_chromium
@pytest.mark.parametrize(("render", "code"), [(True, None), (False, "needs_browser")])
def test_a_run(newsroom: Newsroom, tmp_path: Path, render: bool, code: str | None) -> None:
    newsroom.page("/list", "<a href=/news/harbour-wall-2025>The harbour wall of Larne</a>")
    newsroom.page(
        "/news/harbour-wall-2025", SHELL.format(script=f"document.getElementById('root').innerHTML = `{FILLED}`")
    )
    source = newsroom.source(render=render, link_pattern="/news/")
    report = work(tmp_path, [source], {"browser": SETTINGS.browser, "timeout_seconds": 6.0})
    assert [problem.code for problem in report.problems] == ([code] if code else [])
    assert report.saved["new"] == (0 if code else 1)


@needs_chromium
def test_what_is_still_empty_says_what_it_lacked(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.page("/list", "<a href=/news/harbour-wall-2025>The harbour wall of Larne</a>")
    newsroom.page("/news/harbour-wall-2025", SHELL.format(script="fetch('http://10.0.0.1/').then(a => a)"))
    source = newsroom.source(render=True, link_pattern="/news/")
    (problem,) = work(tmp_path, [source], {"browser": SETTINGS.browser}).problems
    assert problem.code == "needs_browser"
    assert "10.0.0.1" in problem.message


WITHOUT = """
import sys
sys.modules["playwright"] = None  # as if it were not installed
from flows.browser import Browser
from flows.fetch import Fetcher
from flows.request import FetchError
from schemas.page import FetchedPage, utc_now
from schemas.settings import Settings
from schemas.source import Link, Source
link = Link(source="test", url="http://acme.example/1")
page = FetchedPage(link=link, final_url=link.url, status=200, fetched_at=utc_now(), body=b"<div id=root></div>")
with Fetcher(Settings()) as fetcher, Browser(Settings(), fetcher) as browser:
    try:
        browser.render(page, Source(name="test", url="http://acme.example/", discover="feed", render=True))
    except FetchError as error:
        print(error.code, error)
"""


def test_without_the_extra() -> None:
    said = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True).stdout
    assert said.startswith("no_browser")
    assert "pip install 'dateline[browser]'" in said
    assert "DATELINE_BROWSER" in said


@pytest.mark.skipif(shutil.which("chromium") is None, reason="the system has no Chromium")
def test_the_system_has_one(newsroom: Newsroom) -> None:
    with _hands(Settings(retries=0)) as hands:
        assert _said(_render(newsroom, "show('filled')", hands)) == "filled"


def test_without_a_chromium(tmp_path: Path, newsroom: Newsroom) -> None:
    settings = Settings(browser=tmp_path / "none", retries=0)
    with _hands(settings) as hands, pytest.raises(FetchError, match="DATELINE_BROWSER") as caught:
        _render(newsroom, "", hands)
    assert caught.value.code == "no_browser"


def test_no_browser_where_none_is_needed(newsroom: Newsroom, tmp_path: Path) -> None:
    """A Chromium that is not there is not missed."""
    newsroom.page("/list", f"<a href={newsroom.release(1)}>Harbour wall, part one</a>")
    report = work(tmp_path, [newsroom.source(render=True)], {"browser": tmp_path / "none"})
    assert (report.problems, report.saved["new"]) == ((), 1)
