"""How far two opinions on a release agree."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = "review_agreement"


def upgrade() -> None:
    """Make the table; what two people had done before is counted when one of them does something again."""
    op.create_table(
        TABLE,
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("tallies", sa.JSON(), nullable=False),
        sa.Column("is_disputed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=f"fk_{TABLE}_release_id", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table(TABLE)
