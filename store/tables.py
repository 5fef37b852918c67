"""The tables. docs/store.md says what each column means; a migration in `migrations/versions` makes each change."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

_UTC = DateTime(timezone=True)
"""Always UTC; SQLite keeps no time zone, so `rows.utc` puts it back on."""
_EXACT = Numeric().with_variant(Text(), "sqlite")
"""SQLite has no decimals, only floats: there the digits are kept as text, and a REAL column beside it compares."""


def _words(required: bool = True) -> tuple[Column[int], Column[int], Column[str]]:
    """The evidence of a row: `release.text[start_char:end_char] == text`."""
    return (
        Column("start_char", Integer, nullable=not required),
        Column("end_char", Integer, nullable=not required),
        Column("text", Text, nullable=not required),
    )


def _key(*names: str) -> tuple[Column[str], ...]:
    """Part of the primary key: the release, then what is unique in it."""
    parent = ForeignKey("release.id", ondelete="CASCADE")
    return (Column("release_id", Text, parent, primary_key=True), *(Column(n, Text, primary_key=True) for n in names))


def _texts(*names: str) -> tuple[Column[str], ...]:
    return tuple(Column(name, Text, nullable=False) for name in names)


source = Table(
    "source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("settings", JSON(none_as_null=True)),
    Column("last_run", _UTC),
)

release = Table(
    "release",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, ForeignKey("source.name"), nullable=False, index=True),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("published", Date, index=True),
    Column("place", Text),
    Column("issuer", Text),
    Column("language", Text),
    Column("country", Text),
    Column("text_sha256", Text, nullable=False),
    Column("first_seen", _UTC, nullable=False),
    Column("last_seen", _UTC, nullable=False),
)

release_version = Table(
    "release_version",
    metadata,
    *_key("text_sha256"),
    Column("text", Text, nullable=False),
    Column("as_read", JSON, nullable=False),
    Column("page_sha256", Text),
    Column("first_seen", _UTC, nullable=False),
    Column("last_seen", _UTC, nullable=False),
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
    Column("fetched_at", _UTC, nullable=False),
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

person = Table(
    "person",
    metadata,
    *_key("id"),
    Column("name", Text, nullable=False),
    Column("title", Text),
    Column("organisation", Text),
    Column("organisation_id", Text),
    Column("confidence", Double, nullable=False),
)

organisation = Table(
    "organisation",
    metadata,
    *_key("id"),
    Column("name", Text, nullable=False),
    Column("acronym", Text),
    Column("kind", Text),
    Column("confidence", Double, nullable=False),
)

mention = Table(
    "mention",
    metadata,
    *_key("entity_id"),
    Column("start_char", Integer, primary_key=True),
    Column("end_char", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("entity_kind", Text, nullable=False),
)

date_mention = Table(
    "date_mention",
    metadata,
    *_key("id"),
    Column("value", Text),
    Column("first_day", Date, index=True),
    Column("last_day", Date),
    *_words(),
    Column("rule", Text, nullable=False),
    Column("confidence", Double, nullable=False),
)

amount = Table(
    "amount",
    metadata,
    *_key("id"),
    Column("value", _EXACT, nullable=False),
    Column("value_number", Double, nullable=False),
    Column("maximum", _EXACT),
    Column("maximum_number", Double),
    Column("currency", Text),
    Column("qualifier", Text, nullable=False),
    Column("kind", Text),
    Column("payer", Text),
    Column("payer_id", Text),
    Column("payee", Text),
    Column("payee_id", Text),
    *_words(),
    Column("rule", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("equals", Text),
)
Index("ix_amount_currency", amount.c.currency, amount.c.value_number)

quote = Table(
    "quote",
    metadata,
    *_key("id"),
    Column("speaker", Text),
    Column("speaker_id", Text),
    *_words(),
)

record_check = Table(
    "record_check",
    metadata,
    *_key(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False, index=True),
    Column("message", Text, nullable=False),
    *_words(required=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("started", _UTC, nullable=False, index=True),
    Column("finished", _UTC),
    Column("state", Text, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("process", Text, nullable=False),
    Column("alive_at", _UTC, nullable=False),
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
    Column("first_seen", _UTC, nullable=False),
    Column("last_seen", _UTC, nullable=False),
    Column("tries", BigInteger, nullable=False),
)

review = Table(
    "review",
    metadata,
    Column("id", Text, primary_key=True),
    Column("release_id", Text, ForeignKey("release.id"), nullable=False, index=True),
    Column("field", Text, nullable=False),
    Column("value_id", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("machine", JSON(none_as_null=True)),
    Column("human", JSON(none_as_null=True)),
    Column("reviewer", Text, nullable=False),
    Column("reviewed_at", _UTC, nullable=False),
    Column("extractor_version", Text, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("comment", Text),
)

entity = Table(
    "entity",
    metadata,
    Column("id", Text, primary_key=True),
    *_texts("kind", "name", "name_key", "context"),
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
    Column("decided_at", _UTC, nullable=False),
    Column("comment", Text),
    Column("undoes", Integer, ForeignKey("entity_decision.id")),
)

entity_link = Table(
    "entity_link",
    metadata,
    Column("id", Text, primary_key=True),
    Column("release_id", Text, ForeignKey("release.id", ondelete="CASCADE"), nullable=False, index=True),
    *_texts("kind", "name_key"),
    Column("number", Integer, nullable=False),
    *_texts("name", "value_id"),
    Column("entity_id", Text, ForeignKey("entity.id"), nullable=False, index=True),
    Column("how", Text, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("linked_at", _UTC, nullable=False),
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
    Column("matched_at", _UTC, nullable=False),
    Column("decision_id", Integer, ForeignKey("entity_decision.id")),
)

linked_record = Table(
    "linked_record",
    metadata,
    *_key(),
    *_texts("text_sha256", "extractor_version", "rules"),
    Column("linked_at", _UTC, nullable=False),
)

# PostgreSQL's ordinary index refuses entries of more than some 2,700 bytes, and URLs and names come from outside:
# a hash index takes any length.
for _column in (release.c.url, page.c.requested_url, page.c.final_url, person.c.name, organisation.c.name):
    Index(f"ix_{_column.table.name}_{_column.name}", _column, postgresql_using="hash")

VALUES = (person, organisation, mention, date_mention, amount, quote, record_check)
"""What the current record says, one row per value; made anew whenever a release is saved."""
