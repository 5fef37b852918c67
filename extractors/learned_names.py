"""Names that reviews confirmed or rejected so often that they are the same elsewhere."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import regex

from extractors.gazetteer import is_telling
from schemas.learned import Form, Label
from schemas.record import Organisation, Person, Record

LEAST = 2
"""Releases, no copies of each other, that have to agree on a name."""
SHARE = 0.9
"""Of the releases that say a known name, at least so many mean it."""
_EDGE = r"(?<![\p{L}\p{Nd}])(?:\L<forms>)(?![\p{L}\p{Nd}])"


class Read(NamedTuple):
    """One reviewed release: its text, what the extractor found in it and what people left."""

    group: str
    """Shared by copies, which count as one release."""
    text: str
    found: Record
    reviewed: Record


class Names(NamedTuple):
    """Forms that are found wherever they are said, and forms that are no names."""

    known: tuple[Form, ...] = ()
    rejected: tuple[Form, ...] = ()


def learn_names(reads: Sequence[Read]) -> Names:
    """What at least two releases agree on.

    A name is known where people left it in nearly every release that says it; rejected where the extractor found it,
    people took it out, and nobody ever left it.
    """
    meant, refused = _count(reads)
    telling = {form for form, count in meant.items() if count >= LEAST and is_telling(*form)}
    said = _count_said(reads, {text for text, _ in telling})
    known = {form for form in telling if meant[form] >= SHARE * said[form[0]]}
    rejected = {form for form, count in refused.items() if count >= LEAST and not meant[form]}
    return Names(tuple(sorted(known)), tuple(sorted(rejected)))


def _count(reads: Iterable[Read]) -> tuple[Counter[Form], Counter[Form]]:
    """In how many groups each form is left by people, and in how many they took it out."""
    meant, refused = set(), set()
    for read in reads:
        left = forms_of(read.reviewed)
        meant |= {(read.group, form) for form in left}
        refused |= {(read.group, form) for form in forms_of(read.found) - left}
    return Counter(form for _, form in meant), Counter(form for _, form in refused)


def _count_said(reads: Iterable[Read], forms: set[str]) -> Counter[str]:
    """In how many groups the text says each form, as a name of its own and not within a longer one of them."""
    if not forms:
        return Counter()
    pattern = regex.compile(_EDGE, forms=sorted(forms))
    said = {(read.group, match[0]) for read in reads for match in pattern.finditer(read.text)}
    return Counter(form for _, form in said)


def forms_of(record: Record) -> set[Form]:
    """Every form of the people and organisations of a record."""
    kinds: tuple[tuple[Label, tuple[Person | Organisation, ...]], ...]
    kinds = ("PERSON", record.people), ("ORG", record.organisations)
    return {(mention.text, label) for label, entities in kinds for one in entities for mention in one.mentions}
