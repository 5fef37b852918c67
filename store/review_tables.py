"""The tables of reviews: what people decided, each event that led there, how far each release is, and who is at it."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from store.columns import UTC, metadata, texts

review = Table(
    "review",
    metadata,
    Column("id", Text, primary_key=True),
    Column("release_id", Text, ForeignKey("release.id"), nullable=False, index=True),
    Column("field", Text, nullable=False),
    Column("value_id", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("machine", JSON(none_as_null=True)),
    Column("human", JSON(none_as_null=True)),
    Column("reviewer", Text, nullable=False),
    Column("reviewed_at", UTC, nullable=False),
    Column("extractor_version", Text, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("comment", Text),
    Column("opinion", Integer, nullable=False, server_default=text("1")),
)

review_event = Table(
    "review_event",
    metadata,
    Column("release_id", Text, ForeignKey("release.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("opinion", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("action", JSON, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("at", UTC, nullable=False),
    Column("changes", JSON, nullable=False),
    *texts("status_before", "status_after", "request_id"),
)
Index("uq_review_event_request_id", review_event.c.release_id, review_event.c.request_id, unique=True)
Index("ix_review_event_reviewer", review_event.c.reviewer, review_event.c.at)
Index("ix_review_event_at", review_event.c.at)

COUNTED = ("people", "organisations", "dates", "amounts", "quotes")
"""Fields whose open values `review_state` counts."""

review_state = Table(
    "review_state",
    metadata,
    Column("release_id", Text, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("opinion", Integer, primary_key=True, autoincrement=False),
    Column("status", Text, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("value_count", Integer, nullable=False),
    Column("decided", Integer, nullable=False),
    *(Column(f"open_{field}", Integer, nullable=False) for field in COUNTED),
    Column("reviewers", JSON, nullable=False),
    Column("updated_at", UTC, nullable=False),
)
Index("ix_review_state_status", review_state.c.opinion, review_state.c.status, review_state.c.release_id)

review_claim = Table(
    "review_claim",
    metadata,
    Column("release_id", Text, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("opinion", Integer, primary_key=True, autoincrement=False),
    Column("reviewer", Text, nullable=False),
    Column("until", UTC, nullable=False),
)
Index("ix_review_claim_until", review_claim.c.until)

review_agreement = Table(
    "review_agreement",
    metadata,
    Column("release_id", Text, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("since", Integer, nullable=False),
    Column("tallies", JSON, nullable=False),
    Column("is_disputed", Boolean, nullable=False),
)
