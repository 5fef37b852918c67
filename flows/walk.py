"""Walking through the pages of a listing; a backfill that was stopped goes on from where it was."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import chain

from flows.desk import Desk
from flows.listed import PARSING, DiscoverError, Listed, More, keep_wanted
from flows.listings import further_pages, read_listing
from flows.request import FetchError
from flows.turns import RESTING
from schemas.page import FetchedPage, utc_now
from schemas.source import Link, Source
from store.walks import Walk

BACKFILL_PAGES = 10_000
_EMPTY_MONTHS = 12
"""Months of an archive without a release after which no earlier ones are looked at."""

Read = Callable[[FetchedPage, Source], Listed]


def walk_pages(desk: Desk, url: str, read: Read) -> list[Link]:
    """The links of a listing and of its further pages, as long as they have something that is wanted.

    Of a backfill that did not come to its end only the pages that came since then, and those from the last that it
    walked: the links of the others are kept. Raises FetchError or DiscoverError where the first page is none.
    """
    walk = _Walk(desk, url, read)
    left = desk.left_walk(url) if desk.wanted.backfill else None
    if left and left.place != url:
        walk.go_on(left)
    else:
        walk.go(url)
    walk.conclude()
    return list(walk.links.values())


class _Walk:
    """One walk through the pages of a listing."""

    def __init__(self, desk: Desk, url: str, read: Read) -> None:
        self.links: dict[str, Link] = {}
        self._desk = desk
        self._url = url
        self._read = read
        self._seen: list[str] = []
        self._empty = 0
        self._is_cut = False
        self._error: FetchError | DiscoverError | None = None
        source = desk.source
        self._by_month = bool(source.pages and "{month" in source.pages)
        makes = read is read_listing
        self._made = further_pages(source, utc_now().date(), desk.wanted.since) if makes else iter(())

    def go(self, start: str | None, had_by: dt.datetime | None = None) -> str | None:
        """Walk from a page to the end, or past a page of which the store had every link by then; to what comes next."""
        page = start
        while page and self._has_room():
            found, more = self._look(page)
            new = [link for link in found if link.url not in self.links]
            self.links.update((link.url, link) for link in new)
            self._empty = 0 if new else self._empty + 1
            goes_on = self._goes_on(new)
            if self._desk.wanted.backfill:
                self._keep(page, found, is_place=bool(new) and not (had_by or self._error))
            following = self._next(more)
            if had_by and found and self._desk.had_by(found, had_by):
                return following
            page = following if goes_on else None
        return None

    def go_on(self, left: Walk) -> None:
        """Walk through what has come since, then from where the last walk was; where that is no more, through all."""
        rest = self.go(self._url, left.walked_at)
        if self._error or self._is_cut:
            return
        if left.place not in self._seen:
            known, made = len(self.links), list(self._made)
            place = made.index(left.place) + 1 if left.place in made else 0
            self._made = iter(made[place:])
            self.go(left.place)
            if len(self.links) > known:
                self._desk.note("resumed", left.place, "the backfill that was stopped has gone on from here")
                return
            if _may_pass(self._error):
                return
            self._made, self._error = iter(made), None
        self.go(rest)

    def conclude(self) -> None:
        """Note a walk that broke off, and forget the place of a backfill that came to the end."""
        if self._error:
            self._desk.is_whole = False
        elif self._desk.wanted.backfill and self.links and not self._is_cut:
            self._desk.forget_walk(self._url)

    def _has_room(self) -> bool:
        source = self._desk.source
        limit = BACKFILL_PAGES if self._desk.wanted.backfill else source.max_pages
        self._is_cut = len(self._seen) >= limit or len(self.links) >= source.max_links
        return not self._is_cut

    def _look(self, url: str) -> tuple[list[Link], list[More]]:
        """The links of one page that are wanted, and where it leads on to. What goes wrong with a further page is
        noted, and ends the walk.
        """
        self._seen.append(url)
        try:
            page = self._desk.get(url)
            with PARSING:
                listed = self._read(page, self._desk.source)
        except (FetchError, DiscoverError) as error:
            if len(self._seen) == 1:
                raise
            if error.code != "http_404":  # the page after the last
                self._desk.note(error.code, url, f"a further page of the listing cannot be read ({error})")
                self._error = error
            return [], []
        self._desk.stays_fresh(listed.fresh_seconds)
        if listed.is_cut:
            self._desk.note("listing_cut", url, "the listing goes on beyond what is read of it")
        return keep_wanted(listed.links, self._desk.source), listed.more

    def _keep(self, page: str, found: list[Link], is_place: bool) -> None:
        """Note the links of a page, and that it was walked where all of them are kept."""
        self._desk.keep(found)
        if is_place and len(found) < self._desk.source.max_links:
            self._desk.keep_place(self._url, page)

    def _goes_on(self, new: list[Link]) -> bool:
        """Whether the page after one with these links may have something that is wanted."""
        wanted, since = self._desk.wanted, self._desk.wanted.since
        inside = [link for link in new if not (since and link.published and link.published < since)]
        is_thorough = wanted.backfill or self._desk.is_resumed
        if inside if is_thorough else self._desk.unmet(inside):
            return True
        return self._by_month and not new and self._empty <= _EMPTY_MONTHS

    def _next(self, more: list[More]) -> str | None:
        pages: Iterator[str] = chain((page.url for page in more), self._made)
        return next((page for page in pages if page not in self._seen), None)


def _may_pass(error: FetchError | DiscoverError | None) -> bool:
    return isinstance(error, FetchError) and (error.may_pass or error.code == RESTING)
