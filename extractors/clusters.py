"""Groups mentions: which names mean the same person, which the same organisation."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import regex
from spacy.tokens import Span

from extractors.lexicon import word_lists

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:[.'’\-‐‑&/]+[\p{L}\p{M}\p{Nd}]+)*\.?|&")
_SMALL = frozenset(("of", "the", "for", "and", "&", "on", "in", "to", "de", "des", "du", "la"))


@dataclass
class Cluster:
    """Mentions of one thing, in the order of the text."""

    spans: list[Span]
    forms: set[tuple[str, ...]] = field(default_factory=set)
    """The folded words of each mention."""
    acronym: str | None = None

    @property
    def name(self) -> str:
        """The fullest mention: most words, then most letters; the first such."""
        return max((span.text for span in self.spans), key=lambda text: (len(text.split()), len(text)))

    def absorb(self, other: "Cluster") -> None:
        """Take over the mentions of another."""
        self.spans = sorted([*self.spans, *other.spans], key=lambda span: span.start)
        self.forms |= other.forms
        self.acronym = self.acronym or other.acronym


def fold_words(name: str) -> tuple[str, ...]:
    """The words of a name for comparison: no case, no possessive, no leading article.

    >>> fold_words("The Acme Widgets’"), fold_words("J. P. O'Neill, Jr.")
    (('acme', 'widgets'), ('j', 'p', "o'neill", 'jr'))
    """
    words = [word.rstrip(".").casefold().replace("’", "'").removesuffix("'s") for word in _WORD.findall(name)]
    return tuple(words[1:] if len(words) > 1 and words[0] == "the" else words)


@cache
def folded(kind: str) -> frozenset[str]:
    """A word list of the lexicon, folded as `fold_words` folds."""
    return frozenset(word.rstrip(".").casefold() for word in word_lists()[kind])


def core_words(name: str) -> tuple[str, ...]:
    """The folded words of an organisation without its legal form.

    >>> core_words("Acme Widgets, Inc."), core_words("ACME WIDGETS")
    (('acme', 'widgets'), ('acme', 'widgets'))
    """
    words = fold_words(name)
    while len(words) > 1 and words[-1] in folded("legal"):
        words = words[:-1]
    return words


def person_words(name: str) -> tuple[str, ...]:
    """The folded words of a person's name without suffixes and degrees.

    >>> person_words("Robert Fenwick, Jr.")
    ('robert', 'fenwick')
    """
    words = [word for word in fold_words(name) if word not in folded("suffix") | folded("post_nominal")]
    return tuple(words) or fold_words(name)


def same_person(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two full names fit one person: same surname, and first names equal or one the other's initial.

    >>> same_person(("mary", "j", "doe"), ("mary", "doe")), same_person(("mary", "doe"), ("john", "doe"))
    (True, False)
    """
    if len(one) < 2 or len(other) < 2 or one[-1] != other[-1]:
        return False
    first, second = sorted((one[0], other[0]), key=len)
    return first == second or (len(first) == 1 and second.startswith(first)) or set(one) < set(other)


def resolve_people(spans: Iterable[Span]) -> list[Cluster]:
    """One cluster for each person: full names first, then single names to the person last spoken of."""
    named = [(span, words) for span in spans if (words := person_words(span.text))]
    owners: dict[int, Cluster] = {}
    by_name: dict[str, list[Cluster]] = {}
    for span, words in named:
        if len(words) > 1:
            owners[span.start] = _full_name(span, words, by_name)
    recent: dict[int, int] = {}
    for span, words in named:
        if len(words) == 1:
            owners[span.start] = _single_name(span, words[0], by_name, recent)
        recent[id(owners[span.start])] = span.start
    clusters = list({id(cluster): cluster for _, cluster in sorted(owners.items())}.values())
    for cluster in clusters:
        cluster.spans.sort(key=lambda span: span.start)
    return sorted(clusters, key=lambda cluster: cluster.spans[0].start)


def _full_name(span: Span, words: tuple[str, ...], by_name: dict[str, list[Cluster]]) -> Cluster:
    """The person of a full name, whether known already or new."""
    same = (c for c in by_name.get(words[-1], ()) if any(same_person(words, form) for form in c.forms))
    cluster = next(same, None) or Cluster([], set())
    cluster.spans.append(span)
    cluster.forms.add(words)
    for word in {words[0], words[-1]}:
        if not any(known is cluster for known in by_name.setdefault(word, [])):
            by_name[word].append(cluster)
    return cluster


