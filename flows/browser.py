"""Pages that only scripts fill, rendered by a headless Chromium that never reaches the network by itself.

The page that was fetched is put before it, and whatever its scripts ask for is fetched by our own client, with its
guard, limits and turns. What is left to Chromium is a network without names, behind a proxy that is not there.
"""

import asyncio
import builtins
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from flows.fetch import Fetcher, read_host
from flows.request import Answer, Ask, FetchError
from schemas.page import FetchedPage
from schemas.settings import Settings
from schemas.source import Source

if TYPE_CHECKING:  # an extra, and two tenths of a second to import
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Playwright, Request, Route, WebSocketRoute

MAX_REQUESTS = 50
"""Addresses that the scripts of a page may ask for."""
_TAKEN = frozenset({"script", "fetch", "xhr"})
"""What is fetched for a page, in Playwright's words; style sheets are answered empty, all else is refused."""
_PASSED_ON = frozenset({"access-control-allow-origin", "access-control-allow-credentials", "x-content-type-options"})
"""Headers of an answer that a browser has to know, to keep what is meant for one site's scripts from another's."""
_GRACE = 3.0
"""Seconds in which a page gives its text, and a browser closes, once the time is over."""
_NO_NETWORK = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--js-flags=--max-old-space-size=256",  # megabytes
)
_DEAD_PROXY = {"server": "http://127.0.0.1:1", "bypass": "<-loopback>"}
_NO_OTHER_WAY = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) delete window[name];
window.open = () => null;"""
SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""Commands that are a Chromium, where Playwright has not installed its own."""
CHROMIUM = "a Chromium is had by `playwright install chromium` or from the system; DATELINE_BROWSER says where one is"


class Rendered(NamedTuple):
    """A page as its scripts made it."""

    page: FetchedPage
    refused: tuple[str, ...] = ()
    """Why scripts did not get what they asked for."""


