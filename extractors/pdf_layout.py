"""Lines of a PDF → paragraphs: where they end, and words that a line's end divides."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf
from statistics import median
from typing import NamedTuple

from extractors.lexicon import common_words
from extractors.pdf_lines import Line, in_order

_WIDE_LEADING = 1.25
"""Times the usual distance of lines from which a paragraph ends."""
_SAME_SIZE = 0.12
"""Share by which the heights of letters of one paragraph differ at most."""
_BOLD = 600
_ENDS = re.compile(r"[.!?:;。！？…][\"'”’»)\]]*$")
_BULLET = re.compile(r"(?:[•●○◦▪■□‣⁃∙·*–—➢➤►▶❖✓✔-]|\(?(?:\d{1,2}|[a-zA-Z])[.)])(?:\s|$)")
_CONTACT = re.compile(r"\(?[+0]\(?\d[\d\s()/.-]{4,}|\S+@\S+|(?:https?:|www\.)\S+")
"""A telephone number, a mail or a web address: alone on a line it stands by itself."""
_LONGEST_WORD = 100
_DIVIDED = re.compile(r"(\w[\w-]*)[\xad-]$")
_WORD = re.compile(r"\w+")
_HYPHENED = re.compile(r"\w+(?:-\w+)+")
_NO_SPACE = re.compile(
    "(?<=\\w)—\n|[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]\n[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
)
"""Dashes and East Asian characters, which no space follows."""
_RAGGED = 0.12
"""Share of a column's width by which its full lines may differ."""
_LABEL = 10
"""Widths, in heights of a line, below which lines are labels that stand in no column of text."""
_LONG_LINE = 16
"""Widths, in heights of a line, from which a line needs no other to show how wide its column is."""
_NEAR = 15
"""Lines before and after a line that show how wide its column is."""


class _Usual(NamedTuple):
    """What most lines of a document do."""

    height: float
    leading: float
    """From line to line, in heights of a line."""
    rights: dict[int, float]
    """Right edge of its column, by a line's identity."""


class Paragraph(NamedTuple):
    """A paragraph, heading, list item or table row."""

    text: str
    height: float
    is_bold: bool
    page: int


