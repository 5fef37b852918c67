"""Which deployments a sources.toml asks for: a table of the flows that can be scheduled, and one row for each group."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from schemas.schedule import DEFAULT, Schedule
from schemas.source import Declared, SourcesError
from schemas.wanted import Wanted

USUAL = Schedule(name=DEFAULT, every="15m", due=True)  # type: ignore[arg-type]  # as people write it
"""For sources that name no schedule, where the file has none named `default`."""


class Job(NamedTuple):
    """A flow that a schedule of its own name may start."""

    entrypoint: str
    """Module path: what is found is the package that is installed."""
    schedule: Schedule
    """Where the file has none of that name."""
    description: str
    takes_file: bool = False


class Wish(NamedTuple):
    """A deployment that should be there."""

    entrypoint: str
    name: str
    schedule: Schedule
    description: str
    parameters: dict[str, Any]
    tags: tuple[str, ...]


JOBS = {
    "canary": Job(
        "flows.scheduled.canary",
        Schedule(name="canary", cron="0 3 * * *"),
        "Looks whether each newsroom still gives what it gave when all was well: listing, first release, date. "
        "Stores nothing; its table is the artifact `canary`.",
        takes_file=True,
    ),
    "batch": Job(
        "flows.scheduled.batch",
        Schedule(name="batch"),
        "Stores records of all releases in files, folders and archives, as `dateline batch` does: `paths`, by default "
        "the folder `inbox` of the data folder. What was taken in before is passed over.",
    ),
    "reextract": Job(
        "flows.scheduled.reextract",
        Schedule(name="reextract"),
        "The present extractor over stored texts: what it says otherwise, by field: the artifact `reextract-summary`. "
        "With `apply` the new records are stored; what people decided stays. `selection` narrows it by source, day or "
        "condition.",
    ),
    "export": Job(
        "flows.scheduled.export",
        Schedule(name="export"),
        "Writes every record for other programs, as `dateline export` does: `format`, `output`, `changes_only`.",
    ),
    "digest": Job(
        "flows.scheduled.digest",
        Schedule(name="digest", cron="0 6 * * *"),
        "Releases and checks per day with a plot, and what is odd about sources: the artifact `digest`.",
    ),
}


def list_wishes(path: Path, declared: Declared, prefix: str = "") -> list[Wish]:
    """The deployments of a file. Raises SourcesError for a schedule that nothing uses, or that means two things."""
    groups = {source.schedule for source in declared.source}
    given = {schedule.name: schedule for schedule in declared.schedule}
    if both := sorted(groups & JOBS.keys()):
        raise SourcesError(f"{path}: schedule {both[0]!r} is that of a flow; name the sources' one otherwise")
    if unused := sorted(given.keys() - groups - JOBS.keys() - {DEFAULT}):
        raise SourcesError(f"{path}: no source has schedule = {unused[0]!r}; name it in one, or take the schedule out")
    jobs = {name: job._replace(schedule=given.get(name, job.schedule)) for name, job in JOBS.items()}
    return [
        *(_wish_group(path, declared, given.get(name, USUAL), prefix) for name in sorted(groups)),
        *_wish_jobs(path, jobs, prefix),
    ]


def _wish_group(path: Path, declared: Declared, schedule: Schedule, prefix: str) -> Wish:
    names = [source.name for source in declared.source if source.schedule == schedule.name]
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    whose = "those whose time has come of" if schedule.due else "all of"
    description = (
        f"Fetches what is new from {whose} the {len(names)} sources with the schedule `{schedule.name}` in `{path}`: "
        f"{shown}.\n\n`options` may narrow a run: `limit`, `since`, `until`, `recheck`, `backfill`, `only_due`."
    )
    parameters = {
        "sources_file": str(path),
        "schedule": schedule.name,
        "options": Wanted(only_due=schedule.due).model_dump(mode="json"),
    }
    name = f"{prefix}{schedule.name}"
    return Wish("flows.scheduled.ingest_group", name, schedule, description, parameters, ("dateline", "ingest"))


def _wish_jobs(path: Path, jobs: dict[str, Job], prefix: str) -> Iterator[Wish]:
    for name, job in jobs.items():
        parameters = {"sources_file": str(path)} if job.takes_file else {}
        yield Wish(job.entrypoint, f"{prefix}{name}", job.schedule, job.description, parameters, ("dateline", name))
