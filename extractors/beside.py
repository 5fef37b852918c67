"""What stands between two names in a text, told by features: small words, signs, other names, ends of sentences."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

Place = tuple[int, int]
"""Offsets of the first and behind the last character."""


class Sign(NamedTuple):
    """A name or title in the text: `P`erson, `O`rganisation or `T`itle."""

    start: int
    end: int
    letter: str


REACH = 250
"""Characters between a person and a title, or an organisation whose place counts."""
_TOKEN = regex.compile(r"['’]s\b|s['’](?!\w)|\w+|[^\w\s]|\n+")
_SMALL_WORDS = "of at for with from in the a an and is was as by to our its who"
_KEPT = frozenset([*_SMALL_WORDS.split(), "'s", "s'", "’s", "s’", *",;:()-–—|."])
_MOST = 8
"""Words and signs in a gap that is told by them; a longer one is told by its length only."""


def read_gap(text: str, signs: Sequence[Sign], start: int, end: int) -> str:
    """What stands between two places, told by small words, punctuation and signs; any other word is `w`.

    >>> read_gap("Jane Roe, the new CEO of the Acme Group", [Sign(18, 21, "T")], 8, 29)
    ', the w T of the'
    """
    if end - start > REACH:
        return "far"
    parts: list[str] = []
    inside = iter(signs[bisect_left(signs, (start,)) : bisect_left(signs, (end,))])
    place = start
    for sign in [*inside, Sign(end, end, "")]:
        if sign.start < place:
            continue
        for token in _TOKEN.findall(text, place, sign.start):
            word = "\n" if "\n" in token else token.casefold()
            part = word if word in _KEPT or word == "\n" else "w"
            if part != "w" or parts[-1:] != ["w"]:
                parts.append(part)
        parts.extend(sign.letter)
        place = sign.end
    return " ".join(parts) if len(parts) <= _MOST else "long"


def nearest(mentions: Sequence[Place], others: Sequence[Place]) -> tuple[tuple[Place, Place] | None, ...]:
    """The closest pair of a mention and another place behind it, and the closest with the other before it."""
    after = before = None
    for mention in mentions:
        place = bisect_left(others, (mention[1],))
        if place < len(others) and (after is None or others[place][0] - mention[1] < after[1][0] - after[0][1]):
            after = (mention, others[place])
        place = bisect_right(others, mention) - 1
        if place >= 0 and others[place][1] <= mention[0]:
            other = others[place]
            if before is None or mention[0] - other[1] < before[0][0] - before[1][1]:
                before = (mention, other)
    return after, before


def beside(text: str, signs: Sequence[Sign], mentions: Sequence[Place], others: Sequence[Place]) -> list[str]:
    """Features of where others stand with regard to a person's mentions, or to a title."""
    after, before = nearest(mentions, others)
    features = []
    distances = [REACH * 4]
    if after:
        distances.append(after[1][0] - after[0][1])
        features.append("after=" + read_gap(text, signs, after[0][1], after[1][0]))
        features.extend(f"after: {mark}" for mark in _crossed(text, signs, after[0][1], after[1][0]))
    if before:
        distances.append(before[0][0] - before[1][1])
        features.append("before=" + read_gap(text, signs, before[1][1], before[0][0]))
        features.extend(f"before: {mark}" for mark in _crossed(text, signs, before[1][1], before[0][0]))
    return [*features, f"near={min(distances).bit_length()}"]


_LOWER = regex.compile(r"\b\p{Ll}+\b")
_STOP = regex.compile(r"[.!?;][\"”’)]*\s")


def _crossed(text: str, signs: Sequence[Sign], start: int, end: int) -> Iterator[str]:
    """What lies between two places: other names and titles, ends of sentences and of lines, up to two of each; words.

    >>> list(_crossed("Jane Roe, who founded the CEO of the Acme Group", [Sign(26, 29, "T")], 8, 37))
    ['T', 'founded']
    """
    if end - start > REACH:
        yield "far"
        return
    inside = [sign.letter for sign in signs[bisect_left(signs, (start,)) : bisect_left(signs, (end,))]]
    marks = [letter * min(2, inside.count(letter)) for letter in "POT"]
    stops, lines = len(_STOP.findall(text, start, end)), text.count("\n\n", start, end)
    yield "".join([*marks, "." * min(2, stops), "|" * min(2, lines)])
    if "P" not in inside and not stops and not lines:
        yield from sorted({word for word in _LOWER.findall(text, start, end) if len(word) > 3})
