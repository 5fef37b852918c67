"""What a person decided on an extracted value; kept beside the extraction, never instead of it."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel

from schemas.values import FROZEN


class Review(BaseModel):
    """One decision on one value of one release."""

    model_config = FROZEN
    id: str
    release_id: str
    field: Literal["people", "organisations", "dates", "amounts", "quotes"]
    value_id: str
    """Id of the extracted value, or of the value that the reviewer added."""
    verdict: Literal["accepted", "corrected", "rejected", "added"]
    machine: dict[str, Any] | None
    """The value as extracted; None for an added one."""
    human: dict[str, Any] | None
    """The value as the reviewer left it; None for a rejected one."""
    reviewer: str
    reviewed_at: AwareDatetime
    extractor_version: str
    text_sha256: str
    comment: str | None = None
