"""How far a backfill has come through a listing."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a backfill that an earlier version left begins anew."""
    op.create_table(
        "walk",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "source", "place")),
        sa.Column("walked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_walk_source"),
        sa.PrimaryKeyConstraint("id", name="pk_walk"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("walk")
