"""One person or organisation across releases."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT, INT, BOOL, UTC, JSON = sa.Text(), sa.Integer(), sa.Boolean(), sa.DateTime(timezone=True), sa.JSON()
REAL: sa.Double[float] = sa.Double()
TABLES = ("entity", "entity_key", "entity_decision", "entity_link", "entity_match", "linked_record")
"""In the order in which they can be made: a table after those it refers to."""


def upgrade() -> None:
    """Make the tables."""
    _create_entities()
    _create_decisions()
    _create_links()
    _create_matches()


def downgrade() -> None:
    """Drop them with everything in them."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_entities() -> None:
    op.create_table(
        "entity",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_key", TEXT, nullable=False),
        sa.Column("context", TEXT, nullable=False),
        sa.Column("employer_id", TEXT),
        sa.Column("is_acronym", BOOL, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("canonical_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entity"),
        sa.ForeignKeyConstraint(["employer_id"], ["entity.id"], name="fk_entity_employer_id"),
        sa.ForeignKeyConstraint(["canonical_id"], ["entity.id"], name="fk_entity_canonical_id"),
    )
    op.create_index("ix_entity_name_key", "entity", ["name_key", "kind"])
    op.create_index("ix_entity_employer_id", "entity", ["employer_id"])
    op.create_index("ix_entity_canonical_id", "entity", ["canonical_id"])
    op.create_table(
        "entity_key",
        sa.Column("role", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("entity_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("role", "words", "entity_id", name="pk_entity_key"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_entity_key_entity_id"),
    )
    op.create_index("ix_entity_key_entity_id", "entity_key", ["entity_id"])


def _create_decisions() -> None:
    op.create_table(
        "entity_decision",
        sa.Column("id", INT, nullable=False, autoincrement=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("targets", JSON, nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("decided_by", TEXT, nullable=False),
        sa.Column("decided_at", UTC, nullable=False),
        sa.Column("comment", TEXT),
        sa.Column("undoes", INT),
        sa.PrimaryKeyConstraint("id", name="pk_entity_decision"),
        sa.ForeignKeyConstraint(["undoes"], ["entity_decision.id"], name="fk_entity_decision_undoes"),
    )


def _create_links() -> None:
    op.create_table(
        "entity_link",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name_key", TEXT, nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value_id", TEXT, nullable=False),
        sa.Column("entity_id", TEXT, nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("is_current", BOOL, nullable=False),
        sa.Column("linked_at", UTC, nullable=False),
        sa.Column("decision_id", INT),
        sa.PrimaryKeyConstraint("id", name="pk_entity_link"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_entity_link_release_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_entity_link_entity_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["entity_decision.id"], name="fk_entity_link_decision_id"),
    )
    op.create_index("ix_entity_link_release_id", "entity_link", ["release_id"])
    op.create_index("ix_entity_link_entity_id", "entity_link", ["entity_id"])


def _create_matches() -> None:
    op.create_table(
        "entity_match",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("entity_id", TEXT, nullable=False),
        sa.Column("other_id", TEXT, nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("score", REAL, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("matched_at", UTC, nullable=False),
        sa.Column("decision_id", INT),
        sa.PrimaryKeyConstraint("id", name="pk_entity_match"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_entity_match_entity_id"),
        sa.ForeignKeyConstraint(["other_id"], ["entity.id"], name="fk_entity_match_other_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["entity_decision.id"], name="fk_entity_match_decision_id"),
    )
    op.create_index("ix_entity_match_entity_id", "entity_match", ["entity_id"])
    op.create_index("ix_entity_match_other_id", "entity_match", ["other_id"])
    op.create_table(
        "linked_record",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("text_sha256", TEXT, nullable=False),
        sa.Column("extractor_version", TEXT, nullable=False),
        sa.Column("rules", TEXT, nullable=False),
        sa.Column("linked_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("release_id", name="pk_linked_record"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_linked_record_release_id", ondelete="CASCADE"),
    )
