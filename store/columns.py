"""What tables are made of: the kinds of columns that many of them have."""

from typing import Any

from sqlalchemy import Column, Date, DateTime, Double, ForeignKey, Integer, MetaData, Numeric, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

UTC = DateTime(timezone=True)
"""Always UTC; SQLite keeps no time zone, so `rows.utc` puts it back on."""
EXACT = Numeric().with_variant(Text(), "sqlite")
"""SQLite has no decimals, only floats: there the digits are kept as text, and a REAL column beside it compares."""


def key(*names: str) -> tuple[Column[str], ...]:
    """Part of the primary key: the release, then what is unique in it."""
    parent = ForeignKey("release.id", ondelete="CASCADE")
    return (Column("release_id", Text, parent, primary_key=True), *(Column(n, Text, primary_key=True) for n in names))


def texts(*names: str, required: bool = True) -> tuple[Column[str], ...]:
    """Columns of text."""
    return tuple(Column(name, Text, nullable=not required) for name in names)


def words(required: bool = True) -> tuple[Column[int], Column[int], Column[str]]:
    """The evidence of a row: `release.text[start_char:end_char] == text`."""
    return (
        Column("start_char", Integer, nullable=not required),
        Column("end_char", Integer, nullable=not required),
        Column("text", Text, nullable=not required),
    )


def phrase(name: str, text: str = "") -> tuple[Column[str], Column[int], Column[int]]:
    """More evidence of a row, where there is any: the words in the column `text` (or `name`), and where they stand."""
    places = (Column(f"{name}_start_char", Integer), Column(f"{name}_end_char", Integer))
    return (Column(text or name, Text), *places)


def when(name: str, prefix: str = "") -> tuple[Column[Any], ...]:
    """Words that say when, where they stand, what they mean, and the days that they cover."""
    days = (Column(f"{prefix}first_day", Date), Column(f"{prefix}last_day", Date))
    return (*phrase(name), Column(f"{name}_value", Text), *days)


def money() -> tuple[Column[Any], ...]:
    """A sum, its currency and its qualifier; each number exact and, beside it, as a floating-point number."""
    return (
        Column("value", EXACT, nullable=False),
        Column("value_number", Double, nullable=False),
        Column("maximum", EXACT),
        Column("maximum_number", Double),
        Column("currency", Text),
        Column("qualifier", Text, nullable=False),
    )
