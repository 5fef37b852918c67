"""Regular expressions for lists of words, shaped like a tree: `re` gives up at the first letter that differs."""

import re
from collections.abc import Iterable
from typing import Any

_Tree = dict[str, Any]
"""Pieces of pattern to what follows them; the empty piece where a word may end."""


def _pieces(word: str, any_case: bool) -> list[str]:
    """One pattern for each letter; a blank stands for any white space, an apostrophe for either kind."""
    pieces = []
    for letter in word:
        if letter == " ":
            pieces.append(r"\s{1,3}")
        elif letter == "'":
            pieces.append("['’]")
        elif any_case and letter.isalpha():
            pieces.append(f"[{letter.lower()}{letter.upper()}]")
        else:
            pieces.append(re.escape(letter))
    return pieces


def _written(tree: _Tree) -> str:
    branches = [piece + _written(below) for piece, below in tree.items() if piece]
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 and "" not in tree else f"(?:{'|'.join(branches)})"
    return body + "?" if "" in tree else body


def either(words: Iterable[str], any_case: bool = False) -> str:
    r"""A pattern for any of the words, the longest that stands there; a blank in a word stands for any white space.

    >>> either(["this", "this past", "last"]), either(["may"], any_case=True)
    ('(?:this(?:\\s{1,3}past)?|last)', '[mM][aA][yY]')
    """
    tree: _Tree = {}
    for word in words:
        branch = tree
        for piece in _pieces(word, any_case):
            branch = branch.setdefault(piece, {})
        branch[""] = {}
    return _written(tree)
