"""One request: sent, read within limits of bytes and seconds, and whatever goes wrong told as a FetchError."""

import email.utils
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple

import httpx

from flows.guard import LateError, RefusedError, deadline
from flows.unpack import ACCEPTED, UnpackError, iter_unpacked
from schemas.settings import Settings

_CHUNK = 65_536


class FetchError(RuntimeError):
    """A page that could not be had; `code` is short and stable, the message says what, where and what to do."""

    def __init__(self, code: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after
        """Seconds that the server asked for."""

    @property
    def status(self) -> int | None:
        """The HTTP status that was answered; None where there was no answer.

        >>> FetchError("http_404", "gone").status, FetchError("timeout", "late").status
        (404, None)
        """
        return int(self.code[5:]) if self.code.startswith("http_") else None

    @property
    def may_pass(self) -> bool:
        """Whether asking again may help: time-outs, lost connections, 429 and 5xx."""
        return self.code in {"timeout", "connection", "http_429"} or self.code.startswith("http_5")


class Ask(NamedTuple):
    """What is asked for."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    """What the last answer said of its version: an unchanged page is then answered by 304, without a body."""
    take_cut: bool = False
    """Whether the beginning of a body beyond the limit of bytes is better than nothing."""
    max_bytes: int | None = None
    """Where the limit of the settings is not the one."""
    origin: str | None = None
    """The site whose script asks, for servers that let only some read what they answer."""


class Answer(NamedTuple):
    """What a server said to one request: a page, a redirect, or that nothing changed (304)."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes
    is_cut: bool


def send(client: httpx.Client, ask: Ask, settings: Settings, seconds: float) -> Answer:
    """Ask once and read the answer, in `seconds` all in all. Raises FetchError."""
    said = {"If-None-Match": ask.etag, "If-Modified-Since": ask.last_modified, "Origin": ask.origin}
    headers = {"Accept-Encoding": ACCEPTED, **{name: value for name, value in said.items() if value}}
    with _told(ask.url, seconds), deadline(seconds), client.stream("GET", ask.url, headers=headers) as response:
        _check_status(response, ask)
        body, is_cut = b"", False
        if response.is_success:
            body, is_cut = _read_body(response, ask, ask.max_bytes or settings.max_bytes)
        return Answer(ask.url, response.status_code, response.headers, body, is_cut)


def _check_status(response: httpx.Response, ask: Ask) -> None:
    is_unchanged = response.status_code == httpx.codes.NOT_MODIFIED and bool(ask.etag or ask.last_modified)
    if response.is_success or is_unchanged or response.has_redirect_location:
        return
    raise FetchError(
        f"http_{response.status_code}",
        f"{ask.url}: the server answered {response.status_code} {response.reason_phrase}".rstrip(),
        read_retry_after(response.headers.get("retry-after")),
    )


def _read_body(response: httpx.Response, ask: Ask, limit: int) -> tuple[bytes, bool]:
    pieces = iter_unpacked(_bounded(response, limit), response.headers.get("content-encoding", ""))
    size = 0
    with BytesIO() as body:  # gives its bytes away without a copy, and holds none for whoever holds an error
        for piece in pieces:
            size += body.write(piece)
            if size > limit:
                if not ask.take_cut:
                    raise _too_large(response, f"larger than {limit:,} bytes", ask.url)
                body.truncate(limit)
                return body.getvalue(), True
        return body.getvalue(), False


def _bounded(response: httpx.Response, limit: int) -> Iterator[bytes]:
    """The bytes as they come over the wire; packed ones may be no more than what they unpack to."""
    total, is_packed = 0, "content-encoding" in response.headers
    for chunk in response.iter_raw(_CHUNK):
        total += len(chunk)
        if is_packed and total > limit:
            raise _too_large(response, f"more than {limit:,} bytes packed", str(response.url))
        yield chunk


def _too_large(response: httpx.Response, how: str, url: str) -> FetchError:
    return FetchError("too_large", f"{url}: {how} (DATELINE_MAX_BYTES)")


@contextmanager
def _told(url: str, seconds: float) -> Iterator[None]:
    """Tells every failure as a FetchError."""
    try:
        yield
    except RefusedError as error:
        raise FetchError("private_address", f"{url}: {error}") from error
    except (httpx.TimeoutException, LateError) as error:
        raise FetchError("timeout", f"{url}: no whole answer in {seconds:.3g} s (DATELINE_TIMEOUT_SECONDS)") from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
        raise FetchError("bad_url", f"{url}: not an http(s) address ({error})") from error
    except UnpackError as error:
        raise FetchError("bad_encoding", f"{url}: {error}") from error
    except httpx.HTTPError as error:
        if tls := _tls_error(error):
            raise FetchError("tls", f"{url}: its certificate is not to be trusted ({tls})") from error
        if "location header" in str(error):  # httpx looks at where redirects lead, also where it does not follow
            raise FetchError("bad_url", f"{url}: redirects to what is no address") from error
        raise FetchError("connection", f"{url}: {_read_failure(error)}") from error


def _tls_error(error: BaseException) -> str | None:
    """What is wrong with a certificate, if that is what an error comes from."""
    wrong = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLCertVerificationError)), None)
    return wrong.verify_message if wrong else None


def _read_failure(error: httpx.HTTPError) -> str:
    """Why there is no connection, in words that say where to look."""
    causes = list(_causes(error))
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "the host is there, but nothing answers at that port (connection refused); check the address"
    if tls := next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None):
        why = tls.reason or tls
        return f"the server does not speak TLS as it should ({why}); check whether its address begins with http://"
    return str(error) or type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and what it comes from."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


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
    if re.fullmatch(r"\s*\d{1,9}\s*", header, re.ASCII):
        return float(header)
    try:
        moment = email.utils.parsedate_to_datetime(header)
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return None


def read_fresh_seconds(headers: httpx.Headers) -> int | None:
    """How long an answer stays fresh by its `Cache-Control`, at most a year; None where it does not say.

    >>> read_fresh_seconds(httpx.Headers({"Cache-Control": "public, max-age=600"}))
    600
    >>> read_fresh_seconds(httpx.Headers({"Cache-Control": "no-cache, max-age=600"}))
    """
    words = headers.get("cache-control", "").lower()
    found = re.search(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,12})", words)
    if found is None or "no-cache" in words or "no-store" in words:
        return None
    return min(int(found[1]), 31_536_000)