class Browser:
    """One Chromium for a run, started when a page needs it; safe to use from several threads. Use it in a `with` block.

    A thread of its own has it, and renders one page at a time.
    """

    def __init__(self, settings: Settings, fetcher: Fetcher) -> None:
        self._settings = settings
        self._fetcher = fetcher
        self._thread = ThreadPoolExecutor(1, "browser")
        self._runner = asyncio.Runner()
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Ends the browser, if one was started."""
        if self._playwright is not None:
            self._thread.submit(lambda: self._runner.run(self._stop())).result()
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def render(self, page: FetchedPage, source: Source) -> Rendered:
        """The page with what its scripts put into it. Raises FetchError, `no_browser` where there is none to start.

        Limits: the settings' seconds for the page, their bytes for all that it asks for, and MAX_REQUESTS.
        """
        return self._thread.submit(lambda: self._runner.run(self._render(page, source))).result()

    async def _render(self, page: FetchedPage, source: Source) -> Rendered:
        chromium = await self._started()
        visit = _Visit(page, source, self._settings, self._fetcher)
        context = await chromium.new_context(service_workers="block", accept_downloads=False)
        try:
            markup = await visit.read(context)
        finally:
            await self._close(context)
        body = markup.encode("utf8", "replace")
        if len(body) > self._settings.max_bytes:
            raise FetchError("too_large", f"{page.final_url}: rendered, larger than {self._settings.max_bytes:,} bytes")
        said = {"body": body, "content_type": "text/html; charset=utf-8", "etag": None, "last_modified": None}
        # its versions are those of the shell, which stays the same when the text changes
        return Rendered(FetchedPage.model_validate(page.model_dump() | said), tuple(dict.fromkeys(visit.refused)))

    async def _started(self) -> "Chromium":
        if self._chromium is not None and self._chromium.is_connected():
            return self._chromium
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError as error:
            what = "a page has to be rendered (`render` of its source), and Playwright is not installed"
            raise FetchError("no_browser", f"{what}: pip install 'dateline[browser]'; {CHROMIUM}") from error
        self._playwright = self._playwright or await async_playwright().start()
        try:
            self._chromium = await self._launch(self._playwright)
        except Error as error:
            why = error.message.strip().splitlines()[0]
            raise FetchError("no_browser", f"no Chromium to render pages with ({why}): {CHROMIUM}") from error
        return self._chromium

    async def _launch(self, playwright: "Playwright") -> "Chromium":
        where = self._settings.browser
        if where is None and not Path(playwright.chromium.executable_path).exists():
            where = next((Path(found) for found in map(shutil.which, SYSTEM_BROWSERS) if found), None)
        return await playwright.chromium.launch(
            executable_path=where,
            args=_NO_NETWORK,
            proxy=_DEAD_PROXY,  # type: ignore[arg-type]  # a TypedDict
            chromium_sandbox=os.geteuid() != 0,  # Chromium has none for root
        )

    async def _close(self, context: "BrowserContext") -> None:
        """End a page; where it does not let itself be ended, the browser with it."""
        try:
            async with asyncio.timeout(_GRACE):
                await context.close()
        except Exception:  # whatever a page did to it, the next page gets a new one
            chromium, self._chromium = self._chromium, None
            with suppress(Exception):
                async with asyncio.timeout(_GRACE):
                    await chromium.close() if chromium else None

    async def _stop(self) -> None:
        with suppress(Exception):  # one that crashed is closed
            async with asyncio.timeout(_GRACE):
                await self._chromium.close() if self._chromium else None
        await self._playwright.stop() if self._playwright else None


class _Visit:
    """One page in the browser, and what it may ask for."""

    def __init__(self, page: FetchedPage, source: Source, settings: Settings, fetcher: Fetcher) -> None:
        self.refused: list[str] = []
        self._page = page
        self._source = source
        self._fetcher = fetcher
        self._seconds = settings.timeout_seconds
        self._ends_at = time.monotonic() + settings.timeout_seconds
        self._bytes_left = settings.max_bytes
        self._is_open = False
        self._asked: set[str] = set()
        self._answers: dict[str, Answer] = {}
        self._one_at_a_time = asyncio.Lock()

    async def read(self, context: "BrowserContext") -> str:
        """The page's markup once nothing more is asked for, or the time is over. Raises FetchError."""
        from playwright.async_api import Error, TimeoutError

        await context.add_init_script(_NO_OTHER_WAY)
        await context.route("**/*", self._answer)
        await context.route_web_socket("**/*", self._refuse_socket)
        try:
            tab = await context.new_page()
            with suppress(TimeoutError):  # what is there by then may be all that there is to read
                await tab.goto(self._page.final_url, wait_until="load", timeout=self._left() * 1000)
                await tab.wait_for_load_state("networkidle", timeout=self._left() * 1000)
            async with asyncio.timeout(_GRACE):
                return await tab.content()
        except builtins.TimeoutError as error:
            message = f"its scripts do not come to an end in {self._seconds:.3g} s (DATELINE_TIMEOUT_SECONDS)"
            raise FetchError("timeout", f"{self._page.final_url}: {message}") from error
        except Error as error:
            why = error.message.strip().splitlines()[0]
            raise FetchError("browser", f"{self._page.final_url}: the browser could not show it ({why})") from error

    def _left(self) -> float:
        """Seconds; never none, which Playwright takes for no limit."""
        return max(self._ends_at - time.monotonic(), 0.001)

    def _refuse_socket(self, socket: "WebSocketRoute") -> None:
        """Accepts the connection without making one; nothing ever comes."""
        self.refused.append(f"{socket.url}: web sockets are refused")

    async def _answer(self, route: "Route") -> None:
        from playwright.async_api import Error

        with suppress(Error):  # a page that is closed already
            try:
                await self._fulfill(route)
            except FetchError as error:
                self.refused.append(str(error))
                if error.status:
                    await route.fulfill(status=error.status)
                else:
                    await route.abort("aborted")  # any other reason would put an error page in the page's place

    async def _fulfill(self, route: "Route") -> None:
        request = route.request
        if request.resource_type == "document" and not self._is_open:
            self._is_open = True
            return await route.fulfill(body=self._page.body, content_type=self._page.content_type or "text/html")
        if request.resource_type == "stylesheet":
            return await route.fulfill(body="", content_type="text/css")
        answer = await self._fetch(request)
        headers = {name: value for name, value in answer.headers.items() if name in _PASSED_ON}
        headers.setdefault("access-control-allow-origin", "none")  # else Playwright says that all are allowed
        kind = answer.headers.get("content-type", "")
        return await route.fulfill(status=answer.status, headers=headers | {"content-type": kind}, body=answer.body)

    async def _fetch(self, request: "Request") -> Answer:
        """What our own client gets; the same address is asked for once. Raises FetchError."""
        url = request.url
        if request.resource_type not in _TAKEN or request.method != "GET":
            raise FetchError("refused", f"{url[:200]}: {request.method} of a {request.resource_type} is refused")
        host = read_host(url)
        async with self._one_at_a_time:
            if url not in self._answers:
                self._count(url)
                ask = Ask(url, max_bytes=self._bytes_left, origin=request.headers.get("origin"))
                self._answers[url] = await asyncio.to_thread(self._fetcher.fetch_part, ask, self._source, self._left())
                self._bytes_left = max(self._bytes_left - len(self._answers[url].body), 1)
        answer = self._answers[url]
        if request.resource_type != "script" and read_host(answer.url) != host:  # scripts may read what it answers
            raise FetchError("refused", f"{url}: leads on to another host, {answer.url}")
        return answer

    def _count(self, url: str) -> None:
        if time.monotonic() >= self._ends_at:
            raise FetchError("timeout", f"{url}: not asked for, since the time for the page is over")
        if url not in self._asked and len(self._asked) >= MAX_REQUESTS:
            raise FetchError("requests", f"a page may ask for {MAX_REQUESTS} addresses; the rest is refused")
        if url in self._asked:
            raise FetchError("refused", f"{url}: was asked for already, and could not be had")
        self._asked.add(url)
