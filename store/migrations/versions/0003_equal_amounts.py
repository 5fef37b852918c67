"""Amounts know the same sum in another currency."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; amounts that were stored before have none until they are extracted again."""
    op.add_column("amount", sa.Column("equals", sa.Text()))


def downgrade() -> None:
    """Drop it with what it holds."""
    op.drop_column("amount", "equals")
