"""What the words beside a sum of money say of it: its qualifier ("more than")."""

import json
import re
from importlib.resources import files
from typing import cast

from extractors.patterns import either
from schemas.values import Qualifier

_QUALIFIERS = json.loads((files("extractors.data") / "qualifiers.json").read_text("utf8"))
_REACH = 60


def _phrases(table: dict[str, list[str]]) -> dict[str, Qualifier]:
    return {phrase: cast(Qualifier, name) for name, phrases in table.items() for phrase in phrases}


_BEFORE = _phrases(_QUALIFIERS["before"])
_AFTER = _phrases(_QUALIFIERS["after"])
_FILLERS = either(_QUALIFIERS["fillers"], any_case=True)
_BEFORE_PATTERN = re.compile(rf"(?<![\w-])({either(_BEFORE, any_case=True)})\s*(?:{_FILLERS}\s+){{0,4}}[(\"“]?$")
_AFTER_PATTERN = re.compile(rf"({either(_AFTER, any_case=True)})(?![$€£\w])")

_LAST_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?\.?(?=[\s(\"“]*$)")
_LAST = frozenset(phrase.split()[-1] for phrase in (*_BEFORE, *_QUALIFIERS["fillers"]))


def read_qualifier(before: str, after: str = "") -> Qualifier:
    """The qualifier that the words before and behind a sum give it.

    >>> read_qualifier("more than a total of "), read_qualifier("a fund of "), read_qualifier("for ", "+ a month")
    ('over', 'exact', 'at_least')
    """
    last = _LAST_WORD.search(before[-30:].lower())
    told = last is None or last[0] in _LAST
    if told and (match := _BEFORE_PATTERN.search(before[-_REACH:])):
        return _BEFORE[" ".join(match[1].lower().split())]
    if match := _AFTER_PATTERN.match(after[:_REACH]):
        return _AFTER[match[1].lower()]
    return "exact"
