"""The words that tell of an event: `data/event_words.txt`."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

_TENSES = ("coming", "past")


class EventWord(NamedTuple):
    """What a word tells of: the first form of its row, and how much the word says by itself."""

    name: str
    kind: str
    """`happening` says what happens, `holding` that something is held, `telling` that something is told."""


@cache
def _rows() -> dict[str, list[list[str]]]:
    """The forms of each row, by the name of its part."""
    parts: dict[str, list[list[str]]] = {}
    part = ""
    for line in files("extractors.data").joinpath("event_words.txt").read_text("utf8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif line and not line.startswith("#"):
            parts.setdefault(part, []).append(line.split())
    return parts


@cache
def event_words() -> dict[str, EventWord]:
    """Each form, in small letters, to its event.

    >>> event_words()["launched"]
    EventWord(name='launch', kind='happening')
    """
    rows = ((part, forms) for part, all_forms in _rows().items() if part not in _TENSES for forms in all_forms)
    return {form: EventWord(forms[0], part) for part, forms in rows for form in forms}


@cache
def tense_words() -> tuple[frozenset[str], frozenset[str]]:
    """Words of what is to come, and forms of the past that do not end in -ed.

    >>> coming, past = tense_words()
    >>> "will" in coming, "won" in past
    (True, True)
    """
    coming, past = (frozenset(word for forms in _rows()[part] for word in forms) for part in _TENSES)
    return coming, past