def _single_name(span: Span, word: str, by_name: dict[str, list[Cluster]], recent: dict[int, int]) -> Cluster:
    """The person of that name who was spoken of last, else the one who comes first, else a new one."""
    candidates = by_name.setdefault(word, [])
    if not candidates:
        candidates.append(Cluster([], {(word,)}))
    cluster = max(candidates, key=lambda candidate: recent.get(id(candidate), -1))
    cluster.spans.append(span)
    return cluster


def resolve_organisations(text: str, spans: list[Span]) -> list[Cluster]:
    """One cluster for each organisation: equal names, then acronyms with their long forms, then short forms."""
    by_core: dict[tuple[str, ...], Cluster] = {}
    for span in spans:
        core = core_words(span.text)
        if core:
            by_core.setdefault(core, Cluster([], {core})).spans.append(span)
    parent = {core: core for core in by_core}
    pairs = (*_explained(text, spans), *_initials(by_core), *_short_forms(by_core))
    for short, long in dict.fromkeys(pairs):
        _join(by_core, parent, short, long)
    return sorted((c for core, c in by_core.items() if parent[core] == core), key=lambda c: c.spans[0].start)


_Core = tuple[str, ...]


def _join(by_core: dict[_Core, Cluster], parent: dict[_Core, _Core], short: _Core, long: _Core) -> None:
    while parent[short] != short:
        short = parent[short]
    while parent[long] != long:
        long = parent[long]
    if short != long:
        by_core[long].absorb(by_core[short])
        parent[short] = long
    acronym = next((s.text for s in by_core[long].spans if is_acronym(s.text) and core_words(s.text) != long), None)
    by_core[long].acronym = by_core[long].acronym or acronym


def is_acronym(text: str) -> bool:
    """Whether a name looks like an acronym: one word of up to ten letters, two or more of them capitals."""
    return 2 <= len(text) <= 10 and " " not in text and sum(letter.isupper() for letter in text) >= 2


_OPENING = regex.compile(r",?\s?\((?:the\s|hereinafter\s)?[\"“]?(?:the\s)?")


def _explained(text: str, spans: list[Span]) -> Iterator[tuple[_Core, _Core]]:
    """`Long Form (LF)` and `Long Form (“Long”)`: the name in brackets means the one before them."""
    for one, two in pairwise(spans):
        opens = _OPENING.fullmatch(text, one.end_char, two.start_char)
        if opens and text[two.end_char : two.end_char + 2].strip('"”“')[:1] in (")", ",", " ", ";"):
            long, short = (two, one) if is_acronym(one.text) and len(two.text) > len(one.text) else (one, two)
            words = core_words(long.text)
            if is_acronym(short.text) or set(core_words(short.text)) <= set(words):
                yield core_words(short.text), words


def initials(words: Iterable[str]) -> str:
    """First letters of the words that count.

    >>> initials("International Labour Organization".split()), initials("Department of Justice".split())
    ('ilo', 'dj')
    """
    return "".join(word[0] for word in words if word not in _SMALL).casefold()


def _initials(by_core: dict[_Core, Cluster]) -> Iterator[tuple[_Core, _Core]]:
    long_forms: dict[str, _Core] = {}
    for core in by_core:
        if len(core) > 1:
            long_forms.setdefault(initials(core), core)
            long_forms.setdefault("".join(word[0] for word in core), core)
    for core, cluster in by_core.items():
        if len(core) == 1 and is_acronym(cluster.spans[0].text) and core[0] in long_forms:
            yield core, long_forms[core[0]]


def _short_forms(by_core: dict[_Core, Cluster]) -> Iterator[tuple[_Core, _Core]]:
    """`Acme` for `Acme Widgets Inc.` and for `Acme Group`, but not `ILO` for `ILO Regional Office`."""
    for core, cluster in by_core.items():
        for size in range(len(core) - 1, 0, -1):
            short, rest = core[:size], core[size:]
            if short in by_core and (word_lists()["generic"].issuperset(rest) or _has_legal_form(cluster)):
                yield short, core
                break


def _has_legal_form(cluster: Cluster) -> bool:
    return any(fold_words(span.text)[-1] in folded("legal") for span in cluster.spans)
