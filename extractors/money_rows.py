"""Lists of sums: the rows in which a release tells who gets how much, one below the other."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractors.ties import Mention

FEWEST = 4
"""Rows that make a list."""
_LONGEST = 250
"""Characters of a row."""
_SENTENCE = re.compile(r"[a-z]{3}[.!?](?![.\w])(?!\s*\n)\s")
_PROSE = re.compile(r"\s(?:is|are|was|were|will|has|have|today|announced)\s")
_LONG_WORD = re.compile(r"\w{5}")


class Place(NamedTuple):
    """Where something stands in a text."""

    start: int
    end: int


def find_lists(text: str, sums: Sequence[Place]) -> Iterator[list[Place]]:
    """The rows of each list: from where a row begins to where its sum does.

    A list is at least four sums, each on a line below the one before with no sentence ending within the lines.

    >>> text = "Harbor Fund $5\\nLake Fund $6\\nRiver Fund $7\\nHill Fund $8"
    >>> sums = [Place(match.start(), match.end()) for match in re.finditer("[$].", text)]
    >>> [[text[slice(*row)].strip() for row in rows] for rows in find_lists(text, sums)]
    [['Harbor Fund', 'Lake Fund', 'River Fund', 'Hill Fund']]
    """
    for run in _runs(text, sums):
        first = Place(_line(text, run[0].start), run[0].start)
        yield [first, *(Place(text.find("\n", a.end, b.start), b.start) for a, b in pairwise(run))]


def _runs(text: str, sums: Sequence[Place]) -> Iterator[list[Place]]:
    run: list[Place] = []
    for place in sums:
        if run and not _goes_on(text[run[-1].end : place.start]):
            if len(run) >= FEWEST:
                yield run
            run = []
        run.append(place)
    if len(run) >= FEWEST:
        yield run


def _goes_on(between: str) -> bool:
    return "\n" in between and len(between) < _LONGEST and not (_SENTENCE.search(between) or _PROSE.search(between))


def _line(text: str, place: int) -> int:
    """Where the line of the first row begins; the line before it where the sum stands alone."""
    start = text.rfind("\n", 0, place) + 1
    alone = not re.search(r"\w", text[start:place])
    return text.rfind("\n", 0, len(text[:start].rstrip("\n"))) + 1 if alone and start else start


def row_head(text: str, row: Place, names: Sequence[Mention]) -> str | None:
    """The name with which a row begins, of `names` within it; None where it begins with other words."""
    for mention in names:
        lead = text[row.start : mention.start].rpartition("\n")[2]
        if mention.is_name and not _LONG_WORD.search(lead):
            return mention.name
    return None
