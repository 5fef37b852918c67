"""What the review desk shows of one release, and who has it before them."""

import datetime as dt
from collections.abc import Iterator, Sequence

from schemas.record import Record
from schemas.release import Release
from schemas.review import Claim, DeskSheet, Opinion, ReviewStatus
from store.database import Store

CLAIM = dt.timedelta(minutes=10)
"""How long a claim runs after the last sign of its reviewer."""


def load_sheet(store: Store, release_id: str, reviewer: str, at: dt.datetime, opinion: Opinion = 1) -> DeskSheet:
    """Everything that holds for a release. Raises ReviewError where there is no such release."""
    raise NotImplementedError


def claim_release(store: Store, release_id: str, reviewer: str, at: dt.datetime, opinion: Opinion = 1) -> Claim:
    """Take a release, if nobody else has it: the claim that runs, one's own or another's.

    Raises ReviewError where there is no such release.
    """
    raise NotImplementedError


def drop_claim(store: Store, release_id: str, reviewer: str, opinion: Opinion = 1) -> None:
    """Give one's own claim back; another's stays."""
    raise NotImplementedError


def load_reviewed(store: Store, release_id: str) -> Record | None:
    """The record as people left it; None for a release that is not stored."""
    raise NotImplementedError


def iter_reviewed(
    store: Store, source: str | None = None, status: Sequence[ReviewStatus] = ("done",)
) -> Iterator[tuple[Release, Record, Record]]:
    """Release, record as extracted and record as reviewed of each release that is so far, in the order of ids."""
    raise NotImplementedError
