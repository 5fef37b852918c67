"""The rows of `data/date_roles.txt`: what gives a date its role."""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple, cast, get_args

import regex

from extractors.event_words import event_words
from schemas.values import DateRole

KINDS = frozenset(["day", "month", "quarter", "half", "week", "season", "year", "fiscal", "decade", "span", "days"])
"""What a value can be."""
TENSES = frozenset(("past", "coming"))
_ROLES = frozenset(get_args(DateRole))


class Row(NamedTuple):
    """What must hold of a date and of the words around it, and the role that it then has."""

    name: str
    role: DateRole | None
    needs: frozenset[str]
    bars: frozenset[str]
    tense: frozenset[str]
    """Of which one it has to be; empty if it may be any."""
    by_tense: bool
    before: frozenset[str]
    """Of which one is the word before the date; empty if it may be any."""
    behind: frozenset[str]
    pattern: "regex.Pattern[str] | None"

    def fits_tense(self, tense: str) -> bool:
        """Whether the tense, `past`, `coming` or `none`, is one that it may be."""
        return tense not in self.bars and (not self.tense or tense in self.tense)


class Table(NamedTuple):
    """All rows, and what they ask of words."""

    told: dict[str, frozenset[str]]
    """What it tells that a word is in the clause of a date."""
    before: frozenset[str]
    """The words before a date that matter to a row."""
    rows: tuple[Row, ...]


def read_row(line: str) -> Row:
    """A line of the file. Raises ValueError where it names no role.

    >>> row = read_row("opening event day,happening,!old,<on|at (?i:opens_on_)§")
    >>> row.role, sorted(row.needs), sorted(row.bars), sorted(row.before)
    ('event', ['day', 'happening'], ['old'], ['at', 'on'])
    """
    name, role, facts, pattern = line.split(maxsplit=3)
    if role != "none" and role not in _ROLES:
        raise ValueError(f"date_roles.txt: {name} gives {role!r}, which is no role")
    by_sign: dict[str, list[str]] = {"": [], "!": [], "<": [], ">": []}
    for fact in [] if facts == "-" else facts.split(","):
        sign = fact[0] if fact[0] in by_sign else ""
        by_sign[sign].extend(fact.removeprefix(sign).split("|"))
    needs, bars, words_before, words_behind = (frozenset(words) for words in by_sign.values())
    before, _, behind = pattern.replace("_", " ").partition("§")
    return Row(
        name=name,
        role=None if role == "none" else cast(DateRole, role),
        needs=needs - TENSES,
        bars=bars,
        tense=needs & TENSES,
        by_tense=not TENSES.isdisjoint(needs | bars),
        before=words_before,
        behind=words_behind,
        pattern=regex.compile(f"(?<={before})§{behind}") if before or behind else None,
    )


def _lines() -> Iterator[tuple[str, str]]:
    """The name of the part, and the line."""
    part = ""
    for line in files("extractors.data").joinpath("date_roles.txt").read_text("utf8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif line and not line.startswith("#"):
            yield part, line


# Read when a role is first asked for: commands that read no dates shall not wait for it.
@cache
def table() -> Table:
    """The file; raises ValueError where a row is wrong."""
    told: dict[str, frozenset[str]] = dict.fromkeys(event_words(), frozenset(("happening",)))
    rows: list[Row] = []
    for part, line in _lines():
        if part == "rows":
            rows.append(read_row(line))
            continue
        for word in line.split():
            told[word] = told.get(word, frozenset()) | {part}
    return Table(told, frozenset(word for row in rows for word in row.before), tuple(rows))


@lru_cache(4_096)
def rows_for(kinds: frozenset[str], before: str) -> tuple[Row, ...]:
    """The rows that a date of these kinds can fit after such a word, in their order."""
    rows = (row for row in table().rows if not row.before or before in row.before)
    return tuple(row for row in rows if row.needs & KINDS <= kinds and kinds.isdisjoint(row.bars))
