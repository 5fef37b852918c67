"""What releases are found by; docs/store.md says what each column means."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from store.columns import metadata

release_words = Table(
    "release_words",
    metadata,
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("release_id", Text, ForeignKey("release.id", ondelete="CASCADE"), nullable=False, index=True, unique=True),
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)
# SQLite's index is the virtual table `word_index`, which triggers keep: see the migration.
Index("ix_release_words_words", release_words.c.words, postgresql_using="gin", info={"only": "postgresql"})
