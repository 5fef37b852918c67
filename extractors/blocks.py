"""Paragraphs as a reader sees them: pages break lines at links and scans at the margin, in the middle of a sentence."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import regex


class Block(NamedTuple):
    """A paragraph, end-exclusive, without the space around it."""

    start: int
    end: int


_LINE = regex.compile(r"\S[^\n]*")
_GOES_ON = regex.compile(r"[,.;:)\]”’%]|(?!(?:https?:|www\.|\S+[@/]|\S+\.\w))\p{Ll}")
_UNFINISHED = regex.compile(
    r"(?:[,“«„(\[]|,\s?[”\"’']|(?:^|\s)[\"”]|\b(?:the|of|and|a|an|to|in|for|by|with|on|at|that|from|Sen\.|Rep\.|Mr\.?|Ms\.?|Dr\.?))$"
)


def find_blocks(text: str) -> list[Block]:
    """Paragraphs in order; a line that goes on in the next one is put together with it.

    >>> text = "The Fund said,\\n\\n“\\n\\nWe open\\n\\nnow\\n\\n.”\\n\\nIt is new."
    >>> [text[start:end] for start, end in find_blocks(text)]
    ['The Fund said,\\n\\n“\\n\\nWe open\\n\\nnow\\n\\n.”', 'It is new.']
    """
    blocks: list[Block] = []
    for line in _LINE.finditer(text):
        start, end = line.start(), line.start() + len(line[0].rstrip())
        if blocks and (_GOES_ON.match(text, start) or _is_unfinished(text, blocks[-1].end)):
            blocks[-1] = Block(blocks[-1].start, end)
        else:
            blocks.append(Block(start, end))
    return blocks


def _is_unfinished(text: str, end: int) -> bool:
    return _UNFINISHED.search(text, max(0, end - 8), end) is not None


def block_of(blocks: Sequence[Block], place: int) -> int:
    """The number of the block where `place` stands."""
    return max(0, bisect_left(blocks, (place + 1,)) - 1)
