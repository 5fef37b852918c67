"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT, DATE, INT, BIG, BOOL = sa.Text(), sa.Date(), sa.Integer(), sa.BigInteger(), sa.Boolean()
REAL: sa.Double[float] = sa.Double()
UTC = sa.DateTime(timezone=True)
JSON, JSON_OR_NULL = sa.JSON(), sa.JSON(none_as_null=True)
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")
TABLES = (
    "source",
    "run",
    "quarantine",
    "release",
    "release_version",
    "page",
    "record",
    "review",
    "person",
    "organisation",
    "mention",
    "date_mention",
    "amount",
    "quote",
    "record_check",
)
"""In the order in which they can be made: a table after those it refers to."""


def upgrade() -> None:
    """Make the tables."""
    _create_sources()
    _create_releases()
    _create_records()
    _create_entities()
    _create_values()
    _create_remarks()


def downgrade() -> None:
    """Drop them with everything in them."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_sources() -> None:
    op.create_table(
        "source",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("settings", JSON_OR_NULL),
        sa.Column("last_run", UTC),
        sa.PrimaryKeyConstraint("name", name="pk_source"),
    )
    op.create_table(
        "run",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("started", UTC, nullable=False),
        sa.Column("finished", UTC),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("sources", JSON, nullable=False),
        sa.Column("process", TEXT, nullable=False),
        sa.Column("alive_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_started", "run", ["started"])
    op.create_table(
        "quarantine",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("page_sha256", TEXT),
        sa.Column("first_seen", UTC, nullable=False),
        sa.Column("last_seen", UTC, nullable=False),
        sa.Column("tries", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_quarantine_source"),
    )
    op.create_index("ix_quarantine_source", "quarantine", ["source"])


def _create_releases() -> None:
    op.create_table(
        "release",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("url", TEXT),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("published", DATE),
        sa.Column("place", TEXT),
        sa.Column("issuer", TEXT),
        sa.Column("language", TEXT),
        sa.Column("country", TEXT),
        sa.Column("text_sha256", TEXT, nullable=False),
        sa.Column("first_seen", UTC, nullable=False),
        sa.Column("last_seen", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release"),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_release_source"),
    )
    op.create_index("ix_release_published", "release", ["published"])
    op.create_index("ix_release_source", "release", ["source"])
    op.create_index("ix_release_url", "release", ["url"], postgresql_using="hash")
    op.create_table(
        "release_version",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("text_sha256", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("as_read", JSON, nullable=False),
        sa.Column("page_sha256", TEXT),
        sa.Column("first_seen", UTC, nullable=False),
        sa.Column("last_seen", UTC, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "text_sha256", name="pk_release_version"),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name="fk_release_version_release_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "page",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("requested_url", TEXT, nullable=False),
        sa.Column("final_url", TEXT, nullable=False),
        sa.Column("link_title", TEXT),
        sa.Column("link_published", DATE),
        sa.Column("status", INT, nullable=False),
        sa.Column("content_type", TEXT),
        sa.Column("fetched_at", UTC, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("release_id", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_page_release_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_page_source"),
    )
    op.create_index("ix_page_final_url", "page", ["final_url"], postgresql_using="hash")
    op.create_index("ix_page_release_id", "page", ["release_id"])
    op.create_index("ix_page_requested_url", "page", ["requested_url"], postgresql_using="hash")
    op.create_index("ix_page_source", "page", ["source"])


def _create_records() -> None:
    op.create_table(
        "record",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("text_sha256", TEXT, nullable=False),
        sa.Column("extractor_version", TEXT, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("is_current", BOOL, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "text_sha256", "extractor_version", name="pk_record"),
        sa.ForeignKeyConstraint(
            ["release_id", "text_sha256"],
            ["release_version.release_id", "release_version.text_sha256"],
            name="fk_record_release_id",
            ondelete="CASCADE",
        ),
    )
    only = sa.text("is_current")
    op.create_index(
        "uq_record_current", "record", ["release_id"], unique=True, sqlite_where=only, postgresql_where=only
    )
    op.create_table(
        "review",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("value_id", TEXT, nullable=False),
        sa.Column("verdict", TEXT, nullable=False),
        sa.Column("machine", JSON_OR_NULL),
        sa.Column("human", JSON_OR_NULL),
        sa.Column("reviewer", TEXT, nullable=False),
        sa.Column("reviewed_at", UTC, nullable=False),
        sa.Column("extractor_version", TEXT, nullable=False),
        sa.Column("text_sha256", TEXT, nullable=False),
        sa.Column("comment", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_review_release_id"),
    )
    op.create_index("ix_review_release_id", "review", ["release_id"])


def _create_entities() -> None:
    op.create_table(
        "person",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("title", TEXT),
        sa.Column("organisation", TEXT),
        sa.Column("organisation_id", TEXT),
        sa.Column("confidence", REAL, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "id", name="pk_person"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_person_release_id", ondelete="CASCADE"),
    )
    op.create_index("ix_person_name", "person", ["name"], postgresql_using="hash")
    op.create_table(
        "organisation",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("acronym", TEXT),
        sa.Column("kind", TEXT),
        sa.Column("confidence", REAL, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "id", name="pk_organisation"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_organisation_release_id", ondelete="CASCADE"),
    )
    op.create_index("ix_organisation_name", "organisation", ["name"], postgresql_using="hash")
    op.create_table(
        "mention",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("entity_id", TEXT, nullable=False),
        sa.Column("start_char", INT, nullable=False),
        sa.Column("end_char", INT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("entity_kind", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "entity_id", "start_char", "end_char", name="pk_mention"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_mention_release_id", ondelete="CASCADE"),
    )


def _create_values() -> None:
    op.create_table(
        "date_mention",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("value", TEXT),
        sa.Column("first_day", DATE),
        sa.Column("last_day", DATE),
        sa.Column("start_char", INT, nullable=False),
        sa.Column("end_char", INT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("confidence", REAL, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "id", name="pk_date_mention"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_date_mention_release_id", ondelete="CASCADE"),
    )
    op.create_index("ix_date_mention_first_day", "date_mention", ["first_day"])
    op.create_table(
        "amount",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("value", EXACT, nullable=False),
        sa.Column("value_number", REAL, nullable=False),
        sa.Column("maximum", EXACT),
        sa.Column("maximum_number", REAL),
        sa.Column("currency", TEXT),
        sa.Column("qualifier", TEXT, nullable=False),
        sa.Column("kind", TEXT),
        sa.Column("payer", TEXT),
        sa.Column("payer_id", TEXT),
        sa.Column("payee", TEXT),
        sa.Column("payee_id", TEXT),
        sa.Column("start_char", INT, nullable=False),
        sa.Column("end_char", INT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("confidence", REAL, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "id", name="pk_amount"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_amount_release_id", ondelete="CASCADE"),
    )
    op.create_index("ix_amount_currency", "amount", ["currency", "value_number"])


def _create_remarks() -> None:
    op.create_table(
        "quote",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("speaker", TEXT),
        sa.Column("speaker_id", TEXT),
        sa.Column("start_char", INT, nullable=False),
        sa.Column("end_char", INT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "id", name="pk_quote"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_quote_release_id", ondelete="CASCADE"),
    )
    op.create_table(
        "record_check",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("number", INT, nullable=False, autoincrement=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("start_char", INT),
        sa.Column("end_char", INT),
        sa.Column("text", TEXT),
        sa.PrimaryKeyConstraint("release_id", "number", name="pk_record_check"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_record_check_release_id", ondelete="CASCADE"),
    )
    op.create_index("ix_record_check_code", "record_check", ["code"])
