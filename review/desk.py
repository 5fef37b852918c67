"""The desk: one release's text and record, their fragments, the forms, and the history."""

import json
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse

from review.ask import MAX_NUMBER, Opened, Wanted, WhichOpinion, identity_of, now, open_release, query_of, store_of
from review.forms import fill, guess, held_values
from review.labels import ONE
from review.render import render, show
from review.sheet import Row, places, view_desk
from schemas.review import Claim, Opinion, ReviewField, Shown
from store.review_desk import claim_release
from store.review_events import load_events

router = APIRouter(prefix="/desk/{release_id:path}", include_in_schema=False)
Place = Annotated[int | None, Query(ge=0, le=MAX_NUMBER)]


class Chosen(NamedTuple):
    """What a form is about: a value, words that were selected, or both."""

    value_id: str | None
    start: int | None
    end: int | None


def chosen_of(
    value_id: Annotated[str | None, Query(max_length=80)] = None, start: Place = None, end: Place = None
) -> Chosen:
    """What an address chooses."""
    return Chosen(value_id, start, end)


@router.get("/panel")
def panel(request: Request, release_id: str, opinion: WhichOpinion) -> Response:
    """The record alone, as it holds now."""
    view = view_desk(*open_release(request, release_id, opinion))
    return HTMLResponse(render("panel.html", view=view, me=identity_of(request)))


@router.get("/text")
def text(request: Request, release_id: str, opinion: WhichOpinion) -> Response:
    """The text alone, with every value at its words."""
    view = view_desk(*open_release(request, release_id, opinion))
    return HTMLResponse(render("text.html", view=view))


@router.get("/form/{kind}/{field}")
def form(
    request: Request,
    release_id: str,
    kind: Literal["correct", "add", "merge", "split", "comment"],
    field: ReviewField,
    opinion: WhichOpinion,
    chosen: Annotated[Chosen, Depends(chosen_of)],
) -> Response:
    """A form to fill in, for a value or for words that were selected."""
    opened = open_release(request, release_id, opinion)
    selected = _selected(opened, chosen.start, chosen.end)
    shown = _shown(opened, field, chosen.value_id) if chosen.value_id else None
    if kind == "add" and selected is None:
        raise HTTPException(422, "select words of the text first")
    if kind in ("correct", "merge", "split") and shown is None:
        raise HTTPException(422, "choose a value first")
    value = shown.value if shown else guess(field, selected["text"] if selected else "", opened.record)
    stands = places(value) if shown else []
    context: dict[str, Any] = {
        "kind": kind, "field": field, "one": ONE[field], "shown": shown, "selected": selected,
        "inputs": fill(field, value, held_values(opened.sheet)), "others": _others(opened, shown),
        "places": stands, "places_json": _evidence(stands), "text": opened.release.text,
        "selected_json": json.dumps(selected),
    }  # fmt: skip
    return HTMLResponse(render("form.html", **context))


def _evidence(stands: list[dict[str, Any]]) -> str:
    """The places as JSON, for the form to send again."""
    return json.dumps([{name: place[name] for name in ("start", "end", "text")} for place in stands])


def _selected(opened: Opened, start: int | None, end: int | None) -> dict[str, Any] | None:
    """The words between two offsets, without white space around them."""
    if start is None or end is None:
        return None
    words = opened.release.text[start:end]
    inner = words.strip()
    if not inner:
        return None
    first = start + len(words) - len(words.lstrip())
    return {"start": first, "end": first + len(inner), "text": inner}


def _shown(opened: Opened, field: ReviewField, value_id: str) -> Shown:
    for shown in opened.sheet.values:
        if (shown.field, shown.value_id) == (field, value_id):
            return shown
    raise HTTPException(404, "this value is not there any more; the record was loaded again")


def _others(opened: Opened, shown: Shown | None) -> list[Row]:
    """Entities of the same kind, with which one may be merged."""
    if shown is None or shown.field not in ("people", "organisations"):
        return []
    groups = view_desk(*opened).groups
    rows = next(group.rows for group in groups if group.field == shown.field)
    return [row for row in rows if row.value_id != shown.value_id and row.state != "rejected"]


@router.get("/history")
def history(request: Request, release_id: str, wanted: Wanted, opinion: WhichOpinion) -> Response:
    """Every event of a release, the newest first; any state can be restored."""
    opened = open_release(request, release_id, opinion)
    events = load_events(store_of(request), release_id, opinion)
    view = view_desk(*opened)
    return show(request, "history.html", view=view, events=events[::-1], opinion=opinion, query=query_of(wanted))


@router.get("")  # the last: an id may hold slashes
def desk(request: Request, release_id: str, wanted: Wanted, opinion: WhichOpinion) -> Response:
    """The whole desk; opening it says to others that one has it before oneself."""
    opened = open_release(request, release_id, opinion)
    claim = _claim(request, release_id, opinion) or opened.sheet.claim
    view = view_desk(*opened)
    return show(request, "desk.html", view=view, claim=claim, opinion=opinion, query=query_of(wanted))


def _claim(request: Request, release_id: str, opinion: Opinion) -> Claim | None:
    me = identity_of(request)
    return claim_release(store_of(request), release_id, me.name, now(), opinion) if me.decides else None
