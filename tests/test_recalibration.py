"""Curves of probabilities: what they do, and how few reviews move them."""

import pytest

from extractors.recalibration import brier, count_rules, expected_error, fit_curve, recalibrate
from extractors.verdicts import Outcome
from schemas.learned import Curve, RuleCount


def by_release(seen: list[Outcome]) -> list[list[Outcome]]:
    """One value a release."""
    return [[one] for one in seen]


def outcomes(rule: str, confidence: float, right: int, seen: int) -> list[Outcome]:
    return [Outcome(rule, confidence, number < right) for number in range(seen)]


FITTED = [
    # as often right as was said: nothing changes
    (outcomes("r", 0.9, 90, 100), 0.9, 0.02),
    # half of what was sure is wrong: half as sure
    (outcomes("r", 0.9, 200, 400), 0.5, 0.03),
    # much better than was said
    (outcomes("r", 0.6, 392, 400), 0.96, 0.04),
    # two wrong ones of two are no reason to say never
    (outcomes("r", 0.9, 0, 2), 0.8, 0.05),
    # nothing learnt
    ([], 0.9, 0.0),
]


@pytest.mark.parametrize(("seen", "expected", "near"), FITTED)
def test_fit(seen: list[Outcome], expected: float, near: float) -> None:
    confidence = seen[0].confidence if seen else 0.9
    curve = fit_curve(by_release(seen)) if seen else Curve()
    assert recalibrate(confidence, "r", curve) == pytest.approx(expected, abs=near)


def test_a_bad_rule_is_told_from_a_good_one() -> None:
    curve = fit_curve(by_release([*outcomes("good", 0.9, 190, 200), *outcomes("bad", 0.9, 60, 200)]))
    good, bad, new = (recalibrate(0.9, rule, curve) for rule in ("good", "bad", "never seen"))
    assert good > 0.85
    assert bad < 0.45
    assert bad < new < good


def test_a_rule_seen_rarely_has_no_part_of_its_own() -> None:
    assert "rare" not in fit_curve([[*outcomes("often", 0.9, 9, 10), *outcomes("rare", 0.9, 0, 4)]]).rules


def test_one_release_with_many_values_says_less_than_many_releases() -> None:
    wrong = outcomes("r", 0.9, 0, 40)
    one, many = (recalibrate(0.9, "r", fit_curve(releases)) for releases in ([wrong], by_release(wrong)))
    assert many + 0.2 < one < 0.85


@pytest.mark.parametrize("seen", [outcomes("r", 0.9, 0, 300) + outcomes("r", 0.1, 300, 300), outcomes("r", 1.0, 5, 5)])
def test_a_curve_never_falls(seen: list[Outcome]) -> None:
    curve = fit_curve(by_release(seen))
    found = [recalibrate(number / 100, "r", curve) for number in range(101)]
    assert found == sorted(found)
    assert all(0 <= p <= 1 for p in found)


def test_measures() -> None:
    pairs = [(0.75, True), (0.75, True), (0.75, False), (0.75, True), (0.2, True)]
    assert expected_error(pairs) == pytest.approx(0.8 / 5)  # the first four are as right as they say
    assert brier(pairs).tolist() == pytest.approx([0.0625, 0.0625, 0.5625, 0.0625, 0.64])


def test_counts() -> None:
    seen = [*outcomes("b", 0.5, 1, 3), *outcomes("a", 0.5, 2, 2)]
    assert count_rules(seen) == {"a": RuleCount(right=2, seen=2), "b": RuleCount(right=1, seen=3)}
