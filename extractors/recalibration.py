"""Probabilities as reviews showed them: a curve for each kind of value, fitted and applied.

A curve starts from the shipped probability and is held near it: a handful of reviews moves it little.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from extractors.confidence import expect_errors
from extractors.findings import Findings
from extractors.verdicts import Outcome
from schemas.learned import Curve, RuleCount
from schemas.record import Amount, DateMention, Organisation, Person, Quote

_HOLD = {"slope": 20.0, "offset": 4.0, "rule": 8.0}
"""How strongly slope is held at 1, offset and rules at 0: inverse variances of what is expected of them."""
_ALIKE = 0.3
"""How much the values of one release are right or wrong together: fifty sums of a list are not fifty proofs."""
_SEEN = 5
"""A rule that was seen less often has no part of its own."""
_STEPS, _SMALL = 100, 1e-5
_Floats = NDArray[np.float64]


class _Data(NamedTuple):
    """What is fitted to."""

    x: _Floats
    """Values × what speaks for them."""
    right: _Floats
    weight: _Floats


_V = TypeVar("_V", Person, Organisation, DateMention, Amount, Quote)


def recalibrate(confidence: float, rule: str, curve: Curve) -> float:
    """The probability, 0 to 1, by a curve.

    >>> recalibrate(0.9, "r", Curve()), recalibrate(0.9, "r", Curve(offset=-1.0, rules={"r": -1.2}))
    (0.9, 0.499)
    """
    z = curve.slope * _odds(confidence) + curve.offset + curve.rules.get(rule, 0.0)
    return round(1 / (1 + math.exp(-z)), 3)


def apply_curves(found: Findings, curves: Mapping[str, Curve]) -> Findings:
    """The findings with every probability, and the expected number of errors, as learnt."""
    settled = replace(
        found,
        people=_apply("people", found.people, curves),
        organisations=_apply("organisations", found.organisations, curves),
        dates=_apply("dates", found.dates, curves),
        amounts=_apply("amounts", found.amounts, curves),
        quotes=_apply("quotes", found.quotes, curves),
    )
    return replace(settled, review_priority=round(expect_errors(settled), 2))


def _apply(field: str, values: Sequence[_V], curves: Mapping[str, Curve]) -> list[_V]:
    return [_applied(field, value, curves) for value in values]


def _applied(field: str, value: _V, curves: Mapping[str, Curve]) -> _V:
    why = {
        name: reason.model_copy(update={"confidence": recalibrate(reason.confidence, reason.rule, curve)})
        for name, reason in value.why.items()
        if (curve := curves.get(f"{field}.{name}"))
    }
    curve = curves.get(field)
    sure = recalibrate(value.confidence, value.rule, curve) if curve else value.confidence
    return value.model_copy(update={"confidence": sure, "why": {**value.why, **why}})


def count_rules(outcomes: Iterable[Outcome]) -> dict[str, RuleCount]:
    """How often each rule was right, in the order of names."""
    seen, right = Counter[str](), Counter[str]()
    for outcome in outcomes:
        seen[outcome.rule] += 1
        right[outcome.rule] += outcome.right
    return {rule: RuleCount(right=right[rule], seen=seen[rule]) for rule in sorted(seen)}


def fit_curve(releases: Sequence[Sequence[Outcome]]) -> Curve:
    """The curve that fits what was right best, held near the one that changes nothing; outcomes by release."""
    outcomes = [one for found in releases for one in found]
    rules = [rule for rule, count in count_rules(outcomes).items() if count.seen >= _SEEN]
    x = np.array([[_odds(one.confidence), 1.0, *(one.rule == rule for rule in rules)] for one in outcomes], float)
    right = np.array([one.right for one in outcomes], float)
    weight = np.array([1 / (1 + _ALIKE * (len(found) - 1)) for found in releases for _ in found])
    hold = np.array([_HOLD["slope"], _HOLD["offset"], *[_HOLD["rule"]] * len(rules)])
    start = np.array([1.0, *[0.0] * (1 + len(rules))])
    weights = _minimise(_Data(x, right, weight), hold, start)
    first, offset, *parts = (round(float(weight), 3) for weight in weights)
    return Curve(slope=max(first, 0.0), offset=offset, rules=dict(zip(rules, parts, strict=True)))


def _minimise(data: _Data, hold: _Floats, start: _Floats) -> _Floats:
    """Weights of a logistic regression that is held near `start`: Newton's steps, halved where they lead too far."""

    x, right, weight = data

    def loss(weights: _Floats) -> float:
        z = x @ weights
        return float((weight * (np.logaddexp(0, z) - right * z)).sum() + (hold * (weights - start) ** 2).sum() / 2)

    weights = start
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (weight * (p - right)) + hold * (weights - start)
        bend = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(hold)
        step = np.linalg.solve(bend, slope)
        while loss(weights - step) > loss(weights) and np.abs(step).max() > _SMALL:
            step = step / 2
        if np.abs(step).max() <= _SMALL:
            break
        weights = weights - step
    return weights


def expected_error(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: distance of probability and share that is right, over bins of equal width."""
    p, right = _columns(pairs)
    place = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(p[place == b].mean() - right[place == b].mean()) * (place == b).sum()
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps) / len(p))


def brier(pairs: Sequence[tuple[float, bool]]) -> _Floats:
    """The squared distance of each probability from what came: their mean is the Brier score."""
    p, right = _columns(pairs)
    squares: _Floats = (p - right) ** 2
    return squares


def _columns(pairs: Sequence[tuple[float, bool]]) -> tuple[_Floats, _Floats]:
    return np.array([pair[0] for pair in pairs], float), np.array([pair[1] for pair in pairs], float)


def _odds(confidence: float) -> float:
    known = min(max(confidence, 0.001), 0.999)
    return math.log(known / (1 - known))
