"""The second pass over names: what a release says once is found wherever else it says it."""

from bisect import bisect
from collections.abc import Iterator, Sequence

import regex

from extractors.clusters import person_words
from extractors.tagger import Name

_EDGE = r"(?<![\p{L}\p{Nd}])(?:%s)(?![\p{L}\p{Nd}])"
_TAUGHT = ("PERSON", "ORG")
_LEAST = 0.5
"""A name less likely than this teaches nothing."""
_ONCE_REMOVED = 0.9
"""A surname that stands alone is as likely as the full name, times this."""
_VOTERS = ("PERSON", "ORG", "OTHER")
"""Labels of which a form has one in a release: one that speaks of Kroger the company has no Mr. Kroger."""
_CLAUSE = regex.compile(r"[\p{Lu}][\p{L}\p{M}'’\-]+")


def add_repeats(text: str, names: Sequence[Name]) -> list[Name]:
    """The names, and every further occurrence of their forms and of people's surnames; none overlaps another.

    >>> [name[:2] for name in add_repeats("Qyzzx Ltd grew. Now Qyzzx Ltd", [Name(0, 9, "ORG", 1.0)])]
    [(0, 9), (20, 29)]
    """
    forms = _forms(text, names)
    if not forms:
        return list(names)
    pattern = regex.compile(_EDGE % r"\L<forms>", forms=list(forms))
    found = sorted(names)
    starts = [name.start for name in found]
    added = []
    for match in pattern.finditer(text):
        place = bisect(starts, match.start())
        free = place == 0 or found[place - 1].end <= match.start()
        if free and (place == len(found) or match.end() <= found[place].start):
            label, probability = forms[match[0]]
            added.append(Name(match.start(), match.end(), label, probability))
    return sorted([*found, *added])


def agree(text: str, names: Sequence[Name]) -> list[Name]:
    """The names, each form with the one label that its mentions together make likeliest.

    A single word that no person's full name holds, but that an organisation's name begins with, is that organisation.

    >>> text = "Qyzzx Ltd grew, and Qyzzx"
    >>> [name.label for name in agree(text, [Name(0, 9, "ORG", 0.9), Name(20, 25, "PERSON", 0.8)])]
    ['ORG', 'ORG']
    """
    votes: dict[str, dict[str, float]] = {}
    firsts, parts = set(), set()
    for name in names:
        form = text[name.start : name.end]
        ballot = votes.setdefault(form, {})
        ballot[name.label] = ballot.get(name.label, 0.0) + name.probability
        words = form.split()
        if name.label == "ORG" and len(words) > 1:
            firsts.add(words[0])
        elif name.label == "PERSON" and len(words) > 1:
            parts.update(words)
    settled = {form: max(ballot, key=lambda label: ballot[label]) for form, ballot in votes.items()}
    for form in firsts - parts:
        if settled.get(form) == "PERSON":
            settled[form] = "ORG"
    return [_relabelled(name, settled[text[name.start : name.end]]) for name in names]


def _relabelled(name: Name, label: str) -> Name:
    return name._replace(label=label) if {name.label, label} <= set(_VOTERS) else name


def _forms(text: str, names: Sequence[Name]) -> dict[str, tuple[str, float]]:
    """Label and probability of each form to look for: that of its likeliest mention."""
    best: dict[str, tuple[str, float]] = {}
    for form, label, probability in _taught(text, names):
        if probability >= best.get(form, ("", _LEAST))[1]:
            best[form] = (label, probability)
    return best


def _taught(text: str, names: Sequence[Name]) -> Iterator[tuple[str, str, float]]:
    for name in names:
        form = text[name.start : name.end]
        if name.label not in _TAUGHT or not form[:1].isupper() or len(form) < 2:
            continue
        yield form, name.label, name.probability
        if name.label == "PERSON" and len(person_words(form)) > 1:
            surname = [word for word in _CLAUSE.findall(form) if word.casefold() == person_words(form)[-1]]
            if surname and len(surname[-1]) > 3:
                yield surname[-1], name.label, round(name.probability * _ONCE_REMOVED, 4)
