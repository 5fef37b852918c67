"""Fetching over HTTP: polite to each host, patient with what may pass, on its guard, bounded in bytes and seconds."""

import logging
import threading
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag

import httpx
import stamina

from extractors.page_signs import read_refresh
from flows.guard import Resolve, guarded_transport, resolve_name
from flows.request import Answer, Ask, FetchError, read_fresh_seconds, send
from flows.robots import AGENT, MAX_BYTES, Robots, read_delay
from flows.turns import LONGEST_WAIT, Turns
from schemas.page import FetchedPage, utc_now
from schemas.settings import Settings
from schemas.source import Link, Source
from store.database import Store

logging.getLogger("stamina").setLevel(logging.ERROR)  # what still fails after its retries is reported by us

MAX_REDIRECTS = 10
_LONGEST_REST = 86_400.0
"""Seconds for which a host is left alone at most, whatever its `Retry-After` says."""
_HEAD = 65_536
"""Bytes of a page in which a refresh is looked for."""
_FOR_GOOD = frozenset({httpx.codes.MOVED_PERMANENTLY, httpx.codes.PERMANENT_REDIRECT})


@dataclass
class _Trip:
    """The way from the address that was asked for to the one that answers."""

    ask: Ask
    source: Source
    seconds_left: float
    been: list[str] = field(default_factory=list)
    moved_to: str | None = None
    """Where redirects for good have led so far."""
    is_to_robots: bool = False
    """Whether it is robots.txt that is asked for, of which no robots.txt speaks."""


class Fetcher:
    """An HTTP client for one run; safe to use from several threads. Use it in a `with` block."""

    def __init__(self, settings: Settings, store: Store | None = None, resolve: Resolve = resolve_name) -> None:
        """With a store, turns and robots.txt are shared with every process that works with it."""
        self._settings = settings
        self._resolve = resolve
        self._turns = Turns(settings, store)
        self._robots = Robots(store)
        self._clients: dict[frozenset[str], httpx.Client] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Closes the connections."""
        for client in self._clients.values():
            client.close()

    def fetch_page(self, link: Link, source: Source, ask: Ask | None = None) -> FetchedPage:
        """Fetch the page behind `link`, `source.delay_seconds` after the last request to the same host.

        Redirects are followed, those within pages (`meta refresh`) too; each hop is checked like the first. Time-outs,
        lost connections and answers of 429 or 5xx are tried again with growing, jittered pauses, or after the server's
        own `Retry-After`. An `ask` with conditions may be answered by a page with status 304. Raises FetchError.
        """
        attempts = stamina.retry_context(
            on=_pause_before_retry,
            attempts=self._settings.retries + 1,
            timeout=None,
            wait_initial=0.5,
            wait_max=30.0,
        )
        for attempt in attempts:
            with attempt:
                trip = _Trip(ask or Ask(link.url), source, self._settings.timeout_seconds)
                try:
                    return _as_page(link, trip, self._follow(trip))
                except FetchError as error:
                    raise _on_the_way(error, trip) from error
        raise AssertionError("stamina neither returned nor raised")

    def fetch_part(self, ask: Ask, source: Source, seconds: float) -> Answer:
        """Fetch once what belongs to a page, in its turn, with redirects, in `seconds` of asking. Raises FetchError."""
        return self._follow(_Trip(ask, source, seconds))

    def list_sitemaps(self, url: str, source: Source) -> list[str]:
        """The sitemaps that the robots.txt of an address's host names. Raises FetchError where it cannot be had now."""
        trip = _Trip(Ask(url), source, self._settings.timeout_seconds)
        return list(self._robots.rules(read_host(url), lambda: self._fetch_robots(trip)).sitemaps)

    def _follow(self, trip: _Trip) -> Answer:
        """The answer at the end of the way. Raises FetchError for one that is too long or goes round in circles."""
        is_for_good = True
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._send_in_turn(trip)
            trip.been.append(trip.ask.url)
            there = _next_hop(answer)
            if there is None:
                return answer
            if there in trip.been and "set-cookie" not in answer.headers:
                raise FetchError("redirects", f"{trip.been[0]}: redirects go round in circles at {there}")
            is_for_good = is_for_good and answer.status in _FOR_GOOD
            trip.moved_to = there if is_for_good else trip.moved_to
            trip.ask = trip.ask._replace(url=there)
        raise FetchError("redirects", f"{trip.been[0]}: more than {MAX_REDIRECTS} redirects")

    def _send_in_turn(self, trip: _Trip) -> Answer:
        host, delay = read_host(trip.ask.url), trip.source.delay_seconds
        if trip.source.obey_robots and not trip.is_to_robots:
            delay = self._ask_robots(host, trip)
        with self._turns.take(host, delay) as pause:
            began = time.monotonic()
            try:
                return send(self._client(trip.source), trip.ask, self._settings, trip.seconds_left)
            except FetchError as error:
                pause.seconds = max(pause.seconds, min(error.retry_after or 0.0, _LONGEST_REST))
                raise
            finally:
                trip.seconds_left -= time.monotonic() - began

    def _ask_robots(self, host: str, trip: _Trip) -> float:
        """Seconds between requests to the host. Raises FetchError where its robots.txt forbids the address."""
        try:
            rules = self._robots.rules(host, lambda: self._fetch_robots(trip))
        except FetchError as error:
            raise _without_rules(error, trip.ask.url) from error
        if not rules.can_fetch(trip.ask.url, AGENT):
            raise FetchError(
                "robots",
                f"{trip.ask.url}: the robots.txt of {host} asks programs to stay away; leave it out, or with the "
                "newsroom's consent set `obey_robots = false` in its source",
            )
        return read_delay(rules, trip.source.delay_seconds)

    def _fetch_robots(self, trip: _Trip) -> bytes:
        ask = Ask(_robots_url(trip.ask.url), take_cut=True, max_bytes=MAX_BYTES)
        return self._follow(_Trip(ask, trip.source, self._settings.timeout_seconds, is_to_robots=True)).body

    def _client(self, source: Source) -> httpx.Client:
        """A client for all sources that allow the same hosts: what one may reach, another must not."""
        allowed = frozenset(source.allow_hosts)
        with self._lock:
            if allowed not in self._clients:
                contact = f"; {self._settings.contact}" if self._settings.contact else ""
                self._clients[allowed] = httpx.Client(
                    headers={"User-Agent": f"{AGENT}/{version('dateline')} (press release reader{contact})"},
                    timeout=self._settings.timeout_seconds,
                    transport=guarded_transport(allowed, self._resolve),
                )
            return self._clients[allowed]


