"""The same actions for programs: JSON, described by `/api/openapi.json`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field

from review.ask import Wanted, WhichOpinion, identity_of, now, open_release, store_of
from review.guard import csrf_token
from review.setup import Role
from schemas.record import Record
from schemas.release import Release
from schemas.review import Act, Action, Claim, DeskSheet, EventNumber, Opinion, Queue, ReviewEvent
from schemas.values import FROZEN
from store.review_desk import claim_release, drop_claim
from store.review_errors import ReviewConflictError
from store.review_events import act, load_events
from store.review_queue import load_queue, next_release

REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Nobody is logged in."},
    403: {"description": "The role does not allow it, or the token is not this session's."},
    404: {"description": "There is no such release."},
    409: {"description": "Somebody else changed the same values; `events` says what."},
    422: {"description": "It cannot be done; `error` says why."},
}
router = APIRouter(prefix="/api", responses=REFUSALS, tags=["review"])


class Me(BaseModel):
    """Who asks."""

    model_config = FROZEN
    name: str
    role: Role
    csrf: str
    """To be sent as `X-CSRF-Token` with every change, with the cookie of the same answer."""


class Desk(BaseModel):
    """A release with its record and what people decided."""

    model_config = FROZEN
    release: Release
    record: Record
    sheet: DeskSheet


class Asked(BaseModel):
    """An action; who and when are the server's."""

    model_config = FROZEN
    action: Action
    seen: EventNumber
    """Number of the last event of the release that was seen."""
    request_id: str = Field(min_length=8, max_length=64)
    """Made by who asks: asked again with the same, nothing is done twice."""
    opinion: Opinion = 1
    based_on: str | None = Field(default=None, max_length=200)
    """`based_on` of the sheet that was seen: on another text or record the action is refused."""


class Claimed(BaseModel):
    """Who has the release before them, and how far its events are."""

    model_config = FROZEN
    claim: Claim | None
    seen: int
    at: AwareDatetime


@router.get("/me")
def me(request: Request) -> Me:
    """Who asks, and the token that changes need."""
    identity = identity_of(request)
    return Me(name=identity.name, role=identity.role, csrf=csrf_token(request))


@router.get("/queue")
def queue(
    request: Request, wanted: Wanted, limit: Annotated[int, Query(ge=1, le=500)] = 50, after: str | None = None
) -> Queue:
    """Releases in the order of priority."""
    return load_queue(store_of(request), wanted, limit, after, now())


@router.get("/next")
def following(request: Request, wanted: Wanted, not_id: str | None = None) -> dict[str, str | None]:
    """The first release of the queue that nobody has before them."""
    found = next_release(store_of(request), wanted, identity_of(request).name, now(), not_id)
    return {"release_id": found}


@router.get("/releases/{release_id:path}/events")
def events(request: Request, release_id: str, opinion: WhichOpinion) -> list[ReviewEvent]:
    """Everything that was done to a release, the oldest first."""
    open_release(request, release_id, opinion)
    return load_events(store_of(request), release_id, opinion)


@router.post("/releases/{release_id:path}/claim")
def claim(request: Request, release_id: str, opinion: WhichOpinion) -> Claimed:
    """Say that one has the release before oneself; tells who else has, and how far the events are."""
    sheet = open_release(request, release_id, opinion).sheet
    held = claim_release(store_of(request), release_id, identity_of(request).name, now(), opinion)
    return Claimed(claim=held, seen=sheet.seen, at=now())


@router.delete("/releases/{release_id:path}/claim", status_code=204)
def drop(request: Request, release_id: str, opinion: WhichOpinion) -> None:
    """Give one's own claim back."""
    open_release(request, release_id, opinion)
    drop_claim(store_of(request), release_id, identity_of(request).name, opinion)


@router.post("/releases/{release_id:path}/acts")
def do(request: Request, release_id: str, asked: Asked) -> ReviewEvent:
    """Do one action; it is saved when this answers."""
    open_release(request, release_id, asked.opinion)
    made = Act(release_id=release_id, reviewer=identity_of(request).name, at=now(), **dict(asked))
    return act(store_of(request), made)


@router.get("/releases/{release_id:path}")  # the last: an id may hold slashes
def release(request: Request, release_id: str, opinion: WhichOpinion) -> Desk:
    """A release with its record and what people decided."""
    opened = open_release(request, release_id, opinion)
    return Desk(release=opened.release, record=opened.record, sheet=opened.sheet)


def conflict(error: ReviewConflictError) -> JSONResponse:
    """409: what others did meanwhile."""
    told = [event.model_dump(mode="json") for event in error.events]
    return JSONResponse({"error": str(error), "events": told}, 409)
