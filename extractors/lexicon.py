"""What kind of word it is: one letter for each class of words that the rules for names tell apart."""

import json
from functools import cache, lru_cache
from importlib.resources import files

import regex
from babel import Locale

_DATA = files("extractors.data")
_FUNCTION_WORDS = dict.fromkeys(("in", "at", "by", "with", "from", "to", "as"), "i") | {
    "of": "o", "for": "f", "on": "f", "the": "t", "The": "t", "and": "n", "&": "&", "About": "x",
}  # fmt: skip
# Later classes give way to earlier ones.
_CLASSES = (
    ("calendar", "M"), ("speech", "v"), ("title_only_lower", "l"), ("particle", "p"), ("suffix", "Z"), ("legal", "L"),
    ("post_nominal", "z"), ("general", "e"), ("honorific_strict", "h"), ("honorific", "H"), ("title", "T"),
    ("org", "a"), ("head_of", "R"), ("head", "K"), ("head_weak", "k"), ("not_name", "B"), ("demonym", "D"),
)  # fmt: skip
_SHAPES = (
    (regex.compile(r"\p{Lu}\.?|(?:\p{Lu}\.){2}"), "I"),
    (regex.compile(r"\p{Nd}[\p{Nd},.]*"), "N"),
    (regex.compile(r"\p{Lu}\p{Ll}{1,5}[-‐‑]\p{L}\p{Ll}{1,5}"), "Y"),
    (regex.compile(r"[\p{Lu}\p{Nd}&.\-]*\p{Lu}[\p{Lu}\p{Nd}&.\-]*s?"), "A"),
    (regex.compile(r"\p{Lu}.*|\p{Ll}+\p{Lu}.*|\p{Nd}+[-\p{Ll}]*\p{Lu}.*", regex.S), "C"),
)


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """The lists of `name_words.json`: words by blanks, phrases by bars."""
    lists = json.loads((_DATA / "name_words.json").read_text(encoding="utf8"))
    return {name: frozenset(text.split("|" if "|" in text else None)) for name, text in lists.items()}


def _lines(name: str) -> set[str]:
    text = (_DATA / name).read_text(encoding="utf8")
    return {line for line in text.splitlines() if line and not line.startswith("#")}


@cache
def common_words() -> frozenset[str]:
    """English words that usually stand in lower case, in lower case."""
    return frozenset(_lines("common_words.txt"))


@cache
def place_names() -> frozenset[str]:
    """Countries and territories (CLDR), states of the US, large cities, parts of the world."""
    territories = {str(name) for code, name in Locale("en").territories.items() if code.isalpha()}
    return word_lists()["places"] | territories


@cache
def _known() -> dict[str, str]:
    known: dict[str, str] = {}
    for word in common_words():
        known[word.capitalize()] = "E"
    known |= dict.fromkeys(_lines("surnames.txt"), "S")
    places = place_names()
    known |= {word: "Q" if word in places else "G" for word in _lines("given_names.txt")}
    known |= {word: "P" for word in places if " " not in word and known.get(word) != "Q"}
    for name, letter in reversed(_CLASSES):
        known |= dict.fromkeys(word_lists()[name], letter)
    return known | _FUNCTION_WORDS


@lru_cache(maxsize=1 << 14)
def word_class(word: str) -> str:
    """One letter for a word.

    People: `G` given name, `Q` given name or place, `S` surname, `I` initial, `Y` hyphenated like a Korean given name,
    `Z` suffix, `z` degree, `p` particle; `h` honorific, `H` title before a name, `e` General, `T` other title, `l`
    title in lower case, `v` verb of speech. Organisations: `L` legal form, `R` head that takes "of", `K` other head,
    `k` weak head, `a` known organisation, `A` acronym. Others: `P` place, `D` nationality, `M` calendar word, `B` no
    name, `E` English word, `C` unknown capitalised, `N` number, `o` of, `f` for/on, `i` other preposition, `t` the,
    `n` and, `&`, `x` any other.

    >>> [word_class(word) for word in ("Maria", "Inc.", "Ministry", "ILO", "Qyzzx", "bank")]
    ['G', 'L', 'R', 'a', 'C', 'x']
    """
    known = _known().get(word)
    if known:
        return known
    if word.islower():
        return "x"
    if word.isupper() and len(word) > 4 and word.isalpha():
        known = _known().get(word.capitalize())
        if known and known not in "E":
            return known
    shape = next((letter for shape, letter in _SHAPES if shape.fullmatch(word)), "x")
    return "C" if shape == "Y" and not common_words().isdisjoint(word.lower().split("-")) else shape
