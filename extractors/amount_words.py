"""What the words beside a sum of money say of it: its qualifier ("more than"), and what kind of sum it is."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import cast

from schemas.values import AmountKind, Qualifier

_QUALIFIERS = json.loads((files("extractors.data") / "qualifiers.json").read_text("utf8"))
_KINDS: dict[str, list[str]] = json.loads((files("extractors.data") / "amount_kinds.json").read_text("utf8"))
_REACH = 60
_KIND_REACH = 110
_SENTENCE = re.compile(r"\n\n|[.;!?](?= |$)")


def _phrases(table: dict[str, list[str]]) -> dict[str, Qualifier]:
    return {phrase: cast(Qualifier, name) for name, phrases in table.items() for phrase in phrases}


def _any_of(phrases: dict[str, Qualifier]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in longest_first)


_BEFORE = _phrases(_QUALIFIERS["before"])
_AFTER = _phrases(_QUALIFIERS["after"])
_BEFORE_PATTERN = re.compile(
    rf"(?i)(?<![\w-])({_any_of(_BEFORE)})\s*(?:(?:{'|'.join(_QUALIFIERS['fillers'])})\s+){{0,4}}[(\"“]?$"
)
_AFTER_PATTERN = re.compile(rf"(?i)({_any_of(_AFTER)})(?![$€£\w])")

_LAST_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?\.?(?=[\s(\"“]*$)")
_LAST = frozenset(phrase.split()[-1] for phrase in (*_BEFORE, *_QUALIFIERS["fillers"]))

_KIND = {cue: cast(AmountKind, kind) for kind, cues in _KINDS.items() for cue in cues}
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def _lengths() -> dict[str, int]:
    """The word that telling phrases begin with to the number of words of the longest of them."""
    lengths: dict[str, int] = {}
    for cue in _KIND:
        words = _WORD.findall(cue)
        lengths[words[0]] = max(len(words), len(cue.split()), lengths.get(words[0], 0))
    return lengths


_LONGEST = _lengths()


def read_qualifier(before: str, after: str = "") -> Qualifier:
    """The qualifier that the words before and behind a sum give it.

    >>> read_qualifier("more than a total of "), read_qualifier("a fund of "), read_qualifier("for ", "+ a month")
    ('over', 'exact', 'at_least')
    """
    last = _LAST_WORD.search(before[-30:].lower())
    told = last is None or last[0] in _LAST
    if told and (match := _BEFORE_PATTERN.search(before[-_REACH:])):
        return _BEFORE[" ".join(match[1].lower().split())]
    if match := _AFTER_PATTERN.match(after[:_REACH]):
        return _AFTER[match[1].lower()]
    return "exact"


def read_kind(text: str, start: int, end: int) -> AmountKind | None:
    """What the sum at `text[start:end]` is, by the nearest telling word of its sentence; None where there is none.

    >>> text = "The city awarded a $3 million contract. Tickets cost $5."
    >>> read_kind(text, 19, 29), read_kind(text, 53, 55), read_kind(text, 4, 8)
    ('commitment', 'price', 'commitment')
    """
    before = _SENTENCE.split(text[max(0, start - _KIND_REACH) : start])[-1].lower()
    behind = _SENTENCE.split(text[end : end + _KIND_REACH])[0].lower()
    near = [(len(before) - stop, cue) for _, stop, cue in _cues(before)]
    near += [(begin, cue) for begin, _, cue in _cues(behind)]
    return _KIND[min(near)[1]] if near else None


def _cues(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and words of each telling phrase, the longest where several begin with one word."""
    words = list(_WORD.finditer(text))
    for position, first in enumerate(words):
        for last in reversed(words[position : position + _LONGEST.get(first[0], 0)]):
            if (phrase := " ".join(text[first.start() : last.end()].split())) in _KIND:
                yield first.start(), last.end(), phrase
                break
