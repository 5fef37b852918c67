"""How long what is not needed any more is kept, and what was collected."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from schemas.values import FROZEN

Days = Annotated[int, Field(ge=1, le=36_500)]


class Keeping(BaseModel):
    """How long each kind of thing is kept."""

    model_config = FROZEN
    pages: timedelta
    records: timedelta
    quarantine: timedelta
    runs: timedelta
    caches: timedelta


class Collected(BaseModel):
    """What of one kind is not needed any more."""

    model_config = FROZEN
    what: str
    number: int
    size: int
    """Bytes; in the database before compression and indexes."""
