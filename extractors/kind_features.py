"""What is seen of a sum of money to tell its kind: words beside it and in its release, and how it is written."""

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from schemas.record import Amount

Features = dict[str, float]
"""By its name, how much a feature counts beside others."""
_Cue = tuple[int, int, tuple[str, ...]]
"""First word, words, and kinds that it points at."""

_BEFORE, _BEHIND = 260, 200
"""Characters of its sentence that are looked at on either side of a sum."""
_AROUND = (400, 250)
"""Characters of its paragraph, before and behind."""
_TOPIC = (700, 500)
"""Characters whose cues say what a passage is about."""
_ELSEWHERE = 3
"""Places of the same sum that are looked at."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[$€£¥%]|[^\s\w]")
_SENTENCE = re.compile(r"\n\s*|(?<!\b[A-Za-z])(?<!\bInc)(?<!\bCo)(?<!\bCorp)(?<!\bLtd)(?<!\bNo)[.;!?](?=\s|$)")
_MAGNITUDE = re.compile(r"(?i)(?:thousand|million|billion|trillion|crore|lakh|[kmb]n?)\b")
_CENTS = re.compile(r"[.,]\d\d$")
_ENDINGS = ("'s", "’s", "ings", "ing", "ed", "es", "s", "e")
_DOUBLED = frozenset("bdgmnprt")
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "and",
        "or",
        "in",
        "for",
        "on",
        "by",
        "with",
        "from",
        "as",
        "at",
        "is",
        "are",
        "be",
        "was",
        "were",
        "it",
        "its",
        "this",
        "that",
        "which",
        "has",
        "have",
        "had",
        "will",
        "would",
        "can",
        "could",
        "may",
        "not",
        "but",
        "also",
        "their",
        "our",
        "we",
        "they",
        "he",
        "she",
        "his",
        "her",
        "i",
        "you",
        "your",
        "s",
    ]
)
_SUM = "§"
"""Stands for another sum among the words."""


@lru_cache(20_000)
def stem(word: str) -> str:
    """A word without its ending, roughly: words of one family come out alike.

    >>> [stem(word) for word in ("Donations", "donation", "funding", "funded", "granted", "committing", "salaries")]
    ['donation', 'donation', 'fund', 'fund', 'grant', 'commit', 'salari']
    """
    word = word.lower()
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 3), "")
    word = word[: len(word) - len(ending)]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] in _DOUBLED:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def read_words(text: str) -> list[str]:
    """Stems of the words and signs of a text; `#` for a number.

    >>> read_words("Costs rose to 12% of it.")
    ['cost', 'rose', 'to', '#', '%', 'of', 'it', '.']
    """
    return ["#" if word.isdigit() else stem(word) for word in _WORD.findall(text)]


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _STOP and (word[0].isalpha() or word == _SUM)]


_Lexicon = dict[tuple[str, ...], tuple[str, ...]]


def _load(table: dict[str, list[str]]) -> _Lexicon:
    lexicon: _Lexicon = {}
    for kind, phrases in table.items():
        for phrase in phrases:
            words = tuple(read_words(phrase))
            lexicon[words] = tuple(dict.fromkeys((*lexicon.get(words, ()), kind)))
    return lexicon


_CUES = json.loads((files("extractors.data") / "amount_cues.json").read_text("utf8"))
_LEXICONS = {name: _load(table) for name, table in _CUES.items()}
_LONGEST = 3
"""Words of the longest cue that counts."""


def find_cues(words: Sequence[str], lexicon: _Lexicon) -> list[_Cue]:
    """The cues among words, none within another, the longer one first."""
    found: list[_Cue] = []
    place = 0
    while place < len(words):
        for size in range(_LONGEST, 0, -1):
            kinds = lexicon.get(tuple(words[place : place + size]))
            if kinds and place + size <= len(words):
                found.append((place, size, kinds))
                place += size - 1
                break
        place += 1
    return found


class Scene(NamedTuple):
    """The sums of a release, in its order."""

    text: str
    title: int
    """Characters of the title, with which the text begins."""
    title_words: list[str]
    amounts: Sequence[Amount]
    units: Sequence[tuple[int, int]]
    """Where each stands: one told in two currencies, `US$5 million (€4.6 million)`, stands where both do."""
    same: dict[tuple[object, ...], list[int]]
    """By value, maximum and currency, the numbers of the amounts that come to it."""


def read_scene(text: str, title: str, amounts: Sequence[Amount]) -> Scene:
    """What the features are read from."""
    units = [(amount.start, amount.end) for amount in amounts]
    numbers = {amount.id: number for number, amount in enumerate(amounts)}
    for number, amount in enumerate(amounts):
        first = numbers.get(amount.equals) if amount.equals else None
        if first is not None:
            units[first] = units[number] = (units[first][0], amount.end + 1)
    same: dict[tuple[object, ...], list[int]] = {}
    for number, amount in enumerate(amounts):
        same.setdefault((amount.value, amount.maximum, amount.currency), []).append(number)
    return Scene(text, len(title), read_words(title), amounts, units, same)


def _words_between(scene: Scene, start: int, end: int) -> list[str]:
    """The words of a stretch, each sum in it as one sign."""
    words: list[str] = []
    number = bisect_left(scene.units, (start, 0))
    while number < len(scene.units) and scene.units[number][1] <= end:
        first, last = scene.units[number]
        if first >= start:
            words += [*read_words(scene.text[start:first]), _SUM]
            start = last
        number += 1
    return words + read_words(scene.text[start:end])


def _sentence(scene: Scene, start: int, end: int) -> tuple[list[str], list[str]]:
    """The words of its sentence before and behind a stretch."""
    text = scene.text
    low, high = max(0, start - _BEFORE), min(len(text), end + _BEHIND)
    first = max((match.end() for match in _SENTENCE.finditer(text[low:start])), default=0) + low
    stop = _SENTENCE.search(text[end:high])
    return _words_between(scene, first, start), _words_between(scene, end, end + stop.start() if stop else high)


def features(scene: Scene, number: int) -> Features:
    """What is seen of one sum."""
    found: Features = {}
    for share, names in _groups(scene, number):
        for name in names:
            found[name] = max(found.get(name, 0.0), share)
    return found


def _groups(scene: Scene, number: int) -> Iterator[tuple[float, Sequence[str]]]:
    """Features that are alike and how much each counts, found by cross-validation."""
    start, end = scene.units[number]
    before, behind = _sentence(scene, start, end)
    told, telling = _telling(before), _telling(behind)
    yield 1.0, [f"n:{word}" for word in (*told[-5:], *telling[:3])]
    yield 0.7, [f"b:{word}" for word in told[-5:]]
    yield 0.7, [f"a:{word}" for word in telling[:4]]
    yield 0.6, [f"s:{word}" for word in (*told, *telling)]
    yield 0.7, [f"2:{one} {two}" for words in (before[-12:], behind[:9]) for one, two in pairwise(words)]
    yield 1.0, _form(scene, number)
    yield 0.4, [f"t:{word}" for word in _telling(scene.title_words)]
    yield 0.4, [f"part:{5 * start // len(scene.text)}", *(["title"] if start < scene.title else [])]
    yield 0.3, [f"p:{word}" for word in _paragraph(scene.text, start, end)]
    yield 0.6, _elsewhere(scene, number)
    topic = read_words(scene.text[max(0, start - _TOPIC[0]) : end + _TOPIC[1]])
    for name, lexicon in _LEXICONS.items():
        near = find_cues(before, lexicon), find_cues(behind, lexicon)
        yield 1.0, [f"{name}.{seen}" for seen in _nearest(*near, len(before))]
        yield 0.5, [f"{name}.s:{kind}{min(3, times)}" for kind, times in _count(near[0] + near[1]).items()]
        yield 0.5, [f"{name}.t:{kind}" for kind in _count(find_cues(scene.title_words, lexicon))]
        yield 0.4, [f"{name}.p:{kind}" for kind, _ in _count(find_cues(topic, lexicon)).most_common(2)]


def _form(scene: Scene, number: int) -> list[str]:
    """How the sum is written and how large it is."""
    amount = scene.amounts[number]
    magnitude = _MAGNITUDE.search(amount.text)
    digits = amount.value.adjusted() if amount.value else -3
    return [
        f"magnitude:{magnitude[0][0].lower() if magnitude else ''}",
        f"cents:{bool(_CENTS.search(amount.text))}",
        f"currency:{amount.currency}",
        f"range:{amount.maximum is not None}",
        f"digits:{max(-3, min(15, digits))}",
        f"thousands:{max(-1, min(5, digits // 3))}",
    ]


def _paragraph(text: str, start: int, end: int) -> list[str]:
    low, high = max(0, start - _AROUND[0]), min(len(text), end + _AROUND[1])
    low = max(low, text.rfind("\n\n", low, start) + 1)
    stop = text.find("\n\n", end, high)
    return _telling(read_words(text[low : high if stop < 0 else stop]))


def _elsewhere(scene: Scene, number: int) -> list[str]:
    """The words beside other places of the same sum."""
    amount = scene.amounts[number]
    others = scene.same[amount.value, amount.maximum, amount.currency]
    seen: list[str] = []
    for other in [other for other in others[: _ELSEWHERE + 1] if other != number][:_ELSEWHERE]:
        before, behind = _sentence(scene, *scene.units[other])
        seen += [f"n:{word}" for word in (*_telling(before)[-4:], *_telling(behind)[:3])]
    return seen


def _nearest(before: Sequence[_Cue], behind: Sequence[_Cue], words: int) -> Iterator[str]:
    """The cues next to the sum, of which there are so many words before it, by side, order and distance."""
    led = [(words - place - size, kinds) for place, size, kinds in reversed(before[-3:])]
    followed = [(place, kinds) for place, _, kinds in behind[:2]]
    for side, cues in (("b", led), ("a", followed)):
        for order, (away, kinds) in enumerate(cues):
            for kind in kinds:
                yield f"{side}{order}:{kind}"
                yield f"{side}{order}.{min(3, away // 2)}:{kind}"
    if led and followed:
        yield from (f"ba:{one}|{two}" for one in led[0][1] for two in followed[0][1])
    if led or followed:
        yield from (f"near:{kind}" for kind in min(led + followed)[1])


def _count(cues: Sequence[_Cue]) -> Counter[str]:
    return Counter(kind for _, _, kinds in cues for kind in kinds)
