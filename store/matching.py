"""When two names are written alike: keys that fold how a name is written, and how similar two keys are. Pure.

One key means one spelling, not one real thing: `linking.py` says what follows from it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from typing import Literal

from babel import Locale
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from schemas.values import derive_id
from store import folds
from store.folds import ARTICLES, BODY_WORDS, GENERATIONS, STOP_WORDS

Kind = Literal["person", "organisation"]

LONGEST_KEY = 200
"""Characters of a key: database indexes take no longer ones. What is longer is no name."""

_POSSESSIVE = re.compile(r"['’‘`´ʼ]s\b")
_APOSTROPHE = re.compile(r"['’‘`´ʼ]")
_NO_LETTER = re.compile(r"[\W_]+")
_ISATION = re.compile(r"(?<=..)(is)(?=ation(?:s|al)?$)")
_BARE_ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Z0-9][A-Za-z0-9&.\-/]{1,9}")
_SPELLED_PHRASES = tuple((re.compile(rf"\b{phrase}\b"), short) for phrase, short in folds.PHRASES)


def organisation_key(name: str) -> str:
    """How an organisation's name is looked up: without case, accents, points, articles, possessives, legal forms.

    >>> organisation_key("The Acme Robotics Co., Ltd."), organisation_key("ACME ROBOTICS")
    ('acme robotics', 'acme robotics')
    >>> organisation_key("U.S. Department of Labour's"), organisation_key("United States Dept. of Labor")
    ('us department of labor', 'us department of labor')
    """
    return _until_stable(name, _fold_organisation)


def person_key(name: str) -> str:
    """How a person's name is looked up: without case, accents, points, honorifics and letters after the name.

    >>> person_key("Dr. José García-López, PhD"), person_key("J.P. Smith Jr.")
    ('jose garcia lopez', 'jp smith jr')
    """
    return _until_stable(name, _fold_person)


def name_key(kind: Kind, name: str) -> str:
    """`person_key` or `organisation_key`."""
    return person_key(name) if kind == "person" else organisation_key(name)


def title_key(title: str | None) -> str:
    """A job title of at least two words that tell something, folded; empty where it tells nothing of who it is.

    >>> title_key("Minister of Finance"), title_key("President"), title_key("Vice President")
    ('minister finance', '', '')
    """
    words = [word for word in _words(title or "") if word not in STOP_WORDS and word not in ARTICLES]
    return _cut(" ".join(words)) if len([word for word in words if word not in folds.TITLE_RANKS]) > 1 else ""


def names_a_country(key: str) -> bool:
    """Whether an organisation's key says whose it is.

    >>> names_a_country("supreme court of sri lanka"), names_a_country("supreme court")
    (True, False)
    """
    words = key.split()
    runs = (" ".join(words[start : start + n]) for n in (1, 2, 3) for start in range(len(words)))
    return any(run in folds.UNIONS or run in _countries() for run in runs)


@cache
def _countries() -> frozenset[str]:
    names = Locale("en").territories
    return frozenset(organisation_key(name) for code, name in names.items() if code.isalpha())


def is_bare_acronym(name: str) -> bool:
    """Whether a whole name is written as an acronym.

    >>> [is_bare_acronym(name) for name in ("ILO", "U.S.", "AT&T", "Acme", "ILO Office", "WashU")]
    [True, True, True, False, False, True]
    """
    return _BARE_ACRONYM.fullmatch(name.strip()) is not None


def blocks(kind: Kind, key: str) -> frozenset[str]:
    """Under what a key is filed, so that similar keys share at least one block and few others do.

    Organisations: the beginnings of all telling words but one, at least two of them. People: last name and first
    initial, in either order.

    >>> sorted(blocks("organisation", "international labor organization"))
    ['inte labo', 'inte labo orga', 'inte orga', 'labo orga']
    >>> sorted(blocks("person", "il hoon park"))
    ['i park', 'p il']
    """
    words = key.split()
    if kind == "person":
        return frozenset({f"{words[0][0]} {words[-1]}", f"{words[-1][0]} {words[0]}"} if len(words) > 1 else ())
    starts = sorted({word[:4] for word in words if word not in STOP_WORDS})
    shorter = [starts[:n] + starts[n + 1 :] for n in range(len(starts))] if 2 < len(starts) < 9 else []
    return frozenset(" ".join(some) for some in (starts, *shorter) if len(" ".join(some)) >= 3)


def namesake_key(key: str) -> str:
    """First and last name of a person's key; empty for a single name.

    >>> namesake_key("ana maria reis"), namesake_key("reis")
    ('ana reis', '')
    """
    words = key.split()
    while len(words) > 2 and words[-1] in GENERATIONS:
        words.pop()
    return f"{words[0]} {words[-1]}" if len(words) > 1 else ""


def can_be_one_person(one: str, other: str) -> bool:
    """Whether two keys with one first and last name can be one person's: no middle name or generation contradicts.

    >>> can_be_one_person("john smith", "john a smith"), can_be_one_person("john b smith", "john a smith")
    (True, False)
    """
    (ours, our_age), (theirs, their_age) = _middle(one), _middle(other)
    return our_age == their_age and _agree(ours, theirs)


def _middle(key: str) -> tuple[list[str], str]:
    words = key.split()
    age = words.pop() if len(words) > 2 and words[-1] in GENERATIONS else ""
    return words[1:-1], age


def similarity(kind: Kind, one: str, other: str, least: float = 0.0) -> float:
    """How alike two keys are written, 0 to 1; 0 where a number or a middle name differs, and below `least`.

    >>> round(similarity("organisation", "harbor scool of lisbon", "harbor school of lisbon"), 2)
    0.98
    >>> similarity("organisation", "local 12", "local 21"), similarity("person", "ana reis", "ana m reis")
    (0.0, 1.0)
    """
    if kind == "person" and namesake_key(one) == namesake_key(other) != "":
        return float(can_be_one_person(one, other))
    score = fuzz.token_sort_ratio(one, other, score_cutoff=100 * least) / 100
    if kind == "person":
        return score if " " in one and " " in other else 0.0
    return score if score and _numbers(one) == _numbers(other) else 0.0


def differ_in_spelling_only(one: str, other: str) -> bool:
    """Whether two keys have the same words but for a plural, one wrong letter in a long word, and words like `of`.

    >>> differ_in_spelling_only("armed service committee", "armed services committee")
    True
    >>> differ_in_spelling_only("eastern district of ohio", "western district of ohio")
    False
    """
    ours, theirs = _words_apart(one, other)
    return len(ours) == len(theirs) and all(map(_is_slip, sorted(ours), sorted(theirs)))


def is_same_body(one: str, other: str) -> bool:
    """Whether two long names of one acronym differ only in words that say what sort of body it is.

    >>> is_same_body("international labor organization", "international labor office")
    True
    >>> is_same_body("department of energy", "department of education")
    False
    """
    return all(words <= BODY_WORDS for words in _words_apart(one, other)) or differ_in_spelling_only(one, other)


def _words_apart(one: str, other: str) -> tuple[set[str], set[str]]:
    """Telling words that only one of two keys has."""
    ours, theirs = set(one.split()) - STOP_WORDS, set(other.split()) - STOP_WORDS
    return ours - theirs, theirs - ours


def _is_slip(one: str, other: str) -> bool:
    if one + "s" == other or other + "s" == one:
        return True
    return min(len(one), len(other)) >= 6 and one[0] == other[0] and OSA.distance(one, other, score_cutoff=1) <= 1


def _agree(one: list[str], other: list[str]) -> bool:
    """Whether middle names can be one person's: one has none, or each is the other's beginning."""
    pairs = list(zip(one, other, strict=False))
    return all(a.startswith(b) or b.startswith(a) for a, b in pairs)


def _numbers(key: str) -> list[str]:
    return sorted(word for word in key.split() if any(c.isdigit() for c in word) or word in folds.NUMERALS)


def _words(text: str) -> list[str]:
    """Folded words; letters standing alone side by side are one word (`u.s.`, `j. p.`)."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    plain = _APOSTROPHE.sub("", _POSSESSIVE.sub("", plain)).replace("&", " and ").replace("+", " and ")
    return _join_letters(unicodedata.normalize("NFKC", _NO_LETTER.sub(" ", plain)).split())


