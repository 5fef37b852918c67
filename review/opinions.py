"""Second opinions: who waits for one, how far two people agree, and choosing where they differ."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from review.ask import identity_of, now, open_release, setup_of, store_of
from review.labels import FIELDS, LETTERS, ONE, call_amounts, differences, facts, headline, name_amounts
from review.render import show
from schemas.review import Action, Opinion
from schemas.review_work import Difference
from store.agreement import choose
from store.opinions import differences as list_differences
from store.opinions import list_awaited, list_disputed, measure_opinions

SHOWN = 50
"""Releases in a list."""
router = APIRouter(include_in_schema=False)


class Choice(NamedTuple):
    """What one opinion says of a value, and the action that makes it hold."""

    headline: str
    facts: list[tuple[str, str]]
    opinion: Opinion
    """In which the action is made."""
    action: str
    """As JSON."""


class Dispute(NamedTuple):
    """A value on which two opinions differ."""

    letter: str
    one: str
    field: str
    machine: str
    changed: list[tuple[str, str, str]]
    """What differs where both have it: attribute, first, second."""
    choices: tuple[Choice, Choice]
    is_settled: bool


@router.get("/opinions")
def opinions(request: Request) -> Response:
    """How far two people agree, and the releases that wait."""
    store, me = store_of(request), identity_of(request)
    return show(
        request,
        "opinions.html",
        share=setup_of(request).share,
        awaited=list_awaited(store, setup_of(request).share, me.name, now())[:SHOWN],
        disputed=list_disputed(store)[:SHOWN] if me.role == "admin" else [],
        agreements=[(FIELDS[found.field], found) for found in measure_opinions(store)],
    )


@router.get("/opinions/next")
def next_second(request: Request, not_id: str | None = None) -> Response:
    """The desk of the next release that waits for this person's second opinion."""
    share, me = setup_of(request).share, identity_of(request).name
    waiting = [each.release_id for each in list_awaited(store_of(request), share, me, now())]
    found = next((key for key in waiting if key != not_id), None)
    return RedirectResponse(f"/desk/{quote(found)}?opinion=2" if found else "/opinions", 303)


@router.get("/desk/{release_id:path}/choose")
def choosing(request: Request, release_id: str) -> Response:
    """The values on which two opinions differ, side by side."""
    if identity_of(request).role != "admin":
        raise HTTPException(403, "an admin chooses where two opinions differ")
    sheets = {number: open_release(request, release_id, number).sheet for number in (1, 2)}
    amounts = name_amounts(shown for sheet in sheets.values() for shown in sheet.values)
    disputes = list(_disputes(list_differences(store_of(request), release_id), amounts))
    opened = open_release(request, release_id, 1)
    return show(
        request, "choose.html", release=opened.record.release, release_id=release_id, sheets=sheets, disputes=disputes
    )


def _disputes(found: list[Difference], amounts: Mapping[str, str]) -> Iterator[Dispute]:
    for each in found:
        yield Dispute(
            letter=LETTERS[each.field],
            one=ONE[each.field],
            field=each.field,
            machine=headline(each.field, each.machine) if each.machine else "",
            changed=differences(call_amounts(each.first, amounts), call_amounts(each.second, amounts)),
            choices=(_choice(each, 1, amounts), _choice(each, 2, amounts)),
            is_settled=each.settled,
        )


def _choice(difference: Difference, number: Opinion, amounts: Mapping[str, str]) -> Choice:
    value = call_amounts(difference.first if number == 1 else difference.second, amounts)
    opinion, action = choose(difference, number)
    said = headline(difference.field, value) if value else f"no {ONE[difference.field]}"
    return Choice(said, facts(difference.field, value) if value else [], opinion, _json(action))


def _json(action: Action) -> str:
    return action.model_dump_json()
