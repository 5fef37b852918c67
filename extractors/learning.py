"""Learns from reviewed releases what can be learnt in minutes, and holds it against what people left in others.

Part of the releases is fitted to; the others, held back, only say whether what was fitted is better than what holds
now. What is used is exactly what they were asked about: nothing is fitted to them afterwards.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from spacy.language import Language

from extractors.learned_names import Names, Read, learn_names
from extractors.recalibration import brier, count_rules, expected_error, fit_curve, recalibrate
from extractors.record import extract_records
from extractors.verdicts import FIELDS, PARTS, Judged, Outcome, judge
from schemas.learned import Curve, Finding, Learned, Measure, NamesMeasure, RuleMeasure, Study
from schemas.record import Record
from schemas.release import Release

FEWEST_VALUES = 30
FEWEST_RELEASES = 10
"""Of values and releases that have any, so many at least are learnt from and as many tried on."""
CLEAR = 1.64
"""Standard errors by which squared distances must differ: one chance in twenty that it is none."""
_Releases = Sequence[Sequence[Outcome]]
"""The outcomes of each release."""
_ENTITIES = ("people", "organisations")


class Case(NamedTuple):
    """A reviewed release."""

    release: Release
    reviewed: Record
    group: str
    """Shared by copies."""
    is_held_back: bool


class Setup(NamedTuple):
    """What extraction is now, and the time."""

    build: Callable[[Learned | None], Language]
    """The pipeline with something learnt, or with nothing."""
    now: Learned | None
    at: dt.datetime
    tick: Callable[[], None] = lambda: None
    """Called after each document."""


class _Tried(NamedTuple):
    """A case as it is extracted with nothing learnt, and how right that is."""

    case: Case
    found: Record
    judged: Judged


def study(cases: Sequence[Case], setup: Setup) -> Study:
    """Extract every release again with nothing learnt, learn from some and try on the others."""
    nlp = setup.build(None)
    tried = [*_try(nlp, cases, setup.tick)]
    fitted, held = ([one for one in tried if one.case.is_held_back is side] for side in (False, True))
    blank = _blank(setup, fitted, held)
    now = setup.now or blank
    names = learn_names([Read(one.case.group, one.case.release.text, one.found, one.case.reviewed) for one in fitted])
    with_now, with_new = (
        _with_names(held, setup, blank.model_copy(update={"known": known, "rejected": rejected}))
        for known, rejected in ((now.known, now.rejected), names)
    )
    outcomes, on = (_by_name(one.judged for one in some) for some in (fitted, held))
    curves = {name: fit_curve(found) for name, found in outcomes.items() if _is_enough(found)}
    measures = [
        _measure(name, (outcomes[name], on[name]), (now.curves.get(name), curves.get(name)), (with_now, with_new))
        for name in on
    ]
    of_names = _measure_names(names, with_now, with_new)
    better = {one.name for one in measures if one.finding == "better"}
    taken = names if of_names.finding in ("better", "no clear difference") else Names(now.known, now.rejected)
    learned = blank.model_copy(
        update={
            "curves": now.curves | {name: curve for name, curve in curves.items() if name in better},
            "rules": {name: count_rules(chain(*found)) for name, found in outcomes.items()},
            "known": taken.known,
            "rejected": taken.rejected,
        }
    )
    return Study(
        releases=len(fitted),
        held_back=len(held),
        failed=len(cases) - len(tried),
        measures=tuple(measures),
        names=of_names,
        rules=tuple(_rules(outcomes)),
        learned=learned,
        is_new=learned.fingerprint != now.fingerprint,
    )


def _blank(setup: Setup, fitted: Sequence[_Tried], held: Sequence[_Tried]) -> Learned:
    """Nothing learnt yet from these releases."""
    versions = [one.found.extractor_version for one in (*fitted, *held)]
    return Learned(
        made_at=setup.at,
        extractor_version=versions[0] if versions else "",
        releases=len(fitted),
        held_back=len(held),
    )


def _try(nlp: Language, cases: Sequence[Case], tick: Callable[[], None]) -> Iterator[_Tried]:
    for case, found in zip(cases, extract_records(nlp, (case.release for case in cases)), strict=True):
        tick()
        if isinstance(found, Record):
            yield _Tried(case, found, judge(found, case.reviewed))


def _with_names(held: Sequence[_Tried], setup: Setup, learned: Learned) -> list[Judged]:
    """The held-back releases as judged with these names."""
    if learned.is_empty:
        return [one.judged for one in held]
    return [one.judged for one in _try(setup.build(learned), [one.case for one in held], setup.tick)]


def _by_name(judged: Iterable[Judged]) -> dict[str, _Releases]:
    """By kind of value the outcomes of each release that has any."""
    outcomes: dict[str, list[list[Outcome]]] = {name: [] for name in (*FIELDS, *PARTS)}
    for one in judged:
        for name, found in one.outcomes.items():
            outcomes[name] += [found] if found else []
    return {name: tuple(found) for name, found in outcomes.items()}


def _is_enough(found: _Releases) -> bool:
    return len(found) >= FEWEST_RELEASES and sum(map(len, found)) >= FEWEST_VALUES


def _measure(
    name: str,
    sides: tuple[_Releases, _Releases],
    curves: tuple[Curve | None, Curve | None],
    judged: tuple[Sequence[Judged], Sequence[Judged]],
) -> Measure:
    """One kind of value, learnt from and held back, with the curve of now and the new one."""
    fitted, held = sides
    found = [one for release in held for one in release]
    sure = [
        [(recalibrate(one.confidence, one.rule, curve) if curve else one.confidence, one.right) for one in found]
        for curve in curves
    ]
    enough = curves[1] is not None and _is_enough(held)
    errors, briers = zip(*(_errors(pairs) for pairs in sure), strict=True)
    return Measure(
        name=name,
        fitted=sum(map(len, fitted)),
        values=len(found),
        right=float(np.mean([one.right for one in found])) if found else None,
        score=(_score(name, judged[0]), _score(name, judged[1])),
        error=(errors[0], errors[1] if enough else None),
        brier=(briers[0], briers[1] if enough else None),
        finding=_find(sure, [len(release) for release in held]) if enough else "too few reviews to say",
    )


def _errors(pairs: Sequence[tuple[float, bool]]) -> tuple[float | None, float | None]:
    return (expected_error(pairs), float(brier(pairs).mean())) if pairs else (None, None)


def _find(sure: Sequence[Sequence[tuple[float, bool]]], sizes: Sequence[int]) -> Finding:
    """Whether the second probabilities are nearer to the truth, by how much releases of these sizes differ in it."""
    gains = np.add.reduceat(brier(sure[0]) - brier(sure[1]), np.cumsum([0, *sizes[:-1]]))
    spread = float(gains.std(ddof=1)) * len(gains) ** 0.5
    if abs(gains.sum()) <= CLEAR * spread:
        return "no clear difference"
    return "better" if gains.sum() > 0 else "worse"


def _score(name: str, judged: Iterable[Judged]) -> float | None:
    """F1 of values; of attributes the share of what people left that was found."""
    tallies = [one.tallies[name] for one in judged]
    right, found, wanted = (sum(tally[column] for tally in tallies) for column in range(3))
    if name in PARTS:
        return right / wanted if wanted else None
    return 2 * right / (found + wanted) if found + wanted else None


def _measure_names(names: Names, now: Sequence[Judged], new: Sequence[Judged]) -> NamesMeasure:
    """Whether fewer people and organisations are wrong or missed with the names; they stay where nothing is lost."""
    errors = [sum(one.tallies[field].errors for one in some for field in _ENTITIES) for some in (now, new)]
    finding: Finding = "no clear difference"
    if len(now) < FEWEST_RELEASES:
        finding = "too few reviews to say"
    elif errors[0] != errors[1]:
        finding = "better" if errors[1] < errors[0] else "worse"
    return NamesMeasure(
        known=len(names.known), rejected=len(names.rejected), errors=(errors[0], errors[1]), finding=finding
    )


def _rules(outcomes: Mapping[str, _Releases]) -> Iterator[RuleMeasure]:
    for name, releases in outcomes.items():
        found = [one for release in releases for one in release]
        for rule, count in count_rules(found).items():
            said = float(np.mean([one.confidence for one in found if one.rule == rule]))
            yield RuleMeasure(name=name, rule=rule, right=count.right, seen=count.seen, said=round(said, 3))
