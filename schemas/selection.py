"""Which stored releases are meant."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, Field

from schemas.values import FROZEN


class Selection(BaseModel):
    """Stored releases by what is known of them; by default all."""

    model_config = FROZEN
    source: str | None = None
    since: dt.date | None = None
    """First day of publication; with it or `until`, releases without a day are not meant."""
    until: dt.date | None = None
    """Last day of publication."""
    where: str | None = None
    """A condition in SQL on the release and what its current record says: `store.conditions`."""
    sample: Annotated[int, Field(ge=1)] | None = None
    """So many of them, always the same as long as the store is."""
