"""Sentences and clauses: the stretches of text that say one thing."""

import re
from typing import NamedTuple

_REACH = 300
"""A sentence is looked for so many characters to either side."""
_AROUND = 80
"""Rows look at so many characters before and after."""
_NEAR = 100
_BLANK = re.compile(r"\n\s*|[^\S ]\s*| \s+")
_SHORT = "".join(rf"(?<!\b{word}\.)" for word in (
    "Mr", "Ms", "Dr", "Mrs", "Sen", "Rep", "Gov", "Inc", "Corp", "Ltd", "Co", "St", "Jr", "Sr", "Lt", "Gen", "Hon",
    "Prof", "Sgt", "Col", "No", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec",
    "vs", "[A-Z]",
))  # fmt: skip
# What ends a sentence, and a clause. Each begins with a set of characters, which `re` looks for fast.
_SENTENCE = re.compile(
    rf"[.!?\n”“](?:(?<=[.!?]){_SHORT}[\"”’)\]]?\s{{1,3}}(?=[A-Z0-9“\"(‘\[*])|(?<=\n)\s*|(?<=[.,!?]”)|(?<=[,:.]\s“))"
)
_CLAUSE = re.compile(
    r"[;:—,\s](?:(?<=\s)(?:(?=(?:that|which|who|after|before|while|because|although|whereas|unless|where|wherever|when|but"
    r"|until)\s)|[–-]\s|--|•\s)|(?<=,)\s(?:(?:and|but)\s|(?=(?:while|which|who|whose|where|when|with|after|following|as"
    r"|although|because|before|so|including)\s))|(?<=[;—])|(?<=:)\s(?![A-Z]{1,6}\b))"
)


class Clause(NamedTuple):
    """A clause within its sentence: `first` ≤ `start`, `end` ≤ `last`."""

    first: int
    start: int
    end: int
    last: int


def find_clause(text: str, start: int, end: int) -> Clause:
    """The clause around `text[start:end]` and its sentence, 300 characters to either side at most.

    >>> text = "It rained. Dr. Roe said today that it will open in May; it has two."
    >>> text[slice(*find_clause(text, 24, 29)[1:3])], text[slice(*find_clause(text, 51, 54)[1:3])]
    ('Dr. Roe said today', 'that it will open in May')
    """
    floor, ceiling = max(0, start - _REACH), min(len(text), end + _REACH)
    first = text.find(" ", floor, start) + 1 if floor else 0
    for stop in _SENTENCE.finditer(text, floor, start):
        first = stop.end()
    if ending := _SENTENCE.search(text, end, ceiling):
        last = ending.start() + (text[ending.start()] in ".!?")
    else:
        last = ceiling if ceiling == len(text) else max(text.rfind(" ", end, ceiling), end)
    begin = first
    for stop in _CLAUSE.finditer(text, first, start):
        begin = stop.end()
    after = _CLAUSE.search(text, end, last)
    return Clause(first, begin, after.start() if after else last, last)


class Beside(NamedTuple):
    """The words of a clause on either side of something."""

    before: str
    behind: str


_CUTS = ("\n", ". ", "; ", ": ", "“", "”", " – ", "—", ", and ", ", but ", " while ", " that ", " which ", ", with ")


def words_around(text: str, start: int, end: int) -> Beside:
    """The words of the clause around `text[start:end]`, roughly and fast: 100 characters to either side at most.

    >>> words_around("It rained. Acme said on 3 May that it will open a mill.", 24, 29)
    Beside(before='Acme said on ', behind='')
    """
    before, behind = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    for cut in _CUTS:
        before = before.rpartition(cut)[2]
        behind = behind.partition(cut)[0]
    return Beside(before, behind)


def _blank(match: re.Match[str]) -> str:
    return "¶" if "\n\n" in match[0] else " "


def _flat(words: str) -> str:
    return words if "\n" not in words and "  " not in words and words.isascii() else _BLANK.sub(_blank, words)


def around(text: str, start: int, end: int) -> tuple[str, int]:
    """The words on either side of `text[start:end]` with § in its place, white space as rules write it; and where § is.

    >>> around("Signed\\n\\non 3 May.", 11, 16)
    ('Signed¶on §.', 10)
    """
    before = _flat(text[max(0, start - _AROUND) : start])
    return f"{before}§{_flat(text[end : end + _AROUND])}", len(before)
