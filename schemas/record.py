"""What was extracted from a release, each value with the exact words it came from."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Self

from pydantic import BaseModel, Field, ValidationInfo, model_validator

from schemas.evidence import Evidence, Party, Reasons, Section, When
from schemas.values import (
    FROZEN,
    AmountKind,
    CalendarDate,
    CheckCode,
    Confidence,
    Currency,
    DateRole,
    MoneyValue,
    OrganisationKind,
    Qualifier,
    SectionKind,
)

SCHEMA_VERSION = "2"


class Person(BaseModel):
    """One real person, with every mention of them."""

    model_config = FROZEN
    id: str
    name: str
    """Fullest form in the text, without honorifics."""
    title: str | None = None
    """Job title or role as in the text."""
    organisation: str | None = None
    """Name of the organisation (in this record) the person works for or represents."""
    mentions: tuple[Evidence, ...] = Field(min_length=1)
    confidence: Confidence
    rule: str = "model:names"
    section: SectionKind | None = None
    """Where it stands: of several places the one that is nearest to the news itself."""
    why: Reasons = Field(default_factory=dict)


class Organisation(BaseModel):
    """One real organisation, with every mention of it."""

    model_config = FROZEN
    id: str
    name: str
    acronym: str | None = None
    kind: OrganisationKind | None = None
    mentions: tuple[Evidence, ...] = Field(min_length=1)
    confidence: Confidence
    rule: str = "model:names"
    section: SectionKind | None = None
    """Where it stands: of several places the one that is nearest to the news itself."""
    why: Reasons = Field(default_factory=dict)


class DateMention(Evidence):
    """A calendar-anchored expression and what it means."""

    id: str
    value: CalendarDate | None
    """None where the text alone does not say, e.g. a relative date in a release without a publication date."""
    rule: str
    """The rule that found it."""
    confidence: Confidence
    role: DateRole | None = None
    """What the day is to the release; None where the words do not show it."""
    section: SectionKind | None = None
    """Where it stands."""
    why: Reasons = Field(default_factory=dict)


class Amount(Evidence):
    """A sum of money, with what it is for and between whom as far as the text says."""

    id: str
    value: MoneyValue
    maximum: MoneyValue | None = None
    currency: Currency | None
    qualifier: Qualifier = "exact"
    kind: AmountKind | None = None
    payer: str | None = None
    """Name of the person or organisation of this record that pays or gives."""
    payer_words: Evidence | None = None
    """The words near the amount that name it."""
    payee: str | None = None
    """Name of the person or organisation of this record that gets it."""
    payee_words: Evidence | None = None
    purpose: Evidence | None = None
    """The phrase that says what it is for."""
    period: When | None = None
    part_of: str | None = None
    """Id of the amount of this record that it is a part of."""
    equals: str | None = None
    """Id of the amount of this record that is the same sum in another currency: `US$5 million (€4.6 million)`."""
    rule: str
    confidence: Confidence
    section: SectionKind | None = None
    """Where it stands."""
    why: Reasons = Field(default_factory=dict)


class Quote(Evidence):
    """Direct speech, without its quotation marks."""

    id: str
    speaker: str | None = None
    """Name of a person or organisation of this record."""
    rule: str = "quotation_marks"
    confidence: Confidence = 1.0
    section: SectionKind | None = None
    """Where it stands."""
    why: Reasons = Field(default_factory=dict)


class Event(Evidence):
    """What happened or will happen, by the clause that says so."""

    id: str
    when: When | None = None
    place: Evidence | None = None
    is_past: bool | None = None
    """Whether it is told as past; None where the clause does not show it."""
    rule: str
    confidence: Confidence
    section: SectionKind | None = None


class Commitment(BaseModel):
    """One payment between two parties, however often the release tells of it."""

    model_config = FROZEN
    id: str
    kind: AmountKind
    amounts: tuple[str, ...] = Field(min_length=1)
    """Ids of the amounts of this record that tell of it, the fullest first."""
    value: MoneyValue
    maximum: MoneyValue | None = None
    currency: Currency | None
    qualifier: Qualifier = "exact"
    payer: Party | None = None
    payee: Party | None = None
    purpose: Evidence | None = None
    period: When | None = None
    day: When | None = None
    """When it was or will be made, as far as its sentence says."""
    part_of: str | None = None
    """Id of the commitment that it is a part of."""
    confidence: Confidence


class Check(BaseModel):
    """Something that a person should look at: what was not understood or does not fit."""

    model_config = FROZEN
    code: CheckCode
    message: str
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, gt=0)
    value_id: str | None = None
    """Id of the value of this record that it is about, where it is about one."""


class ReleaseRef(BaseModel):
    """Which release, and which version of its text, a record describes."""

    model_config = FROZEN
    id: str
    source: str
    url: str | None
    title: str
    published: dt.date | None
    place: str | None = None
    """City of the dateline."""
    issuer: str | None = None
    language: str | None = None
    text_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Record(BaseModel):
    """Everything extracted from one release by one version of the extractor."""

    model_config = FROZEN
    schema_version: str = SCHEMA_VERSION
    extractor_version: str
    release: ReleaseRef
    people: tuple[Person, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    dates: tuple[DateMention, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quotes: tuple[Quote, ...] = ()
    sections: tuple[Section, ...] = ()
    events: tuple[Event, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    checks: tuple[Check, ...] = ()
    review_priority: float = Field(default=0.0, ge=0)
    """Expected number of values that are wrong or missing."""

    def evidence(self) -> Iterator[Evidence]:
        """Every stretch of text that this record points at."""
        entities: tuple[Person | Organisation, ...] = (*self.people, *self.organisations)
        for entity in entities:
            yield from entity.mentions
        yield from (*self.dates, *self.amounts, *self.quotes, *self.events)
        for event in self.events:
            yield from filter(None, (event.when, event.place))
        for amount in self.amounts:
            yield from filter(None, (amount.payer_words, amount.payee_words, amount.purpose, amount.period))
        for paid in self.commitments:
            yield from filter(None, (paid.payer, paid.payee, paid.purpose, paid.period, paid.day))

    @model_validator(mode="after")
    def _fits_its_release(self, info: ValidationInfo) -> Self:
        text = (info.context or {}).get("text")
        if text is not None:
            if hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest() != self.release.text_sha256:
                raise ValueError(f"record of {self.release.id!r} belongs to another version of the text")
            for evidence in self.evidence():
                evidence.check_against(text)
        return self
