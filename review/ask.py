"""What every route asks of a request: the store, who asks, which releases are wanted, one release."""

import datetime as dt
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Query, Request
from pydantic import BaseModel, Field, ValidationError

from review.setup import Identity, Setup
from schemas.record import Record
from schemas.release import Release
from schemas.review import DeskSheet, Opinion, QueueFilter
from store.database import Store
from store.load import load_record, load_release
from store.review_desk import load_sheet


def setup_of(request: Request) -> Setup:
    """The settings of this desk."""
    found: Setup = request.app.state.setup
    return found


def store_of(request: Request) -> Store:
    """The store."""
    return setup_of(request).store


def identity_of(request: Request) -> Identity:
    """Who asks; the guard has found it."""
    found: Identity = request.state.identity
    return found


def now() -> dt.datetime:
    """The moment of an action."""
    return dt.datetime.now(dt.UTC)


class AskedFilter(BaseModel):
    """A filter as an address says it; an empty field of a form leaves it out."""

    source: str | None = Field(None, max_length=80)
    since: str | None = Field(None, description="First day of publication, YYYY-MM-DD.")
    until: str | None = Field(None, description="Last day of publication, YYYY-MM-DD.")
    check: str | None = Field(None, max_length=80)
    field: str | None = Field(None, description="With a value of this kind that nobody decided.")
    status: list[str] | None = Field(None, description="`all` for every one.")
    reviewer: str | None = Field(None, max_length=80)
    words: str | None = Field(None, max_length=400, description="Words of the text or the names.")


def wanted_of(asked: Annotated[AskedFilter, Query()]) -> QueueFilter:
    """The releases that an address asks for. Raises HTTPException 422 for what is no filter."""
    given: dict[str, Any] = asked.model_dump(exclude={"status"})
    status = asked.status
    given = {name: value for name, value in given.items() if value not in (None, "")}
    if status and any(status):
        given["status"] = () if "all" in status else tuple(filter(None, status))
    try:
        return QueueFilter.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise HTTPException(422, f"{first['loc'][0]}: {first['msg']}; got {first['input']!r}") from error


def query_of(wanted: QueueFilter) -> str:
    """The address's part that asks for the same releases again.

    >>> query_of(QueueFilter(source="acme", status=("open", "done")))
    'source=acme&status=open&status=done'
    """
    given = wanted.model_dump(mode="json", exclude_defaults=True)
    if given.get("status") == []:
        given["status"] = ["all"]
    return urlencode(given, doseq=True)


class Opened(NamedTuple):
    """A release with what holds for it."""

    release: Release
    record: Record
    sheet: DeskSheet


def open_release(request: Request, release_id: str, opinion: Opinion) -> Opened:
    """Load a release as one reviewer sees it. Raises HTTPException 404 where there is none."""
    store = store_of(request)
    release, record = load_release(store, release_id), load_record(store, release_id)
    if release is None or record is None or release.id != release_id:
        raise HTTPException(404, f"no stored release has the id {release_id!r}; the queue lists them")
    return Opened(release, record, load_sheet(store, release_id, identity_of(request).name, now(), opinion))


def opinion_of(
    opinion: Annotated[int, Query(ge=1, le=2, description="2: a second review, made without seeing the first.")] = 1,
) -> Opinion:
    """Whose review: the one that counts, or a second one."""
    return 2 if opinion == 2 else 1


WhichOpinion = Annotated[Opinion, Depends(opinion_of)]
Wanted = Annotated[QueueFilter, Depends(wanted_of)]
MAX_NUMBER = 2**31 - 1
"""The largest number of an event that a database takes."""
