"""What a second `ingest` costs a release that the store has, without the network.

python -m benchmarks.known_releases [--sources 200] [--each 500] [--discover feed|sitemap] [--database URL] [--profile]

Every source lists all its releases, and the store knows them all. The fetcher answers at once: in the first run with
listings that the store has not seen, in the second that nothing changed. Told is this process's processor time for
planning the run and noting how the sources fared: all that a run does besides asking servers, and Prefect's own.
"""

import argparse
import cProfile
import datetime as dt
import pstats
import tempfile
import time
from collections.abc import Iterator
from typing import Any, cast

from flows.health import note_checks
from flows.plan import plan_links
from flows.process import Bench
from flows.request import Ask
from schemas.page import FetchedPage, utc_now
from schemas.settings import Settings
from schemas.source import Link, Source
from schemas.values import derive_id
from store import tables
from store.addresses import save_links, save_visits
from store.bulk import insert_rows
from store.database import Store, close_store, open_store, writing
from store.links import count_unlinked
from store.models import Address
from store.rows import utc
from store.save import save_sources

DAY = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


class Standing:
    """A fetcher that has every page already."""

    def __init__(self, pages: dict[str, bytes], content_type: str) -> None:
        self._pages = pages
        self._content_type = content_type
        self.status = 200

    def fetch_page(self, link: Link, source: Source, ask: Ask | None = None) -> FetchedPage:
        """The page, or that nothing changed."""
        body = self._pages[link.url] if self.status == 200 else b""
        return FetchedPage(link=link, final_url=link.url, status=self.status, fetched_at=utc_now(),
                           content_type=self._content_type, body=body)  # fmt: skip


def make_sources(number: int, discover: str) -> list[Source]:
    """So many newsrooms."""
    names = (f"newsroom-{place:03}" for place in range(number))
    return [Source.model_validate({"name": name, "url": f"https://{name}.example/list.xml", "discover": discover,
                                   "max_links": 50_000}) for name in names]  # fmt: skip


def list_urls(source: Source, each: int) -> Iterator[str]:
    """Addresses of a newsroom's releases."""
    return (f"https://{source.name}.example/news/2026/release-of-the-day-number-{number}" for number in range(each))


def write_listing(source: Source, each: int) -> bytes:
    """A sitemap or a feed of them."""
    if source.discover == "sitemap":
        links = "".join(f"<url><loc>{url}</loc><lastmod>2026-05-04</lastmod></url>" for url in list_urls(source, each))
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{links}</urlset>'.encode()
    items = "".join(
        f"<item><title>Harbour grant {place}</title><link>{url}</link>"
        f"<pubDate>Mon, 04 May 2026 10:00:00 GMT</pubDate><description>Norvik gives.</description></item>"
        for place, url in enumerate(list_urls(source, each))
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def fill(store: Store, sources: list[Source], each: int) -> None:
    """Let the store know every release, as a first run leaves it."""
    save_sources(store, sources)
    for source in sources:
        urls = list(list_urls(source, each))
        links = [Link(source=source.name, url=url, title="Harbour grant") for url in urls]
        save_links(store, links, DAY)
        had: dict[str, Any] = {"checked_at": DAY, "status": 200, "found_at": DAY, "etag": '"1"'}
        save_visits(store, [Address(source=source.name, url=url, **had) for url in urls])
        seen = {"first_seen": utc(DAY), "last_seen": utc(DAY), "text_sha256": "0" * 64}
        with writing(store) as connection:
            insert_rows(connection, tables.release, [
                {"id": derive_id("release", url), "source": source.name, "url": url, "title": "Harbour grant",
                 "published": DAY.date(), **seen} for url in urls])  # fmt: skip


def run_once(bench: Bench, sources: list[Source]) -> float:
    """Seconds of work of one run over sources that have nothing new."""
    worked, began = time.process_time(), utc_now()
    save_sources(bench.store, sources)
    plan = plan_links(sources, bench)
    note_checks(bench.store, sources, plan.report, began)
    count_unlinked(bench.store)
    worked = time.process_time() - worked
    if plan.jobs or plan.report.problems:
        raise SystemExit(f"{len(plan.jobs)} jobs where none was to be, {plan.report.problems[:1]}")
    return worked


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--sources", type=int, default=200)
    cli.add_argument("--each", type=int, default=500)
    cli.add_argument("--discover", default="feed")
    cli.add_argument("--database")
    cli.add_argument("--profile", action="store_true")
    args = cli.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        store = open_store(args.database or f"sqlite:///{scratch}/store.sqlite")
        sources = make_sources(args.sources, args.discover)
        fill(store, sources, args.each)
        pages = {str(source.url): write_listing(source, args.each) for source in sources}
        fetcher = Standing(pages, "application/rss+xml" if args.discover == "feed" else "application/xml")
        none = cast(Any, None)
        bench = Bench(Settings(connections=1), store, cast(Any, fetcher), browser=none, nlp=none)
        profile = cProfile.Profile(time.process_time)
        for name, fetcher.status in (("listings that changed", 200), ("nothing changed", 304)):
            if args.profile:
                profile.enable()
            worked = run_once(bench, sources)
            profile.disable()
            print(f"{name}: {worked:.1f} s of work, {worked / args.sources / args.each * 1000:.3f} ms a release")
        if args.profile:
            pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        close_store(store)


if __name__ == "__main__":
    main()
