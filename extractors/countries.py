"""Which country a release speaks from, by the places and institutions it names: settles a bare `$` or `Rs`."""

import json
import re
from collections import Counter
from collections.abc import Container
from functools import cache
from importlib.resources import files

_CUES: dict[str, dict[str, list[str]]] = json.loads((files("extractors.data") / "country_cues.json").read_text("utf8"))
_COUNTRY = {cue: country for country, kinds in _CUES.items() for cues in kinds.values() for cue in cues}
_NAMES = {cue for kinds in _CUES.values() for cue in kinds["names"]}
_HEAD = 400
_HEAD_WEIGHT = 3
# Cities are also family names and cities of other countries ("Vancouver, WA"): one alone never settles a currency.
_MOST_OF_A_PLACE = 5
_ENOUGH = 6


@cache
def _pattern() -> re.Pattern[str]:
    by_letter: dict[str, list[str]] = {}
    for cue in sorted(_COUNTRY, key=len, reverse=True):
        by_letter.setdefault(cue[0], []).append(re.escape(cue[1:]))
    branches = (f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())
    return re.compile(rf"\b(?:{'|'.join(branches)})(?!\w)")


def count_countries(text: str) -> Counter[str]:
    """How strongly a text speaks from each country, as ISO 3166-1 codes; its head, where datelines stand, counts more.

    >>> count_countries("CANBERRA - Australian exporters met a buyer from Canada.")
    Counter({'AU': 6, 'CA': 3})
    """
    cues: Counter[str] = Counter()
    for match in _pattern().finditer(text):
        cues[match[0]] += _HEAD_WEIGHT if match.start() < _HEAD else 1
    counts: Counter[str] = Counter()
    for cue, count in cues.items():
        counts[_COUNTRY[cue]] += count if cue in _NAMES else min(count, _MOST_OF_A_PLACE)
    return counts


def guess_country(counts: Counter[str], among: Container[str], usual: str | None = None) -> tuple[str | None, bool]:
    """The country of `among` that a text speaks from, or None, and whether no other of them comes near it.

    Against the `usual` country, if there is one, it takes several cues and more than those of any other country.

    >>> guess_country(Counter({"AU": 9, "CN": 5, "US": 7}), {"AU", "US"}, "US")
    ('AU', False)
    >>> guess_country(Counter({"CN": 9, "AU": 8}), {"AU", "US"}, "US"), guess_country(Counter({"LK": 1}), {"LK", "IN"})
    ((None, False), ('LK', True))
    """
    ranked = [(country, count) for country, count in counts.most_common() if country in among]
    if not ranked:
        return None, True
    country, count = ranked[0]
    rival = ranked[1][1] if len(ranked) > 1 else 0
    if usual and country != usual and (count < _ENOUGH or 4 * count < 5 * rival or counts.most_common(1)[0][1] > count):
        return None, count < _ENOUGH / 2
    return country, count >= 2 * rival
