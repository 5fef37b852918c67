"""After a run: how each source fared, and what is odd about it."""

import datetime as dt
from collections.abc import Iterable

from flows.report import Report
from schemas.source import Source
from store.database import Store
from store.health import Alarm, SourceCheck, load_health, save_checks

_COUNTS = ("links", "found", "stored", "without_date", "without_amounts", "without_names")


def note_checks(store: Store, sources: Iterable[Source], report: Report, at: dt.datetime) -> list[Alarm]:
    """Keep how the sources of a run fared, and return the alarms that this raises.

    `at` is when the run began. Sources that were not looked at, since they were not due, have no check.
    """
    looked_at = [source for source in sources if report.counts.get(source.name, {}).get("links", -1) >= 0]
    checks = [_check(source, report, at) for source in looked_at]
    save_checks(store, checks)
    return [alarm for check in checks for alarm in load_health(store, check.source, at).alarms]


def _check(source: Source, report: Report, at: dt.datetime) -> SourceCheck:
    counts = report.counts.get(source.name, {})
    theirs = (problem for problem in report.problems if problem.source == source.name)
    listing = next((problem for problem in theirs if problem.place == str(source.url)), None)
    failed = counts.get("failed", 0) - (listing is not None)
    return SourceCheck(
        source=source.name,
        checked_at=at,
        code=listing.code if listing else None,
        message=listing.message if listing else None,
        failed=max(0, failed),
        **{name: counts.get(name, 0) for name in _COUNTS},
    )
