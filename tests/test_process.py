"""The work of a batch, without Prefect."""

from pathlib import Path

import pytest

from extractors.gazetteer import CONFIRMED
from flows.process import open_bench, process_readings
from flows.visit import Reading
from schemas.page import utc_now
from schemas.record import Record
from schemas.release import Release
from schemas.settings import Settings
from store.copies import load_copies
from store.database import close_store, open_store
from store.decisions import Decision, decide
from store.links import link_entities
from store.load import load_record
from store.lookup import find_entity


def _extract(settings: Settings, key: str, text: str) -> Record:
    release = Release(id=key, source="mine", title="", text=text)
    with open_bench(settings) as bench:
        process_readings([Reading(release, key)], bench)
    store = open_store(settings.database_url)
    record = load_record(store, key)
    close_store(store)
    assert record
    return record


def test_what_was_confirmed_is_found_from_then_on(tmp_path: Path) -> None:
    text = "The Borvik Seed Bank opened a shop in Oslo on Monday, said Maria Lindholm, its director."
    plain, knowing = Settings(data_dir=tmp_path), Settings(data_dir=tmp_path, gazetteer=True)
    first = _extract(plain, "1", text)
    store = open_store(plain.database_url)
    link_entities(store, utc_now())
    (entity,) = find_entity(store, "Borvik Seed Bank")
    decide(store, Decision(action="accept", targets=(entity.id,), by="Ana", at=utc_now()))
    close_store(store)

    again, unknowing = _extract(knowing, "2", text), _extract(plain, "3", text)
    assert [body.confidence for body in again.organisations] == pytest.approx([CONFIRMED], abs=0.01)
    assert [body.confidence for body in unknowing.organisations] == [body.confidence for body in first.organisations]
    assert "-known-" in again.extractor_version
    assert "-known-" not in unknowing.extractor_version


def test_copies_are_found_as_they_come(tmp_path: Path) -> None:
    text = (
        "The Borvik Seed Bank opened a vault for two million seeds in the hills above Oslo on Monday, dug into the rock"
        " by forty workers in less than three years. Farmers from nine countries brought barley, rye and peas."
    )
    about = "\n\nAbout {0}\n\n{0} is a company that has made tools for farms and gardens since 1919."
    settings = Settings(data_dir=tmp_path)
    _extract(settings, "1", text + about.format("Hillmore"))
    _extract(settings, "2", text + about.format("Kelvarro"))
    store = open_store(settings.database_url)
    assert [copy.release_id for copy in load_copies(store, "2")] == ["1"]
    close_store(store)
