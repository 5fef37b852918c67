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
    def mark(self) -> str:
        """What an extractor that uses this has at the end of its version."""
        return f"learnt-{self.fingerprint}"

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.curves or self.known or self.rejected)


Finding = Literal["better", "no clear difference", "worse", "too few reviews to say"]
"""What held-back reviews say of something new beside what holds now."""


class Measure(BaseModel):
    """One kind of value on the held-back releases: with what holds now, and with what was learnt."""

    model_config = FROZEN
    name: str
    """As in `Learned.curves`."""
    fitted: int
    """Values that were learnt from."""
    values: int
    """Values that it was tried on."""
    right: float | None
    """Share of those that are right; None of none."""
    score: tuple[float | None, float | None]
    """Now and learnt: F1, of attributes the accuracy where people left one. The names that were learnt change it."""
    error: tuple[float | None, float | None]
    """Expected calibration error over ten bins, now and learnt."""
    brier: tuple[float | None, float | None]
    """Mean squared distance of probability and truth, now and learnt."""
    finding: Finding


class NamesMeasure(BaseModel):
    """The names that were learnt, on the held-back releases."""

    model_config = FROZEN
    known: int
    rejected: int
    errors: tuple[int, int]
    """People and organisations that are wrong or missed, now and with them."""
    finding: Finding


class RuleMeasure(BaseModel):
    """How often a rule was right in the releases that were learnt from, beside what its values said."""

    model_config = FROZEN
    name: str
    rule: str
    right: int
    seen: int
    said: float
    """Mean probability as shipped."""


class Study(BaseModel):
    """What reviews teach, and whether it is worth switching on."""

    model_config = FROZEN
    releases: int
    """Reviewed releases that were learnt from."""
    held_back: int
    failed: int
    """Reviewed releases that could not be extracted again."""
    measures: tuple[Measure, ...]
    names: NamesMeasure
    rules: tuple[RuleMeasure, ...]
    learned: Learned
    """What is to be used: the new where it is better, else what holds now."""
    is_new: bool
    """Whether that is anything else than what holds now."""
