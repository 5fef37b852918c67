"""Lists of sums: the rows in which a release tells who gets how much, one below the other."""

import re
from collections.abc import Iterator, Sequence

from extractors.ties import Mention
from schemas.record import Amount

FEWEST = 4
"""Rows that make a list."""
_LONGEST = 250
"""Characters of a row."""
_SENTENCE = re.compile(r"[a-z]{3}[.!?](?![.\w])(?!\s*\n)\s")
_PROSE = re.compile(r"\s(?:is|are|was|were|will|has|have|today|announced)\s")
_LONG_WORD = re.compile(r"\w{5}")


def find_rows(text: str, amounts: Sequence[Amount]) -> dict[str, tuple[int, int]]:
    """By the id of each sum that ends or stands in a row of a list: where its row begins, and where the sum does.

    A list is at least four sums, each on a line below the one before with no sentence ending within the lines.
    """
    rows: dict[str, tuple[int, int]] = {}
    for run in _runs(text, amounts):
        for number, amount in enumerate(run):
            start = run[number - 1].end if number else _line(text, amount.start)
            rows[amount.id] = (text.find("\n", start, amount.start) if number else start, amount.start)
    return rows


def _runs(text: str, amounts: Sequence[Amount]) -> Iterator[list[Amount]]:
    run: list[Amount] = []
    for amount in amounts:
        if run and not _goes_on(text[run[-1].end : amount.start]):
            if len(run) >= FEWEST:
                yield run
            run = []
        run.append(amount)
    if len(run) >= FEWEST:
        yield run


def _goes_on(between: str) -> bool:
    return "\n" in between and len(between) < _LONGEST and not (_SENTENCE.search(between) or _PROSE.search(between))


def _line(text: str, place: int) -> int:
    """Where the line of the first row begins; the line before it where the sum stands alone."""
    start = text.rfind("\n", 0, place) + 1
    alone = not re.search(r"\w", text[start:place])
    return text.rfind("\n", 0, len(text[:start].rstrip("\n"))) + 1 if alone and start else start


def row_head(text: str, row: tuple[int, int], names: Sequence[Mention]) -> str | None:
    """The name with which a row begins, of `names` within it; None where it begins with other words."""
    for mention in names:
        lead = text[row[0] : mention.start].rpartition("\n")[2]
        if mention.is_name and not _LONG_WORD.search(lead):
            return mention.name
    return None
