"""Being a copy of another release, or no longer, is a change too; so is what else a file says of the same text."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what became a copy before has no number, and is told when it changes again."""
    number = sa.BigInteger() if op.get_bind().dialect.name == "postgresql" else sa.Integer()
    op.add_column("release_change", sa.Column("copied", number))
    op.add_column("waiting", sa.Column("is_stale", sa.Boolean()))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("waiting", "is_stale")
    op.drop_column("release_change", "copied")
