"""What views are made of: columns with the SQL that gives them and the words that docs/query.md says of them."""

from typing import Literal, NamedTuple

ColumnKind = Literal["text", "number", "exact", "integer", "day", "time", "flag"]
"""number: floating-point; exact: NUMERIC on PostgreSQL, text on SQLite; day, time: dates, text on SQLite."""


class ViewColumn(NamedTuple):
    """A column of a view."""

    name: str
    kind: ColumnKind
    sql: str
    about: str


class View(NamedTuple):
    """A view: SQL that SQLite, PostgreSQL and DuckDB read alike."""

    name: str
    about: str
    columns: tuple[ViewColumn, ...]
    source: str
    """What stands behind FROM."""
    key: tuple[str, ...]
    """Columns by which its rows are told apart and sorted."""

    @property
    def sql(self) -> str:
        """The SELECT that the view is."""
        return f"SELECT {', '.join(f'{one.sql} AS {one.name}' for one in self.columns)} FROM {self.source}"  # noqa: S608


ASIDE = "('boilerplate', 'contact', 'disclaimer', 'furniture')"
"""Kinds of sections that are no part of the news."""


def beside(*names: str) -> tuple[ViewColumn, ...]:
    """Columns of the release that a value is from."""
    every = {
        "published": ViewColumn("published", "day", "release.published", "day of publication of the release"),
        "source": ViewColumn("source", "text", "release.source", "newsroom, as in `sources.toml`"),
        "issuer": ViewColumn("issuer", "text", "release.issuer", "organisation that issues the release"),
        "release_title": ViewColumn("release_title", "text", "release.title", "headline of the release"),
        "release_url": ViewColumn("release_url", "text", "release.url", "address of the release"),
    }
    release_id = ViewColumn("release_id", "text", "release.id", "→ releases.release_id")
    return (release_id, *(every[name] for name in names))


def own(table: str, kind: ColumnKind, /, **about: str) -> tuple[ViewColumn, ...]:
    """Columns that are a table's own."""
    return tuple(ViewColumn(name, kind, f"{table}.{name}", said) for name, said in about.items())


def words(table: str) -> tuple[ViewColumn, ...]:
    """Where a value stands, and how likely it is right."""
    return (
        *own(table, "text", text="the words that it came from"),
        *own(table, "integer", start_char="first code point of the words in `releases.text`, from 0",
             end_char="one past the last"),
        *own(table, "number", confidence="0 to 1: how likely it is right"),
    )  # fmt: skip


def money(table: str) -> tuple[ViewColumn, ...]:
    """A sum."""
    return (
        ViewColumn("value", "number", f"{table}.value_number", "in the currency's main unit, to compare, sort and add"),
        ViewColumn("value_exact", "exact", f"{table}.value", "the same, every digit"),
        ViewColumn("maximum", "number", f"{table}.maximum_number", "upper end of a range"),
        ViewColumn("maximum_exact", "exact", f"{table}.maximum", "the same, every digit"),
        ViewColumn("currency", "text", f"{table}.currency", "ISO 4217, or ticker of a cryptocurrency; add up by it"),
        ViewColumn("qualifier", "text", f"{table}.qualifier", "exact, about, over, under, at_least, up_to, range"),
    )


def section(table: str) -> tuple[ViewColumn, ...]:
    """The part of the release that a value stands in."""
    news = f"({table}.section IS NULL OR {table}.section NOT IN {ASIDE})"
    return (
        *own(table, "text", section="part of the release: headline, lead, body, boilerplate, contact, …"),
        ViewColumn("in_news", "flag", news, "false in boilerplate, contacts, disclaimers and page furniture"),
    )


def entity(name: str, value: str, about: str) -> ViewColumn:
    """The real thing behind a name, as `dateline link` found it."""
    table = value.partition(".")[0]
    return ViewColumn(
        name,
        "text",
        "(SELECT min(entity.canonical_id) FROM entity_link JOIN entity ON entity.id = entity_link.entity_id"  # noqa: S608
        f" WHERE entity_link.release_id = {table}.release_id AND entity_link.value_id = {value}"
        " AND entity_link.is_current)",
        about,
    )


def of(table: str) -> str:
    """A table of values with its releases."""
    return f"{table} JOIN release ON release.id = {table}.release_id"
