"""The words right beside a quote that say who speaks: `“…,” said Ann Lee`, `Ann Lee: “…”`, `“….” – Ann Lee`."""

import re

import regex

from extractors.attributions import Attribution, Spot, here
from extractors.described import DESCRIBED, DESCRIBED_BEFORE, by_description, by_pronoun, by_unnamed
from extractors.speech import PRONOUN, any_verb, nobody, statement, verb_first
from extractors.speech_scene import (
    is_object,
    names_between,
    people_between,
    sentence_end,
    sentence_start,
    subject,
    subject_after,
    subject_before,
)  # fmt: skip

_OPENING = "“\"„«‘'`*_"


def _lead_end(spot: Spot) -> int:
    """Where the words before the quote end, without mark and space."""
    place, text = spot.start, spot.scene.text
    while place > spot.floor and (text[place - 1] in _OPENING or text[place - 1].isspace()):
        place -= 1
    return place


def verb_follows(spot: Spot) -> Attribution | None:
    """`“…,” said Ann Lee`."""
    scene, text = spot.scene, spot.scene.text
    match = verb_first().match(text, spot.end)
    if not match or match.end() > spot.ceiling or _begins_anew(spot, match):
        return None
    last = sentence_end(scene, match.end(), spot.ceiling)
    if PRONOUN.match(text, match.end(), last):
        return by_pronoun(spot)
    people = people_between(scene, match.end(), last)
    if nobody().match(text, match.end(), last) and not (people and "," in text[match.end() : people[0].start]):
        return by_unnamed(spot, match.end(), last)
    found = subject_after(scene, match.end(), last)
    described = DESCRIBED.match(text, match.end(), last)
    if described and (found is None or found.start > described.end() + 60):
        by_words = by_description(spot, described["words"], (match.end(), last))
        if by_words:
            return by_words
    return Attribution(found.name, "said_name") if found else None


def _begins_anew(spot: Spot, match: "regex.Match[str]") -> bool:
    """Whether the verb after a quote belongs to a sentence of its own: a capital, and not glued to the mark."""
    text, verb = spot.scene.text, match["verb"]
    spaced = text[spot.end : spot.end + 2][1:].isspace()
    return verb[0].isupper() and (spaced or (text[spot.end - 1] in ".!…" and verb.lower().startswith("acc")))


_AFTER = regex.compile(r"[\s,.;”\"’'»*_\])]*")


def name_follows(spot: Spot) -> Attribution | None:
    """`“…,” Ann Lee said`."""
    scene, text = spot.scene, spot.scene.text
    matched = _AFTER.match(text, spot.end)
    first = matched.end() if matched else spot.end
    if first >= spot.ceiling or here(spot, first) != here(spot, spot.end - 1):
        return None
    last = sentence_end(scene, first, spot.ceiling)
    verb = any_verb().search(text, first, last)
    if not verb:
        return None
    if text[spot.end - 1] in ".!…" and not _is_all(spot, first, verb, last):
        return None
    if PRONOUN.match(text, first, verb.start()):
        return by_pronoun(spot)
    found = subject_before(scene, first, verb.start())
    described = None if found else DESCRIBED.match(text, first, verb.end())
    if described and (by_words := by_description(spot, described["words"], (first, verb.start()))):
        return by_words
    if found and found.start - first < 150:
        return Attribution(found.name, "name_said")
    return Attribution(None, "somebody") if nobody().match(text, first, last) else None


_ACTOR = regex.compile(r"(?:\p{Lu}[\p{L}.\-]*\s+){0,5}")


def _is_all(spot: Spot, first: int, verb: re.Match[str], last: int) -> bool:
    """Whether the sentence after a quote that ended one says no more than who spoke: `“….” Senator Lee said.`"""
    names = names_between(spot.scene, first, verb.start())
    acts = not names or _ACTOR.fullmatch(spot.scene.text, first, names[0].start) is not None
    leads_on = last >= spot.ceiling - 3 and spot.ceiling < len(spot.scene.text)
    return acts and not leads_on and last - verb.end() <= 40


_LEAD_IN = regex.compile(r"[\s,.;”“\"’'»*_\])]*(?P<dash>[\s\-–—~|•:(*_]*)(?:by\s+)?(?:\p{Lu}[\p{L}.\-]*\s+){0,4}")
_NAME_ALONE = regex.compile(r"\s*(?:[,(–—|]|$)")


def name_alone(spot: Spot) -> Attribution | None:
    """`“….” – Ann Lee, Director`, on the same line or on the next one."""
    scene, text = spot.scene, spot.scene.text
    names = names_between(scene, spot.end, min(spot.end + 90, spot.ceiling))
    lead = _LEAD_IN.fullmatch(text, spot.end, names[0].start) if names else None
    if not lead:
        return None
    name = names[0]
    dashed = any(dash in lead["dash"] for dash in "-–—~|")
    last = sentence_end(scene, name.end, spot.ceiling)
    if dashed and lead[0].count("\n") <= 2:
        return Attribution(name.name, "dash_name")
    if not name.is_person or any_verb().search(text, name.end, last):
        return None
    if here(spot, name.start) == here(spot, spot.end - 1):
        return Attribution(name.name, "name_after") if _NAME_ALONE.match(text, name.end, last) else None
    block = scene.blocks[here(spot, name.start)]
    end = min(block.end, spot.ceiling)
    is_line = end - block.start < 220 and _NAME_ALONE.match(text, name.end, end)
    return Attribution(name.name, "line_after") if is_line and not text[:end].endswith(":") else None


