"""Which extracted values are right, by the record that people left of the same release.

As docs/quality.md counts: one point for each real person or organisation, each distinct date value and sum, each quote
with its speaker. Places in the text do not matter, so that another version of the extractor can be judged as well.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from schemas.record import Amount, Organisation, Person, Quote, Record

FIELDS = ("people", "organisations", "dates", "amounts", "quotes")
PARTS = (
    "people.title", "people.organisation", "amounts.kind", "amounts.payer", "amounts.payee", "quotes.speaker",
)  # fmt: skip
"""Attributes that have a probability of their own, judged where their value is right."""
_Entity = TypeVar("_Entity", Person, Organisation)
_DASHES = re.compile("[‐-―]")
_WORDS = re.compile(r"\w+")
_HEAD = 3
"""Words by which a quote is known."""


class Outcome(NamedTuple):
    """One value or attribute: what found it, how likely it was, and whether it is right."""

    rule: str
    confidence: float
    right: bool


class Tally(NamedTuple):
    """Of distinct values: how many are right, of how many found and how many there are."""

    right: int
    found: int
    wanted: int

    @property
    def errors(self) -> int:
        """Wrong and missed ones."""
        return self.found + self.wanted - 2 * self.right


class Judged(NamedTuple):
    """A record as judged."""

    outcomes: dict[str, list[Outcome]]
    """By FIELDS and PARTS."""
    tallies: dict[str, Tally]
    """By FIELDS; of PARTS, of those that the reviewed record has with a value that was found."""


@cache
def fold(name: str) -> str:
    """A name without what is no difference: case, accents, kinds of dashes and quotes, `the`, a possessive.

    >>> fold("The  Côté–Bae Fund’s"), fold("Acme Inc.")
    ('cote-bae fund', 'acme inc')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()
    plain = _DASHES.sub("-", plain).replace("’", "'").replace("‘", "'")
    plain = " ".join(plain.split()).strip(" .,;:'\"").removeprefix("the ")
    return plain.removesuffix("'s").strip(" .,")


def judge(found: Record, reviewed: Record) -> Judged:
    """Each value of the one record, right or wrong by the other."""
    people = _match(reviewed.people, found.people)
    bodies = _match(reviewed.organisations, found.organisations)
    who = _Who([*reviewed.people, *reviewed.organisations])
    parts: dict[str, list[_Part]] = {name: [] for name in PARTS}
    outcomes, tallies = {}, {}
    for field, pairs in (("people", people), ("organisations", bodies)):
        hits = {id(one) for _, one in pairs}
        values = getattr(found, field)
        outcomes[field] = [Outcome(value.rule, value.confidence, id(value) in hits) for value in values]
        tallies[field] = Tally(len(pairs), len(values), len(getattr(reviewed, field)))
    for wanted, one in people:
        parts["people.title"].append(_part(one, "title", wanted.title, _same_words))
        parts["people.organisation"].append(_part(one, "organisation", wanted.organisation, who.same))
    _judge_dates(found, reviewed, outcomes, tallies)
    _judge_amounts(found, reviewed, outcomes, tallies)
    for name, entry in _paid(found.amounts, reviewed.amounts, who):
        parts[name].append(entry)
    _judge_quotes(found, reviewed, who, (outcomes, tallies))
    parts["quotes.speaker"] = list(_spoken(found.quotes, reviewed.quotes, who))
    for name, asked in parts.items():
        outcomes[name] = [Outcome(*one.reason, one.right) for one in asked if one.reason]
        tallies[name] = Tally(
            sum(one.right for one in asked), sum(one.is_given for one in asked), sum(one.is_wanted for one in asked)
        )
    return Judged(outcomes, tallies)


class _Part(NamedTuple):
    """An attribute of a value that is right."""

    is_wanted: bool
    is_given: bool
    right: bool
    reason: tuple[str, float] | None
    """Rule and probability, where it has any."""


class _Who:
    """People and organisations by every form of theirs."""

    def __init__(self, entities: Iterable[Person | Organisation]) -> None:
        self._names: dict[str, str] = {}
        for entity in entities:
            for form in _forms(entity):
                self._names.setdefault(form, entity.id)

    def find(self, name: str | None) -> str | None:
        return self._names.get(fold(name)) if name else None

    def same(self, one: str | None, other: str | None) -> bool:
        return self.find(one) is not None and self.find(one) == self.find(other)


