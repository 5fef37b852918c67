"""The queue: which releases wait, in which order, and who is at what."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from review.ask import Wanted, identity_of, now, query_of, store_of
from review.render import show
from store.review_queue import load_choices, load_queue, next_release

PAGE = 50
"""Releases on a page."""
router = APIRouter(include_in_schema=False)


@router.get("/")
def queue(
    request: Request,
    wanted: Wanted,
    after: Annotated[str | None, Query(max_length=200)] = None,
    note: Annotated[str | None, Query(max_length=20)] = None,
) -> Response:
    """The queue with its filters."""
    store = store_of(request)
    found = load_queue(store, wanted, PAGE, after, now())
    return show(
        request,
        "queue.html",
        queue=found,
        wanted=wanted,
        query=query_of(wanted),
        choices=load_choices(store),
        is_first=after is None,
        nothing_left=note == "end",
    )


@router.get("/next")
def go_on(request: Request, wanted: Wanted, not_id: Annotated[str | None, Query(max_length=200)] = None) -> Response:
    """The desk of the next release, or the queue where nothing is left."""
    found = next_release(store_of(request), wanted, identity_of(request).name, now(), not_id)
    query = query_of(wanted)
    if found is None:
        return RedirectResponse("/?" + "&".join(filter(None, (query, "note=end"))), 303)
    return RedirectResponse(f"/desk/{quote(found)}" + (f"?{query}" if query else ""), 303)
