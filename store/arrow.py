"""Rows of our tables as Arrow batches, with the types that the columns have."""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import Any

import pyarrow as pa
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, Numeric, Table
from sqlalchemy.types import Float, TypeEngine

from store.export import columns_of
from store.rows import utc

MONEY = pa.decimal128(38, 10)
"""28 digits before the point, as many as a sum may have, and 10 behind it."""
_TYPES: tuple[tuple[type[TypeEngine[Any]], pa.DataType], ...] = (
    (Boolean, pa.bool_()),
    (Integer, pa.int64()),
    (DateTime, pa.timestamp("us", "UTC")),
    (Date, pa.date32()),
    (Float, pa.float64()),
    (Numeric, MONEY),
    (LargeBinary, pa.binary()),
)
"""The first that fits; everything else is text."""
_LAST_DIGIT = Decimal(1).scaleb(-10)
_DIGITS = Context(prec=60)


def arrow_type(column: Column[Any]) -> pa.DataType:
    """The type of a column's values."""
    return next((made for kind, made in _TYPES if isinstance(column.type, kind)), pa.string())


def schema_of(table: Table) -> pa.Schema:
    """The columns of the file of a table."""
    types = {column.name: arrow_type(column) for column in table.columns}
    beside = {"release_id": pa.string(), "release_title": pa.string(), "published": pa.date32()}
    return pa.schema([(name, types.get(name) or beside[name]) for name in columns_of(table)])


def as_batch(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
    """Rows with the types of a schema."""
    columns = [_fit([row.get(field.name) for row in rows], field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _fit(values: list[Any], kind: pa.DataType) -> pa.Array:
    if kind == MONEY:
        values = [None if value is None else _fit_money(Decimal(value)) for value in values]
    elif pa.types.is_timestamp(kind):
        values = [None if value is None else utc(value) for value in values]
    return pa.array(values, kind)


def _fit_money(value: Decimal) -> Decimal | None:
    """A sum with 10 digits behind the point; None where it has more: its floating-point number stands beside it.

    >>> _fit_money(Decimal("2.5")), _fit_money(Decimal("0.000000000001"))
    (Decimal('2.5000000000'), None)
    """
    fitted = value.quantize(_LAST_DIGIT, context=_DIGITS)
    return fitted if fitted == value else None
