"""Decisions carried from one version of a text to the next. Pure, no database."""

from schemas.review import Review


def carry_over(review: Review, old_text: str, new_text: str) -> Review | str:
    """The review with its evidence where the same words stand in the same surroundings now, or why there is none."""
    raise NotImplementedError
