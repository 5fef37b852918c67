"""Speakers who are not named beside their quote: `she said`, `the minister added`, `a spokesperson said`."""

from functools import lru_cache

import regex

from extractors.attributions import Attribution, Spot, here, last_told
from extractors.speech import speech_words
from extractors.speech_scene import (
    is_object,
    is_possessive,
    names_before,
    names_between,
    people_between,
    sentence_start,
)  # fmt: skip

_WORDS = r"(?P<words>(?:[\p{L}’'\-]+\s+){0,5}?[\p{L}\-]+)"
DESCRIBED = regex.compile(
    rf"(?i)\W*(?:the|our|its|a)\s+{_WORDS}(?=\s*$|\s*[,.;:\n]|\s+(?:of|for|at|in|on|to|from|also|said|who)\b)"
)
"""Somebody described, right behind a quote or its verb."""
DESCRIBED_BEFORE = regex.compile(rf"(?i)\b(?:the|our|its)\s+{_WORDS}\s*(?:,\s*|(?:also|has|had)\s+)?$")
"""Somebody described, right before a verb."""


_ACTS = regex.compile(r"(?i)\b(?:he|she|they)\b")


def by_pronoun(spot: Spot) -> Attribution | None:
    """`she said`: who acts in a sentence since somebody last spoke; else who last spoke."""
    scene, number = spot.scene, here(spot)
    block, told = scene.blocks[number], last_told(spot)
    unnamed = bool(spot.said) and spot.said[-1] == Attribution(None, "somebody") and spot.floor > block.start
    if unnamed and (told is None or told.place < block.start):
        return spot.said[-1]
    since = max(told.place if told else 0, scene.blocks[max(0, number - 1)].start)
    for name in reversed(people_between(scene, since, spot.start)):
        first = sentence_start(scene, name.start, 0)
        begins = name.start - first < 40 and not _ACTS.search(scene.text, first, name.start)
        if begins and not is_object(scene, name) and not is_possessive(scene, name):
            return Attribution(name.name, "pronoun_named")
    if told:
        return Attribution(told.speaker, "pronoun")
    last = next((name for name in names_before(scene, spot.start) if name.is_person), None)
    return Attribution(last.name, "pronoun") if last else None


_OF = regex.compile(r"(?:^|\s)(?:of|at|for|from|with)\s+(?:the\s+)?$")


def by_unnamed(spot: Spot, first: int, last: int) -> Attribution:
    """`one participant said`: nobody, unless they speak for an organisation that is named there."""
    for name in names_between(spot.scene, first, last):
        if not name.is_person and _OF.search(spot.scene.text[max(first, name.start - 12) : name.start]):
            return Attribution(name.name, "spokesperson")
    words = DESCRIBED.match(spot.scene.text, first, last)
    described = by_description(spot, words["words"], (first, last)) if words else None
    return described or Attribution(None, "somebody")


_WORD = regex.compile(r"[\p{L}\-]+")
_MOST = 200
"""Titles of a release that a description is held against."""


def by_description(spot: Spot, words: str, place: tuple[int, int]) -> Attribution | None:
    """`the minister`: who has such a title; `the company`, `a spokesperson`: whom it is about; `the letter`: who spoke.

    `place` is where the description and what follows it stand.
    """
    known, described = speech_words(), _WORD.findall(words.casefold())
    if not described:
        return None
    if holder := _holder(spot, set(described), place[0]):
        return Attribution(holder, "title")
    if not {*described}.isdisjoint(known["spokesperson"]) or described[-1] in known["body"]:
        body = _body(spot, *place)
        return Attribution(body, "spokesperson") if body else None
    if described[-1] in known["document"] and (told := last_told(spot)):
        return Attribution(told.speaker, "document")
    return None


@lru_cache(maxsize=1 << 10)
def _title_words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(title.casefold()))


def _holder(spot: Spot, described: set[str], place: int) -> str | None:
    """Who has a title with these words, the last named before the others."""
    titles = spot.scene.titles[:_MOST]
    holders = [name for title, name in titles if described <= _title_words(title)]
    named = (name.name for name in names_before(spot.scene, place) if name.name in holders)
    return next(named, holders[0]) if holders else None


def _body(spot: Spot, first: int, last: int) -> str | None:
    """The organisation that is named there, the issuer, or the one that was named most."""
    named = [name.name for name in names_between(spot.scene, first, last) if not name.is_person]
    if named or spot.scene.issuer:
        return named[0] if named else spot.scene.issuer
    before = [name.name for name in names_before(spot.scene, spot.start) if not name.is_person]
    return max(before[::-1], key=before.count, default=None)
