"""Planning a run: what every source lists, and what of it is to be fetched."""

import datetime as dt
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest

from flows.desk import Desk
from flows.discover import discover_links
from flows.listed import DiscoverError
from flows.process import Bench
from flows.report import Report, add_reports
from flows.request import FetchError
from flows.turns import RESTING
from flows.visit import Job
from schemas.page import utc_now
from schemas.problem import Problem
from schemas.source import Link, Source
from store.addresses import load_addresses, load_pending
from store.load import known_urls
from store.models import Address
from store.save import GONE

MOST_CHANGED = 0.25
"""A listing that says of more than this share that it changed (and of more than ten) says it of every page, always."""


@dataclass(frozen=True)
class Plan:
    """What a run will fetch, sources taking turns, and what is known before it begins."""

    jobs: tuple[Job, ...]
    report: Report


def plan_links(sources: Sequence[Source], bench: Bench) -> Plan:
    """Ask every source what it lists and keep what the store does not have, what waits there, and what changed.

    A source whose listing cannot be had or understood is a problem of the report; the others go on.
    """
    with ThreadPoolExecutor(bench.settings.connections) as pool:
        plans = list(pool.map(lambda source: _plan_source(source, bench), sources))
    turns = zip_longest(*(plan.jobs for plan in plans))
    jobs = tuple(job for turn in turns for job in turn if job is not None)
    return Plan(jobs, add_reports(plan.report for plan in plans))


def _plan_source(source: Source, bench: Bench) -> Plan:
    desk = Desk(source, bench.fetcher, bench.store, bench.wanted)
    if bench.wanted.only_due and not desk.is_due():
        return Plan((), Report(counts={source.name: {"resting": 1}}))
    try:
        listed, problem = discover_links(desk), None
    except (FetchError, DiscoverError) as error:
        if error.code == RESTING:
            note = _problem(source, error)
            return Plan((), Report(counts={source.name: {"resting": 1}}, notes=(note,)))
        listed, problem = [], _problem(source, error)
    jobs, counts = _choose(listed, desk, bench)
    desk.keep(job.link for job in jobs if not job.is_known)
    if problem is None:
        desk.conclude()
    counts |= {"links": len(listed), "failed": int(problem is not None)}
    problems = (problem,) if problem else ()
    report = Report(counts={source.name: counts}, problems=problems, notes=tuple(desk.notes))
    return Plan(tuple(jobs[: bench.wanted.limit]), report)


def _problem(source: Source, error: FetchError | DiscoverError) -> Problem:
    message = f"source {source.name}: {error}"
    return Problem(source=source.name, place=str(source.url), stage="fetch", code=error.code, message=message)


def _choose(listed: Sequence[Link], desk: Desk, bench: Bench) -> tuple[list[Job], dict[str, int]]:
    """The jobs of a source, what is new first, with counts of what is left alone."""
    name, now = desk.source.name, utc_now()
    links = {link.url: link for link in (*load_pending(bench.store, name, now), *listed)}
    addresses = load_addresses(bench.store, name, links)
    known = known_urls(bench.store, name, links)
    fresh = [link for url, link in links.items() if url not in known and not _rests(addresses.get(url), now)]
    wanted = [link for link in fresh if not bench.wanted.excludes(_published(link, addresses))]
    again = _changed([link for link in listed if link.url in known], addresses, bench)
    jobs = [Job(desk.source, link, addresses.get(link.url)) for link in _in_order(wanted, listed)]
    jobs += [Job(desk.source, link, addresses.get(link.url), is_known=True) for link in again]
    found = sum(link.url not in addresses and link.url not in known for link in listed)
    listed_known = sum(link.url in known for link in listed)
    return jobs, {"known": listed_known - len(again), "older": len(fresh) - len(wanted), "found": found}


def _in_order(wanted: Iterable[Link], listed: Sequence[Link]) -> list[Link]:
    """As listed, then what waits since earlier runs."""
    places = {link.url: place for place, link in enumerate(listed)}
    return sorted(wanted, key=lambda link: places.get(link.url, len(places)))


def _published(link: Link, addresses: dict[str, Address]) -> dt.date | None:
    """The day that its page gave when it was had, else the listing's."""
    address = addresses.get(link.url)
    return (address.published if address else None) or link.published


def _rests(address: Address | None, now: dt.datetime) -> bool:
    return bool(address and address.next_due and address.next_due > now)


def _changed(known: Sequence[Link], addresses: dict[str, Address], bench: Bench) -> list[Link]:
    """Those of the releases that the store has which may have changed: all to be checked again, or those whose listing
    says so.
    """
    if bench.wanted.recheck:
        return [link for link in known if not bench.wanted.excludes(_published(link, addresses))]
    said = [link for link in known if _is_newer(link, addresses.get(link.url))]
    return said if len(said) <= max(10, len(known) * MOST_CHANGED) else []


def _is_newer(link: Link, address: Address | None) -> bool:
    if address is None or address.checked_at is None or link.updated is None or address.status in GONE:
        return False
    return link.updated > address.checked_at
