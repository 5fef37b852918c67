"""The tables. docs/store.md says what each column means; a migration in `migrations/versions` makes each change."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from store.change_tables import journal, release_change
from store.columns import UTC, key, metadata, texts
from store.fetch_tables import address, host, slot, source_check, walk
from store.intake_tables import intake, waiting
from store.review_tables import review, review_agreement, review_claim, review_event, review_state
from store.search_tables import release_words
from store.value_tables import (
    VALUES,
    amount,
    commitment,
    commitment_amount,
    date_mention,
    event,
    mention,
    organisation,
    person,
    quote,
    reason,
    record_check,
    section,
)

__all__ = [
    "VALUES",
    "address",
    "amount",
    "commitment",
    "commitment_amount",
    "date_mention",
    "entity",
    "entity_decision",
    "entity_key",
    "entity_link",
    "entity_match",
    "event",
    "host",
    "intake",
    "journal",
    "linked_record",
    "mention",
    "metadata",
    "organisation",
    "page",
    "person",
    "quarantine",
    "quote",
    "reason",
    "record",
    "record_check",
    "release",
    "release_change",
    "release_version",
    "release_words",
    "review",
    "review_agreement",
    "review_claim",
    "review_event",
    "review_state",
    "run",
    "section",
    "slot",
    "source",
    "source_check",
    "tally",
    "waiting",
    "walk",
]

source = Table(
    "source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("settings", JSON(none_as_null=True)),
    Column("last_run", UTC),
)

release = Table(
    "release",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("published", Date, index=True),
    Column("place", Text),
    Column("issuer", Text),
    Column("language", Text),
    Column("country", Text),
    Column("text_sha256", Text, nullable=False),
    Column("first_seen", UTC, nullable=False),
    Column("last_seen", UTC, nullable=False),
    Column("review_priority", Double, nullable=False, server_default=text("0")),
    Column("gone_since", UTC),
)
Index("ix_release_source_published", release.c.source, release.c.published)
Index("ix_release_queue", release.c.review_priority.desc(), release.c.id)

release_version = Table(
    "release_version",
    metadata,
    *key("text_sha256"),
    Column("text", Text, nullable=False),
    Column("as_read", JSON, nullable=False),
    Column("page_sha256", Text),
    Column("first_seen", UTC, nullable=False),
    Column("last_seen", UTC, nullable=False),
)

release_signature = Table("release_signature", metadata, *key(), Column("signature", LargeBinary, nullable=False))

release_band = Table(
    "release_band",
    metadata,
    *key(),
    Column("band", Integer, primary_key=True, autoincrement=False),
    Column("part", BigInteger, nullable=False),
)
Index("ix_release_band_part", release_band.c.part, release_band.c.band)

release_copy = Table(
    "release_copy",
    metadata,
    *key(),
    Column("original_id", Text, ForeignKey("release.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("similarity", Double, nullable=False),
)

page = Table(
    "page",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, ForeignKey("source.name"), nullable=False, index=True),
    Column("requested_url", Text, nullable=False),
    Column("final_url", Text, nullable=False),
    Column("link_title", Text),
    Column("link_published", Date),
    Column("status", Integer, nullable=False),
    Column("content_type", Text),
    Column("fetched_at", UTC, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("release_id", Text, ForeignKey("release.id", ondelete="SET NULL"), index=True),
)

record = Table(
    "record",
    metadata,
    Column("release_id", Text, primary_key=True),
    Column("text_sha256", Text, primary_key=True),
    Column("extractor_version", Text, primary_key=True),
    Column("content", JSON, nullable=False),
    Column("is_current", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["release_id", "text_sha256"],
        ["release_version.release_id", "release_version.text_sha256"],
        ondelete="CASCADE",
    ),
)
Index(
    "uq_record_current",
    record.c.release_id,
    unique=True,
    sqlite_where=record.c.is_current,
    postgresql_where=record.c.is_current,
)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("started", UTC, nullable=False, index=True),
    Column("finished", UTC),
    Column("state", Text, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("process", Text, nullable=False),
    Column("alive_at", UTC, nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'ingest'")),
    Column("seconds", JSON, nullable=False),
)

tally = Table(
    "tally",
    metadata,
    Column("name", Text, primary_key=True),
    Column("label", Text, primary_key=True),
    Column("value", Double, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, ForeignKey("source.name"), nullable=False, index=True),
    Column("place", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("page_sha256", Text),
    Column("first_seen", UTC, nullable=False),
    Column("last_seen", UTC, nullable=False),
    Column("tries", BigInteger, nullable=False),
)

entity = Table(
    "entity",
    metadata,
    Column("id", Text, primary_key=True),
    *texts("kind", "name", "name_key", "context"),
    Column("employer_id", Text, ForeignKey("entity.id"), index=True),
    Column("is_acronym", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("canonical_id", Text, ForeignKey("entity.id"), nullable=False, index=True),
)
Index("ix_entity_name_key", entity.c.name_key, entity.c.kind)

entity_key = Table(
    "entity_key",
    metadata,
    Column("role", Text, primary_key=True),
    Column("words", Text, primary_key=True),
    Column("entity_id", Text, ForeignKey("entity.id"), primary_key=True, index=True),
)

entity_decision = Table(
    "entity_decision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("action", Text, nullable=False),
    Column("targets", JSON, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", UTC, nullable=False),
    Column("comment", Text),
    Column("undoes", Integer, ForeignKey("entity_decision.id")),
)

entity_link = Table(
    "entity_link",
    metadata,
    Column("id", Text, primary_key=True),
    Column("release_id", Text, ForeignKey("release.id", ondelete="CASCADE"), nullable=False, index=True),
    *texts("kind", "name_key"),
    Column("number", Integer, nullable=False),
    *texts("name", "value_id"),
    Column("entity_id", Text, ForeignKey("entity.id"), nullable=False, index=True),
    Column("how", Text, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("linked_at", UTC, nullable=False),
    Column("decision_id", Integer, ForeignKey("entity_decision.id")),
)

entity_match = Table(
    "entity_match",
    metadata,
    Column("id", Text, primary_key=True),
    Column("entity_id", Text, ForeignKey("entity.id"), nullable=False, index=True),
    Column("other_id", Text, ForeignKey("entity.id"), nullable=False, index=True),
    Column("how", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("matched_at", UTC, nullable=False),
    Column("decision_id", Integer, ForeignKey("entity_decision.id")),
)

linked_record = Table(
    "linked_record",
    metadata,
    *key(),
    *texts("text_sha256", "extractor_version", "rules"),
    Column("linked_at", UTC, nullable=False),
)

# PostgreSQL's ordinary index refuses entries of more than some 2,700 bytes, and URLs come from outside: a hash index
# takes any length.
for _column in (release.c.url, page.c.requested_url, page.c.final_url):
    Index(f"ix_{_column.table.name}_{_column.name}", _column, postgresql_using="hash")