def _forms(entity: Person | Organisation) -> set[str]:
    return {fold(form) for form in (entity.name, *(mention.text for mention in entity.mentions))} - {""}


def _match(wanted: Sequence[_Entity], found: Sequence[_Entity]) -> list[tuple[_Entity, _Entity]]:
    """Each entity with the one found whose name is a form of it, if there is one that is not another's yet."""
    pairs, free = [], list(found)
    for entity in wanted:
        forms = _forms(entity)
        hits = [one for one in free if fold(one.name) in forms]
        if hits:
            best = max(hits, key=lambda one: len(_forms(one) & forms))
            free = [one for one in free if one is not best]
            pairs.append((entity, best))
    return pairs


def _part(value: Any, name: str, wanted: Any, same: Callable[[Any, Any], bool]) -> _Part:
    given, reason = getattr(value, name), value.why.get(name)
    right = given is not None and wanted is not None and same(wanted, given)
    known = (reason.rule, reason.confidence) if reason and given is not None else None
    return _Part(wanted is not None, given is not None, right, known)


def _same_words(one: str, other: str) -> bool:
    """Whether one title's words hold the other's, or two thirds of all words are in both."""
    first, second = set(fold(one).split()), set(fold(other).split())
    shared = len(first & second)
    return bool(shared) and (shared == min(len(first), len(second)) or 3 * shared >= 2 * len(first | second))


def _distinct(found: Collection[Any], wanted: Collection[Any]) -> Tally:
    return Tally(len(set(found) & set(wanted)), len(set(found)), len(set(wanted)))


def _judge_dates(
    found: Record, reviewed: Record, outcomes: dict[str, list[Outcome]], tallies: dict[str, Tally]
) -> None:
    wanted = {date.value for date in reviewed.dates if date.value}
    known = [date for date in found.dates if date.value]
    outcomes["dates"] = [Outcome(date.rule, date.confidence, date.value in wanted) for date in known]
    tallies["dates"] = _distinct([date.value for date in known], wanted)


def _sum(amount: Amount) -> tuple[Any, ...]:
    return amount.value, amount.maximum, amount.currency


def _judge_amounts(
    found: Record, reviewed: Record, outcomes: dict[str, list[Outcome]], tallies: dict[str, Tally]
) -> None:
    wanted = set(map(_sum, reviewed.amounts))
    outcomes["amounts"] = [Outcome(one.rule, one.confidence, _sum(one) in wanted) for one in found.amounts]
    tallies["amounts"] = _distinct(list(map(_sum, found.amounts)), wanted)


def _paid(found: Iterable[Amount], reviewed: Iterable[Amount], who: _Who) -> Iterator[tuple[str, _Part]]:
    """Kind, payer and payee of each distinct sum that is right."""
    wanted = {_sum(amount): amount for amount in reviewed}
    for key, amount in {_sum(amount): amount for amount in found}.items():
        if entry := wanted.get(key):
            yield "amounts.kind", _part(amount, "kind", entry.kind, lambda one, other: bool(one == other))
            for side in ("payer", "payee"):
                yield f"amounts.{side}", _part(amount, side, getattr(entry, side), who.same)


def _start(quote: Quote) -> str:
    return " ".join(_WORDS.findall(fold(quote.text))[:_HEAD])


def _judge_quotes(
    found: Record, reviewed: Record, who: _Who, into: tuple[dict[str, list[Outcome]], dict[str, Tally]]
) -> None:
    wanted = {(_start(quote), who.find(quote.speaker)) for quote in reviewed.quotes}
    given = [(_start(quote), who.find(quote.speaker)) for quote in found.quotes]
    outcomes, tallies = into
    outcomes["quotes"] = [
        Outcome(quote.rule, quote.confidence, key in wanted) for quote, key in zip(found.quotes, given, strict=True)
    ]
    tallies["quotes"] = _distinct(given, wanted)


def _spoken(found: Iterable[Quote], reviewed: Iterable[Quote], who: _Who) -> Iterator[_Part]:
    wanted = {_start(quote): quote for quote in reviewed}
    for quote in found:
        if entry := wanted.get(_start(quote)):
            yield _part(quote, "speaker", entry.speaker, who.same)
