"""The queue of review comes out of an index in its order, and the releases of a source by their days."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put wider indexes in place of narrow ones."""
    op.drop_index("ix_release_review_priority", "release")
    op.drop_index("ix_release_source", "release")
    op.create_index("ix_release_queue", "release", [sa.text("review_priority DESC"), "id"])
    op.create_index("ix_release_source_published", "release", ["source", "published"])


def downgrade() -> None:
    """Put the narrow ones back."""
    op.drop_index("ix_release_source_published", "release")
    op.drop_index("ix_release_queue", "release")
    op.create_index("ix_release_source", "release", ["source"])
    op.create_index("ix_release_review_priority", "release", ["review_priority"])
