"""Cuts text into words and the words into pieces of the names model's vocabulary, in windows that it can look at."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import regex

# A run of letters, a run of digits, a paragraph's end, or any one other character that is no white space.
_WORD = regex.compile(r"(?:\p{L}\p{M}*)+|\p{Nd}+|\s*\n\s*|[^\s\p{L}\p{Nd}]\p{M}*")
_JOIN = regex.compile(r"(?<=\p{Ll}{3})(?=\p{Lu}\p{Ll}{2})")
_LONGEST = 60
"""A word of more letters is not looked up: no vocabulary has one, and text without spaces would cost its square."""
START, STOP, UNKNOWN = 101, 102, 100
"""BERT's [CLS], [SEP] and [UNK]; a [SEP] also stands for each paragraph's end."""
CASES = 10
"""Case patterns: lower, Title, UPPER, mixed, no letters; then the same for a word glued to the one before it."""


class Word(NamedTuple):
    """A word and its offsets; `start == end` nowhere."""

    start: int
    end: int
    ids: tuple[int, ...]
    case: int


class Window(NamedTuple):
    """What the model looks at at once: words `first` to `last` (exclusive), of which `keep_from` to `keep_to` count."""

    first: int
    last: int
    keep_from: int
    keep_to: int


@lru_cache(1)
def _vocabulary() -> dict[str, int]:
    lines = (files("extractors") / "models" / "vocabulary.txt").read_text("utf8").split("\n")
    return {piece: number for number, piece in enumerate(lines) if piece}


@lru_cache(1 << 14)
def cut_word(word: str) -> tuple[int, ...]:
    """Numbers of the longest pieces of the vocabulary that make up a word, without its case and accents (WordPiece).

    >>> cut_word("Labour"), cut_word("labour"), len(cut_word("Qyzzx")) > 1
    ((4428,), (4428,), True)
    """
    vocabulary = _vocabulary()
    plain = "".join(
        c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.category(c).startswith("M")
    )
    ids: list[int] = []
    start = 0
    while start < len(plain) <= _LONGEST:
        lead = "##" if start else ""
        end = next((e for e in range(len(plain), start, -1) if lead + plain[start:e] in vocabulary), None)
        if end is None:
            return (UNKNOWN,)
        ids.append(vocabulary[lead + plain[start:end]])
        start = end
    return tuple(ids) or (UNKNOWN,)


def read_case(word: str) -> int:
    """Which of the first five case patterns a word has.

    >>> [read_case(word) for word in ("acme", "Acme", "ACME", "McDonald", "2025", "A")]
    [0, 1, 2, 3, 4, 1]
    """
    if not word[0].isalpha():
        return 4
    if word.islower():
        return 0
    if word[0].isupper() and (len(word) == 1 or word[1:].islower()):
        return 1
    return 2 if word.isupper() else 3


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A word, or its two where a line break or a space between two words was lost: 'ScottDirector'."""
    word = text[start:end]
    known = word.lower() in _vocabulary()
    cuts = [] if known else [start + join.start() for join in _JOIN.finditer(word)]
    yield from pairwise((start, *cuts, end))


def find_words(text: str) -> list[Word]:
    """The words of a text in its order, paragraph ends among them; nothing but white space is left out.

    >>> [text[word.start:word.end] for text in ["ILO's ScottDirector, 2025"] for word in find_words(text)]
    ['ILO', "'", 's', 'Scott', 'Director', ',', '2025']
    """
    words: list[Word] = []
    for match in _WORD.finditer(text):
        if "\n" in match[0]:
            words.append(Word(match.start(), match.end(), (STOP,), 4))
            continue
        long = match.end() - match.start() > _LONGEST
        for start, end in (match.span(),) if long else _parts(text, *match.span()):
            glued = 5 if words and words[-1].end == start else 0
            ids = (UNKNOWN,) if long else cut_word(text[start:end])
            words.append(Word(start, end, ids, read_case(text[start:end]) + glued))
    return words


def find_windows(words: Sequence[Word], size: int, margin: int) -> list[Window]:
    """Windows of at most `size` pieces that together keep every word once.

    They end at paragraphs' ends where they can; a paragraph longer than a window is looked at in several that
    overlap by about `margin` pieces on each side, and a word is kept from the one in which it stands deeper.
    """
    windows: list[Window] = []
    first = 0
    while first < len(words):
        last, pieces, end = first, 0, 0
        while (last < len(words) and pieces + len(words[last].ids) <= size) or last == first:
            pieces += len(words[last].ids)
            last += 1
            if words[last - 1].ids == (STOP,) and pieces * 3 > size:
                end = last
        if last == len(words) or end:
            last = end if end and last < len(words) else last
            windows.append(Window(first, last, first, last))
            first = last
        else:
            back = _back(words, first, last, margin)
            middle = _back(words, back, last, margin // 2)
            windows.append(Window(first, last, first, middle))
            first = back
    return [_trimmed(window, before) for window, before in zip(windows, [None, *windows], strict=False)]


def _back(words: Sequence[Word], first: int, last: int, pieces: int) -> int:
    """The word that stands about so many pieces before `last`, after `first` in any case."""
    while last > first + 1 and pieces > 0:
        last -= 1
        pieces -= len(words[last].ids)
    return last


def _trimmed(window: Window, before: Window | None) -> Window:
    return window._replace(keep_from=max(window.keep_from, before.keep_to)) if before else window
