"""What is seen of a sum of money to tell its kind: words beside it and in its release, and how it is written."""

import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from schemas.record import Amount

Features = dict[str, float]
"""By its name, how much a feature counts beside others."""

_BEFORE, _BEHIND = 50, 40
"""Words of its sentence that are looked at on either side of a sum."""
_AROUND = (75, 45)
"""Words of its paragraph, before and behind."""
_TOPIC = (130, 90)
"""Words whose cues say what a passage is about."""
_ELSEWHERE = 3
"""Places of the same sum that are looked at."""

# A line's end, a sentence's end with the space behind it, a word, a number, any other sign.
_WORD = re.compile(
    r"\n\s*|(?<!\b[A-Za-z])(?<!\bInc)(?<!\bCo)(?<!\bCorp)(?<!\bLtd)(?<!\bNo)[.;!?](?:\s+|$)"
    r"|[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[^\s\w]|_"
)
_MAGNITUDE = re.compile(r"(?i)(?:thousand|million|billion|trillion|crore|lakh|[kmb]n?)\b")
_CENTS = re.compile(r"[.,]\d\d$")
_ENDINGS = ("'s", "’s", "ings", "ing", "ed", "es", "s", "e")
_DOUBLED = frozenset("bdgmnprt")
_SHORTEST = 3
_SUM = "§"
"""Stands for another sum among the words."""


@lru_cache(20_000)
def stem(word: str) -> str:
    """A word without its ending, roughly, so that words of one family come out alike; `#` for a number.

    >>> [stem(word) for word in ("Donations", "donation", "funding", "funded", "granted", "committing", "12")]
    ['donation', 'donation', 'fund', 'fund', 'grant', 'commit', '#']
    """
    word = word.strip().lower()
    if not word or not word[0].isalpha():
        return "#" if word.isdigit() else word
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST), "")
    word = word[: len(word) - len(ending)]
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] in _DOUBLED:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > _SHORTEST else word


class Cue(NamedTuple):
    """Words that tell a kind: the first, how many, and the kinds that they point at."""

    place: int
    size: int
    kinds: tuple[str, ...]


def read_words(text: str) -> list[str]:
    """Stems of the words and signs of a text; nothing for a line's end.

    >>> read_words("Costs grew to 12% of it.\\n\\n$5")
    ['cost', 'grew', 'to', '#', '%', 'of', 'it', '.', '$', '#']
    """
    return [stem(word) for word in _WORD.findall(text)]


_Lexicon = dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]
"""By a cue's first word: the cues that begin with it, the longest first, and the kinds that each points at."""


def _load(table: dict[str, list[str]]) -> _Lexicon:
    kinds: dict[tuple[str, ...], tuple[str, ...]] = {}
    for kind, phrases in table.items():
        for phrase in phrases:
            words = tuple(read_words(phrase))
            kinds[words] = tuple(dict.fromkeys((*kinds.get(words, ()), kind)))
    lexicon: _Lexicon = {}
    for words in sorted(kinds, key=len, reverse=True):
        lexicon.setdefault(words[0], []).append((words, kinds[words]))
    return lexicon


_CUES = json.loads((files("extractors.data") / "amount_cues.json").read_text("utf8"))
_LEXICONS = {name: _load(_CUES[name]) for name in ("strong", "weak")}
_PLAIN = frozenset(_CUES["plain"])


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _PLAIN and (word == _SUM or word[:1].isalpha())]


def find_cues(words: Sequence[str], lexicon: _Lexicon) -> list[Cue]:
    """The cues among words, none within another: of those that begin at a word the longest."""
    found: list[Cue] = []
    free = 0
    for place, word in enumerate(words):
        if place < free or word not in lexicon:
            continue
        for cue, kinds in lexicon[word]:
            if len(cue) == 1 or tuple(words[place : place + len(cue)]) == cue:
                found.append(Cue(place, len(cue), kinds))
                free = place + len(cue)
                break
    return found


class Scene(NamedTuple):
    """The sums of a release, in its order, and its words."""

    amounts: Sequence[Amount]
    words: list[str]
    """Stems of the words of its text; one sign for each sum."""
    places: list[int]
    """The word that stands for each sum; one told in two currencies, `US$5 million (€4.6 million)`, is one word."""
    sentences: list[int]
    """First words of sentences."""
    paragraphs: list[int]
    title: int
    """Words of the title, with which the text begins."""
    cues: dict[str, list[Cue]]
    """By lexicon."""
    same: dict[tuple[object, ...], list[int]]
    """By value, maximum and currency, the numbers of the amounts that come to it."""


def read_scene(text: str, title: str, amounts: Sequence[Amount]) -> Scene:
    """What the features are read from."""
    units = _units(amounts)
    place_of: dict[tuple[int, int], int] = {}
    raw: list[str] = []
    place = 0
    for start, end in units:
        if (start, end) not in place_of:
            raw += _WORD.findall(text, place, start)
            place_of[start, end] = len(raw)
            raw.append(_SUM)
            place = end
    raw += _WORD.findall(text, place)
    words = [stem(word) for word in raw]
    paragraphs = [0, *(number for number, word in enumerate(raw, 1) if word.count("\n") > 1)]
    whole = paragraphs[1] if len(paragraphs) > 1 else len(words)
    same: dict[tuple[object, ...], list[int]] = {}
    for number, amount in enumerate(amounts):
        same.setdefault((amount.value, amount.maximum, amount.currency), []).append(number)
    return Scene(
        amounts,
        words,
        [place_of[unit] for unit in units],
        [0, *(number for number, word in enumerate(raw, 1) if word[-1].isspace())],
        paragraphs,
        whole if title else 0,
        {name: find_cues(words, lexicon) for name, lexicon in _LEXICONS.items()},
        same,
    )


