"""Looking at sources without storing anything: does each still give what it gave when all was well?"""

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pydantic import BaseModel

from extractors.page import PageError, read_page
from flows.browser import Browser
from flows.desk import Desk
from flows.discover import discover_links
from flows.fetch import Fetcher
from flows.listed import DiscoverError
from flows.request import FetchError
from schemas.release import Release
from schemas.settings import Settings
from schemas.source import Link, Source
from schemas.values import FROZEN
from store.database import Store
from store.health import SourceCheck, load_checks


class Finding(BaseModel):
    """What a source gives now, and what it gave in the last run in which its listing could be had."""

    model_config = FROZEN
    source: str
    code: str | None = None
    """Why it gives nothing usable; None where all is well."""
    message: str | None = None
    links: int = 0
    newest: dt.date | None = None
    """The last day of publication that its listing gives, or the release that was tried."""
    title: str | None = None
    published: dt.date | None = None
    length: int = 0
    """Title, date and number of characters of the release that was tried, its first."""
    before: SourceCheck | None = None


def try_sources(sources: Sequence[Source], fetcher: Fetcher, store: Store, settings: Settings) -> list[Finding]:
    """Ask each source for its listing and read its first release."""
    with Browser(settings, fetcher) as browser, ThreadPoolExecutor(settings.connections) as pool:
        return list(pool.map(lambda source: _try_source(source, fetcher, store, browser), sources))


def _try_source(source: Source, fetcher: Fetcher, store: Store, browser: Browser) -> Finding:
    before = next((check for check in load_checks(store, source.name) if check.code is None), None)
    try:
        links = discover_links(Desk(source, fetcher))
    except (FetchError, DiscoverError) as error:
        return Finding(source=source.name, code=error.code, message=str(error), before=before)
    dates = [link.published for link in links if link.published]
    found = Finding(source=source.name, links=len(links), newest=max(dates, default=None), before=before)
    release = read_release(links[0], source, fetcher, browser)
    if isinstance(release, str):
        return found.model_copy(update={"code": release.partition(":")[0], "message": release.partition(": ")[2]})
    read = {"title": release.title, "published": release.published, "length": len(release.text)}
    return found.model_copy(update=read | {"newest": found.newest or release.published})


def read_release(link: Link, source: Source, fetcher: Fetcher, browser: Browser | None = None) -> Release | str:
    """The release behind a link, or `code: message` where there is none."""
    try:
        page = fetcher.fetch_page(link, source)
        try:
            return read_page(page, source)
        except PageError as error:
            if error.code != "needs_browser" or browser is None or not source.render:
                raise
            return read_page(browser.render(page, source).page, source)
    except (FetchError, PageError) as error:
        return f"{error.code}: {error}"