def make_paragraphs(pages: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """The paragraphs of a document's upright lines, in reading order, without running heads and page numbers.

    >>> first = Line("A well-known re-", 0, 20, 80, 30), Line("lease of today.", 0, 8, 70, 18)
    >>> [paragraph.text for paragraph in make_paragraphs([first])]
    ['A well-known release of today.']
    """
    rows = [_list_item(row) for row in in_order(pages)]
    lines = [row[0] for row in rows if len(row) == 1]
    usual = _Usual(usual_height(lines), _leading(lines), _right_edges(lines))
    known, before = _spellings(lines), None
    paragraphs: list[Paragraph] = []
    for row in rows:
        line = row[0]
        joint = _joint(before, line, usual) if before and len(row) == 1 else None
        if joint is None:
            paragraphs.append(Paragraph(" | ".join(cell.text for cell in row), line.height, _is_bold(line), line.page))
        else:
            text = paragraphs[-1].text
            text = f"{text}\n{line.text}" if joint == "\n" else _joined(text, line.text, known)
            paragraphs[-1] = paragraphs[-1]._replace(text=text)
        before = line if len(row) == 1 else None
    return [item._replace(text=item.text.replace("\xad", "-")) for item in paragraphs]


def usual_height(lines: Sequence[Line] | Sequence[Paragraph]) -> float:
    """Height of most letters."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.height, 1)] += len(line.text)
    return max(letters, key=lambda height: letters[height], default=1.0)


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance from line to line, in heights of a line."""
    steps = [(one.bottom - other.bottom) / other.height for one, other in pairwise(lines) if _is_below(one, other)]
    if not steps:
        return 1.2
    common = Counter(round(step, 1) for step in steps if step < 3).most_common(1)
    return common[0][0] if common and common[0][1] > 1 else min(1.5, median(steps))


def _is_below(one: Line, other: Line) -> bool:
    """Whether `other` stands under `one`, in letters of its size."""
    return _in_column(one, other) and other.top < one.top


def _right_edges(lines: Sequence[Line]) -> dict[int, float]:
    """Where the lines around each line end at most, by the line's identity; infinite where short lines have no edge."""
    edges: dict[int, float] = {}
    for n, line in enumerate(lines):
        around = [near.right for near in lines[max(0, n - _NEAR) : n + _NEAR + 1] if _in_column(line, near)]
        edge = max([line.right, *around])
        reaching = sum(right >= edge - _RAGGED * (edge - line.left) for right in around)
        width = (line.right - line.left) / line.height
        edges[id(line)] = edge if width >= (_LABEL if reaching > 1 else _LONG_LINE) else inf
    return edges


def _in_column(one: Line, other: Line) -> bool:
    overlap = min(one.right, other.right) - max(one.left, other.left)
    return one.page == other.page and overlap > 0 and _is_same_size(one, other)


def _joint(before: Line, line: Line, usual: _Usual) -> str | None:
    """What stands between two lines of a paragraph: a space or a line end; None where the second begins another."""
    if _BULLET.match(line.text) or not _is_same_size(before, line):
        return None
    is_full = before.right + _first_word(line) > usual.rights[id(before)]
    goes_on = line.text[0].islower() or before.text[-1] in "\xad-"
    if _is_bold(before) != _is_bold(line) and not goes_on:
        return None
    if not _is_below(before, line):
        return " " if goes_on or (is_full and not _ENDS.search(before.text)) else None
    is_far = (before.bottom - line.bottom) / line.height > usual.leading * _WIDE_LEADING
    if is_far or _is_indented(before, line):
        return None
    if _CONTACT.fullmatch(line.text):
        return "\n"
    if is_full or goes_on or _is_bold(before) or line.height > usual.height * (1 + _SAME_SIZE):
        return " "
    return None if _ENDS.search(before.text) else "\n"


def _is_same_size(one: Line, other: Line) -> bool:
    return abs(one.height - other.height) <= _SAME_SIZE * one.height


def _is_bold(line: Line) -> bool:
    return line.weight >= _BOLD


def _first_word(line: Line) -> float:
    """Width of a space and the first word, as far as the width of the whole line tells."""
    return (line.right - line.left) * (len(line.text.partition(" ")[0]) + 1) / len(line.text)


def _is_indented(before: Line, line: Line) -> bool:
    """Whether a line stands further in than the one before it, which is no list item's and not centred as it is."""
    off_centre = abs(before.left + before.right - line.left - line.right) / 2
    is_centred = off_centre < 0.5 * line.height and before.right > line.right
    return line.left > before.left + 0.8 * line.height and not is_centred and not _BULLET.match(before.text)


def _spellings(lines: Iterable[Line]) -> frozenset[str]:
    """Words, and words with hyphens, that stand undivided in the document."""
    texts = [line.text.lower().rstrip("\xad-") for line in lines]
    return frozenset(word for text in texts for pattern in (_WORD, _HYPHENED) for word in pattern.findall(text))


def _joined(start: str, line: str, known: frozenset[str]) -> str:
    """Two lines of a paragraph as one; a hyphen at the end of the first goes where it only divides a word."""
    end = start[-_LONGEST_WORD:]
    divided, rest = _DIVIDED.search(end), _WORD.match(line)
    if divided and rest:
        if rest[0][0].islower() and _is_one_word(divided[1].lower(), rest[0].lower(), known):
            return start[:-1] + line
        return start[:-1] + "-" + line
    return start + ("" if _NO_SPACE.search(end + "\n" + line[:1]) else " ") + line


def _is_one_word(first: str, rest: str, known: frozenset[str]) -> bool:
    whole, hyphened = first + rest, f"{first}-{rest}"
    if hyphened in known or "-" in first:
        return False
    parts_are_words = {first, rest} <= common_words()
    return whole in known or whole in common_words() or not parts_are_words


def _list_item(row: list[Line]) -> list[Line]:
    """A mark that stands far before its text is part of its line; other rows are as they were."""
    if len(row) != 2 or not _BULLET.fullmatch(row[0].text):
        return row
    mark, line = row
    return [line._replace(text=f"{mark.text} {line.text}", left=mark.left)]
