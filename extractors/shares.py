"""Which reviewed releases are learnt from and which are held back: copies together, the same whenever asked."""

import hashlib
from collections.abc import Mapping

SHARE = 0.2
"""Of the releases that are held back."""


def is_held_back(group: str, share: float = SHARE) -> bool:
    """Whether a group of releases is held back, by nothing but its name.

    >>> [group for group in "abcdefghij" if is_held_back(group, 0.3)]
    ['a', 'd', 'e', 'g', 'i', 'j']
    >>> is_held_back("a", 0), is_held_back("b", 1)
    (False, True)
    """
    return int(hashlib.sha256(f"held back\x1f{group}".encode()).hexdigest()[:8], 16) < share * 16**8


def group_releases(texts: Mapping[str, str], originals: Mapping[str, str]) -> dict[str, str]:
    """By the id of a release its group: releases with one text, and copies with what they are copies of.

    `texts` has the hash of each release's text, `originals` the original of each copy, by which the group is named: it
    keeps its name when more copies come.

    >>> group_releases({"a": "t", "b": "u", "c": "t", "d": "v"}, {"b": "x", "d": "x"})
    {'a': 'a', 'b': 'x', 'c': 'a', 'd': 'x'}
    """
    head: dict[str, str] = {}

    def find(key: str) -> str:
        while (above := head.setdefault(key, key)) != key:
            key = above
        return key

    def rank(name: str) -> tuple[bool, bool, str]:
        return name.startswith("text "), name in originals, name

    copies = [(key, originals[key]) for key in texts if key in originals]
    for one, other in (*copies, *((key, f"text {text}") for key, text in texts.items())):
        first, second = sorted((find(one), find(other)), key=rank)
        head[second] = first
    return {key: find(key) for key in texts}
