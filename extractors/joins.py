"""Which names of organisations in a release mean the same: equal words, acronyms, other names, short forms."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

import regex
from spacy.tokens import Span

from extractors.clusters import Cluster, core_words, fold_words, folded, is_acronym
from extractors.lexicon import place_names, word_lists
from extractors.possessives import bare_name, has_lost_apostrophes

_Core = tuple[str, ...]
_Pair = tuple[_Core, _Core]
"""A name and the fuller one that it stands for."""

_SMALL = frozenset(("of", "the", "for", "and", "&", "on", "in", "to", "de", "des", "du", "la"))
_HEADS = frozenset(("department", "ministry"))
_STATES = (("u.s",), ("us",), ("united", "states"))
_CHAMBERS = frozenset(("house", "senate", "nasdaq"))
_ALIAS = (
    r"(?i:(?:d[./]?b[./]?a\.?|doing business as|trading as|also known as|[af][./]?k[./]?a\.?"
    r"|(?:formerly|previously)(?: known as)?)\s)"
)
_BRACKETS = r"(?:,?\s?\([^()\n]{0,80}\))*"
_OPENING = regex.compile(_BRACKETS + r",?\s?\((?:(?:the|hereinafter|or|formerly|d/b/a)\s)*[\"“]?(?:the\s)?")
_OTHERWISE = regex.compile(r"(?:[\s,]*\(|[\s,]+)" + _ALIAS + r"[\"“]?(?:the\s)?")
_TICKER = regex.compile(
    r"(?:,?\s?\([^()\n]{0,40}\))*,?\s?\((?:[^()\n]{0,60}?[\s(;,])??[\p{L} ]{2,24}:\s?(\p{Lu}{1,6})\b"
)
_CLOSING = (")", ",", " ", ";")


def resolve_organisations(text: str, spans: list[Span]) -> list[Cluster]:
    """One cluster for each organisation, in the order of the text.

    Certain reasons come first, so that a short form finds what it could stand for already joined.
    """
    by_core: dict[_Core, Cluster] = {}
    spans = [span for span in spans if core_words(span.text)]
    for span in spans:
        core = core_words(span.text)
        by_core.setdefault(core, Cluster([], {core})).spans.append(span)
    names = _Names(by_core)
    for alias, name in _aliases(text, spans):
        by_core[alias].aliases = {span.text for span in by_core[alias].spans}
        names.join(alias, name)
    for pairs in (_explained(text, spans), _initials(by_core), _spelt_otherwise(by_core), _departments(by_core)):
        for short, long in pairs:
            names.join(short, long)
    for short in sorted(by_core, key=len, reverse=True):
        if (fuller := _fuller(short, names)) is not None:
            names.join(short, fuller)
    for short, long in _tickers(text, spans):
        if short in by_core:
            names.join(short, long, is_ticker=True)
    return _without_possessives(text, names.clusters())


def _without_possessives(text: str, clusters: list[Cluster]) -> list[Cluster]:
    """The same, each under its bare name where the text lost its apostrophes."""
    if has_lost_apostrophes(text):
        for cluster in clusters:
            bare = {bare_name(text, s.start_char, s.end_char) for s in cluster.spans if s.text == cluster.name}
            cluster.bare = bare.pop() if len(bare) == 1 else None
    return clusters


class _Names:
    """Names and what they were joined to."""

    def __init__(self, by_core: dict[_Core, Cluster]) -> None:
        self.by_core = by_core
        self._parent = {core: core for core in by_core}

    def root(self, core: _Core) -> _Core:
        while self._parent[core] != core:
            core = self._parent[core]
        return core

    def join(self, short: _Core, long: _Core, is_ticker: bool = False) -> None:
        short, long = self.root(short), self.root(long)
        known = self.by_core[long]
        if short != long:
            known.absorb(self.by_core[short])
            self._parent[short] = long
        if not is_ticker and known.acronym is None:
            acronyms = (s.text for s in known.spans if is_acronym(s.text) and core_words(s.text) != long)
            known.acronym = next(acronyms, None)

    def clusters(self) -> list[Cluster]:
        roots = (cluster for core, cluster in self.by_core.items() if self._parent[core] == core)
        return sorted(roots, key=lambda cluster: cluster.spans[0].start)


def _explained(text: str, spans: list[Span]) -> Iterator[_Pair]:
    """`Long Form (LF)`, `Long Form (“Long”)`: the later name means the one before it."""
    for place, two in enumerate(spans):
        for one in spans[max(0, place - 3) : place]:
            long, short = (two, one) if is_acronym(one.text) and len(two.text) > len(one.text) else (one, two)
            if _in_brackets(text, one, two, short):
                yield core_words(short.text), core_words(long.text)


def _aliases(text: str, spans: list[Span]) -> Iterator[_Pair]:
    """`One, formerly Two` and `One, doing business as Two`: the later is another name of the one before it."""
    for one, two in pairwise(spans):
        if _OTHERWISE.fullmatch(text, one.end_char, two.start_char) and core_words(one.text) != core_words(two.text):
            yield core_words(two.text), core_words(one.text)


def _in_brackets(text: str, one: Span, two: Span, short: Span) -> bool:
    """Whether the second stands in brackets that explain the first: an acronym, or words of it."""
    opens = _OPENING.fullmatch(text, one.end_char, two.start_char)
    if not opens or text[two.end_char : two.end_char + 2].strip('"”“')[:1] not in _CLOSING:
        return False
    return is_acronym(short.text) or set(core_words(two.text)) <= set(core_words(one.text))


def initials(words: Iterable[str]) -> str:
    """First letters of the words that count.

    >>> initials("International Labour Organization".split()), initials("Department of Justice".split())
    ('ilo', 'dj')
    """
    return "".join(word[0] for word in words if word not in _SMALL).casefold()


def _initials(by_core: dict[_Core, Cluster]) -> Iterator[_Pair]:
    """By first letters, with and without `of` and the legal form, and by capitals: `LongForm` is `LF`."""
    long_forms: dict[str, _Core] = {}
    for core, cluster in by_core.items():
        if len(core) > 1:
            long_forms.setdefault(initials(core), core)
            long_forms.setdefault("".join(word[0] for word in core), core)
        for form in {span.text for span in cluster.spans}:
            capitals = "".join(letter for letter in form if letter.isupper()).casefold()
            if 2 < len(capitals) < len(form.replace(" ", "")) / 2 and len(form) > 10:
                long_forms.setdefault(capitals, core)
            if len(core) > 1:
                long_forms.setdefault(initials(fold_words(form)), core)
    for core, cluster in by_core.items():
        if len(core) == 1 and is_acronym(cluster.spans[0].text) and core[0] in long_forms:
            yield core, long_forms[core[0]]


_SITE = regex.compile(r"\.(?:com|org|net|io|ai|co)$")


def _spelt_otherwise(by_core: dict[_Core, Cluster]) -> Iterator[_Pair]:
    """`OneWord` and `One Word`, `Acme.com` and `Acme`, and possessives that lost their apostrophe."""
    squashed: dict[str, _Core] = {}
    for core in sorted(by_core, key=len, reverse=True):
        key = _SITE.sub("", "".join(word for word in core if word != "amp"))
        if key in squashed:
            yield core, squashed[key]
        squashed.setdefault(key, core)
        bare = (*core[:-1], core[-1].removesuffix("s"))
        if bare != core and bare in by_core:
            yield core, bare


def _departments(by_core: dict[_Core, Cluster]) -> Iterator[_Pair]:
    """`Justice Department` is the `Department of Justice`."""
    for core in by_core:
        if len(core) > 1 and core[-1] in _HEADS:
            field = next((core[len(state) : -1] for state in _STATES if core[: len(state)] == state), core[:-1])
            turned = (core[-1], "of", *field)
            fuller = [turned] if turned in by_core else [o for o in by_core if o[-len(turned) :] == turned]
            if len(fuller) == 1:
                yield core, fuller[0]


@cache
def _place_words() -> frozenset[str]:
    """Words of places and nationalities, folded."""
    names = " ".join(place_names() | word_lists()["demonym"])
    return frozenset((*fold_words(names), "u.s", "us", "usa", "uk", "county", "city", "state"))


def _fuller(short: _Core, names: _Names) -> _Core | None:
    """The one organisation that a short form can stand for: `Acme` for `Acme Widgets`, not `ILO` for `ILO Office`.

    What ends a name in words that every company has wins over the rest. The name of a place stands for itself.
    """
    if _CHAMBERS.issuperset(short) or _place_words().issuperset(short):
        return None
    found: dict[_Core, bool] = defaultdict(bool)
    for long in names.by_core:
        if len(long) > len(short) and _stands_for(short, long):
            rest = long[len(short) :]
            found[names.root(long)] |= long[: len(short)] == short and folded("generic").issuperset(rest)
    found.pop(names.root(short), None)
    best = [root for root, plain in found.items() if plain] or list(found)
    return best[0] if len(best) == 1 and not _two_companies(names.by_core[short], names.by_core[best[0]]) else None


def _stands_for(short: _Core, long: _Core) -> bool:
    """By how it begins, unless what follows makes it a part or a branch; or by how it ends, after a place."""
    if long[: len(short)] == short:
        rest = long[len(short) :]
        if rest[0] in _SMALL:
            return len(short) > 1
        return folded("unit").isdisjoint(rest) and _place_words().isdisjoint(rest)
    return long[-len(short) :] == short and _place_words().issuperset(long[: -len(short)])


def _two_companies(one: Cluster, other: Cluster) -> bool:
    """Whether both are always written with a legal form, as a company and its daughter are."""
    return all(fold_words(s.text)[-1] in folded("legal") for cluster in (one, other) for s in cluster.spans)


def _tickers(text: str, spans: list[Span]) -> Iterator[_Pair]:
    """`Acme Ltd (NYSE: ACM)`: elsewhere `ACM` may stand for the company."""
    for span in spans:
        if found := _TICKER.match(text, span.end_char):
            yield (found[1].casefold(),), core_words(span.text)
