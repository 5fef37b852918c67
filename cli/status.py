"""`dateline status`: what the store holds, per source, what the last runs did and what is in quarantine."""

from typing import Annotated

import typer
from rich.text import Text

from cli.output import out, print_json
from cli.tables import plain_table, shorten
from schemas.page import utc_now
from schemas.settings import Settings
from store.database import close_store, open_store
from store.health import Health, load_health
from store.load import load_quarantine
from store.models import Quarantined, Run, SourceStatus
from store.status import load_status

_RUN_COLUMNS = ("started", "what", "state", "#new", "#changed", "#unchanged", "#failed", "sources", "working seconds")
SHOWN = 20
"""Quarantined places that the table shows; --json has them all."""


def status(as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False) -> None:
    """Show what the store holds, what the last runs did and what could not be processed."""
    store = open_store(Settings().database_url)
    try:
        state, quarantine = load_status(store), load_quarantine(store)
        health = [load_health(store, source.name, utc_now()) for source in state.sources]
    finally:
        close_store(store)
    if as_json:
        lists = {
            "health": [entry.model_dump(mode="json") for entry in health],
            "quarantine": [entry.model_dump(mode="json") for entry in quarantine],
        }
        print_json({**state.model_dump(mode="json"), **lists})
        return
    counts = [(name, f"{number:,}") for name, number in state.counts.items() if number]
    out.print(plain_table("Store", ("what", "#number"), counts or [("(empty)", "")]))
    out.print()
    out.print(plain_table("Sources", ("source", "#releases", "#quarantined", "last seen", "last run"),
                          map(_source_row, state.sources)))  # fmt: skip
    out.print()
    out.print(plain_table("Last runs", _RUN_COLUMNS, map(_run_row, state.runs)))
    if checked := [entry for entry in health if entry.last_success or entry.failures]:
        out.print()
        columns = ("source", "last success", "#a week", "#failures", "#no date", "#no sums", "#no names")
        out.print(plain_table("Health", columns, map(_health_row, checked)))
    for alarm in (alarm for entry in health for alarm in entry.alarms):
        out.print(Text(f"alarm: {alarm.message}", "red"), soft_wrap=True)
    if quarantine:
        out.print()
        out.print(plain_table(f"Quarantine ({len(quarantine)})", ("where", "stage", "#tries", "why"),
                              map(_quarantine_row, quarantine[:SHOWN])))  # fmt: skip
    if len(quarantine) > SHOWN:
        out.print(Text(f"… and {len(quarantine) - SHOWN} more (--json has all)", "dim"))


def _source_row(source: SourceStatus) -> tuple[object, ...]:
    return source.name, source.releases, source.quarantined, _minute(source.last_seen), _minute(source.last_run)


def _health_row(health: Health) -> tuple[object, ...]:
    shares = (health.without_date, health.without_amounts, health.without_names)
    said = ("" if share is None else f"{share:.0%}" for share in shares)
    return health.source, _minute(health.last_success), f"{health.releases_per_week:.1f}", health.failures, *said


def _run_row(run: Run) -> tuple[object, ...]:
    numbers = (run.counts.get(name, 0) for name in ("new", "changed", "unchanged", "failed"))
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in run.seconds.items())
    return _minute(run.started), run.kind, run.state, *numbers, shorten(", ".join(run.sources), 50), stages


def _quarantine_row(entry: Quarantined) -> tuple[object, ...]:
    problem = entry.problem
    return problem.place, problem.stage, entry.tries, shorten(problem.message.removeprefix(f"{problem.place}: "), 100)


def _minute(moment: object) -> str:
    return str(moment)[:16] if moment else ""
