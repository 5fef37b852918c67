"""Words that stand for a name: `we` and `the company` for the issuer, `the Foundation` for the one just named."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from extractors.ties import WORDS, Mention
from schemas.record import Organisation

_OF_ISSUER = frozenset(WORDS["of_issuer"])
_STAND_IN = re.compile(rf"(?i)\b(?:we|our|its|(?:the|this|our)\s(?P<noun>{'|'.join(WORDS['stand_ins'])}))\b(?!['’-]\w)")
_GOVERNMENT = re.compile(r"(?i)(?:\w+\s+){1,3}(?:government|administration)|government\s+of\s.+")
_NO_COUNTRY = frozenset(("government", "administration", "of", "the", "republic", "federal", "state"))
_CAPITALISED = re.compile(r"(?<![-‑])\b[A-Z][a-z]{3,}\b(?![-‑])")
_THE_GOVERNMENT = re.compile(r"\b[Tt]he (?:\w+ )?[Gg]overnment\b")
_NEAR = 12
"""Names back from a stand-in among which the one that it stands for is looked for."""


def find_mentions(
    text: str, names: Sequence[Mention], organisations: Sequence[Organisation], issuer: str | None
) -> list[Mention]:
    """The names, in their order, with whatever stands for one of them put between; none overlaps another."""
    known = frozenset(body.name for body in organisations)
    found = [*_nouns(text, names, known, issuer), *_countries(text, known)]
    starts = [name.start for name in names]
    free = [mention for mention in found if not _overlaps(mention, names, starts)]
    kept: list[Mention] = []
    for mention in sorted({*free, *names}):
        if not kept or kept[-1].end <= mention.start:
            kept.append(mention)
    return kept


def _overlaps(mention: Mention, names: Sequence[Mention], starts: Sequence[int]) -> bool:
    place = bisect_left(starts, mention.start)
    behind = place < len(names) and names[place].start < mention.end
    return behind or (place > 0 and names[place - 1].end > mention.start)


def _nouns(text: str, names: Sequence[Mention], known: frozenset[str], issuer: str | None) -> Iterator[Mention]:
    starts = [name.start for name in names]
    for match in _STAND_IN.finditer(text):
        place = bisect_left(starts, match.start())
        before = [name.name for name in names[max(0, place - _NEAR) : place] if name.name in known]
        word = (match["noun"] or match[0]).lower()
        if name := _stands_for(word, before, known, issuer):
            yield Mention(match.start(), match.end(), name, is_name=False)


def _stands_for(word: str, before: Sequence[str], known: frozenset[str], issuer: str | None) -> str | None:
    """The organisation that `the Bank` or `we` is, the last named one first.

    >>> _stands_for("fund", ["Port Fund", "Acme"], frozenset(), "Acme"), _stands_for("we", [], frozenset(), "Acme")
    ('Port Fund', 'Acme')
    """
    if word in _OF_ISSUER:
        last = before[-1] if before else None
        return (last or issuer) if word == "its" else (issuer or last)
    fitting = (name for name in (*reversed(before), *sorted(known)) if word in name.lower())
    return next(fitting, None)


def _countries(text: str, known: frozenset[str]) -> Iterator[Mention]:
    """`Australia` and `the government` for the Australian Government."""
    governments = dict(_governments(known))
    if not governments:
        return
    for match in _CAPITALISED.finditer(text):
        name = governments.get(match[0][:4].lower())
        if name and not match[0].endswith("n"):
            yield Mention(match.start(), match.end(), name, is_name=False)
    first = next(iter(governments.values()))
    yield from (Mention(match.start(), match.end(), first, False) for match in _THE_GOVERNMENT.finditer(text))


def _governments(known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The first letters of a country and its government's name."""
    for name in sorted(known):
        if _GOVERNMENT.fullmatch(name):
            for word in name.split():
                if word[0].isupper() and word.lower() not in _NO_COUNTRY and len(word) > 3:
                    yield word[:4].lower(), name
