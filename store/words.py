"""Words as they are looked for: what of a text can be found, what somebody typed asks for, and where it stands. Pure.

Both databases get the words from here and not from tokenizers of their own, so that they find the same.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from string import ascii_letters, digits
from typing import NamedTuple

import regex

from schemas.review import Snippet

MOST_WORDS = 16_000
"""Words of a release that can be found, its names first: PostgreSQL keeps no places beyond some 16,000."""
MOST_ASKED = 64
"""Words that a question may have; those behind them are not looked for."""
_LONGEST = 56
"""Bytes of a word that count: MOST_WORDS of them fit into PostgreSQL's index of a release (1 MiB)."""
_SEEN = 100_000
"""Characters of a text that are looked through for a snippet."""
BREAK = "¶"
"""Between a name and what follows: no question can have it, so that no phrase is found across."""
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*")
_FOREIGN = re.compile(r"[^\x00-\x7f][A-Za-z0-9\x80-\U0010ffff]*")
"""What cannot be told apart by ASCII alone; letters and digits right before it belong to it."""
_MARKS = "‘’“”–—…"
"""The usual ones beyond ASCII that part words."""
_ALPHANUMERIC = ascii_letters + digits
_PLAINLY = {place: chr(place).lower() if chr(place).isalnum() else " " for place in range(128)}
"""Of ASCII, letters and digits make words."""
_NO_LETTER = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_ASKED = re.compile(r'"(?P<inside>[^"]*)(?P<close>")?|[^\s"]+')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))


class Phrase(NamedTuple):
    """Words that follow each other."""

    words: tuple[str, ...]
    is_open: bool
    """Whether the last one need only begin so."""


def read_words(text: str) -> list[str]:
    """Every word, without regard to case, accents and punctuation; a number is a word.

    >>> read_words("Zoë's €2.50 co-operation, STRASSE and Straße 🎉")
    ['zoe', 's', '2', '50', 'co', 'operation', 'strasse', 'and', 'strasse']
    """
    if text.isascii():  # so that no pattern is needed
        return _read_plain(text)
    words: list[str] = []
    for mark in _MARKS:
        text = text.replace(mark, " ")
    done = 0
    for foreign in _FOREIGN.finditer(text):
        before = text[done : foreign.start()]
        plain = before.rstrip(_ALPHANUMERIC)
        words += _read_plain(plain)
        words += [word for found in _WORD.findall(before[len(plain) :] + foreign[0]) if (word := _fold(found))]
        done = foreign.end()
    return words + _read_plain(text[done:])


def _read_plain(text: str) -> list[str]:
    """The words of a text in ASCII."""
    words = text.translate(_PLAINLY).split()
    return words if max(map(len, words), default=0) <= _LONGEST else [word[:_LONGEST] for word in words]


def read_findable(names: Iterable[str], text: str) -> list[str]:
    """What a release can be found by: its names, then its text; at most MOST_WORDS, breaks between names included.

    >>> read_findable(["Ana Reis"], "A grant, says Reis.")
    ['ana', 'reis', '¶', 'a', 'grant', 'says', 'reis']
    """
    named = [word for name in dict.fromkeys(names) for word in (*read_words(name), BREAK)]
    return [*named, *read_words(text)][:MOST_WORDS]


def read_asked(typed: str) -> tuple[Phrase, ...]:
    """What somebody typed: phrases that all are wanted, in whatever order; () where it has no letter or digit.

    Words in quotation marks follow each other, and so do the parts of a word with a hyphen or the like. The last word
    need only begin so, unless a quotation mark closes it.

    >>> read_asked('grant "harbour school" co-op')
    (Phrase(words=('grant',), is_open=False), Phrase(words=('harbour', 'school'), is_open=False), \
Phrase(words=('co', 'op'), is_open=True))
    >>> read_asked('"harbour sch'), read_asked('NEAR(* -"'), read_asked("🎉")
    ((Phrase(words=('harbour', 'sch'), is_open=True),), (Phrase(words=('near',), is_open=True),), ())
    """
    phrases, left = [], MOST_ASKED
    for found in _ASKED.finditer(typed.translate(_QUOTES)):
        words = read_words(found[0])[:left]
        if words:
            phrases.append(Phrase(tuple(words), is_open=not found["close"]))
            left -= len(words)
    whole = [phrase._replace(is_open=False) for phrase in phrases[:-1]]
    return tuple(dict.fromkeys((*whole, *phrases[-1:])))


def find_words(text: str, asked: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Where the phrases stand in a text, end-exclusive, in its order.

    >>> find_words("A Grant for grants", read_asked("grant"))
    [(2, 7), (12, 18)]
    """
    return sorted(set(_find(text, asked)))


def cut_snippet(text: str, asked: Sequence[Phrase], width: int = 160) -> Snippet | None:
    """Some `width` characters around the first of what was found; None where nothing is.

    >>> cut_snippet("Norvik Foundation gives the Harbour School a grant", read_asked("school"), 20)
    Snippet(text='… the Harbour School a …', marks=((14, 20),))
    """
    plain = re.sub(r"\s", " ", text[:_SEEN])
    places = _find(plain, asked)  # in order of their ends; none is looked for behind the snippet
    if (first := next(places, None)) is None:
        return None
    start = max(plain.rfind(" ", 0, max(first[0] - width // 2, 0)) + 1, first[0] - width)
    wanted = min(max(start + width, first[1]), len(plain))
    end = min(f"{plain} ".index(" ", wanted), wanted + width)
    found = {first, *takewhile(lambda place: place[1] <= end, places)}
    before, after = "… " * (start > 0), " …" * (end < len(text))
    marks = tuple((one - start + len(before), two - start + len(before)) for one, two in sorted(found) if one >= start)
    return Snippet(text=f"{before}{plain[start:end]}{after}", marks=marks)


def _find(text: str, asked: Sequence[Phrase]) -> Iterator[tuple[int, int]]:
    """Where the phrases stand, in the order of their ends."""
    seen: deque[tuple[int, str]] = deque(maxlen=max((len(phrase.words) for phrase in asked), default=0))
    for found in _WORD.finditer(text) if asked else ():
        if word := _fold(found[0]):
            seen.append((found.start(), word))
            for phrase in asked:
                if (start := _start(seen, phrase)) is not None:
                    yield start, found.end()


def _start(seen: deque[tuple[int, str]], phrase: Phrase) -> int | None:
    """Where a phrase begins that the last of these words end; None where they do not."""
    *before, last = phrase.words
    word = seen[-1][1]
    if not (word.startswith(last) if phrase.is_open else word == last) or len(seen) <= len(before):
        return None
    own = list(seen)[-len(phrase.words) :]
    return own[0][0] if [one for _, one in own[:-1]] == before else None


def _fold(word: str) -> str:
    return word.lower() if word.isascii() and len(word) <= _LONGEST else _fold_slowly(word)


@lru_cache(maxsize=10_000)
def _fold_slowly(word: str) -> str:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    plain = _NO_LETTER.sub("", "".join(letter for letter in letters if not unicodedata.combining(letter)))
    return plain.encode()[:_LONGEST].decode(errors="ignore")
