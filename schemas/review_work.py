"""What reviewing shows: how much is done, how right the extractor is, and how far two reviewers agree."""

import datetime as dt
from typing import Any

from pydantic import BaseModel, Field

from schemas.review import ReviewField, Target
from schemas.values import FROZEN


class DayOfWork(BaseModel):
    """What one reviewer did on one day."""

    model_config = FROZEN
    day: dt.date
    """In UTC."""
    reviewer: str
    releases: int
    """How many they set to done."""
    values: int
    """How many of the decisions that stand were made then."""


class Accuracy(BaseModel):
    """What people said of the values of one kind in one week."""

    model_config = FROZEN
    week: dt.date
    """Its Monday, in UTC."""
    field: ReviewField
    accepted: int = 0
    corrected: int = 0
    rejected: int = 0
    added: int = 0
    """Missed by the extractor."""

    @property
    def precision(self) -> float | None:
        """Share of the extracted values that were right; None where there was none."""
        found = self.accepted + self.corrected + self.rejected
        return self.accepted / found if found else None

    @property
    def recall(self) -> float | None:
        """Share of the right values that were found, be it with a mistake; None where there was none."""
        found = self.accepted + self.corrected
        return found / (found + self.added) if found + self.added else None


class Bin(BaseModel):
    """Values whose confidence lies in one tenth of the scale."""

    model_config = FROZEN
    low: float
    high: float
    count: int
    confidence: float
    """Mean of what was said."""
    accuracy: float
    """Share that people accepted."""


class Calibration(BaseModel):
    """Whether values are right as often as their confidence says."""

    model_config = FROZEN
    count: int
    bins: tuple[Bin, ...]
    """Those that have values, the lowest first."""
    error: float | None
    """Expected calibration error, 0 to 1: the mean distance of confidence and accuracy; None without values."""


class Kappa(BaseModel):
    """How far two people agree in one choice, beyond what chance would give."""

    model_config = FROZEN
    count: int
    agreed: float | None
    """Share of the cases; None where there is none."""
    kappa: float | None
    """Cohen's; 1 is always, 0 as by chance. None where both always chose one and the same, or there is no case."""


class Agreement(BaseModel):
    """How far two opinions agree on the values of one kind."""

    model_config = FROZEN
    field: ReviewField
    values: tuple[int, int]
    """How many the first and the second opinion have."""
    found: float | None
    """F1 of the one against the other, a value counting where both have it; None where neither has any."""
    same: float | None
    """F1, a value counting where both say the same of it."""
    verdicts: Kappa
    """On the values that were extracted: accepted, corrected or rejected."""
    attributes: dict[str, Kappa] = Field(default_factory=dict)
    """On the values that both have, by attribute."""


Choices = tuple[tuple[str | None, str | None], ...]
"""What the first and the second opinion chose, case by case."""


class Tally(BaseModel):
    """Two opinions on the values of one kind in one release, of which agreement is made."""

    model_config = FROZEN
    field: ReviewField
    values: tuple[int, int]
    """How many the first and the second opinion have."""
    found: int
    """Values that both have."""
    same: int
    """Values of which both say the same."""
    verdicts: Choices
    """On the values that were extracted."""
    attributes: dict[str, Choices] = Field(default_factory=dict)
    """On the values that both have, by attribute."""


class Difference(BaseModel):
    """A value on which two opinions on a release differ; None: it is none."""

    model_config = FROZEN
    field: ReviewField
    targets: tuple[Target | None, Target | None]
    """The value in the first opinion and in the second; None where that opinion knows nothing of it."""
    machine: dict[str, Any] | None
    first: dict[str, Any] | None
    second: dict[str, Any] | None
    attributes: tuple[str, ...] = ()
    """What differs where both have it."""
    settled: bool = False
    """Whether somebody chose after the second opinion was done."""


class Awaited(BaseModel):
    """A release that waits for a second opinion, or for somebody to choose between two."""

    model_config = FROZEN
    release_id: str
    source: str
    title: str
    published: dt.date | None
