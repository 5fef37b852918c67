"""What is known of addresses and hosts, whose turn it is to ask, how each source fared, and releases that vanished."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
COUNTS = ("links", "found", "stored", "failed", "without_date", "without_amounts", "without_names")


def upgrade() -> None:
    """Make the tables; of addresses that were fetched before nothing is known until they are asked again."""
    op.create_table("address", *_address(), _of_source("address"), sa.PrimaryKeyConstraint("id", name="pk_address"))
    op.create_index("ix_address_source", "address", ["source", "kind", "code"])
    op.create_table("host", *_host(), sa.PrimaryKeyConstraint("name", name="pk_host"))
    op.create_table(
        "slot",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("holder", sa.Text()),
        sa.Column("held_until", UTC),
        sa.PrimaryKeyConstraint("number", name="pk_slot"),
    )
    op.create_table(
        "source_check",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("checked_at", UTC, nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("message", sa.Text()),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        _of_source("source_check"),
        sa.PrimaryKeyConstraint("source", "checked_at", name="pk_source_check"),
    )
    op.add_column("release", sa.Column("gone_since", UTC))


def downgrade() -> None:
    """Drop them with what they hold."""
    op.drop_column("release", "gone_since")
    for table in ("source_check", "slot", "host", "address"):
        op.drop_table(table)


def _address() -> tuple[sa.Column[Any], ...]:
    return (
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "source", "kind", "url")),
        sa.Column("title", sa.Text()),
        sa.Column("published", sa.Date()),
        sa.Column("updated", UTC),
        sa.Column("found_at", UTC, nullable=False),
        sa.Column("checked_at", UTC),
        sa.Column("status", sa.Integer()),
        sa.Column("code", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("etag", "last_modified", "moved_to", "content_type")),
        sa.Column("fresh_seconds", sa.BigInteger()),
        sa.Column("next_due", UTC),
        sa.Column("body", sa.LargeBinary()),
    )


def _host() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text()),
        sa.Column("held_until", UTC),
        sa.Column("free_at", UTC),
        sa.Column("robots", sa.Text()),
        sa.Column("robots_at", UTC),
    )


def _of_source(table: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(["source"], ["source.name"], name=f"fk_{table}_source")
