"""Actions of reviewers: each is kept as an event, with what it changed, in one transaction."""

from schemas.review import Act, Opinion, ReviewEvent
from store.database import Store


def act(store: Store, act: Act) -> ReviewEvent:
    """Carry out what a reviewer asks for, or nothing of it; asked again with the same request id, it changes nothing.

    Raises ReviewConflictError when somebody has changed, unseen by the reviewer, what the action touches, and
    ReviewError when it cannot be done: `store.review_errors`.
    """
    raise NotImplementedError


def load_events(store: Store, release_id: str, opinion: Opinion = 1) -> list[ReviewEvent]:
    """Every event of one opinion on a release, the oldest first."""
    raise NotImplementedError
