"""The tables of what changed when, by which an export goes on where the one before ended."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from store.columns import metadata, texts

NUMBER = BigInteger().with_variant(Integer(), "sqlite")

journal = Table("journal", metadata, Column("id", Text, primary_key=True))

release_change = Table(
    "release_change",
    metadata,
    Column("release_id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("number", NUMBER, nullable=False, unique=True, index=True),
    *texts("text_sha256", "extractor_version", required=False),
    *(Column(name, NUMBER) for name in ("created", "changed", "extracted", "reviewed", "gone", "deleted", "copied")),
)
"""Written by triggers alone (`store/derived.py`), so that no way of saving can forget it; never deleted from."""
