"""How sure each value is: what found it, where it stands and which checks are on it, as it was right before.

The weights in `data/confidence.json` are fitted by `training/confidence.py`; benchmarks/calibration.py says how far to
trust them.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from spacy.tokens import Doc

from extractors.findings import Findings
from schemas.record import Amount, DateMention, Organisation, Person, Quote

FIELDS = ("people", "organisations", "dates", "amounts", "quotes")
ATTRIBUTES = ("title", "organisation")
"""Of people."""
_APART = frozenset(("boilerplate", "contact", "notes", "disclaimer", "furniture", "header"))
_Value = Person | Organisation | DateMention | Amount | Quote
_V = TypeVar("_V", Person, Organisation, DateMention, Amount, Quote)


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((files("extractors.data") / "confidence.json").read_text("utf8"))
    return table


def read_signs(value: _Value, checked: frozenset[str]) -> dict[str, float]:
    """What speaks for or against a value being right; `checked` are the ids of values that a check is about."""
    once = isinstance(value, Person | Organisation) and len(value.mentions) == 1
    return {
        "one": 1.0,
        "odds": _odds(value.confidence),
        "apart": float(value.section in _APART),
        "checked": float(value.id in checked),
        "once": float(once),
    }


def weigh(signs: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The probability, 0 to 1, that what shows these signs is right.

    >>> weigh({"one": 1, "odds": 2}, {"one": 0, "odds": 0}), weigh({"one": 1}, {"one": 2})
    (0.5, 0.881)
    """
    return round(1 / (1 + math.exp(-sum(weights.get(name, 0.0) * sign for name, sign in signs.items()))), 3)


def settle_confidence(_: Doc, found: Findings) -> Findings:
    """Gives each value its probability of being right, and the release its priority in review."""
    checked = frozenset(check.value_id for check in found.checks if check.value_id)
    settled = replace(
        found,
        people=[_with_reasons(person) for person in _settle("people", found.people, checked)],
        organisations=_settle("organisations", found.organisations, checked),
        dates=_settle("dates", found.dates, checked),
        amounts=_settle("amounts", found.amounts, checked),
        quotes=_settle("quotes", found.quotes, checked),
    )
    return replace(settled, review_priority=round(expect_errors(settled), 2))


def _settle(field: str, values: Sequence[_V], checked: frozenset[str]) -> list[_V]:
    weights = _table()[field]
    return [value.model_copy(update={"confidence": weigh(read_signs(value, checked), weights)}) for value in values]


def _with_reasons(person: Person) -> Person:
    """A person whose title and employer are as sure as they were right before."""
    why = {
        name: reason.model_copy(update={"confidence": weigh(reason_signs(reason.confidence), _table()[name])})
        for name, reason in person.why.items()
    }
    return person.model_copy(update={"why": why})


def reason_signs(certainty: float) -> dict[str, float]:
    """What speaks for a title or an employer."""
    return {"one": 1.0, "odds": _odds(certainty)}


def _odds(certainty: float) -> float:
    known = min(max(certainty, 0.001), 0.999)
    return math.log(known / (1 - known))


def expect_errors(found: Findings) -> float:
    """The expected number of values and attributes of a release that are wrong or missing."""
    values: list[_Value] = [*found.people, *found.organisations, *found.dates, *found.amounts, *found.quotes]
    wrong = sum(1 - value.confidence for value in values)
    wrong += sum(1 - reason.confidence for value in values for reason in value.why.values())
    missing: dict[str, Any] = _table()["missing"]
    words = len(found.release.text.split())
    doubts = sum(missing["checks"].get(check.code, 0.0) for check in found.checks)
    return float(wrong + missing["per_1000_words"] * words / 1000 + doubts)
