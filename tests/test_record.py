"""Records: evidence holds itself against the text; the JSON is the one that others read."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from extractors.pipeline import build_pipeline
from extractors.record import extract_record, extract_records, extractor_version
from schemas.evidence import Evidence
from schemas.problem import Problem
from schemas.record import Record
from schemas.release import Release
from tests.pipelines import pipeline

TEXT = (
    "Harbour grant\n\nOn 3 May 2025 the Port Fund gave the city €2.5 million, said Ann Lee, director of the Port Fund."
)
RELEASE = Release(id="r1", source="test", title="Harbour grant", text=TEXT)
NLP = pipeline()


def test_evidence_against_its_text() -> None:
    good = {"start": 15, "end": 17, "text": "On"}
    assert Evidence.model_validate(good, context={"text": TEXT}).text == "On"
    with pytest.raises(ValidationError, match="the release says 'n '"):
        Evidence.model_validate({"start": 16, "end": 18, "text": "On"}, context={"text": TEXT})
    with pytest.raises(ValidationError, match="another length"):  # seen even without the text
        Evidence.model_validate({"start": 15, "end": 18, "text": "On"})


def test_evidence_beyond_the_text() -> None:
    with pytest.raises(ValidationError):
        Evidence.model_validate({"start": 500, "end": 502, "text": "On"}, context={"text": TEXT})


def test_record_of_another_version_of_the_text() -> None:
    record = extract_record(NLP, RELEASE).model_dump()
    with pytest.raises(ValidationError, match="another version"):
        Record.model_validate(record, context={"text": TEXT + " Corrected."})


def test_record_refuses_shifted_evidence() -> None:
    record: dict[str, Any] = json.loads(extract_record(NLP, RELEASE).model_dump_json())
    record["amounts"][0]["start"] += 1
    record["amounts"][0]["end"] += 1
    with pytest.raises(ValidationError, match="the release says"):
        Record.model_validate(record, context={"text": TEXT})


def test_record_reads_its_own_json() -> None:
    record = extract_record(NLP, RELEASE)
    assert Record.model_validate_json(record.model_dump_json(), context={"text": TEXT}) == record


def keys(names: str) -> set[str]:
    return set(names.split())


def test_json_has_the_agreed_keys() -> None:
    record = json.loads(extract_record(NLP, RELEASE).model_dump_json())
    assert set(record) == keys(
        "schema_version extractor_version release people organisations dates amounts quotes sections events "
        "commitments checks review_priority"
    )
    assert set(record["release"]) == keys("id source url title published place issuer language text_sha256")
    date, amount = record["dates"][0], record["amounts"][0]
    assert set(date) == keys("id value start end text rule confidence role section why")
    assert set(amount) == keys(
        "id value maximum currency qualifier kind payer payer_words payee payee_words purpose period part_of equals "
        "start end text rule confidence section why"
    )
    assert (date["value"], amount["value"], amount["currency"]) == ("2025-05-03", "2500000", "EUR")


def test_same_release_same_record() -> None:
    assert extract_record(build_pipeline(), RELEASE).model_dump_json() == extract_record(NLP, RELEASE).model_dump_json()


def test_version_names_the_rules() -> None:
    assert extract_record(NLP, RELEASE).extractor_version == extractor_version("accurate")


def test_one_bad_release_does_not_stop_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    import extractors.record

    def trip(doc: Any, release: Release) -> Any:
        if release.id == "bad":
            raise KeyError("tripped")
        return [], []

    monkeypatch.setattr(extractors.record, "extract_amounts", trip)
    bad = RELEASE.model_copy(update={"id": "bad"})
    results = list(extract_records(NLP, [RELEASE, bad, RELEASE]))
    assert [type(result) for result in results] == [Record, Problem, Record]
    assert isinstance(results[1], Problem)
    assert "KeyError" in results[1].message


@settings(deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_any_text_gives_a_record(text: str) -> None:
    record = extract_record(NLP, Release(id="any", source="test", text=text))
    assert all(text[e.start : e.end] == e.text for e in record.evidence())


def extract_json(texts: list[str]) -> list[str]:
    nlp = build_pipeline()
    releases = (Release(id=f"r{number}", source="test", text=text) for number, text in enumerate(texts))
    return [extract_record(nlp, release).model_dump_json() for release in releases]


def test_the_same_bytes_in_other_processes() -> None:
    """Whatever else a worker has read before, and on however many cores."""
    texts = [
        f"{'Then the road was closed. ' * n}Maria Lindholm, CEO of Kelvarro Inc., met {n} people." for n in range(8)
    ]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        forward, backward = pool.map(extract_json, [texts, texts[::-1]])
    here = extract_json(texts)
    assert forward == here
    assert [json.loads(line)["people"][0]["mentions"] for line in reversed(backward)] == [
        json.loads(line)["people"][0]["mentions"] for line in here
    ]