def read_host(url: str) -> str:
    """The host of an address, with its port where that is not the usual one. Raises FetchError for what is no address.

    >>> read_host("https://Acme.example:443/news"), read_host("http://127.0.0.1:8765/")
    ('acme.example', '127.0.0.1:8765')
    """
    try:
        parsed = httpx.URL(url)
        is_web = parsed.scheme in {"http", "https"} and bool(parsed.host)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchError("bad_url", f"{url[:200]}: not an http(s) address ({error})") from error
    if not is_web:
        raise FetchError("bad_url", f"{url[:200]}: not an http(s) address, such as https://acme.example/news/")
    return parsed.netloc.decode("ascii")


def _robots_url(url: str) -> str:
    return str(httpx.URL(url).copy_with(raw_path=b"/robots.txt", fragment=None, userinfo=b""))


def _without_rules(error: FetchError, url: str) -> FetchError:
    """That a robots.txt cannot be had now, told of the page that was wanted; a host that is not there has neither."""
    why = str(error).removeprefix(f"{_robots_url(url)}: ")
    if error.code == "connection":
        return FetchError(error.code, f"{url}: {why}", error.retry_after)
    if not error.may_pass:
        return error
    said = f"{url}: its host's robots.txt cannot be had now ({why}), and until it can, nothing is asked for; try later"
    return FetchError(error.code, said, error.retry_after)


def _next_hop(answer: Answer) -> str | None:
    """Where an answer sends its reader, absolute; None where it is the end."""
    if 300 <= answer.status < 400 and answer.status != httpx.codes.NOT_MODIFIED:
        try:
            return urldefrag(str(httpx.URL(answer.url).join(answer.headers["location"]))).url
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise FetchError("bad_url", f"{answer.url}: redirects to what is no address ({error})") from error
    kind = answer.headers.get("content-type", "text/html")
    return read_refresh(answer.body[:_HEAD], answer.url) if "html" in kind else None


def _on_the_way(error: FetchError, trip: _Trip) -> FetchError:
    """A failure behind redirects, with the address that they began at."""
    if not trip.been or str(error).startswith(trip.been[0]):
        return error
    return FetchError(error.code, f"{trip.been[0]}: leads on to {error}", error.retry_after)


def _as_page(link: Link, trip: _Trip, answer: Answer) -> FetchedPage:
    return FetchedPage(
        link=link,
        final_url=answer.url,
        status=answer.status,
        fetched_at=utc_now(),
        content_type=answer.headers.get("content-type"),
        body=answer.body,
        is_cut=answer.is_cut,
        moved_to=trip.moved_to,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        fresh_seconds=read_fresh_seconds(answer.headers),
    )


def _pause_before_retry(error: Exception) -> bool | float:
    """For stamina: no retry, a retry with its own pause, or a retry after so many seconds."""
    if not isinstance(error, FetchError) or not error.may_pass:
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= LONGEST_WAIT else False
