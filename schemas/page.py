"""A page as it was fetched: the bytes and what the server said of them."""

import datetime as dt
import hashlib
from functools import cached_property
from typing import Self

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
    is_cut: bool = False
    """Whether the body ends where the limit of bytes was."""
    moved_to: str | None = None
    """Where redirects that are for good ended."""
    etag: str | None = None
    last_modified: str | None = None
    """The headers of these names, verbatim: sent back, they ask whether anything changed."""
    fresh_seconds: int | None = None
    """How long the server (`Cache-Control`) says that asking again is of no use."""

    @cached_property
    def sha256(self) -> str:
        """Name of the body in the archive: 64 hexadecimal digits."""
        return hashlib.sha256(self.body).hexdigest()

    def without_body(self) -> Self:
        """The same page once its body is archived and read, so that memory need not hold it; it keeps its hash."""
        return self.model_copy(update={"body": b"", "sha256": self.sha256})


def utc_now() -> dt.datetime:
    """The time to put into `fetched_at`."""
    return dt.datetime.now(dt.UTC)
