"""What is learnt from reviewed releases, and when it is better than what holds now."""

import datetime as dt
from collections.abc import Callable
from functools import cache

import pytest
from spacy.language import Language

from extractors.learning import Case, Setup, study
from extractors.pipeline import build_pipeline
from extractors.record import extract_record
from schemas.evidence import Evidence
from schemas.learned import Curve, Learned, Study
from schemas.record import Organisation, Record
from schemas.release import Release

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
Review = Callable[[int, Record], Record]


def make_release(number: int) -> Release:
    """One date, one sum, and a name in lower case that only somebody who knows it takes for one."""
    text = (
        f"In March {1990 + number % 30} it paid {number + 2} million euros again. We sold it to orbital harvest then."
    )
    return Release(id=f"r{number:03}", source="mine", text=text)


@cache
def base() -> Language:
    return build_pipeline("fast")


@cache
def extracted(number: int) -> Record:
    return extract_record(base(), make_release(number))


def leave(record: Record, **fields: object) -> Record:
    return record.model_copy(update={"events": (), "commitments": (), **fields})


def learn(review: Review, number: int = 80, now: Learned | None = None) -> Study:
    """Every other release is held back."""
    cases = [Case(make_release(n), review(n, extracted(n)), f"r{n}", bool(n % 2)) for n in range(number)]
    return study(cases, Setup(lambda learned: build_pipeline("fast", learned=learned) if learned else base(), now, NOW))


def accept(_: int, record: Record) -> Record:
    return record


def reject_most_dates(number: int, record: Record) -> Record:
    return record if number % 10 < 2 else leave(record, dates=())


def add_orbital_harvest(number: int, record: Record) -> Record:
    start = make_release(number).text.index("orbital harvest")
    place = Evidence(start=start, end=start + 15, text="orbital harvest")
    added = Organisation(id="o", name=place.text, mentions=(place,), confidence=1)
    return leave(record, organisations=(*record.organisations, added))


def test_the_releases_are_what_they_should_be() -> None:
    record = extracted(3)
    assert [(date.value, date.confidence > 0.9) for date in record.dates] == [("1993-03", True)]
    assert [amount.text for amount in record.amounts] == ["5 million euros"]
    assert not record.organisations


def test_too_few_to_say() -> None:
    found = learn(reject_most_dates, 16)
    assert {found.names.finding, *(one.finding for one in found.measures)} == {"too few reviews to say"}
    assert all(one.error[1] is None for one in found.measures)
    assert (found.is_new, found.learned.is_empty) == (False, True)


def test_no_reviews() -> None:
    found = learn(accept, 0)
    assert (found.releases, found.held_back, found.is_new) == (0, 0, False)


def test_probabilities_that_are_right_stay() -> None:
    found = learn(accept)
    dates = next(one for one in found.measures if one.name == "dates")
    assert (dates.right, dates.score, dates.fitted, dates.values) == (1.0, (1.0, 1.0), 40, 40)
    assert dates.finding != "worse"
    assert all(found.learned.curves[name].offset > 0 for name in found.learned.curves)  # surer, if anything


def test_what_is_wrong_more_often_than_said_becomes_less_sure() -> None:
    found = learn(reject_most_dates)
    dates = next(one for one in found.measures if one.name == "dates")
    assert dates.finding == "better"
    assert dates.right == pytest.approx(0.2)
    old, new = dates.error
    assert old is not None
    assert new is not None
    assert new < old / 2
    assert found.is_new
    record, again = extracted(0), extract_record(build_pipeline("fast", learned=found.learned), make_release(0))
    assert again.dates[0].confidence < 0.6 < record.dates[0].confidence
    assert again.amounts[0].value == record.amounts[0].value
    assert again.review_priority > record.review_priority + 0.1
    assert again.extractor_version == f"{record.extractor_version}-learnt-{found.learned.fingerprint}"
    rule = next(one for one in found.rules if one.name == "dates")
    assert (rule.right, rule.seen, rule.said > 0.9) == (8, 40, True)
    assert found.learned.rules["dates"][rule.rule].right == 8


def test_learnt_again_from_the_same_it_stays() -> None:
    first = learn(reject_most_dates).learned
    again = learn(reject_most_dates, now=first)
    assert again.learned.fingerprint == first.fingerprint
    assert not again.is_new
    dates = next(one for one in again.measures if one.name == "dates")
    assert (dates.finding, dates.error[0]) == ("no clear difference", dates.error[1])


def test_names_that_were_added_are_found_in_other_releases() -> None:
    found = learn(add_orbital_harvest)
    assert (found.names.known, found.names.errors, found.names.finding) == (1, (40, 0), "better")
    bodies = next(one for one in found.measures if one.name == "organisations")
    assert bodies.score == (0.0, 1.0)
    record = extract_record(build_pipeline("fast", learned=found.learned), make_release(7))
    assert [body.name for body in record.organisations] == ["orbital harvest"]


def test_names_that_do_harm_are_not_taken() -> None:
    found = learn(lambda number, record: record if number % 2 else add_orbital_harvest(number, record))
    assert (found.names.known, found.names.errors, found.names.finding) == (1, (0, 40), "worse")
    assert not found.learned.known


def test_rejected_names_become_checks() -> None:
    text = "Orbital Harvest Ltd hired him, and Orbital Harvest Ltd paid him."
    release = Release(id="1", source="mine", text=text)
    learned = Learned(made_at=NOW, extractor_version="1", rejected=(("Orbital Harvest Ltd", "ORG"),))
    before, after = (extract_record(build_pipeline("fast", learned=one), release) for one in (None, learned))
    assert [body.name for body in before.organisations] == ["Orbital Harvest Ltd"]
    assert not after.organisations
    assert "name_uncertain" in [check.code for check in after.checks]  # nothing is dropped in silence


def test_attributes_have_curves_of_their_own() -> None:
    release = Release(id="1", source="mine", text="Ana Reis, president of Orbital Harvest Ltd, said so.")
    curves = {"people.title": Curve(offset=-8.0)}
    learned = Learned(made_at=NOW, extractor_version="1", curves=curves)
    before, after = (extract_record(build_pipeline("fast", learned=one), release).people[0] for one in (None, learned))
    assert after.why["title"].confidence < before.why["title"].confidence - 0.3
    assert (after.confidence, after.why["organisation"]) == (before.confidence, before.why["organisation"])
