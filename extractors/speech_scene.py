"""What a release tells of speech outside of its quotes: names, sentences, and who is said to have spoken."""

import re
from bisect import bisect, bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from extractors.blocks import Block, block_of, find_blocks
from extractors.speech import PRONOUN_BEFORE, SENTENCE_END, speech_verb, statement


class Name(NamedTuple):
    """A mention of a person or an organisation, end-exclusive, and its name in the record."""

    start: int
    end: int
    name: str
    is_person: bool


class Told(NamedTuple):
    """Somebody spoke, by the words at `place`."""

    place: int
    speaker: str


class Scene(NamedTuple):
    """A release with its names and quotes, all in the order of the text."""

    text: str
    blocks: Sequence[Block]
    stops: Sequence[int]
    """Where sentences end."""
    names: Sequence[Name]
    quotes: Sequence[tuple[int, int]]
    titles: Sequence[tuple[str, str]]
    """Titles of people, and who has them."""
    issuer: str | None


REACH = 350
"""A sentence that says who speaks is looked at no further than so many characters."""


def read_speech_scene(text: str, names: Sequence[Name], quotes: Sequence[tuple[int, int]]) -> Scene:
    """A scene without titles and issuer; an organisation within a person's name is left out."""
    people = sorted(name for name in names if name.is_person)
    kept = sorted([*people, *(name for name in names if not name.is_person and not _overlaps(name, people))])
    stops = [match.end() for match in SENTENCE_END.finditer(text)]
    return Scene(
        text, find_blocks(text), [stop for stop in stops if not _is_within(stop, kept)], kept, quotes, (), None
    )


def _overlaps(name: Name, people: Sequence[Name]) -> bool:
    place = bisect(people, name)
    return any(one.start < name.end and name.start < one.end for one in people[max(0, place - 1) : place + 1])


def _is_within(place: int, names: Sequence[Name]) -> bool:
    number = bisect_left(names, (place,)) - 1
    return number >= 0 and place < names[number].end


def names_between(scene: Scene, first: int, last: int) -> Sequence[Name]:
    """Names that begin there."""
    return scene.names[bisect_left(scene.names, (first,)) : bisect_left(scene.names, (last,))]


def people_between(scene: Scene, first: int, last: int) -> list[Name]:
    """People who are named there."""
    return [name for name in names_between(scene, first, last) if name.is_person]


def names_before(scene: Scene, place: int) -> Iterator[Name]:
    """Names before a place, the nearest first, as far back as a reader would remember."""
    number = bisect_left(scene.names, (place,))
    return iter(scene.names[max(0, number - 200) : number][::-1])


def sentence_start(scene: Scene, place: int, floor: int) -> int:
    """Where the sentence at `place` begins; not before `floor`."""
    number = bisect(scene.stops, place)
    block = scene.blocks[block_of(scene.blocks, place)]
    return max(floor, block.start, scene.stops[number - 1] if number else 0, place - REACH)


def sentence_end(scene: Scene, place: int, ceiling: int) -> int:
    """Where the sentence at `place` ends; not after `ceiling`."""
    number = bisect(scene.stops, place)
    block = scene.blocks[block_of(scene.blocks, place)]
    return min(ceiling, block.end, place + REACH, *scene.stops[number : number + 1])


_TITLED = r"(?:\p{Lu}[\p{L}.’'\-]*\s+)"
_OBJECT = regex.compile(
    r"\b(?:with|by|of|to|from|for|on|about|against|under|like|at|via|in|visit|alongside|quoting)\s+"
    rf"(?:the\s+)?(?:(?!and\b){_TITLED}){{0,4}}$"
)
_POSSESSIVE = regex.compile(r"['’]s?\s")
_WHO = regex.compile(r"\b(?:who|which)\b")
_ASIDE = regex.compile(r"\b(?:after|during|when|while|as|following|quoting|about|regarding)\b")
_ADDRESSEE = regex.compile(rf"\bto\s+(?:the\s+)?{_TITLED}{{0,4}}$")
_TITLES = regex.compile(rf"\s+{_TITLED}{{0,5}}")


def is_object(scene: Scene, name: Name, floor: int = 0) -> bool:
    """Whether a preposition leads to the name: not who acts in the sentence."""
    return _OBJECT.search(scene.text[max(floor, name.start - 60) : name.start]) is not None


def is_possessive(scene: Scene, name: Name) -> bool:
    """Whether something of theirs is meant."""
    return _POSSESSIVE.match(scene.text, name.end) is not None


def subject_before(scene: Scene, first: int, verb: int, nearest: bool = False) -> Name | None:
    """Who acts, of the names between the sentence's beginning and its verb: a person rather than an organisation."""
    names = [name for name in names_between(scene, first, verb) if not is_possessive(scene, name)]
    for wants_person in (True, False):
        there = [name for name in names if name.is_person is wants_person]
        if there:
            if _WHO.search(scene.text, max(first, verb - 12), verb):
                return there[-1]
            free = [name for name in there if not is_object(scene, name, first)] or there[-1:]
            return free[-1] if nearest or not wants_person else free[0]
    return None


def subject_after(scene: Scene, first: int, last: int) -> Name | None:
    """Who acts, of the names after a verb: `said Ann Lee, who met Bob`."""
    aside = _ASIDE.search(scene.text, first, last)
    names = [
        name
        for name in names_between(scene, first, aside.start() if aside else last)
        if not _ADDRESSEE.search(scene.text, first, name.start)
    ]
    return next((name for name in names if name.is_person), names[0] if names else None)


def subject(scene: Scene, first: int, verb: re.Match[str], last: int) -> Name | None:
    """Who acts: the one before the verb, or right after it where a clause ends before it (`…, says Ann`)."""
    if scene.text[first : verb.start()].rstrip().endswith(","):
        after = names_between(scene, verb.end(), min(last, verb.end() + 60))
        if after and _TITLES.fullmatch(scene.text, verb.end(), after[0].start):
            return after[0]
    return subject_before(scene, first, verb.start(), nearest=last - verb.end() < 25)


def find_told(scene: Scene) -> list[Told]:
    """People who are told to have spoken outside of the quotes, in the order of the text."""
    return sorted(_told(scene)) if scene.quotes else []


def _told(scene: Scene) -> Iterator[Told]:
    for pattern in (speech_verb(), statement()):
        for verb in pattern.finditer(scene.text):
            number = bisect(scene.quotes, verb.span()) - 1
            floor = scene.quotes[number][1] if number >= 0 else 0
            if verb.start() < floor or verb[0].endswith("ing"):
                continue
            following = scene.quotes[number + 1 : number + 2]
            found = _teller(scene, verb, floor, following[0][0] if following else len(scene.text))
            if found and found.is_person:
                yield Told(verb.start(), found.name)


def _teller(scene: Scene, verb: re.Match[str], floor: int, ceiling: int) -> Name | None:
    first = sentence_start(scene, verb.start(), floor)
    if PRONOUN_BEFORE.search(scene.text, max(first, verb.start() - 20), verb.start()):
        return None
    last = sentence_end(scene, verb.end(), ceiling)
    before = None if verb[0].lower() == "according to" else subject(scene, first, verb, last)
    after = None if before else subject_after(scene, verb.end(), min(last, verb.end() + 120))
    return before or (after if after and after.start - verb.end() <= 80 else None)
