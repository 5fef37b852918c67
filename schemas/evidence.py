"""The words that a value came from, and what says that it is right."""

from typing import Self

from pydantic import BaseModel, Field, ValidationInfo, model_validator

from schemas.values import FROZEN, CalendarDate, Confidence, SectionKind


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


class When(Evidence):
    """Words that say when, or how long."""

    value: CalendarDate | None
    """None for a mere length, such as `over five years`."""


class Party(Evidence):
    """Who pays or is paid, by the words of the sentence that say so."""

    name: str
    """Name of a person or organisation of this record."""


class Section(BaseModel):
    """A part of the release: `release.text[start:end]`, end-exclusive; sections are in order and never overlap."""

    model_config = FROZEN
    kind: SectionKind
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    about: str | None = None
    """Of a boilerplate: the name of the organisation of this record that it describes."""
    rule: str


class Reason(BaseModel):
    """What said so, and how likely it is right."""

    model_config = FROZEN
    rule: str
    """The rule or model that found it: a line of a rule file, or `model:` and its name."""
    confidence: Confidence


Reasons = dict[str, Reason]
"""By the name of an attribute, such as `title` or `payer`; none for an attribute that has no value."""
