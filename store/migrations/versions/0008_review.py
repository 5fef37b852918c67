"""Events of reviews, how far each release is, who is at it, and second opinions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT, INT, UTC = sa.Text(), sa.Integer(), sa.DateTime(timezone=True)
TABLES = {
    "people": "person",
    "organisations": "organisation",
    "dates": "date_mention",
    "amounts": "amount",
    "quotes": "quote",
}
"""Where the values of each field are."""


def upgrade() -> None:
    """Make the tables; every stored release gets its state."""
    op.add_column("review", sa.Column("opinion", INT, nullable=False, server_default=sa.text("1")))
    _create_events()
    _create_states()
    _create_claims()
    _fill_states()


def downgrade() -> None:
    """Drop them with what they hold; second opinions go, for they would be taken for first ones."""
    for table in ("review_claim", "review_state", "review_event"):
        op.drop_table(table)
    op.execute("DELETE FROM review WHERE opinion <> 1")
    op.drop_column("review", "opinion")


def _texts(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, TEXT, nullable=False) for name in names)


def _key(table: str, other: str, cascade: bool) -> tuple[sa.Constraint, ...]:
    ondelete = "CASCADE" if cascade else None
    parent = sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=f"fk_{table}_release_id", ondelete=ondelete)
    return (sa.PrimaryKeyConstraint("release_id", other, name=f"pk_{table}"), parent)


def _create_events() -> None:
    op.create_table(
        "review_event",
        *_texts("release_id"),
        sa.Column("number", INT, nullable=False, autoincrement=False),
        sa.Column("opinion", INT, nullable=False),
        *_texts("kind"),
        sa.Column("action", sa.JSON(), nullable=False),
        *_texts("reviewer"),
        sa.Column("at", UTC, nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        *_texts("status_before", "status_after", "request_id"),
        *_key("review_event", "number", cascade=False),
    )
    op.create_index("uq_review_event_request_id", "review_event", ["release_id", "request_id"], unique=True)
    op.create_index("ix_review_event_reviewer", "review_event", ["reviewer", "at"])
    op.create_index("ix_review_event_at", "review_event", ["at"])


def _create_states() -> None:
    op.create_table(
        "review_state",
        *_texts("release_id"),
        sa.Column("opinion", INT, nullable=False, autoincrement=False),
        *_texts("status"),
        *(sa.Column(name, INT, nullable=False) for name in ("seen", "value_count", "decided")),
        *(sa.Column(f"open_{field}", INT, nullable=False) for field in TABLES),
        sa.Column("reviewers", sa.JSON(), nullable=False),
        sa.Column("updated_at", UTC, nullable=False),
        *_key("review_state", "opinion", cascade=True),
    )
    op.create_index("ix_review_state_status", "review_state", ["opinion", "status", "release_id"])


def _create_claims() -> None:
    op.create_table(
        "review_claim",
        *_texts("release_id"),
        sa.Column("opinion", INT, nullable=False, autoincrement=False),
        *_texts("reviewer"),
        sa.Column("until", UTC, nullable=False),
        *_key("review_claim", "opinion", cascade=True),
    )
    op.create_index("ix_review_claim_until", "review_claim", ["until"])


def _fill_states() -> None:
    """Count the values of each release, and those of them that nobody decided."""
    undecided = (
        "NOT EXISTS (SELECT 1 FROM review WHERE review.release_id = release.id AND field = '{0}' AND value_id = {1}.id)"
    )
    counts = {field: _count(table, "1 = 1") for field, table in TABLES.items()}
    still_open = {field: _count(table, undecided.format(field, table)) for field, table in TABLES.items()}
    decided = _count("review", "1 = 1")
    op.execute(
        "INSERT INTO review_state (release_id, opinion, status, seen, value_count, decided, "  # noqa: S608 - own names
        f"{', '.join(f'open_{field}' for field in TABLES)}, reviewers, updated_at) "
        f"SELECT id, 1, CASE WHEN {decided} > 0 THEN 'started' ELSE 'open' END, 0, {' + '.join(counts.values())}, "
        f"{decided}, {', '.join(still_open.values())}, '[]', last_seen FROM release"
    )


def _count(table: str, condition: str) -> str:
    return f"(SELECT count(*) FROM {table} WHERE {table}.release_id = release.id AND {condition})"  # noqa: S608