def _join_letters(words: Iterable[str]) -> list[str]:
    joined: list[str] = []
    for alone, group in groupby(words, lambda word: len(word) == 1 and word.isalpha()):
        some = list(group)
        joined += ["".join(some)] if alone else some
    return joined


def _spell(word: str) -> str:
    if word.endswith("s") and word[:-1] in folds.SPELLINGS:
        return folds.SPELLINGS[word[:-1]] + "s"
    return folds.SPELLINGS.get(word) or _ISATION.sub("iz", word)


def _fold_organisation(name: str) -> str:
    words = [_spell(word) for word in _words(name)]
    words = [word for word in words if word not in ARTICLES] or words
    while len(words) > 1 and words[-1] in folds.LEGAL_FORMS | {"and"}:
        words.pop()
    key = " ".join(words)
    for phrase, short in _SPELLED_PHRASES:
        key = phrase.sub(short, key)
    return key


def _fold_person(name: str) -> str:
    words = _words(name)
    while len(words) > 1 and words[0] in folds.HONORIFICS:
        words.pop(0)
    while len(words) > 1 and words[-1] in folds.POST_NOMINALS:
        words.pop()
    return " ".join(words)


def _until_stable(name: str, fold: Callable[[str], str]) -> str:
    """Fold until nothing changes, so that the key of a key is itself: one fold can uncover another."""
    key = _cut(fold(name) or name.casefold().strip())
    while (again := _cut(fold(key) or key)) != key:
        key = again
    return key


def _cut(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else f"{key[: LONGEST_KEY - 17].rstrip()} {derive_id(key)}"