_CREDIT = regex.compile(r"\b(?:from|by)\s+(?:the\s+|incoming\s+)?(?:\p{Lu}[\p{L}.,’'\-]*\s+|of\s+|and\s+|&\s+){0,8}$")
_CREDITED = regex.compile(r"\W*(?:\([^)]*\)\W*)?")
_TOPIC = regex.compile(r"(?i)\W*(?:on|about|re)\b")


def led_to(spot: Spot) -> Attribution | None:
    """`Ann Lee said: “…”`, or said nothing but stands before a colon."""
    scene, text, last = spot.scene, spot.scene.text, _lead_end(spot)
    apart = here(spot) - here(spot, last - 1) if last > spot.floor else 2
    if apart > 1 or (apart and text[last - 1] not in ":,"):
        return None
    first = sentence_start(scene, last - 2, spot.floor)
    verbs = [verb for verb in any_verb().finditer(text, first, last) if last - verb.end() < 90]
    if text[last - 1] not in ":,;–—-" and not (verbs and last - verbs[-1].end() < 12):
        return None
    for found in (_credited(spot, first, last), _by_statement(spot, first, last)):
        if found:
            return found
    found = _by_verb(spot, first, last, verbs[-1]) if verbs else None
    return found or (_before_colon(spot, first, last) if text[last - 1] == ":" else None)


def _credited(spot: Spot, first: int, last: int) -> Attribution | None:
    """`And from Chair Ann Lee:`."""
    text, people = spot.scene.text, people_between(spot.scene, first, last)
    if not people or text[last - 1] != ":" or not _CREDITED.fullmatch(text, people[-1].end, last):
        return None
    leads = _CREDIT.search(text[max(first, people[-1].start - 90) : people[-1].start])
    return Attribution(people[-1].name, "from_name") if leads else None


def _by_statement(spot: Spot, first: int, last: int) -> Attribution | None:
    verb = statement().search(spot.scene.text, first, last)
    found = subject_before(spot.scene, first, verb.start()) if verb else None
    return Attribution(found.name, "statement") if found else None


def _by_verb(spot: Spot, first: int, last: int, verb: re.Match[str]) -> Attribution | None:
    scene, text = spot.scene, spot.scene.text
    if verb[0].lower() == "according to":
        found = subject_after(scene, verb.end(), last)
        return Attribution(found.name, "according_to") if found else None
    found = subject(scene, first, verb, max(last, verb.end() + 100))
    if found and found.is_person:
        return Attribution(found.name, "name_said_before")
    if PRONOUN.search(text, max(first, verb.start() - 30), verb.start()):
        return by_pronoun(spot)
    phrase = max(first, *(text.rfind(mark, first, verb.start() - 2) + 1 for mark in ",;"))
    if nobody().match(text, phrase, verb.start()):
        return by_unnamed(spot, phrase, verb.start())
    described = DESCRIBED_BEFORE.search(text, max(first, verb.start() - 80), verb.start())
    if described and (by_words := by_description(spot, described["words"], (first, verb.start()))):
        return by_words
    if found:
        return Attribution(found.name, "name_said_before")
    after = subject_after(scene, verb.end(), last)
    return Attribution(after.name, "said_name_before") if after else None


def _before_colon(spot: Spot, first: int, last: int) -> Attribution | None:
    """`Ann Lee, Director:`."""
    scene = spot.scene
    if _TOPIC.match(scene.text, first, last):
        return None
    people = people_between(scene, first, last)
    if people:
        acting = next((name for name in people if not is_object(scene, name, first)), people[0])
        return Attribution(acting.name, "name_before")
    names = names_between(scene, first, last)
    return Attribution(names[0].name, "organisation_before") if names and last - names[0].start < 120 else None


def in_its_sentence(spot: Spot) -> Attribution | None:
    """A verb of speech somewhere before the quote, in the sentence that it is a part of."""
    scene, text, last = spot.scene, spot.scene.text, _lead_end(spot)
    if last <= spot.floor or here(spot) != here(spot, last - 1) or text[last - 1] in ".!?":
        return None
    first = sentence_start(scene, last - 1, spot.floor)
    for verb in reversed(list(any_verb().finditer(text, first, last))):
        if verb[0].lower() == "according to":
            found = subject_after(scene, verb.end(), last)
        else:
            found = subject_before(scene, first, verb.start())
        if found:
            return Attribution(found.name, "sentence")
        if PRONOUN.search(text, max(first, verb.start() - 30), verb.start()):
            return by_pronoun(spot)
    return None
