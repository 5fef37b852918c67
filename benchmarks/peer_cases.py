"""What a case of another project is: a text, what is to be found in it, and why it is left out if it is."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

Kind = Literal["dates", "amounts"]
Measure = Literal["accuracy", "F1"]
Meanings = frozenset[str]
"""Everything that some words may mean, in one notation: `2025-04-07/2025-04-13`, `3.5 USD`, `10..20 EUR`, `5 ?`."""


class Phrase(NamedTuple):
    """Words and what they may mean; the offsets are of the text, end-exclusive, and 0 where nobody says them."""

    meanings: Meanings
    text: str = ""
    start: int = 0
    end: int = 0


class Case(NamedTuple):
    """A text, and every phrase that is to be found in it, or the reason why the case is left out."""

    text: str
    wanted: tuple[Phrase, ...] = ()
    published: dt.date | None = None
    country: str | None = None
    hint: str | None = None
    """Words that price-parser gets besides the text, for the currency."""
    left_out: str | None = None
    not_in_python: bool = False
    """Whether its project says that its version in Python gets it wrong."""


class CaseSet(NamedTuple):
    """The cases of one file of another project."""

    name: str
    kind: Kind
    cases: tuple[Case, ...]
    tools: tuple[str, ...]
    """Which tools can be asked."""
    measure: Measure = "accuracy"

    @property
    def in_scope(self) -> list[Case]:
        """The cases that are scored."""
        return [case for case in self.cases if case.left_out is None]

    @property
    def reasons(self) -> Counter[str]:
        """Reason to how many cases are left out for it."""
        return Counter(case.left_out for case in self.cases if case.left_out)

    @property
    def not_in_python(self) -> int:
        """How many cases that are scored the project does not claim for its version in Python."""
        return sum(case.not_in_python for case in self.in_scope)


def match(wanted: Sequence[Phrase], found: Sequence[Phrase], *, in_place: bool = False) -> int:
    """How many of the wanted phrases can be paired with a found one of a common meaning, each found one used once.

    With `in_place` the two have to overlap as well.

    >>> match([Phrase(frozenset({"a", "b"})), Phrase(frozenset("a"))], [Phrase(frozenset("a")), Phrase(frozenset("b"))])
    2
    """
    fits = [[i for i, one in enumerate(found) if _agree(want, one, in_place)] for want in wanted]
    taken: dict[int, int] = {}
    return sum(_pair(want, fits, taken, set()) for want in range(len(wanted)))


def _agree(wanted: Phrase, found: Phrase, in_place: bool) -> bool:
    overlap = wanted.start < found.end and found.start < wanted.end
    return not wanted.meanings.isdisjoint(found.meanings) and (overlap or not in_place)


def _pair(want: int, fits: list[list[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Give `want` a found phrase, moving others to another of theirs where that makes room."""
    for one in fits[want]:
        if one not in tried:
            tried.add(one)
            if one not in taken or _pair(taken[one], fits, taken, tried):
                taken[one] = want
                return True
    return False


def is_right(case: Case, found: Sequence[Phrase]) -> bool:
    """Whether exactly what is wanted was found, wherever it stands."""
    return len(found) == len(case.wanted) == match(case.wanted, found)
