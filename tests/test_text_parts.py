"""Main texts in several boxes."""

import pytest

from extractors.markup import find_main_text, parse_html
from extractors.text_parts import find_whole_text

FIRST = [
    "The rope works on Quay Street will reopen in May after a repair that cost four million pounds, it said.",
    "The roof, which is 400 metres long, was built anew by carpenters of the town, with oak from the county.",
]
SECOND = [
    "About 120 people are to work there, among them fifteen apprentices from the college of the town.",
    "The first ropes will go to a tall ship that is being built on the other side of the river and to museums abroad.",
]
THIRD = [
    "The works were founded in 1820 and made ropes for the navy until they were closed for want of orders in May.",
    "Visitors may walk along the rope walk from June on, every day but Monday and make a rope of their own there.",
]


def _box(texts: list[str], before: str = "", kind: str = "article__body") -> str:
    words = "".join(f"<p>{text}</p>" for text in texts)
    return f"<div class=row>{before}<div class='{kind}'>{words}</div></div>"


def _page(*boxes: str) -> str:
    return f"<html><body><h1>Rope works to reopen</h1><div class=text>{'<img src=/1>'.join(boxes)}</div></body></html>"


ALIKE: list[tuple[str, list[str]]] = [
    (_page(*map(_box, (FIRST, SECOND, THIRD))), [*FIRST, *SECOND, *THIRD]),  # a picture between the boxes of one text
    (_page(_box(FIRST), _box(SECOND, kind="caption")), FIRST),  # a box of another kind is not its text
    (_page(_box(FIRST), _box(SECOND, before="<h1>Sail loft burns</h1>")), FIRST),  # another release
    (_page(_box(FIRST), _box(SECOND, before="<time>2 May</time>")), FIRST),  # another day's
    (_page(_box(FIRST), f"<footer>{_box(SECOND)}</footer>"), FIRST),  # furniture
    (_page(_box(FIRST)), FIRST),  # one box
    ("<html><body></body></html>", []),  # nothing
]


@pytest.mark.parametrize(("page", "expected"), ALIKE)
def test_boxes_that_are_built_alike(page: str, expected: list[str]) -> None:
    tree = parse_html(page)
    assert tree is not None
    assert find_whole_text(tree) == expected


def test_the_search_alone_would_lose_boxes() -> None:
    tree = parse_html(ALIKE[0][0])
    assert tree is not None
    assert [text for text in find_main_text(tree) if text in SECOND + THIRD] == []
