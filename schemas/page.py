"""A page as it was fetched: the bytes and what the server said of them."""

import datetime as dt
import hashlib
from functools import cached_property

from pydantic import AwareDatetime, BaseModel

from schemas.source import Link
from schemas.values import FROZEN


class FetchedPage(BaseModel):
    """What a WARC response record keeps; never edited."""

    model_config = FROZEN
    link: Link
    """What was asked for."""
    final_url: str
    """Where redirects ended."""
    status: int
    fetched_at: AwareDatetime
    content_type: str | None = None
    """The `Content-Type` header, verbatim."""
    body: bytes

    @cached_property
    def sha256(self) -> str:
        """Name of the body in the archive: 64 hexadecimal digits."""
        return hashlib.sha256(self.body).hexdigest()


def utc_now() -> dt.datetime:
    """The time to put into `fetched_at`."""
    return dt.datetime.now(dt.UTC)
