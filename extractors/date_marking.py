"""Where dates stand: the forms, kept where the words around them allow a date."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from importlib.resources import files

import regex

from extractors.date_grammar import CLOCK, KINDS, WORDS, scanner
from extractors.date_triggers import find_triggers
from extractors.spans import Mark, longest

_DATA = files("extractors.data")

_REACH: dict[str, tuple[int, int]] = dict.fromkeys(KINDS, (45, 45)) | WORDS["reach"]
"""By kind: a form begins and ends at most so many characters before and after its trigger."""
_BLANK = re.compile(r"\n\s*|[^\S ]\s*| \s+")
_AROUND = 80
"""Context rows look at so many characters before and after a form."""
_BETWEEN_ENDS = 40
"""At most so many characters stand between the two ends of an interval."""
# Rules that can be one end of an interval, and what stands between the ends.
_ENDS = frozenset(WORDS["rules_of_interval_ends"])
_TO = re.compile(
    rf",?\s{{0,3}}(?:[-–—‑−]|\b(?i:through\s{{1,3}}to|to|through|thru|until|till)\b)\s{{0,3}}{CLOCK}(?:on\s|the\s)?"
)
_AND = re.compile(r",?\s{1,3}(?i:and)\s{1,3}(?:on\s|the\s)?")
_BETWEEN = re.compile(r"\b(?i:between)\s{1,3}(?:[a-z]{1,12}\s{1,3}){0,2}$")


def _stretches(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of each stretch of text in which forms of that kind may stand."""
    open_stretches: dict[str, tuple[int, int]] = {}
    for start, end, kind in find_triggers(text):
        back, ahead = _REACH[kind]
        first, last = open_stretches.get(kind, (start - back, start))
        if start - back > last:
            yield kind, max(0, first), last
            first = start - back
        open_stretches[kind] = (first, end + ahead)
    for kind, (first, last) in open_stretches.items():
        yield kind, max(0, first), last


def _forms(text: str) -> Iterator[Mark]:
    """What has the form of a date, wherever one begins."""
    for kind, start, end in _stretches(text):
        pattern, rules = scanner(kind)
        for match in pattern.finditer(text, start, end):
            group = str(match.lastgroup)
            yield Mark(match.start(), match.end(group), "DATE", rules[int(group[1:])])


_Pattern = regex.Pattern[str]


def _any_row(rows: list[str]) -> _Pattern | None:
    """All rows at once, to be matched at the §; `regex`, because what stands before may be of any length."""
    parts = (row.replace("_", " ").split("§") for row in rows)
    return regex.compile("|".join(f"(?<={before})§{after}" for before, after in parts)) if rows else None


def _contexts() -> dict[str, tuple[_Pattern | None, _Pattern | None]]:
    """By rule: what speaks against a date, and what has to speak for it."""
    table: dict[str, tuple[list[str], list[str]]] = {}
    for row in _DATA.joinpath("date_contexts.txt").read_text("utf8").splitlines():
        if row and not row.startswith("#"):
            rules, sign, pattern = row.split(maxsplit=2)
            for rule in rules.split(","):
                table.setdefault(rule, ([], []))[sign == "+"].append(pattern)
    return {rule: (_any_row(against), _any_row(wanted)) for rule, (against, wanted) in table.items()}


_CONTEXTS = _contexts()


def _blank(match: re.Match[str]) -> str:
    return "¶" if "\n\n" in match[0] else " "


def _flat(words: str) -> str:
    """The words with white space as the rows write it."""
    plain = words.isascii() and "\n" not in words and "  " not in words and "\t" not in words
    return words if plain else _BLANK.sub(_blank, words)


def _fits(text: str, mark: Mark) -> bool:
    """Whether the words around a form allow that it is a date."""
    if mark.rule not in _CONTEXTS:
        return True
    against, wanted = _CONTEXTS[mark.rule]
    before = _flat(text[max(0, mark.start - _AROUND) : mark.start])
    around = f"{before}§{_flat(text[mark.end : mark.end + _AROUND])}"
    if against and against.match(around, len(before)):
        return False
    return wanted is None or wanted.match(around, len(before)) is not None


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
    if first.rule not in _ENDS or last.rule not in _ENDS or len(between) > _BETWEEN_ENDS:
        return False
    if _TO.fullmatch(between):
        return True
    return bool(_AND.fullmatch(between) and _BETWEEN.search(text[max(0, first.start - 30) : first.start]))


def find_dates(text: str) -> list[Mark]:
    """Every date in a text, in its order; `rule` is the name of the form, or `interval` for two of them.

    >>> [(mark.start, mark.end, mark.rule) for mark in find_dates("Signed on 3 May 2025, open until June 9.")]
    [(10, 20, 'day_month_year'), (33, 39, 'month_day')]
    """
    fitting = (mark for mark in _forms(text) if _fits(text, mark) and not _cuts_letter(text, mark))
    return _joined(text, longest(fitting))
