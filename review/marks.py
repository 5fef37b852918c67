"""A release's text cut into parts, paragraphs and pieces, so that every value can be shown at its words.

Pure. Offsets are code points of the release's text, as in all evidence. Pieces lie one behind the other and never
in one another, however the values overlap: a piece knows every value that covers it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.evidence import Section
from schemas.review import ReviewField, Shown
from schemas.values import SectionKind

ASIDE: frozenset[SectionKind] = frozenset({"boilerplate", "contact", "disclaimer", "furniture"})
"""Sections that are no part of the news: folded."""
_BLANK = "\n\n"
_FULL_LINE = 50
"""Characters of a line that was broken by a margin, at least."""


class Mark(NamedTuple):
    """Where one value stands, or one of its mentions."""

    start: int
    end: int
    field: ReviewField
    value_id: str


class Piece(NamedTuple):
    """Words that the same values cover."""

    start: int
    text: str
    marks: tuple[Mark, ...] = ()
    begins: tuple[ReviewField, ...] = ()
    """Fields of the values whose words begin here."""

    @property
    def end(self) -> int:
        """One past the last code point."""
        return self.start + len(self.text)

    @property
    def fields(self) -> tuple[ReviewField, ...]:
        """The fields of its values, each once."""
        return tuple(dict.fromkeys(mark.field for mark in self.marks))

    @property
    def inner(self) -> ReviewField:
        """The field of the shortest value, whose colour it has."""
        return min(self.marks, key=lambda mark: mark.end - mark.start).field

    @property
    def value_ids(self) -> tuple[str, ...]:
        """The values that cover it, the shortest first."""
        return tuple(dict.fromkeys(mark.value_id for mark in sorted(self.marks, key=lambda m: m.end - m.start)))


class Paragraph(NamedTuple):
    """What stands between two blank lines."""

    start: int
    pieces: tuple[Piece, ...]

    @property
    def flows(self) -> bool:
        """Whether its line breaks are where a margin was, so that it may be set anew: its lines are long and full."""
        lines = "".join(piece.text for piece in self.pieces).split("\n")
        return len(lines) > 1 and min(map(len, lines[:-1])) >= _FULL_LINE


class Part(NamedTuple):
    """A section of the text, or what lies between two."""

    kind: SectionKind | None
    about: str | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def is_aside(self) -> bool:
        """Whether it is no part of the news."""
        return self.kind in ASIDE

    @property
    def values(self) -> int:
        """Number of different values that stand in it."""
        return len({mark.value_id for p in self.paragraphs for piece in p.pieces for mark in piece.marks})


def find_marks(values: Iterable[Shown]) -> list[Mark]:
    """Every place of every value, in the order of the text.

    >>> find_marks([Shown(field="dates", value_id="a", value={"start": 3, "end": 7, "text": "2025"})])
    [Mark(start=3, end=7, field='dates', value_id='a')]
    """
    return sorted(
        Mark(place["start"], place["end"], shown.field, shown.value_id)
        for shown in values
        if shown.stands
        for place in _places(shown)
    )


def _places(shown: Shown) -> list[dict[str, int]]:
    mentions: list[dict[str, int]] | None = shown.value.get("mentions")
    return [shown.value] if mentions is None else mentions


def lay_out(text: str, sections: Iterable[Section], marks: Iterable[Mark]) -> list[Part]:
    """The whole text but its blank lines, cut into parts, paragraphs and pieces."""
    parts = [(section, list(_paragraphs(text, start, end))) for section, start, end in _ranges(text, sections)]
    spans = [span for _, paragraphs in parts for span in paragraphs]
    pieces = iter(_cut(text, spans, sorted(marks)))
    return [
        Part(
            section.kind if section else None,
            section.about if section else None,
            tuple(Paragraph(start, next(pieces)) for start, _ in paragraphs),
        )
        for section, paragraphs in parts
        if paragraphs
    ]


def _ranges(text: str, sections: Iterable[Section]) -> Iterator[tuple[Section | None, int, int]]:
    """Sections and what lies between them; one that begins within a line belongs to what is before it."""
    begun: list[Section] = []
    for section in sections:
        in_line = section.start > 0 and text[section.start - 1] != "\n" and section.kind not in ASIDE
        if in_line and begun and begun[-1].end >= section.start - 1:
            begun[-1] = begun[-1].model_copy(update={"end": section.end})
        else:
            begun.append(section)
    last = 0
    for section in begun:
        yield None, last, section.start
        yield section, section.start, section.end
        last = section.end
    yield None, last, len(text)


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for words in text[start:end].split(_BLANK):
        inner = words.strip("\n")
        first = start + len(words) - len(words.lstrip("\n"))
        if inner.strip():
            yield first, first + len(inner)
        start += len(words) + len(_BLANK)


def _cut(text: str, spans: list[tuple[int, int]], marks: list[Mark]) -> Iterator[tuple[Piece, ...]]:
    """The pieces of each span; marks and spans in the order of the text."""
    position, active = 0, list[Mark]()
    ends = sorted(mark.end for mark in marks)
    first_end = 0
    for start, end in spans:
        pieces: list[Piece] = []
        here = start
        while here < end:
            begun: list[Mark] = []
            while position < len(marks) and marks[position].start <= here:
                begun.append(marks[position])
                position += 1
            active = [mark for mark in (*active, *begun) if mark.end > here]
            while first_end < len(ends) and ends[first_end] <= here:
                first_end += 1
            upcoming = marks[position].start if position < len(marks) else end
            until = min(end, upcoming, ends[first_end] if first_end < len(ends) else end)
            fresh = tuple(dict.fromkeys(mark.field for mark in begun if mark.end > here))
            pieces.append(Piece(here, text[here:until], tuple(active), fresh))
            here = until
        yield tuple(pieces)
