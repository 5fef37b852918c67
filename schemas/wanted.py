"""What a run over sources is asked to do."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.values import FROZEN


class Wanted(BaseModel):
    """The options of a run; by default whatever every source has that the store has not."""

    model_config = ConfigDict(**FROZEN, use_attribute_docstrings=True)  # Prefect's page shows them beside the fields
    limit: Annotated[int, Field(ge=1)] | None = None
    """At most so many new releases a source; the others wait for the next run."""
    since: dt.date | None = None
    """First day of publication of what is stored."""
    until: dt.date | None = None
    """Last day of publication of what is stored."""
    backfill: bool = False
    """Whether sitemaps and pages of listings are gone through back to `since`, not only as long as there is news."""
    recheck: bool = False
    """Whether pages of releases that the store has are asked whether they changed."""
    only_due: bool = False
    """Whether sources whose time has not come are left alone."""

    def excludes(self, published: dt.date | None) -> bool:
        """Whether a release of that day is not wanted; one of an unknown day is.

        >>> Wanted(since=dt.date(2025, 1, 1)).excludes(dt.date(2024, 12, 31)), Wanted().excludes(None)
        (True, False)
        """
        if published is None:
            return False
        return bool((self.since and published < self.since) or (self.until and published > self.until))
