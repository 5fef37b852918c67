"""What people decide on extracted values; kept beside the extraction, never instead of it."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from schemas.values import FROZEN

ReviewField = Literal["people", "organisations", "dates", "amounts", "quotes"]
Verdict = Literal["accepted", "corrected", "rejected", "added"]
ReviewStatus = Literal["open", "started", "skipped", "done", "reopened"]
"""open: nobody did anything; reopened: was done, and the text that something stood in has changed since."""
EventNumber = Annotated[int, Field(ge=0, lt=2**31)]
Opinion = Literal[1, 2]
"""1: the review that counts; 2: a second one, made without seeing the first."""


class Review(BaseModel):
    """What holds for one value of one release."""

    model_config = FROZEN
    id: str
    """Derived from release, opinion, field and value."""
    release_id: str
    field: ReviewField
    value_id: str
    """Id of the extracted value, or of the value that the reviewer added."""
    verdict: Verdict
    machine: dict[str, Any] | None
    """The value as extracted; None for an added one."""
    human: dict[str, Any] | None
    """The value as the reviewer left it; None for a rejected one."""
    reviewer: str
    reviewed_at: AwareDatetime
    extractor_version: str
    text_sha256: str
    comment: str | None = None
    opinion: Opinion = 1


class Target(BaseModel):
    """One value of a release."""

    model_config = FROZEN
    field: ReviewField
    value_id: str


class Accept(BaseModel):
    """These values are right as they stand."""

    model_config = FROZEN
    kind: Literal["accept"] = "accept"
    targets: tuple[Target, ...] = Field(min_length=1)


class Reject(BaseModel):
    """These values are none."""

    model_config = FROZEN
    kind: Literal["reject"] = "reject"
    targets: tuple[Target, ...] = Field(min_length=1)


class Correct(BaseModel):
    """One value is otherwise; another name of an entity goes into all that refers to it."""

    model_config = FROZEN
    kind: Literal["correct"] = "correct"
    target: Target
    changes: dict[str, Any] = Field(min_length=1)
    """Attributes of the value (`schemas.record`) and what they are to be."""


class Add(BaseModel):
    """A value that was not found."""

    model_config = FROZEN
    kind: Literal["add"] = "add"
    field: ReviewField
    value: dict[str, Any]
    """As in `schemas.record`, without id, confidence and rule."""


class Merge(BaseModel):
    """Several entities of a release are one; the first stands for them."""

    model_config = FROZEN
    kind: Literal["merge"] = "merge"
    field: Literal["people", "organisations"]
    value_ids: tuple[str, ...] = Field(min_length=2)


class Split(BaseModel):
    """Some mentions of an entity mean another one."""

    model_config = FROZEN
    kind: Literal["split"] = "split"
    field: Literal["people", "organisations"]
    value_id: str
    mentions: tuple[int, ...] = Field(min_length=1)
    """Where the mentions start that leave."""
    name: str = Field(min_length=1)
    """Of the entity that they make."""


class Comment(BaseModel):
    """A word about the release, or about one of its values."""

    model_config = FROZEN
    kind: Literal["comment"] = "comment"
    text: str = Field(min_length=1, max_length=10_000)
    target: Target | None = None


class SetStatus(BaseModel):
    """The release is done, put aside, or taken up again."""

    model_config = FROZEN
    kind: Literal["status"] = "status"
    status: Literal["done", "skipped", "started"]


class Undo(BaseModel):
    """An event is taken back; taking back an undo does again what it undid."""

    model_config = FROZEN
    kind: Literal["undo"] = "undo"
    number: EventNumber


class Restore(BaseModel):
    """All values are again what they were after an event; 0 is as extracted."""

    model_config = FROZEN
    kind: Literal["restore"] = "restore"
    number: EventNumber


Action = Annotated[
    Accept | Reject | Correct | Add | Merge | Split | Comment | SetStatus | Undo | Restore, Field(discriminator="kind")
]


class Act(BaseModel):
    """What a reviewer asks for."""

    model_config = FROZEN
    release_id: str
    action: Action
    reviewer: str = Field(min_length=1)
    at: AwareDatetime
    seen: EventNumber
    """Number of the last event of the release that the reviewer has seen."""
    request_id: str = Field(min_length=8, max_length=64)
    """Made by who asks: asked again with the same, nothing is done twice."""
    opinion: Opinion = 1
    based_on: str | None = None
    """`DeskSheet.based_on` of the sheet that the reviewer has before them: acting on another text or record is refused;
    None where that may not matter."""


class Change(BaseModel):
    """What one event did to what holds for one value; None: nobody had decided."""

    model_config = FROZEN
    field: ReviewField
    value_id: str
    before: Review | None
    after: Review | None


class ReviewEvent(BaseModel):
    """One action as it is kept, for ever: what a release's review is follows from its events."""

    model_config = FROZEN
    release_id: str
    number: int = Field(ge=1)
    """Counted for each release."""
    opinion: Opinion
    action: Action
    reviewer: str
    at: AwareDatetime
    changes: tuple[Change, ...]
    status: tuple[ReviewStatus, ReviewStatus]
    """Of the release, before and after."""
    request_id: str


