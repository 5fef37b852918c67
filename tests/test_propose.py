"""Proposing sources for newsrooms of several kinds, and looking at sources again, by the commands that do it."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import build_app
from flows.fetch import Fetcher
from flows.listed import DiscoverError
from flows.propose import propose_source, write_entry
from schemas.settings import Settings
from schemas.source import Source, load_sources
from tests.desk_work import work
from tests.misbehaving import Newsroom, answer, drip, serve_newsroom

ROW = "<li class='item item-{0}'><h3><a href='/release/{0}'>Harbour wall, part {0}, is built</a></h3></li>"
MENU = "<nav>" + "".join(f"<a href='/about/{n}'>About our company, part {n}</a>" for n in range(30)) + "</nav>"
SIDE = "<div class='tags'>" + "".join(f"<a href='/tag/{n}'>tag {n}</a>" for n in range(8)) + "</div>"


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        for number in range(6):
            served.release(number)
        yield served


def listing(more: str = "", head: str = "<html lang='en-GB'>") -> str:
    rows = "".join(map(ROW.format, range(6)))
    return f"{head}<body>{MENU}{SIDE}<ul class='news'>{rows}</ul>{more}</body></html>"


def propose(newsroom: Newsroom, path: str = "/news/") -> tuple[Source, list[str]]:
    with Fetcher(Settings(retries=0)) as fetcher:
        found = propose_source(newsroom.url + path, fetcher, ["127.0.0.1"])
    return found.source, [link.url.removeprefix(newsroom.url) for link in found.links]


RELEASES = [f"/release/{number}" for number in range(6)]


def test_a_listing(newsroom: Newsroom) -> None:
    """The releases, not the menu, which is longer, nor the tags."""
    newsroom.page("/news/", listing())
    source, links = propose(newsroom)
    assert (source.discover, source.country, source.language) == ("listing", "GB", "en")
    assert sorted(links) == RELEASES


def test_a_listing_of_several_pages(newsroom: Newsroom) -> None:
    newsroom.page("/news/", listing("<a href='/news/?page=2'>2</a> <a href='/news/?page=3'>3</a>"))
    newsroom.page("/news/?page=2", listing().replace("/release/", "/release/9"))
    source, links = propose(newsroom)
    assert source.pages == newsroom.url + "/news/?page={page}"
    assert len(links) == 12


def test_a_feed_that_is_named(newsroom: Newsroom) -> None:
    newsroom.page("/news/", listing(head="<link rel='alternate' type='application/atom+xml' href='/atom'>"))
    newsroom.page("/atom", "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/release/1'/></entry></feed>")
    source, links = propose(newsroom)
    assert (source.discover, str(source.url), links) == ("feed", newsroom.url + "/atom", ["/release/1"])


def test_a_feed_that_is_broken_gives_way(newsroom: Newsroom) -> None:
    newsroom.page("/news/", listing(head="<link rel='alternate' type='application/rss+xml' href='/gone'>"))
    assert propose(newsroom)[0].discover == "listing"


def test_a_sitemap(newsroom: Newsroom) -> None:
    newsroom.page("/news/", "<p>Loading</p>")
    newsroom.page("/robots.txt", f"Sitemap: {newsroom.url}/map.xml")
    urls = "".join(f"<url><loc>{newsroom.url}{path}</loc></url>" for path in ("/", "/news/", "/news/1", "/jobs/1"))
    newsroom.page("/map.xml", f"<urlset>{urls}</urlset>")
    source, links = propose(newsroom)
    assert (source.discover, links) == ("sitemap", ["/news/1"])


def test_nothing(newsroom: Newsroom) -> None:
    newsroom.page("/news/", "<p>Nothing here</p>")
    with pytest.raises(DiscoverError, match="name the page that lists the releases"):
        propose(newsroom)


def test_an_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    fields = {"name": "a", "url": "https://a.example/ü?x=1", "discover": "listing", "link_selector": 'a[href="x\\y"]'}
    source = Source.model_validate(fields | {"allow_hosts": ["b"], "delay_seconds": 2.5, "obey_robots": False})
    (tmp_path / "sources.toml").write_text(write_entry(source), encoding="utf8")
    assert load_sources(tmp_path / "sources.toml") == [source]


def dateline(*args: object) -> Result:
    return CliRunner().invoke(build_app(), [*map(str, args)])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {"DATA_DIR": str(tmp_path), "RETRIES": "0", "MODEL": "fast"}.items():
        monkeypatch.setenv(f"DATELINE_{name}", value)
    return tmp_path


def test_source_add(newsroom: Newsroom, desk: Path) -> None:
    """The entry and three releases are shown, the entry is appended, and works."""
    newsroom.page("/news/", listing())
    file = desk / "sources.toml"
    arguments = ("source", "add", newsroom.url + "/news/", "--allow-host", "127.0.0.1", "-o", file)
    done = dateline(*arguments, "--name", "port")
    assert done.exit_code == 0, done.stderr
    entry = tomllib.loads(done.stdout[: done.stdout.index("\n\n")])["source"][0]
    assert (entry["name"], entry["discover"]) == ("port", "listing")
    assert len(re.findall("2,?500,?000|2.5 million", done.stdout)) >= 3
    assert done.stdout.count("Ann Lee") >= 3
    (source,) = load_sources(file)
    assert work(desk, [source]).saved["new"] == 6
    assert dateline(*arguments, "--name", "port").exit_code == 2  # there is one of that name
    assert dateline("source", "add", newsroom.url + "/news/").exit_code == 1  # this machine was not allowed


def _to_itself(handler: BaseHTTPRequestHandler) -> None:
    answer(handler, b"", 302, {"Location": handler.path})


def _failing_robots(newsroom: Newsroom) -> None:
    newsroom.page("/robots.txt", "", status=503)


Prepare = Callable[[Newsroom], None]
NO_NEWSROOM: list[tuple[str, Prepare | None, str]] = [
    ("http://no-such-host.invalid/news/", None, "no host no-such-host.invalid is found .* how it is spelt"),
    ("http://127.0.0.1:9/news/", None, "nothing answers at that port .* check the address"),
    ("https://127.0.0.1:{port}/news/", None, "does not speak TLS .* begins with http://"),
    ("http://localhost:{port}/news/", None, "loopback address.*`--allow-host`"),
    ("{url}/none", None, "404 Not Found; .*in a browser"),
    ("{url}/news/", lambda newsroom: newsroom.page("/news/", "", 403), "403 Forbidden; .*ask the newsroom"),
    ("{url}/news/", lambda newsroom: newsroom.page("/news/", "", 502), "502 Bad Gateway; .*later"),
    ("{url}/news/", lambda newsroom: newsroom.answers.update({"/news/": drip}), "no whole answer in 1 s .*later"),
    ("{url}/news/", lambda newsroom: newsroom.answers.update({"/news/": _to_itself}), "in circles .*a browser ends"),
    ("{url}/news/", lambda newsroom: newsroom.page("/news/", "<p>Pipes.</p>"), "no list of at least 3 releases.*name"),
    ("{url}/news/", lambda newsroom: newsroom.page("/news/", " "), "the page is empty; name the page"),
    (
        "{url}/news/",
        lambda newsroom: newsroom.page("/news/", "<div id=root></div><script src=/app.js></script>"),
        "nothing without its scripts; .*feed or sitemap",
    ),
    ("{url}/news/", lambda newsroom: newsroom.page("/news/", b"%PDF-1.7 x"), "but a PDF; name the page"),
    ("{url}/news/", lambda newsroom: newsroom.page("/news/", b"GIF89a", Content_Type="image/gif"), "but image/gif;"),
    (
        "{url}/news/",
        lambda newsroom: newsroom.page("/news/", "<rss version='2.0'/>"),
        "the feed names no release; name",
    ),
    ("{url}/news/", _failing_robots, "its host's robots.txt cannot be had now .*503.* try later"),
]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("url", "prepare", "words"), NO_NEWSROOM)
def test_what_a_person_reads_of_a_newsroom_that_is_none(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, url: str, prepare: Prepare | None, words: str
) -> None:
    """The address that was given, what is wrong with it, and what to do, in a line."""
    monkeypatch.setenv("DATELINE_TIMEOUT_SECONDS", "1")
    if prepare:
        prepare(newsroom)
    asked = url.format(url=newsroom.url, port=newsroom.url.rpartition(":")[2])
    done = dateline("source", "add", asked, "--allow-host", "127.0.0.1")
    assert done.exit_code == 1
    said = done.stderr.splitlines()[-1]  # before it the server tells of its own failure
    assert re.fullmatch(f"{re.escape(asked)}: .*{words}.*", said)
    assert "/robots.txt" not in said


@pytest.mark.parametrize("url", ["acme.example", "ftp://acme.example/", "http://", "http://xn--zz--.example/"])
def test_what_is_no_address_is_wrong_usage(url: str, desk: Path) -> None:
    done = dateline("source", "add", url)
    assert done.exit_code == 2
    assert "not an http(s) address" in done.stderr


def test_source_test(newsroom: Newsroom, desk: Path) -> None:
    """Beside the last good state; one that broke is named."""
    newsroom.page("/news/", listing())
    source = newsroom.source("/news/", name="port", link_selector="ul.news a", delay_seconds=0)
    other = newsroom.source("/other/", name="other", delay_seconds=0)
    (desk / "sources.toml").write_text(write_entry(source) + "\n" + write_entry(other))
    command = ("source", "test", "--file", desk / "sources.toml")
    (finding,) = json.loads(dateline(*command, "port", "--json").stdout)
    assert (finding["links"], finding["published"], finding["before"]) == (6, "2025-04-10", None)
    assert finding["title"].startswith("Harbour wall")
    newsroom.page("/news/", listing().replace("class='news'", "class='neu'"))  # another layout
    done = dateline(*command)
    assert done.exit_code == 1
    assert re.search(r"port +no_links", done.stdout)
    assert re.search(r"other +http_404", done.stdout)
    assert "check `discover`, `link_selector`" in done.stderr
    assert dateline(*command, "nobody").exit_code == 2
