"""How a sentence ties names to a sum of money: `X awarded Y $5`, `$5 from X`, `X was ordered to pay $5 to Y`.

There is no parser: the verb that governs the sum, what stands before it, between, and behind are found by order alone.
Each tie is a word such as `subject:give` or `behind:get:from`, which weights learnt elsewhere make something of.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

WORDS = json.loads((files("extractors.data") / "party_words.json").read_text("utf8"))
_CLASS: dict[str, str] = {verb: name for name, verbs in WORDS["verbs"].items() for verb in verbs}
_NOUNS = frozenset(WORDS["nouns"])
_PREPOSITIONS = frozenset(WORDS["prepositions"])
_BE = frozenset(WORDS["be"])
_ARTICLES = frozenset(("the", "its", "our", "a", "an"))
_DETERMINERS = _ARTICLES | {"this", "their"}
_WORTH = frozenset(("of", "worth", "totaling", "totalling"))
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*(?:['’][a-z]+)?|\d[\d.,]*|[$€£¥%,;:()“”\"–—]")
_BEFORE, _CLIMB, _BEHIND, _MOST = 22, 8, 32, 6
"""Tokens before a sum where its verb may stand, from there to a verb above, behind the sum; names behind it."""


class Mention(NamedTuple):
    """Words that name a person or organisation, or stand for it."""

    start: int
    end: int
    name: str
    is_name: bool = True
    """False for `the company`, `we` and the like."""


class Token(NamedTuple):
    """A word in small letters, or a whole name or sum."""

    kind: str
    """`word`, `name`, `sum` (the one that is looked at) or `other` (another sum)."""
    text: str
    mention: Mention | None = None

    @property
    def stem(self) -> str:
        """The word without its ending; the kind of what is no word."""
        return stem(self.text) if self.kind == "word" else self.kind


@lru_cache(20_000)
def stem(word: str) -> str:
    """The verb or noun without its ending, roughly.

    >>> [stem(word) for word in ("awarded", "receives", "investing", "gave", "grants", "committed")]
    ['award', 'receive', 'invest', 'give', 'grant', 'commit']
    """
    if word in WORDS["irregular"]:
        return str(WORDS["irregular"][word])
    for ending in ("ing", "ed", "es", "s"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2:
            known = (form for form in (root, f"{root}e", root[:-1]) if form in _CLASS)
            return next(known, root if ending == "s" else word)
    return word


def read_words(text: str, start: int, end: int) -> list[str]:
    """The words and marks of a stretch of text, in small letters."""
    return [match[0].lower() for match in _TOKEN.finditer(text, start, end)]


def cut(text: str, stretch: tuple[int, int], marks: Sequence[tuple[int, int, Token]]) -> list[Token]:
    """The tokens of a stretch of text, in which marked names and sums are one token each; `marks` are sorted."""
    tokens: list[Token] = []
    place = stretch[0]
    for start, end, token in marks:
        if start >= place:
            tokens += (Token("word", word) for word in read_words(text, place, start))
            tokens.append(token)
            place = end
    tokens += (Token("word", word) for word in read_words(text, place, stretch[1]))
    return tokens


class Ties(NamedTuple):
    """What ties each name of a sentence to a sum, and what is said of the sum itself."""

    of: Mapping[str, frozenset[str]]
    """By name."""
    about: tuple[str, ...]
    """The class of its verb, the noun behind it."""


def find_ties(tokens: Sequence[Token]) -> Ties:
    """The ties in a sentence that was cut for one sum; none where the sum is not among the tokens."""
    at = next((place for place, token in enumerate(tokens) if token.kind == "sum"), None)
    if at is None:
        return Ties({}, ())
    verb = _verb_before(tokens, at)
    top = _climb(tokens, verb) if verb is not None else 0
    label = _label(tokens, verb, top) if verb is not None else "-"
    found: dict[str, set[str]] = defaultdict(set)
    pairs = [*_nominal(tokens, at, label), *_behind(tokens, at, label)]
    if verb is not None:
        pairs += [*_subjects(tokens, top, label), *_between(tokens, top, at, label)]
    for mention, tie in pairs:
        found[mention.name].add(tie)
    noun = next((token.text for token in tokens[at + 1 : at + 6] if _is_noun(token)), "-")
    return Ties({name: frozenset(ties) for name, ties in found.items()}, (f"verb={label}", f"noun={noun}"))


def _is_noun(token: Token) -> bool:
    return token.kind == "word" and token.text.rstrip("s") in _NOUNS


def _verb_before(tokens: Sequence[Token], at: int) -> int | None:
    """The nearest verb of giving, getting or having to pay; `a grant of` and `the award` are none."""
    for place in range(at - 1, max(-1, at - _BEFORE), -1):
        token = tokens[place]
        if token.text == ";":
            return None
        if token.kind != "word" or token.stem not in _CLASS:
            continue
        is_noun = token.text in _NOUNS and tokens[place + 1].text in _WORTH
        if not is_noun and not (place and tokens[place - 1].text in _DETERMINERS):
            return place
    return None


def _climb(tokens: Sequence[Token], verb: int) -> int:
    """From `pay` to `agreed` in `agreed to pay`."""
    top = verb
    for place in range(verb - 1, max(-1, verb - _CLIMB), -1):
        if tokens[place].kind != "word":
            break
        if _CLASS.get(tokens[place].stem) == "penal":
            top = place
    return top


def _label(tokens: Sequence[Token], verb: int, top: int) -> str:
    """The class of the verb; `passive` where it is so."""
    penal = "penal" in (_CLASS.get(tokens[top].stem), _CLASS[tokens[verb].stem])
    text = tokens[top].text
    is_participle = text.endswith(("ed", "n")) or text in WORDS["irregular"]
    is_passive = is_participle and any(token.text in _BE for token in tokens[max(0, top - 3) : top])
    return ("penal" if penal else _CLASS[tokens[verb].stem]) + (" passive" if is_passive else "")


def _preposition(tokens: Sequence[Token], place: int) -> str:
    """The word before a name, an article between left out; empty before another name or at the head."""
    if place and tokens[place - 1].text in _ARTICLES:
        place -= 1
    return tokens[place - 1].text if place and tokens[place - 1].kind == "word" else ""


Tied = tuple[Mention, str]


def _subjects(tokens: Sequence[Token], top: int, label: str) -> Iterator[Tied]:
    """Names before the verb that no preposition leads: the nearest, the first; and those that one leads."""
    free: list[tuple[int, Mention]] = []
    depth = 0
    for place in range(top - 1, -1, -1):
        token = tokens[place]
        depth = max(0, depth + (token.text == ")") - (token.text == "("))
        if token.mention is None or depth:
            continue
        lead = _preposition(tokens, place)
        if lead in _PREPOSITIONS:
            yield token.mention, f"led:{label}:{lead}"
        else:
            free.append((place, token.mention))
    for number, (place, mention) in enumerate(free):
        rank = "nearest" if number == 0 else "first" if number == len(free) - 1 else "between"
        yield mention, f"subject {rank}:{label}"
        if place <= 1:
            yield mention, f"subject at the head:{label}"


def _between(tokens: Sequence[Token], top: int, at: int, label: str) -> Iterator[Tied]:
    """Names between verb and sum: `awarded Y $5`, `pay restitution to Y of $5`."""
    for place in range(top + 1, at):
        mention = tokens[place].mention
        if mention is not None:
            lead = _preposition(tokens, place)
            yield mention, f"between:{label}:{lead if lead in _PREPOSITIONS else 'object'}"


def _nominal(tokens: Sequence[Token], at: int, label: str) -> Iterator[Tied]:
    """Names right before the sum: `X's $5`, and in `a grant from X of $5`."""
    for place in range(max(0, at - 14), at):
        mention = tokens[place].mention
        if mention is None:
            continue
        if place == at - 1:
            yield mention, f"right before:{label}"
        if place >= at - 3 and tokens[place + 1].text in ("'s", "’s", "s"):
            yield mention, "owner"
        lead = tokens[place - 1].text if place else ""
        if lead in ("from", "by", "to") and any(map(_is_noun, tokens[max(0, place - 4) : place - 1])):
            yield mention, f"noun:{lead}"


def _behind(tokens: Sequence[Token], at: int, label: str) -> Iterator[Tied]:
    """Names behind the sum by the preposition that leads them: `$5 to Y`, `$5 round led by X`."""
    noun = "noun" if any(map(_is_noun, tokens[at + 1 : at + 6])) else "-"
    verb, last, seen = "-", "", 0
    for place in range(at + 1, min(len(tokens), at + _BEHIND)):
        token = tokens[place]
        if token.text == ";" or seen == _MOST:
            return
        if token.mention is None:
            verb = _CLASS.get(token.stem, verb) if not _is_noun(token) else verb
            continue
        lead, last = _lead_behind(tokens, place, last)
        yield token.mention, f"behind:{label}:{lead}"
        yield token.mention, f"behind {noun}:{lead}"
        yield token.mention, f"behind then {verb}:{lead}"
        if seen == 0:
            yield token.mention, f"next behind:{label}:{lead}"
        seen += 1


def _lead_behind(tokens: Sequence[Token], place: int, last: str) -> tuple[str, str]:
    """What leads a name behind a sum, and the preposition that goes on for those listed after it."""
    lead = _preposition(tokens, place)
    if lead == "by" and (verb := _CLASS.get(tokens[place - 2].stem)):
        return f"{'led' if tokens[place - 2].text == 'led' else verb} by", last
    if lead in _PREPOSITIONS - {"and"}:
        return lead, lead
    return (f"list {last}" if lead in (",", "and", "") else "-"), last
