"""`dateline doctor`: looks at each part of an installation, and says what to mend."""

import difflib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.text import Text

from cli.failures import describe_settings_error
from cli.output import out, print_json
from cli.tables import plain_table
from schemas.checkup import Finding
from schemas.page import utc_now
from schemas.settings import Settings
from store.check_archive import check_archive
from store.check_database import check_database
from store.database import Store, close_store, peek_store
from store.load import rendering_sources

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}
_LITTLE, _LEAST = 2_000_000_000, 200_000_000
"""Bytes of free space below which it is told, and below which nothing goes any more."""
_PREFIX = "DATELINE_"
_PRIVATE = ("review-secret", "review-users.json")


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Check settings, database, archive, model, Prefect, browser and disk; exit code 1 when something does not work."""
    findings = list(check_installation(dict(os.environ)))
    if as_json:
        print_json([finding.model_dump() for finding in findings])
    else:
        rows = [(Text(one.state, _STYLES[one.state]), one.part, _say(one)) for one in findings]
        out.print(plain_table("Installation", ("state", "part", "what was found, and what to do"), rows))
    raise typer.Exit(any(finding.state == "fail" for finding in findings))


def check_installation(environment: dict[str, str]) -> Iterator[Finding]:
    """Findings on every part, those first without which the others mean nothing."""
    yield from check_names(environment)
    try:
        settings = Settings()
    except ValidationError as error:
        yield Finding.fail("settings", describe_settings_error(error), "write another value, or take the variable away")
        return
    yield from check_private(settings.data_dir)
    yield from check_disk(settings)
    findings = list(check_database(settings.database_url, utc_now()))
    yield from findings
    store = _usable(settings, findings)
    try:
        yield from check_archive(settings.archive_url, store)
        yield from _check_flows(settings, rendering_sources(store) if store else [])
    finally:
        if store:
            close_store(store)


def _check_flows(settings: Settings, renders: list[str]) -> Iterator[Finding]:
    from flows.checkup import check_browser, check_model, check_server, check_versions  # takes seconds

    yield check_model(settings)
    yield from check_versions()
    yield check_server()
    yield check_browser(settings, renders)


def _usable(settings: Settings, findings: list[Finding]) -> Store | None:
    """The store, where nothing is wrong with the database and it is up to date."""
    is_there = any(finding.state == "ok" and "up to date" in finding.found for finding in findings)
    if not is_there or any(finding.state == "fail" for finding in findings):
        return None
    return peek_store(settings.database_url)


def check_names(environment: dict[str, str]) -> Iterator[Finding]:
    """Variables that look like settings and are none."""
    known = {f"{_PREFIX}{name}".upper() for name in Settings.model_fields}
    unknown = sorted(name for name in environment if name.upper().startswith(_PREFIX) and name.upper() not in known)
    for name in unknown:
        ends = (one.removeprefix(_PREFIX) for one in known)
        near = difflib.get_close_matches(name.upper().removeprefix(_PREFIX), ends, 1)
        todo = f"did you mean {_PREFIX}{near[0]}?" if near else "README.md lists the settings; take it away"
        yield Finding.warn("settings", f"{name} is no setting, and does nothing", todo)
    if not unknown:
        given = sum(name.upper() in known for name in environment)
        yield Finding.ok("settings", f"{given} variables DATELINE_… are set, all of them known")


def check_private(folder: Path) -> Iterator[Finding]:
    """Files that only their owner should read."""
    for path in (folder / name for name in _PRIVATE):
        if os.path.exists(path) and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding.fail("settings", f"{path} can be read by other users of this computer", f"chmod 600 {path}")


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Free space where the data is."""
    folder = settings.data_dir.absolute()
    folder = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:,.1f} GB are free at {folder}"
    if free < _LITTLE:
        make = Finding.fail if free < _LEAST else Finding.warn
        yield make("disk", said, "make room: `dateline gc --apply --compact`, or move DATELINE_DATA_DIR")
    else:
        yield Finding.ok("disk", said)


def _say(finding: Finding) -> Text:
    return Text.assemble(finding.found, (f"\n→ {finding.todo}" if finding.todo else "", "bold"))