def _units(amounts: Sequence[Amount]) -> list[tuple[int, int]]:
    """Where each sum stands; both of one told in two currencies where the two and their bracket do."""
    units = [(amount.start, amount.end) for amount in amounts]
    numbers = {amount.id: number for number, amount in enumerate(amounts)}
    for number, amount in enumerate(amounts):
        first = numbers.get(amount.equals) if amount.equals else None
        if first is not None:
            units[first] = units[number] = (units[first][0], amount.end + 1)
    return units


def _within(scene: Scene, bounds: Sequence[int], place: int, reach: tuple[int, int]) -> tuple[int, int]:
    """First and last (exclusive) word of the sentence or paragraph of a word, no further from it than that."""
    number = bisect_right(bounds, place)
    last = bounds[number] if number < len(bounds) else len(scene.words)
    return max(bounds[number - 1], place - reach[0]), min(last, place + 1 + reach[1])


def features(scene: Scene, number: int) -> Features:
    """What is seen of one sum."""
    found: Features = {}
    for share, names in _groups(scene, number):
        for name in names:
            found[name] = max(found.get(name, 0.0), share)
    return found


def _groups(scene: Scene, number: int) -> Iterator[tuple[float, Iterable[str]]]:
    """Features that are alike and how much each counts, found by cross-validation."""
    place = scene.places[number]
    first, last = _within(scene, scene.sentences, place, (_BEFORE, _BEHIND))
    before, behind = scene.words[first:place], scene.words[place + 1 : last]
    told, telling = _telling(before), _telling(behind)
    yield 1.0, [f"n:{word}" for word in (*told[-5:], *telling[:3])]
    yield 0.7, [f"b:{word}" for word in told[-5:]]
    yield 0.7, [f"a:{word}" for word in telling[:4]]
    yield 0.6, [f"s:{word}" for word in (*told, *telling)]
    yield 0.7, [f"2:{one} {two}" for words in (before[-12:], behind[:9]) for one, two in pairwise(words)]
    yield 1.0, _form(scene.amounts[number])
    yield 0.4, [f"t:{word}" for word in _telling(scene.words[: scene.title])]
    yield 0.4, [f"part:{5 * place // len(scene.words)}", *(["title"] if place < scene.title else [])]
    low, high = _within(scene, scene.paragraphs, place, _AROUND)
    yield 0.3, [f"p:{word}" for word in _telling(scene.words[low:high])]
    yield 0.6, _elsewhere(scene, number)
    for name, cues in scene.cues.items():
        led, followed = _slice(cues, first, place), _slice(cues, place + 1, last)
        yield 1.0, [f"{name}.{seen}" for seen in _nearest(led, followed, place)]
        yield 0.5, [f"{name}.s:{kind}{min(3, times)}" for kind, times in _count(led + followed).items()]
        yield 0.5, [f"{name}.t:{kind}" for kind in _count(_slice(cues, 0, scene.title))]
        topic = _count(_slice(cues, place - _TOPIC[0], place + _TOPIC[1]))
        yield 0.4, [f"{name}.p:{kind}" for kind, _ in topic.most_common(2)]


def _slice(cues: list[Cue], first: int, last: int) -> list[Cue]:
    """The cues among the words from the first to the last (exclusive)."""
    found = cues[bisect_left(cues, (first,)) : bisect_left(cues, (last,))]
    return found[:-1] if found and found[-1].place + found[-1].size > last else found


def _form(amount: Amount) -> list[str]:
    """How a sum is written and how large it is."""
    magnitude = _MAGNITUDE.search(amount.text)
    digits = max(-3, min(15, amount.value.adjusted())) if amount.value else -3
    return [
        f"magnitude:{magnitude[0][0].lower() if magnitude else ''}",
        f"cents:{bool(_CENTS.search(amount.text))}",
        f"currency:{amount.currency}",
        f"range:{amount.maximum is not None}",
        f"digits:{digits}",
        f"thousands:{digits // 3}",
    ]


def _elsewhere(scene: Scene, number: int) -> list[str]:
    """The words beside other places of the same sum."""
    amount = scene.amounts[number]
    others = scene.same[amount.value, amount.maximum, amount.currency]
    seen: list[str] = []
    for other in [other for other in others[: _ELSEWHERE + 1] if other != number][:_ELSEWHERE]:
        place = scene.places[other]
        first, last = _within(scene, scene.sentences, place, (_BEFORE, _BEHIND))
        led, followed = _telling(scene.words[first:place]), _telling(scene.words[place + 1 : last])
        seen += [f"n:{word}" for word in (*led[-4:], *followed[:3])]
    return seen


def _nearest(before: Sequence[Cue], behind: Sequence[Cue], place: int) -> Iterator[str]:
    """The cues next to the sum at a word, by side, order and distance."""
    led = [(place - cue.place - cue.size, cue.kinds) for cue in reversed(before[-3:])]
    followed = [(cue.place - place - 1, cue.kinds) for cue in behind[:2]]
    for side, cues in (("b", led), ("a", followed)):
        for order, (away, kinds) in enumerate(cues):
            for kind in kinds:
                yield f"{side}{order}:{kind}"
                yield f"{side}{order}.{min(3, away // 2)}:{kind}"
    if led and followed:
        yield from (f"ba:{one}|{two}" for one in led[0][1] for two in followed[0][1])
    if led or followed:
        yield from (f"near:{kind}" for kind in min(led + followed)[1])


def _count(cues: Sequence[Cue]) -> Counter[str]:
    return Counter(kind for cue in cues for kind in cue.kinds)
