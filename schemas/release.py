"""A press release as text: the only coordinate system of everything extracted from it."""

import datetime as dt
import hashlib
from functools import cached_property

from pydantic import BaseModel, Field

from schemas.values import FROZEN, Slug


class Release(BaseModel):
    """Title, date and text of one release; `text` is made once and never cleaned again."""

    model_config = FROZEN
    id: str = Field(min_length=1, max_length=200)
    """Derived from the source and the canonical URL, or given by a ready-made release."""
    source: Slug
    url: str | None = None
    title: str = ""
    published: dt.date | None = None
    language: str | None = None
    """ISO 639-1 code."""
    country: str | None = None
    """ISO 3166-1 code of the source's country."""
    issuer: str | None = None
    """The issuer that the source is known for."""
    text: str = Field(min_length=1)
    """Title, blank line, paragraphs separated by a blank line; Unicode code points, line feeds only."""
    page_sha256: str | None = None
    """The archived bytes that it was read from."""

    @cached_property
    def text_sha256(self) -> str:
        """Identifies this version of the text: 64 hexadecimal digits."""
        return hashlib.sha256(self.text.encode("utf8", "surrogatepass")).hexdigest()
