"""A newsroom, as an entry of `sources.toml` declares it, and the links that it gives."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, HttpUrl, ValidationError, field_validator

from schemas.problem import ToldError
from schemas.schedule import DEFAULT, Schedule
from schemas.values import FROZEN, Slug


class SourcesError(ToldError):
    """A `sources.toml` that cannot be used; the message says where and why."""


class Selectors(BaseModel):
    """CSS selectors into a source's pages; each overrides what the page's own metadata says."""

    model_config = FROZEN
    title: str | None = None
    published: str | None = None
    """Element whose `datetime` or `content` attribute, or text, is the date of publication."""
    text: str | None = None
    """Elements that hold the main text."""
    drop: tuple[str, ...] = ()
    """Elements taken out of the page first."""


class Source(BaseModel):
    """One newsroom: where its releases are listed and what is known of it beforehand."""

    model_config = FROZEN
    name: Slug
    url: HttpUrl
    """Address of the feed, sitemap or listing page."""
    discover: Literal["auto", "feed", "sitemap", "listing"]
    """`auto`: a feed that the page names in its head, else a sitemap that robots.txt names, else the page's links."""
    link_selector: str = "a[href]"
    """For listings: CSS selector of the links to releases."""
    link_pattern: str | None = None
    """Regular expression that the URL of a release matches."""
    next_selector: str = "a[rel~=next], link[rel~=next]"
    """For listings: CSS selector of the link to the next page."""
    pages: str | None = None
    """For listings: address of further pages, with `{page}` (2, 3, …) or with `{year}` and `{month}` (`{month:02}`)."""
    max_pages: Annotated[int, Field(ge=1, le=1000)] = 10
    """Pages of a listing that an ordinary run looks at, as long as they list what is new."""
    select: Selectors = Selectors()
    issuer: str | None = None
    """Organisation that issues every release of this source."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166-1 code; settles a bare `$` and the order of `10/04/2025`."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    delay_seconds: Annotated[float, Field(ge=0, le=3600)] = 1.0
    """Pause between two requests to this source."""
    shortest_interval_minutes: Annotated[int, Field(ge=1)] = 15
    longest_interval_minutes: Annotated[int, Field(ge=1)] = 1440
    """Bounds of the pause between two looks at the listing (`--due`); within them it follows how much is published."""
    obey_robots: bool = True
    """Whether the robots.txt of its hosts is obeyed; false only with the newsroom's consent."""
    render: bool = False
    """Whether releases that only scripts fill are rendered by a browser; wants the extra `[browser]`."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts that may be on private addresses, such as an intranet's; all others have to be on the public internet."""
    schedule: Slug = DEFAULT
    """The `[[schedule]]` by which `dateline deploy` and `dateline serve` look at it."""
    max_links: Annotated[int, Field(ge=1)] = 10_000
    """Links that are taken of a listing, all its pages together."""

    @field_validator("pages")
    @classmethod
    def _has_places(cls, pages: str | None) -> str | None:
        """Refuse an address without a place that can be filled."""
        if pages is not None:
            try:
                filled = pages.format(page=1, year=2000, month=1), pages.format(page=2, year=2001, month=2)
            except (LookupError, ValueError, AttributeError) as error:
                raise ValueError("write {page}, or {year} and {month:02}, where they stand") from error
            if filled[0] == filled[1]:
                raise ValueError("write {page}, or {year} and {month:02}, where they stand")
        return pages


class Link(BaseModel):
    """The address of a release, with what the listing said of it."""

    model_config = FROZEN
    source: Slug
    url: str
    title: str | None = None
    published: dt.date | None = None
    updated: AwareDatetime | None = None
    """When the page changed last."""


class Declared(BaseModel):
    """What a `sources.toml` says."""

    model_config = FROZEN
    source: tuple[Source, ...] = ()
    schedule: tuple[Schedule, ...] = ()


def load_sources(path: Path) -> list[Source]:
    """Read the `[[source]]` tables of a TOML file. Raises SourcesError as `load_declared` does."""
    return list(load_declared(path).source)


def load_declared(path: Path) -> Declared:
    """Read the `[[source]]` and `[[schedule]]` tables of a TOML file.

    Raises SourcesError, naming the file, the entry and the field, when it cannot be read or is not valid.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf8"))
    except OSError as error:
        raise SourcesError(f"{path}: cannot be read ({error.strerror}); name a file with [[source]] entries") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourcesError(f"{path}: not valid TOML: {error}") from error
    if unknown := sorted(set(tables) - set(Declared.model_fields)):
        raise SourcesError(
            f"{path}: unknown table {unknown[0]!r}; every newsroom is a [[source]] entry, every schedule a [[schedule]]"
        )
    try:
        declared = Declared.model_validate(tables)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])).replace(".", " ", 1)
        raise SourcesError(f"{path}: {where}: {first['msg']}") from error
    if complaint := _complain(declared):
        raise SourcesError(f"{path}: {complaint}")
    return declared


def _complain(declared: Declared) -> str | None:
    """What is wrong between the entries of a file."""
    if not declared.source:
        return "has no [[source]] entry"
    for kind, names in (
        ("source", [source.name for source in declared.source]),
        ("schedule", [schedule.name for schedule in declared.schedule]),
    ):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            return f"two {kind}s are named {twice[0]!r}; give each a name of its own"
    known = {DEFAULT, *(schedule.name for schedule in declared.schedule)}
    for source in declared.source:
        if source.schedule not in known:
            there = ", ".join(sorted(known))
            return f"source {source.name}: there is no [[schedule]] named {source.schedule!r}; there are: {there}"
    return None
