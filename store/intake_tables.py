"""Tables of what a batch run has taken in: texts that wait for the extractor, and how far each file was read."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text

from store.columns import UTC, key, metadata, texts

waiting = Table(
    "waiting",
    metadata,
    *key(),
    *texts("text_sha256"),
    Column("seen_at", UTC, nullable=False),
    Column("run_id", Text, index=True),
    Column("is_stale", Boolean),
)

intake = Table(
    "intake",
    metadata,
    Column("id", Text, primary_key=True),
    *texts("place", "how"),
    Column("size", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("started_at", UTC, nullable=False),
    Column("finished_at", UTC),
)
