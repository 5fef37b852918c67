"""`dateline ingest`: from newsrooms or files to records in the store."""

import os
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.flow_run import check_paths, prefect_starting, report_of, watched
from cli.output import complain, err, out, print_json
from cli.tables import plain_table, shorten
from extractors.names import check_model
from flows.report import COUNTED, Report
from samples.server import sample_sources, serve_samples
from schemas.settings import Settings
from schemas.source import Source, load_sources
from schemas.wanted import Wanted


def ingest(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(help="A sources.toml, or files and folders of releases; by default the samples, over HTTP."),
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only the source of that name; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many new releases a source.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="None published before.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="None published after.")] = None,
    backfill: Annotated[bool, typer.Option(help="Go through all sitemaps and pages back to --since.")] = False,
    recheck: Annotated[bool, typer.Option(help="Ask again for releases that the store has.")] = False,
    due: Annotated[bool, typer.Option(help="Only sources whose time has come, by how much they publish.")] = False,
    published: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="For files that tell no date of their own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the run's report as JSON.")] = False,
) -> None:
    """Fetch, read, extract and store the releases that the store does not have yet."""
    paths = sources or []
    is_files = bool(paths) and not all(path.suffix == ".toml" for path in paths)
    first, last = (moment.date() if moment else None for moment in (since, until))
    wanted = Wanted(limit=limit, since=first, until=last, backfill=backfill, recheck=recheck, only_due=due)
    if is_files and (source or wanted != Wanted()):
        raise typer.BadParameter("files and folders take only --published and --json; the rest is for a sources.toml")
    if published and not is_files:
        raise typer.BadParameter("--published is for files and folders; a source tells its own dates")
    check_model(Settings().model)
    with ExitStack() as stack:
        if is_files:
            _existing(paths)
            check_paths(paths)
            report = _run_files(paths, published.date() if published else None)
        else:
            chosen = _choose(_declared(paths, stack), source or [])
            report = _run_sources(chosen, wanted)
    _print_report(report, as_json)
    raise typer.Exit(0 if report.clean else 1)


def _existing(paths: list[Path]) -> None:
    if missing := next((path for path in paths if not os.path.exists(path)), None):
        raise typer.BadParameter(
            f"{missing} does not exist, or may not be reached; name a sources.toml, or files and folders of releases"
        )


def _declared(paths: list[Path], stack: ExitStack) -> list[Source]:
    if not paths:
        return sample_sources(stack.enter_context(serve_samples()))
    return [source for path in paths for source in load_sources(path)]


def _choose(sources: list[Source], names: list[str]) -> list[Source]:
    known = [source.name for source in sources]
    if unknown := next((name for name in names if name not in known), None):
        raise typer.BadParameter(f"no source is named {unknown!r}; there are: {', '.join(known)}")
    return [source for source in sources if not names or source.name in names]


def _run_sources(sources: list[Source], wanted: Wanted) -> Report:
    with watched():
        with prefect_starting():
            from flows.ingest import ingest as flow
        return report_of(flow(sources, wanted, return_state=True))


def _run_files(paths: list[Path], published: date | None) -> Report:
    with watched():
        with prefect_starting():
            from flows.ingest import ingest_files as flow
        return report_of(flow(paths, published, return_state=True))


def _print_report(report: Report, as_json: bool) -> None:
    for problem in report.problems:
        complain(problem)
    for note in report.notes:
        err.print(Text(f"note: {note.message}", "dim"), soft_wrap=True)
    for alarm in report.alarms:
        err.print(Text(f"alarm: {alarm}", "red"), soft_wrap=True)
    for error in report.errors:
        err.print(Text(error, "red"), soft_wrap=True)
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    if report.found:
        columns = ("id", "published", "title", "#people", "#orgs", "#dates", "#amounts", "#quotes", "#checks")
        title_width = max(20, out.width - sum(map(len, columns)) - 2 * len(columns))  # so that a release takes one line
        rows = [
            (
                *(found.id[:8], found.published, shorten(found.title, title_width)),
                *(found.people, found.organisations, found.dates, found.amounts, found.quotes, found.checks),
            )
            for found in report.found
        ]
        out.print(plain_table(_found_title(report), columns, rows))
        out.print()
    by_source = [(name, *(counts.get(key, 0) for key in COUNTED)) for name, counts in report.counts.items()]
    out.print(plain_table("Sources", ("source", *(f"#{name}" for name in COUNTED)), by_source))
    out.print(Text("\n" + closing_words(report), "bold"))


def _found_title(report: Report) -> str:
    stored = sum(report.saved.values())
    return (
        "Stored releases"
        if stored <= len(report.found)
        else f"The first {len(report.found)} of {stored} stored releases"
    )


def closing_words(report: Report) -> str:
    """What a user wants to know last, and what to do next.

    >>> closing_words(Report(counts={"acme": {"links": 3, "known": 3}}))
    'Nothing new: all 3 listed releases are in the store already.'
    """
    new, changed = report.saved.get("new", 0), report.saved.get("changed", 0)
    if report.clean and not sum(report.saved.values()):
        return f"Nothing new: all {report.total('known')} listed releases are in the store already."
    words = f"{new} new, {changed} changed, {report.saved.get('unchanged', 0)} unchanged"
    if report.clean:
        return f"{words}. Look at one with `dateline show ID`, take all with `dateline export`."
    failed = report.total("failed")
    return f"{words}, {failed} failed: they are in quarantine (`dateline status`) and the next run tries them again."
