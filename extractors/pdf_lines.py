"""Lines of a PDF in reading order: turned upright, without running heads and page numbers, column after column."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_ANGLES = {0: (1, 0), 90: (0, -1), 180: (-1, 0), 270: (0, 1)}
"""Direction in which a line runs, by its angle, which PDFium counts clockwise."""
_LETTER = re.compile(r"[^\W\d_]")
_EDGE = 4
"""Lines at the top and at the bottom of a page that may be running heads or feet."""
_FEWEST_ROWS = 4
"""Rows side by side from which two halves are columns."""
_MOST_ROWS = 200
_MOST_COLUMNS = 6
"""Times that columns are looked for within columns."""
_COLUMN_WORDS = 20
"""Letters that a column's lines have on the average; the cells of tables have fewer."""


class Line(NamedTuple):
    """Words that stand on one line, in points from the page's lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    weight: int = 0
    page: int = 0

    @property
    def height(self) -> float:
        """Of its letters, with what reaches above and below."""
        return max(self.top - self.bottom, 1.0)


@cache
def pdf_words() -> dict[str, re.Pattern[str]]:
    """Patterns of page numbers and of headings above titles, each for a whole line."""
    data = json.loads((files("extractors.data") / "pdf_words.json").read_text(encoding="utf8"))
    return {key: re.compile("|".join(rows), re.I) for key, rows in data.items() if key != "source"}


def in_order(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Rows of a document's upright lines: one line each, or the cells of a table's row from left to right.

    >>> left, right = Line("Sales", 0, 0, 30, 10), Line("£3m", 90, 0, 120, 10)
    >>> [[line.text for line in row] for row in in_order([[left, right]])]
    [['Sales', '£3m']]
    """
    return [row for page in _without_edges(pages) for row in _by_columns(_rows(page), _MOST_COLUMNS)]


def upright(lines: Sequence[tuple[Line, int]]) -> list[Line]:
    """Lines with their angles → those that run as most of the page does, turned so that they run to the right."""
    letters: Counter[int] = Counter()
    for line, angle in lines:
        letters[round(angle / 90) % 4 * 90] += len(line.text)
    most = max(letters, key=lambda angle: letters[angle], default=0)
    return [_turn(line, most) for line, angle in lines if abs((angle - most + 180) % 360 - 180) <= 10]


def _turn(line: Line, angle: int) -> Line:
    cos, sin = _ANGLES[angle]
    across = sorted(x * cos + y * sin for x, y in ((line.left, line.bottom), (line.right, line.top)))
    up = sorted(y * cos - x * sin for x, y in ((line.left, line.bottom), (line.right, line.top)))
    return line._replace(left=across[0], right=across[1], bottom=up[0], top=up[1])


def _without_edges(pages: Sequence[Sequence[Line]]) -> Iterator[list[Line]]:
    """Pages without what is repeated at their tops and bottoms, and without their numbers; none is left empty."""
    edges = [_edge_lines(page) for page in pages]
    counts = Counter(key for edge in edges for key in {_edge_key(line) for line in edge})
    repeated = {key for key, count in counts.items() if count >= max(2, len(pages) / 3) and _LETTER.search(key[0])}
    for page, edge in zip(pages, edges, strict=True):
        dropped = {id(line) for line in edge if _edge_key(line) in repeated or _is_number(line, page)}
        yield [line for line in page if id(line) not in dropped] or list(page)


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    ordered = sorted(page, key=lambda line: -line.top)
    return [*ordered[:_EDGE], *ordered[_EDGE:][-_EDGE:]]


def _edge_key(line: Line) -> tuple[str, int]:
    """The same for a head or foot of every page: its words without numbers, and its height on the page."""
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text.lower()), round(line.bottom / 4)


def _is_number(line: Line, page: Sequence[Line]) -> bool:
    """Whether a line is a page's number, above or below all others."""
    if not pdf_words()["page_number"].fullmatch(line.text):
        return False
    others = [other for other in page if other is not line and not pdf_words()["page_number"].fullmatch(other.text)]
    return all(other.bottom >= line.top for other in others) or all(other.top <= line.bottom for other in others)


def _rows(page: Iterable[Line]) -> list[list[Line]]:
    """Lines that follow each other and stand at one height, from left to right."""
    rows: list[list[Line]] = []
    for line in page:
        last = rows[-1][-1] if rows else None
        beside = last is not None and min(last.top, line.top) - max(last.bottom, line.bottom) > 0.5 * line.height
        if beside and last is not None and line.left >= last.right - 1:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _by_columns(rows: list[list[Line]], depth: int) -> Iterator[list[Line]]:
    """Rows in which columns stand side by side, one column after the other; others as they are."""
    start = 0
    while start < len(rows):
        end, gutter = _columns(rows, start) if depth else (0, 0.0)
        for left in (True, False) if end else ():
            column = ([line for line in row if (line.right <= gutter) == left] for row in rows[start:end])
            yield from _by_columns([row for row in column if row], depth - 1)
        if not end:
            yield rows[start]
        start = end or start + 1


def _columns(rows: list[list[Line]], start: int) -> tuple[int, float]:
    """End of the rows from `start` on that one gutter divides, and the gutter; 0 where they are no columns."""
    if len(rows[start]) < 2:
        return 0, 0.0
    low, high, both, end = rows[start][0].right, rows[start][1].left, 0, start
    for row in rows[start : start + _MOST_ROWS]:
        left, right = [line for line in row if line.right < high], [line for line in row if line.left > low]
        if len(left) + len(right) != len(row):
            break
        both += bool(left and right)
        low, high = max([low, *(line.right for line in left)]), min([high, *(line.left for line in right)])
        end += 1
    gutter, lines = (low + high) / 2, [line for row in rows[start:end] for line in row]
    sides = [[len(line.text) for line in lines if (line.right <= gutter) == left] for left in (True, False)]
    is_prose = all(side and sum(side) / len(side) >= _COLUMN_WORDS for side in sides)
    return (end, gutter) if both >= _FEWEST_ROWS and is_prose else (0, 0.0)
