"""Quotation marks: which of them open, which close, and what stands between, however many of them were lost."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import regex

from extractors.blocks import Block, find_blocks
from extractors.single_marks import Stretch, find_single
from extractors.speech import verb_first


class _Sign(NamedTuple):
    """A quotation mark, and how odd it would be for it to open, to close and to be no quotation mark."""

    start: int
    end: int
    opens: float
    closes: float
    skips: float
    fresh: bool
    """Whether it stands between sentences, where a quote without a closing mark ends more likely than one nests."""


class _Reading(NamedTuple):
    """One block understood: its stretches, where a quote of an earlier block closes, whether one is open at its end."""

    stretches: list[Stretch]
    closed: int | None
    has_opening: bool
    is_open: bool


_MARKS = regex.compile(r"[“”„«»\"]|''|``")
# How odd it is for a mark to open and to close a quote by its shape alone, and to be neither.
_SHAPES = {
    "“": (0.0, 2.0, 2.0), "``": (0.0, 4.0, 2.0), "„": (0.0, 3.0, 2.0), "«": (0.0, 3.0, 2.0),
    "”": (2.0, 0.0, 2.0), "»": (3.0, 0.0, 2.0), '"': (0.0, 0.0, 1.5), "''": (0.5, 0.0, 1.0),
}  # fmt: skip
_OUT, _IN, _NESTED = 0, 1, 2
# From, to, what the mark does there, how odd that is where it stands in a sentence and where between two.
_MOVES = (
    (_OUT, _IN, "open", 0.0, 0.0),
    (_OUT, _OUT, "stray", 1.6, 1.6),
    (_OUT, _OUT, "", 0.0, 0.0),
    (_IN, _OUT, "close", 0.0, 0.0),
    (_IN, _IN, "", 0.0, 0.0),
    (_IN, _IN, "reopen", 2.0, 0.5),
    (_IN, _NESTED, "nest", 0.8, 2.0),
    (_NESTED, _IN, "unnest", 0.0, 0.0),
    (_NESTED, _OUT, "close", 0.7, 0.7),
    (_NESTED, _NESTED, "", 0.0, 0.0),
)
_COST = {"open": "opens", "reopen": "opens", "nest": "opens", "close": "closes", "unnest": "closes", "stray": "closes"}
_LEFT_OPEN = (0.0, 0.9, 2.0)
_MOST = 100_000
"""Marks of one block that are weighed against each other; nobody writes so many."""
_CARRIED = 8
"""A quote that is opened once runs over at most so many more blocks."""


def _sign(text: str, match: "regex.Match[str]", block: Block) -> _Sign:
    start, end = match.span()
    before = text[start - 1] if start > block.start else " "
    after = text[end] if end < block.end else " "
    opens, closes, skips = _SHAPES[match[0]]
    straight = match[0] in ('"', "''")
    alone = before.isspace() and after.isspace()
    if after.isspace():
        opens += 0.3 if alone else 1.0
    elif after in ",.;:!?)":
        opens += 3.0
    if straight and before.isalnum():
        opens += 2.0
    elif straight and before in ",.;!?":
        opens += 0.7
    if before.isspace():
        closes += 0.3 if alone and start > block.start else 1.5
    if after.isalnum():
        closes += 1.0 if straight else 0.2
    if before.isdigit() and straight and not after.isalnum():
        skips = 0.5
    fresh = not after.isspace() and _ENDED.search(text, max(block.start, start - 4), start) is not None
    return _Sign(start, end, opens, closes, skips, fresh)


_ENDED = regex.compile(r"(?:^|[.!?…:*][)\]]?\s+)$")


def _roles(signs: Sequence[_Sign]) -> list[str]:
    """What each mark does: the least odd reading of all marks of a block together."""
    best = [0.0, 1e9, 1e9]
    trail: list[list[tuple[int, str]]] = []
    for sign in signs:
        costs, steps = [1e9] * 3, [(0, "")] * 3
        for state, target, role, inside, between in _MOVES:
            by_shape = getattr(sign, _COST[role]) if role else sign.skips
            cost = best[state] + by_shape + (between if sign.fresh else inside)
            if cost < costs[target]:
                costs[target], steps[target] = cost, (state, role)
        best = costs
        trail.append(steps)
    state = min(range(3), key=lambda number: best[number] + _LEFT_OPEN[number])
    roles = []
    for steps in reversed(trail):
        state, role = steps[state]
        roles.append(role)
    return roles[::-1]


def _read_block(text: str, block: Block) -> _Reading:
    marks = islice(_MARKS.finditer(text, block.start, block.end), _MOST)
    signs = [_sign(text, match, block) for match in marks]
    stretches: list[Stretch] = []
    opened, closed, has_opening = -1, None, False
    for sign, role in zip(signs, _roles(signs), strict=True):
        if role == "stray" and not has_opening and closed is None:
            closed = sign.start
        elif role == "open":
            opened, has_opening = sign.end, True
        elif role == "reopen":
            stretches.append(Stretch(opened, sign.start, "lost_closing"))
            opened = sign.end
        elif role == "close":
            stretches.append(Stretch(opened, sign.start, "quotation_marks"))
            opened = -1
    if opened >= 0 and not (text[opened : opened + 1] == " " and text[opened - 1] in "\"'"):
        stretches.append(Stretch(opened, block.end, "unclosed"))
    return _Reading(stretches, closed, has_opening, opened >= 0)


def find_stretches(text: str) -> list[Stretch]:
    """All that stands in quotation marks, each paragraph of a longer quote for itself, in the order of the text.

    >>> text = 'He said: “Now.\\n\\nAnd here.”\\n\\n“Yes, "so" I say!”'
    >>> [(text[start:end], rule) for start, end, rule in find_stretches(text)]
    [('Now.', 'continued'), ('And here.', 'carried'), ('Yes, "so" I say!', 'quotation_marks')]
    """
    blocks = find_blocks(text)
    readings = [_read_block(text, block) for block in blocks]
    found: list[Stretch] = []
    carried_to = -1
    for number, reading in enumerate(readings):
        if reading.closed is not None and number > carried_to:
            found += _without_opening(text, blocks[number], reading.closed)
        found += reading.stretches
        if reading.is_open:
            carried_to = _carried_to(readings, number)
            if carried_to > number or _opens_again(text, blocks, number):
                found[-1] = found[-1]._replace(rule="continued")
            for other in range(number + 1, carried_to + 1):
                end = blocks[other].end if other < carried_to else readings[other].closed
                _carry(text, found, Stretch(blocks[other].start, end or blocks[other].end, "carried"))
    trimmed = (_trim(text, stretch) for stretch in [*found, *find_single(text, blocks, found)])
    return sorted(stretch for stretch in trimmed if stretch.start < stretch.end)


_INTRODUCED = regex.compile(r"\p{Ll}:\s+(?=\p{Lu})")


def _without_opening(text: str, block: Block, closed: int) -> Iterator[Stretch]:
    """From the paragraph's start, or the colon that leads to the quote, to a closing mark that nothing opened."""
    lead = _INTRODUCED.search(text, block.start, closed)
    if text[closed - 1] in ",.!?…" and (lead or verb_first().match(text, closed) or closed + 2 >= block.end):
        yield Stretch(lead.end() if lead else block.start, closed, "lost_opening")


def _carried_to(readings: Sequence[_Reading], number: int) -> int:
    """The block where a quote left open is closed; the same one where it is not."""
    for other in range(number + 1, min(len(readings), number + 1 + _CARRIED)):
        if readings[other].closed is not None:
            return other
        if readings[other].has_opening:
            break
    return number


def _opens_again(text: str, blocks: Sequence[Block], number: int) -> bool:
    return number + 1 < len(blocks) and text[blocks[number + 1].start] in '“"«„'


def _carry(text: str, found: list[Stretch], more: Stretch) -> None:
    """One more paragraph of a quote; where the one before stops in a sentence, it is the same one."""
    last = found[-1]
    if text[last.end - 1] in ".!?…:;":
        found.append(more)
    else:
        found[-1] = Stretch(last.start, more.end, last.rule)


def _trim(text: str, stretch: Stretch) -> Stretch:
    body = text[stretch.start : stretch.end]
    inner = body.strip().strip("*_").strip()
    start = stretch.start + body.find(inner)
    return Stretch(start, start + len(inner), stretch.rule)
