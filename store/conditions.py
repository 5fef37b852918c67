"""Conditions in SQL that people write: on a release and on what its current record says.

A condition is parsed, and what is asked of the database is written anew from what was understood: an expression made
of what is listed here. Anything else (another statement, an unknown function, a table of the database's own) is
refused before the database sees any of it.
"""

from collections.abc import Iterator

import sqlglot
from sqlalchemy import Boolean, ColumnElement, literal_column
from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError

from store import tables
from store.database import Store, StoreError

_DIALECTS = {"sqlite": "sqlite", "postgresql": "postgres"}
_TESTS = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike, exp.Glob),
    *(exp.RegexpLike, exp.RegexpILike, exp.Escape, exp.Exists, exp.Any, exp.All, exp.And, exp.Or, exp.Not, exp.Paren),
)
_VALUES = (
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Tuple, exp.Array, exp.Star, exp.Var),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.Case, exp.If, exp.Cast, exp.DataType),
    *(exp.Interval, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONPath, exp.JSONPathKey, exp.JSONPathRoot),
    exp.JSONPathSubscript,
)
_QUERIES = (
    *(exp.Select, exp.From, exp.Table, exp.TableAlias, exp.Alias, exp.Join, exp.Where, exp.Group, exp.Having),
    *(exp.Subquery, exp.Order, exp.Ordered, exp.Limit, exp.Distinct, exp.Union, exp.Intersect, exp.Except),
)
_FUNCTIONS = (
    *(exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Coalesce, exp.Nullif),
    *(exp.Length, exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Replace, exp.Concat, exp.StrPosition, exp.Extract),
    *(exp.Date, exp.CurrentDate, exp.CurrentTimestamp, exp.TimeToStr, exp.TsOrDsToTimestamp, exp.TsOrDsToDate),
)
_ALLOWED = frozenset((*_TESTS, *_VALUES, *_QUERIES, *_FUNCTIONS))
_BY_NAME = frozenset({"date", "datetime", "julianday", "strftime", "instr", "typeof"})
"""Functions that the parser has no class for."""

_CURRENT = {
    "record": " AND record.is_current",
    "release_version": " AND release_version.text_sha256 = release.text_sha256",
}
"""Of these tables a release has several rows, of which one is current."""
_BESIDE = (*tables.VALUES, tables.record, tables.release_version, tables.release_copy, tables.review)
_COLUMNS = {table.name: tuple(table.columns.keys()) for table in (tables.release, *_BESIDE)}
"""What may be named without a query of its own."""


class ConditionError(StoreError):
    """A condition that cannot be asked; the message says why, and what it may speak of."""

    def __init__(self, condition: str, why: str) -> None:
        lines = "".join(f"\n  {name}: {', '.join(filter(_is_telling, columns))}" for name, columns in _COLUMNS.items())
        super().__init__(f"--where {condition!r}: {why}. A condition may speak of{lines}")


def _is_telling(column: str) -> bool:
    return not column.endswith("_char") and column != "release_id"


def read_condition(store: Store, condition: str) -> ColumnElement[bool]:
    """The condition as a column of a statement over `release`: true for a release that is meant.

    `published >= '2025-01-01' AND amount.currency = 'EUR'` means releases of which some amount is in euros; a release
    without any is tried once, with all columns of `amount` null. Raises ConditionError.
    """
    dialect = _DIALECTS[store.engine.dialect.name]
    parsed = _parse(condition, dialect)
    for name in parsed.find_all(exp.Identifier):
        if not name.args.get("quoted"):
            name.set("this", name.name.lower())
    _refuse_foreign(parsed, condition)
    named = sorted(_qualify(parsed, condition))
    written = parsed.sql(dialect=dialect, comments=False)
    if named:
        beside = " ".join(
            f"LEFT JOIN {name} ON {name}.release_id = release.id{_CURRENT.get(name, '')}" for name in named
        )
        written = f"EXISTS (SELECT 1 FROM (SELECT 1 AS one) AS one {beside} WHERE {written})"  # noqa: S608  (see above)
    return literal_column(f"({written})", Boolean)


def _parse(condition: str, dialect: str) -> exp.Condition:
    try:
        return sqlglot.parse_one(condition, into=exp.Condition, dialect=dialect)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        said = str(first.get("description") or "it is empty").partition(" for <class")[0]
        where = f" at {first['highlight']!r}, character {first['col']}" if first.get("highlight") else ""
        raise ConditionError(condition, f"{said}{where}") from None
    except SqlglotError as error:
        raise ConditionError(condition, f"{error}; is a quotation mark missing?") from None


def _refuse_foreign(parsed: exp.Condition, condition: str) -> None:
    for node in parsed.walk():
        by_name = isinstance(node, exp.Anonymous) and node.name.lower() in _BY_NAME
        if not by_name and type(node) not in _ALLOWED:
            what = f"the function {node.name}" if isinstance(node, exp.Anonymous) else _quote(node)
            raise ConditionError(condition, f"{what} is not allowed in a condition")
        if isinstance(node, exp.Table) and (node.name not in _TABLES or node.args.get("db")):
            raise ConditionError(condition, f"{_quote(node)} is no table that a condition may read")


def _quote(node: exp.Expr) -> str:
    return node.sql(comments=False, unsupported_level=ErrorLevel.IGNORE)


_TABLES = frozenset(tables.metadata.tables) - {"host", "slot", "address", "run", "source_check", "walk"}


def _qualify(parsed: exp.Condition, condition: str) -> set[str]:
    """Say of which table each column is; those tables beside `release` that are meant without a query of their own."""
    named = set()
    for column in list(parsed.find_all(exp.Column)):
        if isinstance(column.this, exp.Star):
            continue
        if not column.table and column.find_ancestor(exp.Select) is None:
            column.set("table", exp.to_identifier("release"))
        if not column.table or column.table in _bound(column):
            continue
        if column.args.get("db") or column.name not in _COLUMNS.get(column.table, ()):
            raise ConditionError(condition, f"there is no column {column.sql().removeprefix('release.')!r}")
        named.add(column.table)
    return named - {"release"}


def _bound(column: exp.Column) -> Iterator[str]:
    """Names of tables in the queries around a column."""
    query = column.find_ancestor(exp.Select)
    while query is not None:
        for part in query.find_all(exp.Table, exp.Subquery):
            if part.alias_or_name and part.find_ancestor(exp.Select) is query:
                yield part.alias_or_name
        query = query.find_ancestor(exp.Select)
