"""Parts of releases, events, payments, and what rule says each thing."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT, INT, BOOL, DATE = sa.Text(), sa.Integer(), sa.Boolean(), sa.Date()
REAL: sa.Double[float] = sa.Double()
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")
TABLES = ("section", "commitment", "commitment_amount", "event", "reason")
ADDED = {
    "person": ("rule", "section"),
    "organisation": ("rule", "section"),
    "date_mention": ("role", "section"),
    "amount": ("part_of", "section"),
    "quote": ("rule", "section"),
    "record_check": ("value_id",),
}
"""Texts that tables which are there have now."""


def upgrade() -> None:
    """Make the tables and columns; values that were stored before have none of it until they are extracted again."""
    _create_parts()
    _create_commitments()
    _create_events()
    for table, names in ADDED.items():
        for name in names:
            op.add_column(table, sa.Column(name, TEXT))
    for column in _amount_columns():
        op.add_column("amount", column)
    op.add_column("quote", sa.Column("confidence", REAL))
    op.add_column("release", sa.Column("review_priority", REAL, nullable=False, server_default=sa.text("0")))
    op.create_index("ix_release_review_priority", "release", ["review_priority"])


def downgrade() -> None:
    """Drop them with everything in them."""
    op.drop_index("ix_release_review_priority", "release")
    op.drop_column("release", "review_priority")
    op.drop_column("quote", "confidence")
    for column in _amount_columns():
        op.drop_column("amount", column.name)
    for table, names in ADDED.items():
        for name in names:
            op.drop_column(table, name)
    for table in reversed(TABLES):
        op.drop_table(table)


def _phrase(name: str, text: str = "") -> Iterator[sa.Column[Any]]:
    yield sa.Column(text or name, TEXT)
    yield sa.Column(f"{name}_start_char", INT)
    yield sa.Column(f"{name}_end_char", INT)


def _when(name: str, prefix: str = "") -> Iterator[sa.Column[Any]]:
    yield from _phrase(name)
    yield sa.Column(f"{name}_value", TEXT)
    yield sa.Column(f"{prefix}first_day", DATE)
    yield sa.Column(f"{prefix}last_day", DATE)


def _amount_columns() -> Iterator[sa.Column[Any]]:
    """What is known of an amount beside its parts and sections."""
    yield from _phrase("payer", "payer_text")
    yield from _phrase("payee", "payee_text")
    yield from _phrase("purpose")
    yield from _when("period", "period_")


def _of_release(table: str, *keys: str) -> Iterator[sa.Constraint]:
    yield sa.PrimaryKeyConstraint("release_id", *keys, name=f"pk_{table}")
    yield sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=f"fk_{table}_release_id", ondelete="CASCADE")


def _create_parts() -> None:
    op.create_table(
        "section",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("number", INT, nullable=False, autoincrement=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("start_char", INT, nullable=False),
        sa.Column("end_char", INT, nullable=False),
        sa.Column("about", TEXT),
        sa.Column("about_id", TEXT),
        sa.Column("rule", TEXT, nullable=False),
        *_of_release("section", "number"),
    )
    op.create_table(
        "reason",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("value_id", TEXT, nullable=False),
        sa.Column("attribute", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("confidence", REAL, nullable=False),
        *_of_release("reason", "field", "value_id", "attribute"),
    )
    op.create_index("ix_reason_rule", "reason", ["rule"])


def _create_commitments() -> None:
    op.create_table(
        "commitment",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("value", EXACT, nullable=False),
        sa.Column("value_number", REAL, nullable=False),
        sa.Column("maximum", EXACT),
        sa.Column("maximum_number", REAL),
        sa.Column("currency", TEXT),
        sa.Column("qualifier", TEXT, nullable=False),
        sa.Column("payer", TEXT),
        sa.Column("payer_id", TEXT),
        *_phrase("payer", "payer_text"),
        sa.Column("payee", TEXT),
        sa.Column("payee_id", TEXT),
        *_phrase("payee", "payee_text"),
        *_phrase("purpose"),
        *_when("period", "period_"),
        *_when("day"),
        sa.Column("part_of", TEXT),
        sa.Column("start_char", INT),
        sa.Column("end_char", INT),
        sa.Column("text", TEXT),
        sa.Column("confidence", REAL, nullable=False),
        *_of_release("commitment", "id"),
    )
    op.create_index("ix_commitment_currency", "commitment", ["currency", "value_number"])
    for side in ("payer", "payee"):
        op.create_index(f"ix_commitment_{side}", "commitment", [side], postgresql_using="hash")
    op.create_table(
        "commitment_amount",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("commitment_id", TEXT, nullable=False),
        sa.Column("amount_id", TEXT, nullable=False),
        sa.Column("number", INT, nullable=False),
        *_of_release("commitment_amount", "commitment_id", "amount_id"),
    )


def _create_events() -> None:
    op.create_table(
        "event",
        sa.Column("release_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        *_when("day"),
        *_phrase("place"),
        sa.Column("is_past", BOOL),
        sa.Column("start_char", INT, nullable=False),
        sa.Column("end_char", INT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("confidence", REAL, nullable=False),
        sa.Column("section", TEXT),
        *_of_release("event", "id"),
    )
    op.create_index("ix_event_first_day", "event", ["first_day"])
