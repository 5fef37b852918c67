"""A desk: one source, looked at by one run, with what the store knows of its addresses."""

import datetime as dt
from collections.abc import Iterable

from flows.fetch import Fetcher
from flows.request import Ask, FetchError
from flows.schedule import WINDOW, read_interval, read_pause
from flows.turns import RESTING
from schemas.page import FetchedPage, utc_now
from schemas.problem import Problem
from schemas.source import Link, Source
from schemas.wanted import Wanted
from store.addresses import load_addresses, save_links, save_visits
from store.database import Store
from store.load import known_urls
from store.models import Address
from store.status import count_found
from store.walks import Walk, forget_walk, load_walk, save_walk, walk_id

UNFINISHED = "unfinished"
"""Code of a source's listing while it is looked at, and after a run that was stopped before it had all links."""


class Desk:
    """Asks for a source's listings, only for what may have changed since the store was told, and says what it noted."""

    def __init__(self, source: Source, fetcher: Fetcher, store: Store | None = None, wanted: Wanted | None = None):
        self.source = source
        self.fetcher = fetcher
        self.wanted = wanted or Wanted()
        self.notes: list[Problem] = []
        """What is to be known, though it stopped nothing."""
        self.is_whole = True
        """Whether all pages that were wanted could be read."""
        self._store = store
        self._fresh_seconds = 0
        self._just_had: dict[str, FetchedPage] = {}
        """What was asked for to find out what it is, and will be asked for again as that."""
        main = self._known([str(source.url)]).get(str(source.url))
        self.is_resumed = bool(main and main.code)
        """Whether the last look ended before its time, so that what it met is no sign of having met the rest."""

    def get(self, url: str, updated: dt.datetime | None = None, life: dt.timedelta | None = None) -> FetchedPage:
        """A listing: as the store has it where it is younger than `life`, or where another listing says that it was
        `updated` when the store last had it, or where its server says that nothing changed. Raises FetchError.
        """
        if url in self._just_had:
            return self._just_had.pop(url)
        known = self._known([url]).get(url)
        now = utc_now()
        if known and known.body is not None and known.checked_at:
            is_young = life is not None and now - known.checked_at < life
            if is_young or (updated is not None and known.updated == updated):
                return _as_stored(known, known.body)
        known = known or Address(source=self.source.name, url=url, kind="listing", found_at=now)
        try:
            page = self._ask(known)
        except FetchError as error:
            if error.code != RESTING:
                self._save(_failed(known, error, now))
            raise
        if page.status == 304 and known.body is not None:
            self._save(known.model_copy(update={**self._well(page), "updated": updated or known.updated}))
            return _as_stored(known, known.body)
        said = {**self._well(page), **_version(page), "updated": updated, "body": page.body}
        self._save(known.model_copy(update=said))
        if life is not None:
            self._just_had[url] = page
        return page

    def _ask(self, known: Address) -> FetchedPage:
        link = Link(source=self.source.name, url=known.url)
        has_body = known.body is not None
        ask = Ask(
            known.moved_to or known.url,
            known.etag if has_body else None,
            known.last_modified if has_body else None,
            take_cut=True,
        )
        try:
            page = self.fetcher.fetch_page(link, self.source, ask)
        except FetchError as error:
            if known.moved_to is None or error.may_pass:
                raise
            page = self.fetcher.fetch_page(link, self.source, ask._replace(url=known.url))  # it has moved back
        moved_to = page.moved_to or (known.moved_to if page.final_url != known.url else None)
        if moved_to and known.url == str(self.source.url):
            self.note("moved", known.url, f"has moved for good to {moved_to}; write that as `url` of the source")
        return page.model_copy(update={"moved_to": moved_to})

    def _well(self, page: FetchedPage) -> dict[str, object]:
        """What a good answer leaves of an address; the source's own is done with once all its pages are."""
        code = UNFINISHED if page.link.url == str(self.source.url) else None
        said = {"checked_at": page.fetched_at, "status": page.status, "code": code, "failures": 0}
        return {**said, "moved_to": page.moved_to, "next_due": None}

    def note(self, code: str, place: str, message: str) -> None:
        """Say something that is to be known."""
        said = f"source {self.source.name}: {place}: {message}"
        self.notes.append(Problem(source=self.source.name, place=place, stage="fetch", code=code, message=said))

    def unmet(self, links: Iterable[Link]) -> list[Link]:
        """Those of the links that the store has never seen."""
        listed = list(links)
        urls = [link.url for link in listed]
        met = self._known(urls).keys() | (known_urls(self._store, self.source.name, urls) if self._store else set())
        return [link for link in listed if link.url not in met]

    def stays_fresh(self, seconds: int | None) -> None:
        """Take note of how long a listing says that asking again is of no use."""
        self._fresh_seconds = max(self._fresh_seconds, seconds or 0)

    def keep(self, links: Iterable[Link]) -> None:
        """Note links, so that none is lost whenever the run ends."""
        if self._store:
            save_links(self._store, links, utc_now())

    def had_by(self, links: Iterable[Link], moment: dt.datetime) -> bool:
        """Whether the store knew all of the links by then."""
        urls = [link.url for link in links]
        known = self._known(urls)
        return all(url in known and known[url].found_at <= moment for url in urls)

    def left_walk(self, url: str) -> Walk | None:
        """How far a backfill through the same pages came that did not come to its end."""
        return load_walk(self._store, walk_id(self.source, url, self.wanted)) if self._store else None

    def keep_place(self, url: str, place: str) -> None:
        """Note how far a backfill has come through the pages of the listing at `url`."""
        if self._store:
            key = walk_id(self.source, url, self.wanted)
            save_walk(self._store, Walk(id=key, source=self.source.name, place=place, walked_at=utc_now()))

    def forget_walk(self, url: str) -> None:
        """Note that a backfill has come to the end of the listing."""
        if self._store:
            forget_walk(self._store, walk_id(self.source, url, self.wanted))

    def is_due(self) -> bool:
        """Whether the source's time has come."""
        main = self._known([str(self.source.url)]).get(str(self.source.url))
        return main is None or main.next_due is None or main.next_due <= utc_now()

    def conclude(self) -> None:
        """Note that the links are kept, and when the source is to be looked at again."""
        url, now = str(self.source.url), utc_now()
        known = self._known([url]).get(url)
        if self._store is None or known is None:
            return
        published = count_found(self._store, self.source.name, now - WINDOW)
        fresh = max(self._fresh_seconds, known.fresh_seconds or 0)
        due = now + read_interval(published, self.source, fresh)
        self._save(known.model_copy(update={"next_due": due, "code": None if self.is_whole else UNFINISHED}))

    def _known(self, urls: list[str]) -> dict[str, Address]:
        return load_addresses(self._store, self.source.name, urls) if self._store else {}

    def _save(self, address: Address) -> None:
        if self._store:
            save_visits(self._store, [address])


def _as_stored(known: Address, body: bytes) -> FetchedPage:
    return FetchedPage(
        link=Link(source=known.source, url=known.url),
        final_url=known.moved_to or known.url,
        status=200,
        fetched_at=known.checked_at or known.found_at,
        content_type=known.content_type,
        body=body,
        fresh_seconds=known.fresh_seconds,
    )


def _version(page: FetchedPage) -> dict[str, object]:
    return page.model_dump(include={"etag", "last_modified", "fresh_seconds", "content_type"})


def _failed(known: Address, error: FetchError, now: dt.datetime) -> Address:
    failures = known.failures + 1
    pause = max(read_pause(failures, error.may_pass), dt.timedelta(seconds=error.retry_after or 0))
    said = {"checked_at": now, "status": error.status, "code": error.code, "failures": failures}
    return known.model_copy(update={**said, "next_due": now + pause if pause else None})
