"""What a run was for, how long each of its stages took, and sums over all runs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; the runs until now were all ingests, and nobody measured their stages."""
    with op.batch_alter_table("run") as run:
        run.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default=sa.text("'ingest'")))
        run.add_column(sa.Column("seconds", sa.JSON()))
    op.execute("UPDATE run SET seconds = '{}'")
    with op.batch_alter_table("run") as run:
        run.alter_column("seconds", nullable=False)
    op.create_table(
        "tally",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", "label", name="pk_tally"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("tally")
    with op.batch_alter_table("run") as run:
        run.drop_column("seconds")
        run.drop_column("kind")
