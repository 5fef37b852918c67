"""What changed when, by number; views and triggers are made behind every migration (store/derived.py)."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO release_change (release_id, source, number, created, text_sha256, extractor_version)
SELECT release.id, release.source, row_number() OVER (ORDER BY release.first_seen, release.id),
       row_number() OVER (ORDER BY release.first_seen, release.id), record.text_sha256, record.extractor_version
FROM release LEFT JOIN record ON record.release_id = release.id AND record.is_current
"""


def upgrade() -> None:
    """Make the tables; releases that are there count as new, in the order in which they were found."""
    is_postgres = op.get_bind().dialect.name == "postgresql"
    number = sa.BigInteger() if is_postgres else sa.Integer()
    op.create_table(
        "journal", sa.Column("id", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_journal")
    )
    op.execute(f"INSERT INTO journal (id) VALUES ('{uuid4()}')")  # noqa: S608
    op.create_table(
        "release_change",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", number, nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("text_sha256", "extractor_version")),
        *(sa.Column(name, number) for name in ("created", "changed", "extracted", "reviewed", "gone", "deleted")),
        sa.PrimaryKeyConstraint("release_id", name="pk_release_change"),
    )
    op.create_index("ix_release_change_number", "release_change", ["number"], unique=True)
    op.execute(FILL)
    if is_postgres:
        op.execute("CREATE SEQUENCE release_change_number")
        op.execute("SELECT setval('release_change_number', (SELECT count(*) FROM release_change) + 1)")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("release_change")
    op.drop_table("journal")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE release_change_number")
