"""What was extracted from a release, each value with the exact words it came from."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Self

from pydantic import BaseModel, Field, ValidationInfo, model_validator

from schemas.values import (
    FROZEN,
    AmountKind,
    CalendarDate,
    Confidence,
    Currency,
    MoneyValue,
    OrganisationKind,
    Qualifier,
)

SCHEMA_VERSION = "1"


class Evidence(BaseModel):
    """The words that a value came from: `release.text[start:end] == text`.

    Validation holds the offsets against the text when it is given as `context={"text": …}`, which is how records are
    made and loaded with their release; without it the length alone is checked. Where they differ it raises
    ValidationError.
    """

    model_config = FROZEN
    start: int = Field(ge=0)
    """First code point, counted from 0."""
    end: int = Field(gt=0)
    """One past the last code point."""
    text: str = Field(min_length=1)

    @model_validator(mode="after")
    def _stands_there(self, info: ValidationInfo) -> Self:
        self.check_against((info.context or {}).get("text"))
        return self

    def check_against(self, release_text: str | None) -> None:
        """Raise ValueError unless these words stand at these offsets."""
        if self.end - self.start != len(self.text):
            raise ValueError(f"evidence {self.start}:{self.end} has another length than its text {self.text!r}")
        if release_text is not None and release_text[self.start : self.end] != self.text:
            found = release_text[self.start : self.end]
            raise ValueError(f"evidence {self.start}:{self.end} says {self.text!r}, the release says {found!r}")


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


class Organisation(BaseModel):
    """One real organisation, with every mention of it."""

    model_config = FROZEN
    id: str
    name: str
    acronym: str | None = None
    kind: OrganisationKind | None = None
    mentions: tuple[Evidence, ...] = Field(min_length=1)
    confidence: Confidence


class DateMention(Evidence):
    """A calendar-anchored expression and what it means."""

    id: str
    value: CalendarDate | None
    """None where the text alone does not say, e.g. a relative date in a release without a publication date."""
    rule: str
    """The rule that found it."""
    confidence: Confidence


class Amount(Evidence):
    """A sum of money, with what it is for and between whom as far as the text says."""

    id: str
    value: MoneyValue
    maximum: MoneyValue | None = None
    currency: Currency | None
    qualifier: Qualifier = "exact"
    kind: AmountKind | None = None
    payer: str | None = None
    payee: str | None = None
    equals: str | None = None
    """Id of the amount of this record that is the same sum in another currency: `US$5 million (€4.6 million)`."""
    rule: str
    confidence: Confidence


class Quote(Evidence):
    """Direct speech, without its quotation marks."""

    id: str
    speaker: str | None = None
    """Name of a person or organisation of this record."""


class Check(BaseModel):
    """Something that a person should look at: what was not understood or does not fit."""

    model_config = FROZEN
    code: str = Field(pattern=r"^[a-z_]+$")
    message: str
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, gt=0)


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
    checks: tuple[Check, ...] = ()

    def evidence(self) -> Iterator[Evidence]:
        """Every stretch of text that this record points at."""
        entities: tuple[Person | Organisation, ...] = (*self.people, *self.organisations)
        for entity in entities:
            yield from entity.mentions
        yield from (*self.dates, *self.amounts, *self.quotes)

    @model_validator(mode="after")
    def _fits_its_release(self, info: ValidationInfo) -> Self:
        text = (info.context or {}).get("text")
        if text is not None:
            if hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest() != self.release.text_sha256:
                raise ValueError(f"record of {self.release.id!r} belongs to another version of the text")
            for evidence in self.evidence():
                evidence.check_against(text)
        return self
