"""Ready-made releases: JSON objects with id, source, url, title, published and text."""

import datetime as dt
import json
import re
from typing import Any

from pydantic import ValidationError

from extractors.address import tidy_url
from extractors.page import make_text, make_title
from schemas.release import Release
from schemas.source import Source
from schemas.values import derive_id

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?![\d-])")
_NOT_SLUG = re.compile(r"[^a-z0-9._/-]+")


class ReadyError(ValueError):
    """An object that is no release; `code` is for counting."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def read_json(words: str) -> Any:
    """Any JSON value. Raises ReadyError `not_json`, saying where it breaks off.

    >>> read_json('{"a": 1}')
    {'a': 1}
    """
    try:
        return json.loads(words)
    except RecursionError as error:
        raise ReadyError("not_json", "is nested too deeply; write one flat object for each release") from error
    except ValueError as error:
        where = f"{error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise ReadyError("not_json", f"is no JSON ({where}); it may have been cut off, write it again") from error


def read_day(value: object) -> dt.date | None:
    """The day of an ISO 8601 date or time; None for a year, words or anything else.

    >>> read_day("2025-04-10T08:00:00Z"), read_day("2025"), read_day("last spring"), read_day(7)
    (datetime.date(2025, 4, 10), None, None, None)
    """
    if isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    found = _DAY.match(value.strip()) if isinstance(value, str) else None
    try:
        return dt.date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def read_slug(value: object, default: str) -> str:
    """A source's name as a slug, or the default where nothing is left of it.

    >>> read_slug("US DOJ", "files"), read_slug("us-doj/opa", "files"), read_slug(None, "files")
    ('us-doj', 'us-doj/opa', 'files')
    """
    slug = _NOT_SLUG.sub("-", value.lower()).strip("-._/")[:80] if isinstance(value, str) else ""
    return slug or default


def read_ready(value: object, name: str, source: Source, published: dt.date | None = None) -> Release:
    """The release that an object holds; its id is kept, unknown keys are passed over.

    `name` is part of the id where the object has neither id nor URL. Raises ReadyError `not_an_object`, `no_text` or
    `invalid`.

    >>> from schemas.source import Source
    >>> files = Source(name="files", url="https://files.example/", discover="listing")
    >>> read_ready({"id": "a1", "title": "T", "text": "B"}, "x.json", files).text
    'T\\n\\nB'
    """
    if not isinstance(value, dict):
        raise ReadyError("not_an_object", f"is a {type(value).__name__}, no object with the keys id, title and text")
    body = value.get("text")
    if not isinstance(body, str) or not make_text("", body):
        raise ReadyError("no_text", "has no words under the key `text`; give every release its text")
    owner = read_slug(value.get("source"), source.name)
    url = tidy_url(value["url"]) if isinstance(value.get("url"), str) else None
    title = make_title(_words(value.get("title")))
    try:
        return Release(
            id=_words(value.get("id")) or derive_id("release", owner, url or name),
            source=owner,
            url=url,
            title=title,
            published=read_day(value.get("published") or value.get("date")) or published,
            language=_code(value.get("language"), 2) or source.language,
            country=_code(value.get("country"), 2) or source.country,
            issuer=make_title(_words(value.get("issuer"))) or source.issuer,
            text=make_text(title, body),
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise ReadyError("invalid", f"has a wrong {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _words(value: object) -> str:
    known = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return make_title(str(value)) if known else ""


def _code(value: object, length: int) -> str | None:
    is_code = isinstance(value, str) and len(value) == length and value.isascii() and value.isalpha()
    return str(value) if is_code else None
