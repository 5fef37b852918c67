"""How far a long run is, as an artifact in Prefect's page."""

import time
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

FIRST_SECONDS = 10
"""A run that is over sooner has no such artifact."""
EVERY_SECONDS = 5
"""Each update costs the server some 26 ms, so it goes by time, never by document."""


class Progress:
    """A run's progress: counted by the batches, told by a pulse."""

    def __init__(self, total: int | None = None, key: str = "ingest-progress") -> None:
        self._done = 0
        self._known = 0
        self._total = total
        self._key = key
        self._began = time.monotonic()
        self._told = -1
        self._artifact: UUID | None = None

    def count(self, done: int, total: int | None = None, known: int = 0) -> None:
        """So many of so many are done, `known` by earlier runs; without a total it stays as it was."""
        self._done, self._known, self._total = done, known, self._total if total is None else total

    def tell(self) -> None:
        """Write it down, where there is something new to tell."""
        took = time.monotonic() - self._began
        if not self._total or self._done == self._told or took < FIRST_SECONDS:
            return
        self._told = self._done
        share, words = 100 * self._done / self._total, describe(self._done, self._total, took, self._known)
        if self._artifact is None:
            made = create_progress_artifact(share, key=self._key, description=words)
            self._artifact = made  # type: ignore[assignment]  # an awaitable only where a loop runs
        else:
            update_progress_artifact(self._artifact, share, description=words)


def describe(done: int, total: int, seconds: float, known: int = 0) -> str:
    """Progress in words; what earlier runs did says nothing of how fast this one is.

    >>> describe(30, 120, 15)
    '30 of 120 releases, 2.0 a second, 45 s left'
    >>> describe(0, 120, 15)
    '0 of 120 releases'
    >>> describe(90, 120, 15, known=60)
    '90 of 120 releases, 2.0 a second, 15 s left'
    """
    if done <= known:
        return f"{done:,} of {total:,} releases"
    rate = (done - known) / seconds
    return f"{done:,} of {total:,} releases, {rate:.1f} a second, {(total - done) / rate:,.0f} s left"