class Claim(BaseModel):
    """Who has a release before them; it keeps nobody out, and says so to others."""

    model_config = FROZEN
    release_id: str
    reviewer: str
    until: AwareDatetime


class Shown(BaseModel):
    """One value as the desk shows it."""

    model_config = FROZEN
    field: ReviewField
    value_id: str
    value: dict[str, Any]
    """As it holds now (`schemas.record`); of a rejected one as extracted, of a reopened one as extracted by now."""
    review: Review | None = None
    """As it was made; its places are those of the text that it was made on."""
    reopened: str | None = None
    """Why a decision has to be made again; None where it stands or there is none."""
    machine_now: dict[str, Any] | None = None
    """What the extractor says by now, where that is not what was reviewed; empty where it finds nothing there."""
    machine_id: str | None = None
    """Id of the value in the current record, which its checks go by; None where it has none there."""
    stands: bool = True
    """False for a reopened one whose words are no longer in the text: `value` is as it was, its places mean nothing."""


class DeskSheet(BaseModel):
    """A release with everything that holds for it."""

    model_config = FROZEN
    values: tuple[Shown, ...]
    """In the order of the text."""
    status: ReviewStatus
    seen: int
    """Number of the last event; 0 before the first."""
    based_on: str
    """Mark of the text and the record that this shows."""
    opinion: Opinion
    claim: Claim | None = None
    """Another's or one's own, while it runs."""
    undo: int | None = None
    """The event that an undo would take back, if any: the reviewer's own last."""
    redo: int | None = None
    """The undo that a redo would take back, if any."""


class QueueFilter(BaseModel):
    """Which releases are wanted; None and () leave a filter out."""

    model_config = FROZEN
    source: str | None = None
    since: dt.date | None = None
    """First day of publication."""
    until: dt.date | None = None
    """Last day of publication."""
    check: str | None = None
    field: ReviewField | None = None
    """With a value of this kind that nobody decided."""
    status: tuple[ReviewStatus, ...] = ("open", "started", "reopened")
    reviewer: str | None = None
    """Who did something to it."""
    words: str | None = None
    """Words of the text or the names, all of them: `store.words.read_asked` says how they are read."""


class Snippet(BaseModel):
    """Some words of a text around those that were looked for."""

    model_config = FROZEN
    text: str
    marks: tuple[tuple[int, int], ...]
    """Where in `text` the words stand that were found, end-exclusive."""


class Queued(BaseModel):
    """One release in the queue."""

    model_config = FROZEN
    release_id: str
    source: str
    title: str
    published: dt.date | None
    priority: float
    """Expected number of values that are wrong or missing."""
    checks: int
    values: int
    decided: int
    status: ReviewStatus
    reviewers: tuple[str, ...] = ()
    claim: Claim | None = None
    found: Snippet | None = None
    """Where the words stand that were looked for; None where nobody asked, or they are in its names alone."""


class Queue(BaseModel):
    """One page of the queue, in the order of priority."""

    model_config = FROZEN
    releases: tuple[Queued, ...]
    total: int
    counts: dict[ReviewStatus, int]
    """Of all that fit the filter, its status left out."""
    after: str | None = None
    """Mark of the next page; None on the last."""
