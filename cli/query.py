"""`dateline query`: questions in SQL over documented views, which change nothing."""

import csv
import datetime as dt
import json
import math
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any

import typer

from cli.output import err, out, print_json
from cli.tables import plain_table
from schemas.settings import Settings
from store.database import close_store, open_store
from store.export import as_cell
from store.query import Answer, answering
from store.views import VIEWS

SHOWN = 100
"""Rows of a table for people, unless asked otherwise."""
_CELL = 80
"""Characters of a cell that a table for people shows."""


def query(
    sql: Annotated[str | None, typer.Argument(help='One SELECT, such as "SELECT payer, value FROM payments".')] = None,
    tables: Annotated[bool, typer.Option("--tables", help="List the views and their columns.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list of objects.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV with a line of column names.")] = False,
    limit: Annotated[int | None, typer.Option(min=0, help=f"Rows at most; {SHOWN} in a table, else all.")] = None,
    timeout: Annotated[float, typer.Option(min=0.001, max=86_400, help="Seconds that it may take.")] = 60,
) -> None:
    """Answer a question in SQL; it can read everything and change nothing."""
    if as_json and as_csv:
        raise typer.BadParameter("--json or --csv, not both")
    if tables:
        return _list_views(as_json)
    if sql is None or not sql.strip():
        raise typer.BadParameter("give a question, or --tables for what there is to ask for")
    store = open_store(Settings().database_url)
    try:
        with answering(store, sql, timeout) as answer:
            write = _write_json if as_json else _write_csv if as_csv else _write_table
            write(answer, limit)
    finally:
        close_store(store)


def _list_views(as_json: bool) -> None:
    if as_json:
        columns = ("name", "kind", "about")
        print_json({name: [{key: getattr(one, key) for key in columns} for one in view.columns]
                    for name, view in VIEWS.items()})  # fmt: skip
        return
    for name, view in VIEWS.items():
        rows = [(one.name, one.kind, one.about) for one in view.columns]
        out.print(plain_table(f"{name}: {view.about}", ("column", "kind", "what"), rows))
        out.print()


def _some(answer: Answer, limit: int | None) -> Iterator[tuple[Any, ...]]:
    """The rows up to a limit, and a word on standard error where there are more."""
    yield from islice(answer.rows, limit)
    if limit is not None and next(answer.rows, None) is not None:
        err.print(f"… and more than these {limit:,} rows: --limit, --json and --csv give more", style="dim")


def _write_json(answer: Answer, limit: int | None) -> None:
    before = "["
    for row in _some(answer, limit):
        values = dict(zip(answer.columns, map(as_json_value, row), strict=True))
        out.file.write(f"{before}\n{json.dumps(values, ensure_ascii=False)}")
        before = ","
    out.file.write("[]\n" if before == "[" else "\n]\n")


def _write_csv(answer: Answer, limit: int | None) -> None:
    writer = csv.writer(out.file, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in _some(answer, limit):
        writer.writerow([as_cell(value.hex() if isinstance(value, bytes) else value) for value in row])


def _write_table(answer: Answer, limit: int | None) -> None:
    rows = [list(map(_shorten, row)) for row in _some(answer, SHOWN if limit is None else limit)]
    numbers = [all(isinstance(row[place], int | float | Decimal) or row[place] is None for row in rows)
               for place in range(len(answer.columns))]  # fmt: skip
    names = [f"#{name}" if number and rows else name for name, number in zip(answer.columns, numbers, strict=True)]
    out.print(plain_table(f"{len(rows):,} rows", names, rows))


def _shorten(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if not isinstance(value, str):
        return value
    line = " ".join(value[: 4 * _CELL].split())
    return line if len(line) <= _CELL else f"{line[: _CELL - 1]}…"


def as_json_value(value: Any) -> Any:
    """A value of a database in JSON; exact decimals as text, so that no digit is lost.

    >>> as_json_value(Decimal("2.50")), as_json_value(dt.date(2026, 5, 4)), as_json_value(b"a"), as_json_value(math.inf)
    ('2.50', '2026-05-04', '61', 'inf')
    >>> as_json_value({"days": [dt.date(2026, 5, 4), None]})
    {'days': ['2026-05-04', None]}
    """
    if isinstance(value, list):
        return [as_json_value(one) for one in value]
    if isinstance(value, dict):
        return {name: as_json_value(one) for name, one in value.items()}
    if isinstance(value, dt.date | dt.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
