"""Decisions carried from one version of a text to the next. Pure, no database."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from schemas.review import Review

NEAR = 24
"""Code points on either side of some words that are their surroundings."""
_MOST = 1000
"""Occurrences of the same words that are looked at."""
_GOES_ON = re.compile(r"\w|[.,]\d")
_CAME_ON = re.compile(r"(?:\w|\d[.,])\Z")
WORDS = ("payer_words", "payee_words", "purpose", "period")
"""Attributes of a value that are words of the text themselves."""

Value = dict[str, Any]


class Versions(NamedTuple):
    """A text as it was and as it is."""

    old: str
    new: str


def carry_over(review: Review, old_text: str, new_text: str) -> Review | str:
    """The review with its evidence where the same words stand in the same surroundings now, or why there is none.

    A person or organisation is found again by one of its mentions, and keeps those that are. Where the words that the
    machine had are gone, but those that the reviewer gave are there, `machine` has no places.
    """
    versions = Versions(old_text, new_text)
    human = None if review.human is None else _move(review.human, versions)
    machine = None if review.machine is None else _move(review.machine, versions, strict=False)
    kept = human if review.human is not None else machine
    if isinstance(kept, str):
        return kept
    if isinstance(machine, str):
        machine = {**(review.machine or {}), "start": None, "end": None, "mentions": []}
    return review.model_copy(update={"human": human, "machine": machine})


def find_again(versions: Versions, start: int, end: int) -> int | str:
    """Where the words `old[start:end]` start now, or why that cannot be said.

    Of several places the one with most of the surroundings is taken; of several that are alike, the one with as many
    before it as there were.
    """
    old, new = versions
    words = old[start:end]
    if (same := _unmoved(versions, start, end)) is not None:
        return same
    places = [place for place in _occurrences(new, words) if _is_whole(versions, (start, place), len(words))]
    if not places:
        return f"“{_short(words)}” is no longer in the text"
    shared = {place: _shared(versions, (start, place), len(words)) for place in places}
    best = max(shared.values())
    if best < NEAR:
        return f"“{_short(words)}” stands in other surroundings by now"
    alike = [place for place in places if shared[place] == best]
    if len(alike) == 1:
        return alike[0]
    before = [one for one in _occurrences(old, words) if _shared(Versions(old, old), (start, one), len(words)) >= best]
    if len(before) != len(alike) or start not in before:
        return f"“{_short(words)}” stands in several places that are alike"
    return alike[before.index(start)]


def find_gap(versions: Versions, start: int, end: int) -> tuple[int | None, int | None]:
    """Where something else may stand now in the place of `old[start:end]`: behind the words that were before it, and
    before the words that were behind it; None where these are not there, or more than once."""
    old, new = versions
    before, after = old[max(0, start - NEAR) : start], old[end : end + NEAR]
    behind = new.find(before) + len(before) if len(before) == NEAR and new.count(before) == 1 else None
    ahead = new.find(after) if len(after) == NEAR and new.count(after) == 1 else None
    return behind, ahead


def _move(value: Value, versions: Versions, strict: bool = True) -> Value | str:
    """A value with every place moved, or why one cannot be; unless `strict`, what says more of it may be lost."""
    if "mentions" in value:
        return _move_mentions(value, versions)
    spot = _move_words(value, versions)
    if isinstance(spot, str):
        return spot
    moved = {**value, "start": spot["start"], "end": spot["end"]}
    for name in filter(value.get, WORDS):
        words = _move_words(value[name], versions)
        if strict and isinstance(words, str):
            return f"{name.removesuffix('_words')}: {words}"
        moved[name] = None if isinstance(words, str) else words
    return moved


def _move_mentions(value: Value, versions: Versions) -> Value | str:
    found = [_move_words(mention, versions) for mention in value["mentions"]]
    moved = [mention for mention in found if not isinstance(mention, str)]
    return {**value, "mentions": moved} if moved else str(found[0])


def _move_words(words: Mapping[str, Any], versions: Versions) -> Value | str:
    start = find_again(versions, words["start"], words["end"])
    if isinstance(start, str):
        return start
    return {**words, "start": start, "end": start + words["end"] - words["start"]}


def _unmoved(versions: Versions, start: int, end: int) -> int | None:
    """Where the words start if nothing has changed before them, or nothing behind them."""
    old, new = versions
    shifted = start + len(new) - len(old)
    if old[:end] == new[:end] and _is_whole(versions, (start, start), end - start):
        return start
    if shifted >= 0 and new.endswith(old[start:]) and _is_whole(versions, (start, shifted), end - start):
        return shifted
    return None


def _occurrences(text: str, words: str) -> list[int]:
    def places() -> Iterator[int]:
        place = text.find(words)
        while place >= 0:
            yield place
            place = text.find(words, place + 1)

    return [place for place, _ in zip(places(), range(_MOST), strict=False)]


def _is_whole(versions: Versions, starts: tuple[int, int], size: int) -> bool:
    """Whether the words go on in both texts or in none: `2.5` is not found again in `2.50`."""
    (old, new), (start, place) = versions, starts
    return bool(_GOES_ON.match(old, start + size)) == bool(_GOES_ON.match(new, place + size)) and bool(
        _CAME_ON.search(old[max(0, start - 2) : start])
    ) == bool(_CAME_ON.search(new[max(0, place - 2) : place]))


def _shared(versions: Versions, starts: tuple[int, int], size: int) -> int:
    """How many code points of the surroundings are the same; an end of the text that both have is a whole side."""
    (old, new), (start, place) = versions, starts
    before = _run(lambda step: (_at(old, start - step), _at(new, place - step)))
    return before + _run(lambda step: (_at(old, start + size + step - 1), _at(new, place + size + step - 1)))


def _run(pair: Callable[[int], tuple[str, str]]) -> int:
    for step in range(1, NEAR + 1):
        one, other = pair(step)
        if one != other:
            return step - 1
        if not one:
            break
    return NEAR


def _at(text: str, place: int) -> str:
    return text[place] if 0 <= place < len(text) else ""


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:59]}…"
