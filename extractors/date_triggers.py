"""Which kinds of date forms a text may contain, and near which of its words: they are tried nowhere else."""

import re
from collections.abc import Iterator, Sequence

from extractors.date_grammar import WORDS
from extractors.named_days import NAMES as NAMED_DAYS
from extractors.patterns import either

_KINDS: dict[str, Sequence[str]] = {}
_NAMED = {re.split("[^a-z]", name.lower())[-1] for name in NAMED_DAYS}
for _kind, _words in {**WORDS["triggers"], "named": _NAMED}.items():
    for _word in _words:
        _KINDS[_word] = (*_KINDS.get(_word, ()), _kind)


_NO_LETTER = re.escape("".join(character for character in map(chr, range(128)) if not character.isalpha()))
_TRIGGER = re.compile(f"[{_NO_LETTER}]({either(_KINDS)})(?![a-z])")
_JOINTS = frozenset("-–/.~")
_DIGITS = re.compile("[0-9]+")
_NEXT_NUMBER = re.compile(r"\s?[-./]\s?[0-9]")


def find_triggers(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each word or number that a form may contain."""
    lower = f" {text.encode('ascii', 'replace').lower().decode('ascii')}"  # a character longer, whatever the text
    for word in _TRIGGER.finditer(lower):
        for kind in _KINDS[word[1]]:
            yield word.start(), word.end() - 1, kind
    for number in _DIGITS.finditer(text):
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
