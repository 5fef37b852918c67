"""The anatomy of a release: its sections, and in which of them each value stands."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from spacy.tokens import Doc

from extractors.findings import Findings
from extractors.sections import read_sections, section_at
from schemas.evidence import Evidence, Section
from schemas.record import Amount, DateMention, Organisation, Person, Quote
from schemas.values import SectionKind

_NEAREST: tuple[SectionKind, ...] = (
    "headline", "subhead", "lead", "body", "dateline", "notes", "boilerplate", "contact", "disclaimer", "furniture",
    "header",
)  # fmt: skip
"""Kinds of sections, the nearest to the news first."""
_HEADING = 120
"""Characters of a boilerplate among which the name of its organisation is looked for."""

_Entity = TypeVar("_Entity", Person, Organisation)
_Value = TypeVar("_Value", DateMention, Amount, Quote)


def find_sections(_doc: Doc, found: Findings) -> Findings:
    """The sections of the release, and for each value the one in which it stands; an entity has its best one."""
    owners = {mention.start: body.name for body in found.organisations for mention in body.mentions}
    names = owners.keys() | {mention.start for person in found.people for mention in person.mentions}
    text = found.release.text
    title = found.release.title if text.startswith(found.release.title) else ""
    sections = [_name(section, text, owners) for section in read_sections(text, title, frozenset(names))]
    return replace(
        found,
        sections=sections,
        people=[_place_entity(person, sections) for person in found.people],
        organisations=[_place_entity(body, sections) for body in found.organisations],
        dates=[_place(date, sections) for date in found.dates],
        amounts=[_place(amount, sections) for amount in found.amounts],
        quotes=[_place(quote, sections) for quote in found.quotes],
    )


def _name(section: Section, text: str, owners: dict[int, str]) -> Section:
    """A boilerplate with the organisation that its heading names, or its first line where it has no heading."""
    if section.kind != "boilerplate":
        return section
    line = text.find("\n", section.start, section.end)
    stop = min(section.start + _HEADING, section.end if line < 0 else line)
    about = next((owners[place] for place in range(section.start, stop) if place in owners), None)
    return section.model_copy(update={"about": about})


def nearest_kind(mentions: Iterable[Evidence], sections: Sequence[Section]) -> SectionKind | None:
    """Of the sections in which mentions stand, the kind that is nearest to the news itself."""
    kinds = {section.kind for mention in mentions if (section := section_at(sections, mention.start))}
    return next((kind for kind in _NEAREST if kind in kinds), None)


def _place_entity(entity: _Entity, sections: Sequence[Section]) -> _Entity:
    return entity.model_copy(update={"section": nearest_kind(entity.mentions, sections)})


def _place(value: _Value, sections: Sequence[Section]) -> _Value:
    return value.model_copy(update={"section": nearest_kind([value], sections)})
