"""The tables of fetching: what is known of addresses and hosts, whose turn it is, how each source fared, how far a
backfill has come."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text

from store.columns import UTC, metadata, texts

address = Table(
    "address",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    *texts("kind", "url"),
    Column("title", Text),
    Column("published", Date),
    Column("updated", UTC),
    Column("found_at", UTC, nullable=False),
    Column("checked_at", UTC),
    Column("status", Integer),
    Column("code", Text),
    Column("failures", Integer, nullable=False),
    *texts("etag", "last_modified", "moved_to", "content_type", required=False),
    Column("fresh_seconds", BigInteger),
    Column("next_due", UTC),
    Column("body", LargeBinary),
)
Index("ix_address_source", address.c.source, address.c.kind, address.c.code)

host = Table(
    "host",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text),
    Column("held_until", UTC),
    Column("free_at", UTC),
    Column("robots", Text),
    Column("robots_at", UTC),
)

slot = Table(
    "slot",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("holder", Text),
    Column("held_until", UTC),
)

source_check = Table(
    "source_check",
    metadata,
    Column("source", Text, ForeignKey("source.name"), primary_key=True),
    Column("checked_at", UTC, primary_key=True),
    Column("code", Text),
    Column("message", Text),
    *(
        Column(name, Integer, nullable=False)
        for name in ("links", "found", "stored", "failed", "without_date", "without_amounts", "without_names")
    ),
)

walk = Table(
    "walk",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    Column("place", Text, nullable=False),
    Column("walked_at", UTC, nullable=False),
)
