"""What `dateline learn` fitted to a store's reviews; extraction uses it from when it is switched on."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from schemas.values import FROZEN, derive_id

LEARNED_VERSION: Literal["1"] = "1"
Label = Literal["PERSON", "ORG"]
Form = tuple[str, Label]
"""A form of a name, and what it names."""


class Curve(BaseModel):
    """From a probability as shipped to how often such a value was right: logit p′ = slope · logit p + offset + rule."""

    model_config = FROZEN
    slope: float = Field(default=1.0, ge=0)
    offset: float = 0.0
    rules: dict[str, float] = Field(default_factory=dict)
    """What is added for a value by this rule; a rule that is not here adds nothing."""


class RuleCount(BaseModel):
    """How often the values of a rule were right."""

    model_config = FROZEN
    right: int = Field(ge=0)
    seen: int = Field(ge=0)


class Learned(BaseModel):
    """Everything that was learnt; an empty one changes nothing."""

    model_config = FROZEN
    schema_version: Literal["1"] = LEARNED_VERSION
    made_at: AwareDatetime
    extractor_version: str
    """Of the extractor, with nothing learnt, whose values were compared with the reviewed ones."""
    releases: int = Field(default=0, ge=0)
    """Reviewed releases that it was fitted to."""
    held_back: int = Field(default=0, ge=0)
    """Reviewed releases that it was tried on."""
    curves: dict[str, Curve] = Field(default_factory=dict)
    """By what is judged: `people`, `people.title`, `amounts.payer`, …"""
    rules: dict[str, dict[str, RuleCount]] = Field(default_factory=dict)
    """By what is judged, by rule: counted on the releases that it was fitted to."""
    known: tuple[Form, ...] = ()
    """Names that are found wherever a release says them."""
    rejected: tuple[Form, ...] = ()
    """What is no name: it becomes a check."""

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that tell records made with this from others; the same for what acts the same."""
        curves = sorted((name, curve.model_dump_json()) for name, curve in self.curves.items())
        return derive_id(curves, self.known, self.rejected)[:8]

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.curves or self.known or self.rejected)
