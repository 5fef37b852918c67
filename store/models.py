"""What goes into the store and what it reports back."""

import datetime as dt
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, SkipValidation, model_validator

from schemas.page import FetchedPage
from schemas.problem import Problem
from schemas.record import Record
from schemas.release import Release
from schemas.source import Link
from schemas.values import FROZEN

RunState = Literal["running", "finished", "failed", "interrupted"]


class Item(BaseModel):
    """One release with its record, ready to be saved.

    Raises ValidationError unless the record describes this release and this version of its text, evidence included.
    """

    model_config = FROZEN
    release: Release
    record: Record
    page: FetchedPage | None = None
    """The page that the release was read from; None for a ready-made release."""
    place: str | None = None
    """Where a ready-made release stood: path and `#line`."""
    signature: tuple[Annotated[int, Field(ge=0, lt=2**32)], ...] = ()
    """By which copies are found: numbers of which alike texts have many in common; () for none."""

    @property
    def as_read(self) -> str:
        """The release but for its text, as JSON. Raises ValueError where it holds half of a surrogate pair."""
        return self.release.model_dump_json(exclude={"text"})

    @property
    def content(self) -> str:
        """The record, whole, as JSON, made once. Raises ValueError where it holds half of a surrogate pair."""
        record, written = self.written
        return written if record is self.record else self.record.model_dump_json()

    @cached_property
    def written(self) -> tuple[Record, str]:
        """The record that was written as JSON, and its JSON: a copy of an item may have another record."""
        return self.record, self.record.model_dump_json()

    def seen(self, otherwise: dt.datetime) -> dt.datetime:
        """When the release stood there: when its page was fetched, or the moment given for one without a page."""
        return self.page.fetched_at if self.page else otherwise

    def places(self) -> set[str]:
        """Every place whose quarantine a success of this item clears."""
        fetched = (self.page.link.url, self.page.final_url) if self.page else ()
        return {place for place in (self.place, self.release.url, *fetched) if place}

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        described, given = self.record.release, self.release
        if (described.id, described.source) != (given.id, given.source):
            raise ValueError(f"the record describes {described.source}:{described.id}, not {given.source}:{given.id}")
        if described.text_sha256 != given.text_sha256:
            raise ValueError(f"the record of {given.id!r} belongs to another version of the text; extract it again")
        for evidence in self.record.evidence():
            evidence.check_against(given.text)
        return self


class Address(BaseModel):
    """An address with its last answer; docs/store.md says what each field means."""

    model_config = FROZEN
    source: str
    url: str
    kind: Literal["listing", "release"] = "release"
    title: str | None = None
    published: dt.date | None = None
    updated: AwareDatetime | None = None
    found_at: AwareDatetime
    checked_at: AwareDatetime | None = None
    status: int | None = None
    code: str | None = None
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    content_type: str | None = None
    fresh_seconds: int | None = None
    next_due: AwareDatetime | None = None
    body: bytes | None = None
    """Unpacked; of listings only."""


class Batch(BaseModel):
    """What one transaction saves; saved twice it leaves the same rows."""

    model_config = FROZEN
    seen_at: AwareDatetime
    """When this batch was worked on: the clock is the caller's."""
    items: tuple[SkipValidation[Item], ...] = ()
    """They were validated when they were made."""
    problems: tuple[Problem, ...] = ()
    pages: tuple[FetchedPage, ...] = ()
    """Fetched pages that gave no release: kept, so that a better reader needs no second fetch."""
    visits: tuple[Address, ...] = ()
    """What is known now of the addresses that were asked."""
    reextracted: bool = False
    """The releases came from the store, not from their source: when they were last seen stays as it is."""
    run_id: str | None = None
    """The run that this batch belongs to, if any: saving it shows that the run is alive."""


class Saved(BaseModel):
    """What became of a batch."""

    model_config = FROZEN
    new: int = 0
    """Releases never seen before."""
    changed: int = 0
    """Releases found again with another text than their current one."""
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    """Everything that went to quarantine: the batch's own problems and the items that cannot be stored."""
    cleared: int = 0
    """Quarantine entries that a success took away."""


class Run(BaseModel):
    """One run of the program over some sources."""

    model_config = FROZEN
    id: str
    started: AwareDatetime
    finished: AwareDatetime | None = None
    state: RunState = "running"
    counts: dict[str, int] = Field(default_factory=dict)
    sources: tuple[str, ...] = ()
    kind: str = "ingest"
    """What it was for: `ingest`, `backup`, `gc`, …"""
    seconds: dict[str, float] = Field(default_factory=dict)
    """Working time of each stage, summed over threads and processes."""


class Quarantined(BaseModel):
    """A problem that is still there, since when, and how often it was tried."""

    model_config = FROZEN
    problem: Problem
    first_seen: AwareDatetime
    last_seen: AwareDatetime
    tries: int


class SourceStatus(BaseModel):
    """What the store holds of one source."""

    model_config = FROZEN
    name: str
    releases: int
    quarantined: int
    last_seen: AwareDatetime | None
    """When a release of it was last found."""
    last_run: AwareDatetime | None
    """When the last run over it that finished was started."""


class Status(BaseModel):
    """The store at a glance."""

    model_config = FROZEN
    counts: dict[str, int]
    """How many there are of all that people count: releases, current records, values of each kind, reviews, …"""
    sources: tuple[SourceStatus, ...]
    runs: tuple[Run, ...]
    """Newest first."""


class StoredPage(BaseModel):
    """A fetched page without its bytes, which the archive holds under `sha256`."""

    model_config = FROZEN
    id: str
    link: Link
    final_url: str
    status: int
    content_type: str | None
    fetched_at: AwareDatetime
    sha256: str
    release_id: str | None
    """The release that was read from it; None where none could be."""
