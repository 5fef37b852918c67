"""What was found in one release so far, on its way to a record."""

from dataclasses import dataclass, field, fields
from typing import Any

from schemas.evidence import Section
from schemas.record import Amount, Check, Commitment, DateMention, Event, Organisation, Person, Quote
from schemas.release import Release

_OF_RELEASE = ("release", "place", "issuer")


@dataclass(frozen=True)
class Findings:
    """The values of a release; a step makes a new one with `dataclasses.replace`."""

    release: Release
    place: str | None
    """City of the dateline."""
    issuer: str | None
    """Who issues it."""
    people: list[Person]
    organisations: list[Organisation]
    dates: list[DateMention]
    amounts: list[Amount]
    quotes: list[Quote]
    checks: list[Check]
    sections: list[Section] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    review_priority: float = 0.0

    def values(self) -> dict[str, Any]:
        """By the names of the fields of a record."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name not in _OF_RELEASE}
