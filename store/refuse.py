"""Items that no database takes: each becomes a problem, so that the rest of its batch can be saved."""

import re
from collections import Counter
from collections.abc import Mapping

from schemas.problem import Problem
from store.models import Item

_NUL = "\\u0000"
_REAL_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""Not the six characters themselves, which JSON writes with another backslash."""


def refuse_taken(item: Item, owners: Mapping[str, str]) -> Problem | None:
    """Why an item cannot be stored whose id another source has, or None; `owners` has the source of each id."""
    owner = owners.get(item.release.id, item.release.source)
    if owner == item.release.source:
        return None
    return _problem(item, "id_taken", f"release id {item.release.id!r} belongs to source {owner!r}; give another id")


def refuse(item: Item) -> Problem | None:
    """Why no database takes an item, or None."""
    release = item.release
    try:
        release.text.encode()
        written = item.as_read + item.content
    except ValueError:  # half of a surrogate pair, which UTF-8 cannot write
        return _problem(item, "not_unicode", "the text holds code points that are no characters; decode it again")
    if "\0" in release.text or has_nul(written):
        return _problem(item, "nul_character", "the text holds NUL characters, which databases refuse; remove them")
    if twice := _id_given_twice(item):
        return _problem(item, "id_twice", f"two values of the record have the id {twice!r}; correct the extractor")
    return None


def has_nul(written: str) -> bool:
    r"""Whether some JSON holds a NUL character.

    >>> has_nul(r'"a\u0000"'), has_nul(r'"a\\u0000"')
    (True, False)
    """
    return _NUL in written and _REAL_NUL.search(written) is not None  # the first is ten times as fast


def _problem(item: Item, code: str, message: str) -> Problem:
    release, url = item.release, item.page.link.url if item.page else None
    sha256 = item.page.sha256 if item.page else release.page_sha256
    place = item.place or url or release.url or release.id
    return Problem(source=release.source, place=place, stage="save", code=code, message=message, page_sha256=sha256)


def _id_given_twice(item: Item) -> str | None:
    record = item.record
    values_of_a_kind = (
        *(record.people, record.organisations, record.dates, record.amounts, record.quotes),
        *(record.events, record.commitments),
    )
    for values in values_of_a_kind:
        given = Counter(value.id for value in values)
        if len(given) < len(values):
            return given.most_common(1)[0][0]
    return None
