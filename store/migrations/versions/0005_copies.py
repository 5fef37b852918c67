"""Copies of a release are linked to the one that came first."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; releases that were stored before have no signature until they are saved again."""
    op.create_table(
        "release_signature",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        *_of_release("release_signature"),
    )
    op.create_table(
        "release_band",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        *_of_release("release_band", "band"),
    )
    op.create_index("ix_release_band_part", "release_band", ["part", "band"])
    op.create_table(
        "release_copy",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("original_id", sa.Text(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        *_of_release("release_copy"),
        sa.ForeignKeyConstraint(
            ["original_id"], ["release.id"], name="fk_release_copy_original_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_release_copy_original_id", "release_copy", ["original_id"])


def downgrade() -> None:
    """Drop them with what they hold, and the checks that were made of it."""
    op.execute("DELETE FROM record_check WHERE code = 'near_copy'")
    for table in ("release_copy", "release_band", "release_signature"):
        op.drop_table(table)


def _of_release(table: str, *keys: str) -> tuple[sa.Constraint, ...]:
    parent = sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=f"fk_{table}_release_id", ondelete="CASCADE")
    return (sa.PrimaryKeyConstraint("release_id", *keys, name=f"pk_{table}"), parent)
