"""Where dates stand: the forms, kept where the words around them allow a date."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from extractors.date_grammar import FORMS, WORDS
from extractors.spans import Mark, longest

_DATA = files("extractors.data")

# A word or number that a form may contain; forms are only tried near one of their kind.
_PIECE = re.compile(r"[A-Za-z]+|[0-9]{1,2}\s?[-./]\s?[0-9]{1,2}(?=[-./])|[0-9]+")
_KINDS: dict[str, Sequence[str]] = {}
for _kind, _words in WORDS["triggers"].items():
    for _word in _words:
        _KINDS[_word] = (*_KINDS.get(_word, ()), _kind)
_REACH = 45
"""A form ends at most so many characters from its trigger."""
_BLANK = re.compile(r"\s+")
_AROUND = 80
"""Context rows look at so many characters before and after a form."""
# Rules that can be one end of an interval, and what stands between the ends.
_ENDS = frozenset(WORDS["rules_of_interval_ends"])
_TO = re.compile(r",?\s{0,3}(?:[-–—‑−]|\b(?i:through\s{1,3}to|to|through|thru|until|till)\b)\s{0,3}(?:on\s|the\s)?")
_AND = re.compile(r",?\s{1,3}(?i:and)\s{1,3}(?:on\s|the\s)?")
_BETWEEN = re.compile(r"\b(?i:between)\s{1,3}(?:[a-z]{1,12}\s{1,3}){0,2}$")


def _triggers(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each word or number that a form may contain."""
    for piece in _PIECE.finditer(text):
        words = piece[0]
        kinds = _KINDS.get(words.lower())
        if kinds is None and len(words) > 1 and words[0].isdigit():
            kinds = _number_kinds(words, text[piece.end() : piece.end() + 2])
        for kind in kinds or ():
            yield piece.start(), piece.end(), kind


def _number_kinds(words: str, after: str) -> Sequence[str]:
    if not words.isdigit():
        return ("numeric",)
    if words[-1] == "0" and "s" in after:
        return ("decade",)
    if len(words) != 4 or words[0] not in "12":
        return ()
    return ("year", "numeric") if after[:1] in ("-", "/", ".") else ("year",)


def _stretches(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of each stretch of text in which forms of that kind may stand."""
    open_stretches: dict[str, tuple[int, int]] = {}
    for start, end, kind in _triggers(text):
        first, last = open_stretches.get(kind, (start - _REACH, start))
        if start - _REACH > last:
            yield kind, max(0, first), last
            first = start - _REACH
        open_stretches[kind] = (first, end + _REACH)
    for kind, (first, last) in open_stretches.items():
        yield kind, max(0, first), last


_Patterns = list[re.Pattern[str]]


def _contexts() -> dict[str, tuple[_Patterns, _Patterns]]:
    """By rule: what speaks against a date, and what has to speak for it."""
    table: dict[str, tuple[_Patterns, _Patterns]] = {}
    for row in _DATA.joinpath("date_contexts.txt").read_text("utf8").splitlines():
        if row and not row.startswith("#"):
            rules, sign, pattern = row.split(maxsplit=2)
            for rule in rules.split(","):
                table.setdefault(rule, ([], []))[sign == "+"].append(re.compile(pattern.replace("_", " ")))
    return table


_CONTEXTS = _contexts()


def _blank(match: re.Match[str]) -> str:
    return "¶" if "\n\n" in match[0] else " "


def _fits(text: str, mark: Mark) -> bool:
    """Whether the words around a form allow that it is a date."""
    if mark.rule not in _CONTEXTS:
        return True
    against, wanted = _CONTEXTS[mark.rule]
    before, after = text[max(0, mark.start - _AROUND) : mark.start], text[mark.end : mark.end + _AROUND]
    around = _BLANK.sub(_blank, f"{before}§{after}")
    if any(pattern.search(around) for pattern in against):
        return False
    return not wanted or any(pattern.search(around) for pattern in wanted)


def _cuts_letter(text: str, mark: Mark) -> bool:
    """Whether an accent that belongs to a letter is cut off, at either end."""
    outside = text[mark.end : mark.end + 1] + text[mark.start - 1 : mark.start]
    return any(unicodedata.category(character)[0] == "M" for character in outside)


def _joined(text: str, marks: Iterable[Mark]) -> list[Mark]:
    """Marks with two ends of an interval made one."""
    joined: list[Mark] = []
    for mark in marks:
        if joined and _are_ends(text, joined[-1], mark):
            joined[-1] = Mark(joined[-1].start, mark.end, "DATE", "interval")
        else:
            joined.append(mark)
    return joined


def _are_ends(text: str, first: Mark, last: Mark) -> bool:
    between = text[first.end : last.start]
    if first.rule not in _ENDS or last.rule not in _ENDS or len(between) > 16:
        return False
    if _TO.fullmatch(between):
        return True
    return bool(_AND.fullmatch(between) and _BETWEEN.search(text[max(0, first.start - 30) : first.start]))


def find_dates(text: str) -> list[Mark]:
    """Every date in a text, in its order; `rule` is the name of the form, or `interval` for two of them.

    >>> [(mark.start, mark.end, mark.rule) for mark in find_dates("Signed on 3 May 2025, open until June 9.")]
    [(10, 20, 'day_month_year'), (33, 39, 'month_day')]
    """
    marks = (
        Mark(match.start(), match.end(), "DATE", rule)
        for kind, start, end in _stretches(text)
        for rule, pattern in FORMS[kind]
        for match in pattern.finditer(text, start, end)
    )
    kept = (mark for mark in longest(marks) if _fits(text, mark) and not _cuts_letter(text, mark))
    return _joined(text, kept)
