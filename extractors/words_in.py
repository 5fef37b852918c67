"""Where given words stand in a text: the text is cut once, and only words that it has are looked for."""

from functools import lru_cache

# Every byte that is no letter becomes a space, every letter small.
_LETTERS = bytes(ord(chr(byte).lower()) if chr(byte).isalpha() and byte < 128 else 32 for byte in range(256))


@lru_cache(maxsize=2)
def _words_of(text: str) -> tuple[bytes, frozenset[bytes]]:
    """The text with every letter small and all else a space, and one more space at either end; its words."""
    folded = b" " + text.encode("ascii", "replace").translate(_LETTERS) + b" "
    return folded, frozenset(folded.split())


def find_words(text: str, words: frozenset[bytes]) -> list[tuple[int, bytes]]:
    """Start and word, in the order of the text, of each of these words (ASCII, small letters), whatever its case.

    >>> find_words("Five MILLION, a million-dollar plan, milliony", frozenset((b"million", b"dollar")))
    [(5, b'million'), (16, b'million'), (24, b'dollar')]
    """
    folded, there = _words_of(text)
    found = []
    for word in words & there:
        spaced = b" " + word + b" "
        place = folded.find(spaced)
        while place >= 0:
            found.append((place, word))
            place = folded.find(spaced, place + len(word))
    return sorted(found)


def places(text: str, words: frozenset[bytes]) -> list[int]:
    """The starts alone.

    >>> places("Five MILLION, a million-dollar plan, milliony", frozenset((b"million", b"dollar")))
    [5, 16, 24]
    """
    return [start for start, _ in find_words(text, words)]
