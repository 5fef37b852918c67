"""Which country a release speaks from, by the places and institutions it names: settles a bare `$` or `Rs`.

Every country and territory is known by CLDR's English name, through Babel; `data/country_cues.json` adds other names
and the words for its people (`names`), and cities and institutions (`places`).
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from babel.core import Locale

from extractors.patterns import either

_CUES: dict[str, dict[str, list[str]]] = json.loads((files("extractors.data") / "country_cues.json").read_text("utf8"))
# CLDR's names that are a person's, a state's or a thing's as well, or that nobody writes so.
_NO_CUES = frozenset(("Georgia", "Chad", "Jersey", "Congo - Kinshasa", "Congo - Brazzaville", "European Union"))
_HEAD = 400
_HEAD_WEIGHT = 3
# Cities are also family names and cities of other countries ("Vancouver, WA"): one alone never settles a currency.
_MOST_OF_A_PLACE = 5
_ENOUGH = 6
_FAR = 1.5
_CAPITALISED = re.compile(r"\b[^\W\d_a-z]\w*")


def _cldr_names() -> dict[str, str]:
    territories = Locale("en").territories
    named = {name: code for code, name in territories.items() if len(code) == 2 and code.isalpha()}
    spelt = {name.replace("&", "and").replace("’", "'"): code for name, code in named.items()}
    return {name: code for name, code in {**spelt, **named}.items() if name not in _NO_CUES}


_COUNTRY = _cldr_names() | {cue: country for country, kinds in _CUES.items() for cues in kinds.values() for cue in cues}
_NAMES = set(_cldr_names()) | {cue for kinds in _CUES.values() for cue in kinds["names"]}


@cache
def _by_first_word() -> dict[str, list[str]]:
    """The cues by the word that they begin with, the longest first."""
    groups: dict[str, list[str]] = defaultdict(list)
    for cue in sorted(_COUNTRY, key=len, reverse=True):
        if first := _CAPITALISED.match(cue):
            groups[first[0]].append(cue)
    return dict(groups)


@cache
def _first_word() -> re.Pattern[str]:
    return re.compile(rf"{either(_by_first_word())}(?!\w)")


def country_names() -> dict[str, str]:
    """Names of countries and the words for their people, with the ISO 3166-1 code."""
    return {name: _COUNTRY[name] for name in sorted(_NAMES)}


def _cues(text: str) -> Iterator[tuple[int, str]]:
    """Start and words of each cue of a text, the longest where several begin there."""
    groups, end = _by_first_word(), 0
    for match in _first_word().finditer(text):
        start = match.start()
        inside = start and (text[start - 1].isalnum() or text[start - 1] == "_")
        for cue in groups[match[0]] if start >= end and not inside else ():
            stop = start + len(cue)
            if text.startswith(cue, start) and not text[stop : stop + 1].isalnum():
                end = stop
                yield start, cue
                break


@lru_cache(maxsize=2)
def count_countries(text: str) -> Counter[str]:
    """How strongly a text speaks from each country, as ISO 3166-1 codes; its head, where datelines stand, counts more.

    >>> count_countries("CANBERRA - Australian exporters met a buyer from Canada.")
    Counter({'AU': 6, 'CA': 3})
    """
    cues: Counter[str] = Counter()
    for start, cue in _cues(text):
        cues[cue] += _HEAD_WEIGHT if start < _HEAD else 1
    counts: Counter[str] = Counter()
    for cue, count in cues.items():
        counts[_COUNTRY[cue]] += count if cue in _NAMES else min(count, _MOST_OF_A_PLACE)
    return counts


def guess_country(
    counts: Counter[str], among: Mapping[str, object], usual: str | None = None
) -> tuple[str | None, bool]:
    """The country of `among` (each with its currency) that a text speaks from, or None, and whether that is no guess.

    It is a guess where a country with another one of these currencies comes near. Against the `usual` country, if there
    is one, it takes several cues, and no country outside of `among` that has far more.

    >>> dollars = {"AU": "AUD", "US": "USD", "PR": "USD"}
    >>> guess_country(Counter({"AU": 9, "CN": 5, "US": 7}), dollars, "US")
    ('AU', False)
    >>> guess_country(Counter({"CN": 12, "AU": 7}), dollars, "US"), guess_country(Counter({"US": 5, "PR": 4}), dollars)
    ((None, False), ('US', True))
    """
    ranked = [(country, count) for country, count in counts.most_common() if country in among]
    if not ranked:
        return None, True
    country, count = ranked[0]
    rival = next((other for name, other in ranked if among[name] != among[country]), 0)
    strangers = max((other for name, other in counts.items() if name not in among), default=0)
    if usual and country != usual and (count < _ENOUGH or 4 * count < 5 * rival or strangers > _FAR * count):
        return None, count < _ENOUGH / 2
    return country, count >= 2 * rival
