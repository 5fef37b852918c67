"""Rows of the documented views, page by page: each page begins behind the key of the last row before it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, Double, Integer, Text, column, select, table, tuple_
from sqlalchemy.types import TypeEngine

from store.columns import EXACT, UTC
from store.database import Store, reading
from store.rows import Row, utc
from store.value_rows import exact
from store.view_columns import View

_TYPES: dict[str, TypeEngine[Any]] = {
    "text": Text(), "number": Double(), "exact": EXACT, "integer": Integer(), "day": Date(), "time": UTC,
    "flag": Boolean(),
}  # fmt: skip


def read_page(
    store: Store, view: View, wanted: Mapping[str, Any], after: Sequence[Any] | None, limit: int
) -> list[Row]:
    """So many rows in the order of their keys, behind a key if one is given.

    `wanted` has values by column; `since` and `until` bound the day of publication, `min_value` and `max_value` a sum.
    """
    columns = {one.name: column(one.name, _TYPES[one.kind]) for one in view.columns}
    keys = [columns[name] for name in view.key]
    rows = select(*columns.values()).select_from(table(view.name, *columns.values())).order_by(*keys).limit(limit)
    for name, value in wanted.items():
        rows = rows.where(
            columns["published"] >= value if name == "since"
            else columns["published"] <= value if name == "until"
            else columns["value"] >= value if name == "min_value"
            else columns["value"] <= value if name == "max_value"
            else columns[name] == value
        )  # fmt: skip
    if after is not None:
        rows = rows.where(tuple_(*keys) > tuple_(*after))
    with reading(store) as connection:
        return [_plain(view, dict(row)) for row in connection.execute(rows).mappings()]


def _plain(view: View, made: Row) -> Row:
    """Values that are alike from both databases."""
    for one in view.columns:
        if made[one.name] is not None and one.kind in ("exact", "time"):
            made[one.name] = exact(Decimal(made[one.name])) if one.kind == "exact" else utc(made[one.name])
    return made
