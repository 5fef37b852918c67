"""Texts that lost their apostrophes: `the Secret Services agents` speak of the Secret Service."""

import regex

from extractors.lexicon import word_lists

_APOSTROPHES = frozenset("'’‘ʼ´`")
_TOO_SHORT = 600
"""Characters; a shorter text may do without an apostrophe."""
_FOLLOWS = regex.compile(r"\s(?:\([^()]{1,20}\)\s)?\p{L}")


def has_lost_apostrophes(text: str) -> bool:
    """Whether a text is one of those whose curly quotes were lost: long, and without a single apostrophe."""
    return len(text) > _TOO_SHORT and _APOSTROPHES.isdisjoint(text)


def bare_name(text: str, start: int, end: int) -> str | None:
    """The name of an organisation at `text[start:end]` without a possessive `s`; None where it has none.

    >>> text = "the FBIs office, the Secret Services agents, the Human Services Department"
    >>> bare_name(text, 4, 8), bare_name(text, 21, 36), bare_name(text, 49, 63)
    ('FBI', 'Secret Service', None)
    """
    *others, last = text[start:end].split() or [""]
    if not last.endswith("s") or not _FOLLOWS.match(text, end):
        return None
    lists, owner = word_lists(), last[:-1]
    owns = owner in lists["owner"] or (len(owner) > 1 and owner.isupper())
    owns = owns or (owner == "Service" and not lists["owner_service"].isdisjoint(others[-1:]))
    return text[start : end - 1] if owns else None
