"""Fetching over HTTP: polite to each host, patient with what may pass, and bounded in bytes and seconds."""

import email.utils
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import version
from types import TracebackType
from typing import Self

import httpx
import stamina

from schemas.page import FetchedPage, utc_now
from schemas.settings import Settings
from schemas.source import Link

MAX_REDIRECTS = 10
LONGEST_WAIT = 60.0
"""Seconds; a server that asks for a longer pause is left alone until the next run."""


class FetchError(RuntimeError):
    """A page that could not be had; `code` is short and stable, the message says what, where and what to do."""

    def __init__(self, code: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after
        """Seconds that the server asked for."""


@dataclass
class _Lane:
    """One host's turn: a lock held while a request runs, and the earliest moment of the next one."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0


class Fetcher:
    """An HTTP client for one run; safe to use from several threads. Use it in a `with` block."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        contact = f"; {settings.contact}" if settings.contact else ""
        self._client = httpx.Client(
            headers={"User-Agent": f"dateline/{version('dateline')} (press release reader{contact})"},
            timeout=settings.timeout_seconds,
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
        )
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)
        self._lanes_lock = threading.Lock()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Closes the connections."""
        self._client.close()

    def fetch_page(self, link: Link, delay_seconds: float) -> FetchedPage:
        """Fetch the page behind `link`, `delay_seconds` after the last request to the same host.

        Time-outs, lost connections and answers of 429 or 5xx are tried again with growing, jittered pauses, or after
        the server's own `Retry-After`. Raises FetchError.
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
                return self._fetch_in_turn(link, delay_seconds)
        raise AssertionError("stamina neither returned nor raised")

    def _fetch_in_turn(self, link: Link, delay_seconds: float) -> FetchedPage:
        with self._lanes_lock:
            lane = self._lanes[httpx.URL(link.url).host]
        with lane.lock:
            time.sleep(max(0.0, lane.free_at - time.monotonic()))
            try:
                return self._fetch_once(link)
            finally:
                lane.free_at = time.monotonic() + delay_seconds

    def _fetch_once(self, link: Link) -> FetchedPage:
        deadline = time.monotonic() + self._settings.timeout_seconds
        try:
            with self._client.stream("GET", link.url) as response:
                _check_status(response)
                body = self._read_body(response, deadline)
                return FetchedPage(
                    link=link,
                    final_url=str(response.url),
                    status=response.status_code,
                    fetched_at=utc_now(),
                    content_type=response.headers.get("content-type"),
                    body=body,
                )
        except httpx.TimeoutException as error:
            raise FetchError("timeout", f"{link.url}: no answer in {self._settings.timeout_seconds:g} s") from error
        except httpx.TooManyRedirects as error:
            raise FetchError("redirects", f"{link.url}: more than {MAX_REDIRECTS} redirects") from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise FetchError("bad_url", f"{link.url}: not an http(s) address ({error})") from error
        except httpx.DecodingError as error:
            raise FetchError(
                "bad_encoding", f"{link.url}: its compressed bytes cannot be unpacked ({error})"
            ) from error
        except httpx.HTTPError as error:
            raise FetchError("connection", f"{link.url}: {error or type(error).__name__}") from error

    def _read_body(self, response: httpx.Response, deadline: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes(65_536):
            body += chunk
            if len(body) > self._settings.max_bytes:
                limit = f"{self._settings.max_bytes:,} bytes (DATELINE_MAX_BYTES)"
                raise FetchError("too_large", f"{response.url}: larger than {limit}")
            if time.monotonic() > deadline:
                raise FetchError("timeout", f"{response.url}: not read in {self._settings.timeout_seconds:g} s")
        return bytes(body)


def _check_status(response: httpx.Response) -> None:
    if response.is_success:
        return
    raise FetchError(
        f"http_{response.status_code}",
        f"{response.url}: the server answered {response.status_code} {response.reason_phrase}",
        read_retry_after(response.headers.get("retry-after")),
    )


def _pause_before_retry(error: Exception) -> bool | float:
    """For stamina: no retry, a retry with its own pause, or a retry after so many seconds."""
    if not isinstance(error, FetchError):
        return False
    if error.code not in {"timeout", "connection", "http_429"} and not error.code.startswith("http_5"):
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= LONGEST_WAIT else False


def read_retry_after(header: str | None) -> float | None:
    """Seconds that a `Retry-After` header asks for: a number, or a date still to come; None if it says neither.

    >>> read_retry_after("120")
    120.0
    >>> read_retry_after("Wed, 21 Oct 2015 07:28:00 GMT")
    0.0
    >>> read_retry_after("soon")
    """
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())
