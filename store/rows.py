"""What releases, pages and problems look like as rows of the tables: pure, no database."""

import datetime as dt
from typing import Any

from schemas.page import FetchedPage
from schemas.problem import Problem
from schemas.values import derive_id
from store.models import Item

Row = dict[str, Any]


def utc(moment: dt.datetime) -> dt.datetime:
    """The same moment in UTC; one without a time zone came from SQLite, where all are UTC.

    >>> utc(dt.datetime(2026, 5, 1, 12)).isoformat()
    '2026-05-01T12:00:00+00:00'
    """
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def plain(text: str) -> str:
    r"""Text that every database takes: code points that are no characters, and NUL, become escapes.

    >>> plain("caf\u00e9 \ud800\0")
    'café \\ud800\\x00'
    """
    return text.replace("\0", "\\x00").encode("utf8", "backslashreplace").decode("utf8")


def release_row(item: Item, first_seen: dt.datetime, last_seen: dt.datetime) -> Row:
    """The release as its newest record describes it."""
    described = item.record.release
    return {
        "id": item.release.id,
        "source": item.release.source,
        "url": item.release.url,
        "title": described.title,
        "published": described.published,
        "place": described.place,
        "issuer": described.issuer,
        "language": described.language,
        "country": item.release.country,
        "text_sha256": item.release.text_sha256,
        "first_seen": utc(first_seen),
        "last_seen": utc(last_seen),
        "review_priority": item.record.review_priority,
    }


def version_row(item: Item, seen: dt.datetime) -> Row:
    """One version of the text, with everything else that the reader said of the release."""
    return {
        "release_id": item.release.id,
        "text_sha256": item.release.text_sha256,
        "text": item.release.text,
        "as_read": item.as_read,
        "page_sha256": item.release.page_sha256,
        "first_seen": utc(seen),
        "last_seen": utc(seen),
    }


def record_row(item: Item, is_current: bool) -> Row:
    """The record, whole, as JSON."""
    return {
        "release_id": item.release.id,
        "text_sha256": item.release.text_sha256,
        "extractor_version": item.record.extractor_version,
        "content": item.content,
        "is_current": is_current,
    }


def page_row(page: FetchedPage, release_id: str | None) -> Row:
    """A fetched page: one row for each body that an address ever gave."""
    return {
        "id": derive_id("page", page.link.source, plain(page.link.url), page.sha256),
        "source": page.link.source,
        "requested_url": plain(page.link.url),
        "final_url": plain(page.final_url),
        "link_title": plain(page.link.title) if page.link.title is not None else None,
        "link_published": page.link.published,
        "status": page.status,
        "content_type": plain(page.content_type) if page.content_type is not None else None,
        "fetched_at": utc(page.fetched_at),
        "sha256": page.sha256,
        "release_id": release_id,
    }


def problem_row(problem: Problem, seen: dt.datetime) -> Row:
    """An entry of the quarantine at its first try."""
    return {
        "id": quarantine_id(problem.source, problem.place),
        **problem.model_dump(exclude={"message", "place"}),
        "place": plain(problem.place),
        "message": plain(problem.message),
        "first_seen": utc(seen),
        "last_seen": utc(seen),
        "tries": 1,
    }


def quarantine_id(source: str, place: str) -> str:
    """`Problem.id` of whatever stands at this place."""
    return derive_id("quarantine", source, plain(place))
