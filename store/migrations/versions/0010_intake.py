"""Texts that wait for the extractor, and how far a batch run has come through each file."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "waiting",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.Column("run_id", sa.Text()),
        sa.PrimaryKeyConstraint("release_id", name="pk_waiting"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_waiting_release_id", ondelete="CASCADE"),
    )
    op.create_index("ix_waiting_run_id", "waiting", ["run_id"])
    op.create_table(
        "intake",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("finished_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_intake"),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("intake")
    op.drop_table("waiting")
