"""Single quotation marks, which look like apostrophes: ‘…’ and '…'."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from extractors.blocks import Block, block_of


class Stretch(NamedTuple):
    """Quoted words, end-exclusive, without their marks; `rule` says what shows that they are quoted."""

    start: int
    end: int
    rule: str


_OPENING = regex.compile(r"(?<![^\s(—–:“])[‘'](?=[\p{L}\[$£])")
_CLOSING = regex.compile(r"(?<=[.,!?…])[’'](?=$|[\s)—–])|(?<=[\p{L}\p{Nd}])[’'](?=[,.;:)])")


_TERM = regex.compile(r"(?:[\p{L}\p{Nd}\-]+\s){0,3}[\p{L}\p{Nd}\-]*[^\Ws][’'](?=\s)")


def find_single(text: str, blocks: Sequence[Block], found: Sequence[Stretch]) -> Iterator[Stretch]:
    """What stands between single marks, outside of double ones."""
    taken = sorted(found)
    starts = [stretch.start for stretch in taken]
    closings = [match.start() for match in _CLOSING.finditer(text)]
    last = -1
    for opening in _OPENING.finditer(text):
        start = opening.end()
        after = bisect(starts, start)
        if start <= last or (after and taken[after - 1].end >= start):
            continue
        number = block_of(blocks, start)
        if term := _TERM.match(text, start):
            last = term.end()
            continue
        limit = min([blocks[number].end, *starts[after : after + 1]])
        place = bisect(closings, start)
        if place < len(closings) and closings[place] < limit:
            last = closings[place]
            yield Stretch(start, last, "single_marks")
        elif opening.start() == blocks[number].start and last < start and _is_among_single(text, blocks, number):
            last = limit
            yield Stretch(start, limit, "single_unclosed")


def _is_among_single(text: str, blocks: Sequence[Block], number: int) -> bool:
    """Whether the paragraph after opens with a single mark too: such a quote runs over paragraphs."""
    return number + 1 < len(blocks) and text[blocks[number + 1].start] in "‘'"
