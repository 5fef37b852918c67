"""Why an action of a reviewer is refused."""

from collections.abc import Sequence

from schemas.review import ReviewEvent
from store.database import StoreError


class ReviewError(StoreError):
    """What was asked for cannot be done; nothing was changed."""


class ReviewConflictError(ReviewError):
    """Somebody changed, since it was last seen, what the action touches; nothing was changed."""

    def __init__(self, message: str, events: Sequence[ReviewEvent]) -> None:
        super().__init__(message)
        self.events = tuple(events)
        """Those that stand against the action, the oldest first."""
