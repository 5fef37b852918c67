"""What went wrong: something that could not be processed, as quarantine keeps it, or what stops a command."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from schemas.values import FROZEN, Slug, derive_id

Stage = Literal["fetch", "read", "extract", "save"]


class ToldError(Exception):
    """What stops a command; its message is for a person: what, where, and what to do next."""


class Problem(BaseModel):
    """One failure at one place; reported again it counts as another try of the same, a success clears it."""

    model_config = FROZEN
    source: Slug
    place: str = Field(min_length=1)
    """URL, or path with `#line` for an entry of a file."""
    stage: Stage
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    """What kind of failure, for counting: `http_404`, `no_text`, `time_out`."""
    message: str
    """What went wrong and what to do next, for a person."""
    page_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """The archived bytes, as far as they came."""

    @property
    def id(self) -> str:
        """Derived from source and place: one row per place.

        >>> Problem(source="acme", place="https://acme.example/1", stage="fetch", code="http_404", message="gone").id
        '6c3cb8151365d946'
        """
        return derive_id("quarantine", self.source, self.place)
