"""Mentions of one thing, names folded for comparison, and which names mean the same person."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import regex
from spacy.tokens import Span

from extractors.lexicon import word_lists

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:[.'’\-‐‑&/]+[\p{L}\p{M}\p{Nd}]+)*\.?|&")


@dataclass
class Cluster:
    """Mentions of one thing, in the order of the text."""

    spans: list[Span]
    forms: set[tuple[str, ...]] = field(default_factory=set)
    """The folded words of each mention."""
    acronym: str | None = None
    aliases: set[str] = field(default_factory=set)
    """Former and trade names, which are not the name itself."""
    bare: str | None = None
    """The name without the `s` that every mention of it has from a possessive, in a text that lost its apostrophes."""

    @property
    def name(self) -> str:
        """The fullest mention: most words, then not in capitals, then most letters; the first such.

        None with an `s` that another lacks, and no alias.
        """
        if self.bare:
            return self.bare
        texts = dict.fromkeys(span.text for span in self.spans)
        texts = dict.fromkeys(text for text in texts if text not in self.aliases) or texts
        whole = [text for text in texts if not (text.endswith("s") and text[:-1] in texts)]
        return max(whole, key=lambda text: (len(text.split()), not text.isupper(), len(text)))

    def absorb(self, other: "Cluster") -> None:
        """Take over the mentions of another."""
        self.spans = sorted([*self.spans, *other.spans], key=lambda span: span.start)
        self.forms |= other.forms
        self.aliases |= other.aliases
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
    >>> same_person(("kim", "da-som"), ("da-som", "kim"))
    True
    """
    if len(one) > 1 and sorted(one) == sorted(other):
        return True
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


def is_acronym(text: str) -> bool:
    """Whether a name looks like an acronym: one word of up to ten letters, two or more of them capitals."""
    return 2 <= len(text) <= 10 and " " not in text and sum(letter.isupper() for letter in text) >= 2
