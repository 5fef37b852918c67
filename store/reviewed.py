"""What holds of a release: the record as extracted with what people decided of it. Pure, no database."""

from collections.abc import Iterable, Mapping

from schemas.record import Record
from schemas.review import Review, Shown


def list_values(record: Record, reviews: Iterable[Review], text: str, old: Mapping[str, str]) -> tuple[Shown, ...]:
    """Every value of a release as it holds now, in the order of the text; `old` has earlier texts by their hash."""
    raise NotImplementedError


def apply_reviews(record: Record, reviews: Iterable[Review], text: str, old: Mapping[str, str] | None = None) -> Record:
    """The record as reviewed: rejected values out, corrected and added ones in; `old` has earlier texts by hash."""
    raise NotImplementedError
