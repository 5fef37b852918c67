"""What the store holds, for programs: reading alone, a page at a time, and nothing sent twice that has not changed."""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from review.ask import store_of
from schemas.record import Record
from store.load import load_record
from store.review_desk import load_reviewed
from store.view_columns import View
from store.view_pages import read_page
from store.views import RELEASES, VIEWS

MOST = 1000
"""Rows of a page at most."""
FILTERS = {
    "releases": ("issuer", "place", "language", "country", "review_status"),
    "payments": ("currency", "kind", "payer", "payee", "payer_entity", "payee_entity", "issuer", "counts"),
    "amounts": ("currency", "kind", "payer", "payee", "issuer", "in_news"),
    "people": ("name", "organisation", "person_entity", "in_news"),
    "organisations": ("name", "acronym", "kind", "organisation_entity", "in_news"),
    "mentions": ("value_id", "kind"),
    "dates": ("role", "in_news"),
    "quotes": ("speaker", "speaker_entity", "in_news"),
    "events": ("is_past", "in_news"),
    "checks": ("code",),
}
"""Columns by whose values each view can be asked."""
_KINDS: dict[str, Any] = {"text": str, "number": float, "exact": str, "integer": int, "day": dt.date,
                          "time": AwareDatetime, "flag": bool}  # fmt: skip
_UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing has changed since the answer whose `ETag` is in `If-None-Match`."},
    401: {"description": "Nobody is logged in."},
    404: {"description": "There is no such release."},
    422: {"description": "It cannot be asked so; `error` says why."},
}
router = APIRouter(prefix="/api/v1", responses=_UNCHANGED, tags=["records"])


class Asked(BaseModel):
    """What every view can be asked by."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(100, ge=1, le=MOST)
    after: str | None = Field(None, max_length=2000, description="`next` of the page before.")
    since: dt.date | None = Field(None, description="First day of publication.")
    until: dt.date | None = Field(None, description="Last day of publication.")
    source: str | None = Field(None, max_length=200)
    release_id: str | None = Field(None, max_length=200)


def _row_model(view: View) -> type[BaseModel]:
    fields: dict[str, Any] = {one.name: (_KINDS[one.kind] | None, Field(description=one.about)) for one in view.columns}
    return create_model(f"{view.name}_row", **fields)


def _page_model(view: View) -> type[BaseModel]:
    items: Any = list[_row_model(view)]  # type: ignore[misc]  # made of the view's columns
    following: Any = (str | None, Field(description="Address of the next page; null on the last."))
    return create_model(f"{view.name}_page", items=(items, ...), next=following)


def _asked_model(view: View) -> type[Asked]:
    kinds = {one.name: one.kind for one in view.columns}
    fields: dict[str, Any] = {
        name: (_KINDS[kinds[name]] | None, Field(None, max_length=400) if kinds[name] == "text" else Field(None))
        for name in FILTERS[view.name]
    }
    if "value" in kinds and kinds["value"] == "number":
        fields |= {name: (float | None, Field(None, allow_inf_nan=False)) for name in ("min_value", "max_value")}
    return create_model(f"{view.name}_asked", __base__=Asked, **fields)


def _answer_view(view: View, model: type[BaseModel]) -> Callable[..., Response]:
    asked_model = _asked_model(view)

    def answer(request: Request, asked: Annotated[asked_model, Query()]) -> Response:  # type: ignore[valid-type]
        given: dict[str, Any] = asked.model_dump(exclude_none=True)  # type: ignore[attr-defined]
        limit, after = given.pop("limit"), given.pop("after", None)
        rows = read_page(
            store_of(request), view, given, None if after is None else _read_cursor(view, after), limit + 1
        )
        following = None
        if len(rows) > limit:
            cursor = _write_cursor([rows[limit - 1][name] for name in view.key])
            following = f"/api/v1/{view.name}?{urlencode({**given, 'limit': limit, 'after': cursor})}"
        body = model.model_validate({"items": rows[:limit], "next": following}).model_dump_json()
        return say(request, body, {"Link": f'<{following}>; rel="next"'} if following else {})

    answer.__doc__ = f"{view.about.partition('(')[0].strip()} In the order of keys, a page at a time."
    return answer


for _view in VIEWS.values():
    _model = _page_model(_view)
    router.add_api_route(
        f"/{_view.name}", _answer_view(_view, _model), response_model=_model, name=f"list {_view.name}"
    )


@router.get("/releases/{release_id:path}", response_model=_row_model(RELEASES))
def release(request: Request, release_id: str) -> Response:
    """One release."""
    rows = read_page(store_of(request), RELEASES, {"release_id": release_id}, None, 1)
    if not rows:
        raise HTTPException(404, f"no stored release has the id {release_id!r}; /api/v1/releases lists them")
    return say(request, _row_model(RELEASES).model_validate(rows[0]).model_dump_json())


@router.get("/records/{release_id:path}", response_model=Record)
def record(request: Request, release_id: str, reviewed: bool = False) -> Response:
    """Everything that was extracted from a release; with `reviewed` as people left it."""
    found = (load_reviewed if reviewed else load_record)(store_of(request), release_id)
    if found is None or found.release.id != release_id:
        raise HTTPException(404, f"no stored record has the id {release_id!r}; /api/v1/releases lists them")
    return say(request, found.model_dump_json())


def say(request: Request, body: str, headers: dict[str, str] | None = None) -> Response:
    """The answer with its mark, or 304 where who asks has it already."""
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    around = {"ETag": etag, "Cache-Control": "private, no-cache", **(headers or {})}
    known = [mark.strip().removeprefix("W/") for mark in request.headers.get("if-none-match", "").split(",")]
    if etag in known or known == ["*"]:
        return Response(status_code=304, headers=around)
    return Response(body, media_type="application/json", headers=around)


def _write_cursor(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read_cursor(view: View, cursor: str) -> list[Any]:
    """The key behind which a page begins. Raises HTTPException 422 for what is none of this view."""
    kinds = {one.name: int if one.kind == "integer" else str for one in view.columns}
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        key = None
    fits = isinstance(key, list) and [type(part) for part in key] == [kinds[name] for name in view.key]
    if not fits or any(isinstance(part, int) and abs(part) >= 2**31 for part in key) or "\\u0000" in json.dumps(key):
        raise HTTPException(422, "after: is no place in this list; take `next` of the page before")
    return [part.encode("utf8", "replace").decode() if isinstance(part, str) else part for part in key]
