"""Which kinds of date forms a text may contain, and near which of its words: they are tried nowhere else."""

import re
from collections.abc import Iterator, Sequence

from extractors.date_grammar import WORDS
from extractors.named_days import NAMES as NAMED_DAYS
from extractors.words_in import find_words

_KINDS: dict[bytes, Sequence[str]] = {}
_NAMED = {re.split("[^a-z]", name.lower())[-1] for name in NAMED_DAYS}
for _kind, _words in {**WORDS["triggers"], "named": _NAMED}.items():
    for _word in _words:
        _KINDS[_word.encode()] = (*_KINDS.get(_word.encode(), ()), _kind)
_TRIGGERS = frozenset(_KINDS)

_JOINTS = frozenset("-–/.~")
# A year, a decade, a short year, an ordinal, one of several numbers: what a number may be for a date.
_NUMBER = re.compile(
    r"[0-9](?<![0-9].)(?:(?<=[12])[0-9]{3}(?![0-9])|(?<=[2-9])0(?=['’]?s)|(?<=['’‘].)[0-9](?![0-9])"
    r"|[0-9]?(?=st|nd|rd|th|\s?[-./]\s?[0-9]))"
)
_NEXT_NUMBER = re.compile(r"\s?[-./]\s?[0-9]")


def find_triggers(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each word or number that a form may contain."""
    for start, word in find_words(text, _TRIGGERS):
        for kind in _KINDS[word]:
            yield start, start + len(word), kind
    for number in _NUMBER.finditer(text):
        for kind in _number_kinds(number[0], text, *number.span()):
            yield number.start(), number.end(), kind


def _number_kinds(number: str, text: str, start: int, end: int) -> Sequence[str]:
    """What a number may be part of, by its length and what stands beside it."""
    plural = text.startswith(("s", "'s", "’s"), end)
    if len(number) == 4 and number[0] in "12":
        return ("decade",) if plural else ("year", "numeric") if text[end : end + 1] in _JOINTS else ("year",)
    if len(number) > 2:
        return ()
    if plural and number[-1] == "0":
        return ("decade",)
    if start and len(number) == 2 and text[start - 1] in "'’‘":
        return ("short",)
    if text[end : end + 2] in ("st", "nd", "rd", "th"):
        return ("nth",)
    return ("numeric",) if _NEXT_NUMBER.match(text, end) else ()
