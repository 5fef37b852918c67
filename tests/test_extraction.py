"""Extracting stored texts by id: what is due, what is left alone, and which text of a release is current after it."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.extraction import StrayError, extract_stored, load_extractor
from schemas.release import Release
from schemas.settings import Settings
from store.database import Store, close_store, open_store
from store.load import load_record, load_release
from store.texts import StoredText, TextBatch, save_texts
from store.waiting import list_waiting

MORNING = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
EVENING = dt.datetime(2026, 6, 1, 20, tzinfo=dt.UTC)
PLAIN = "Harbour grant\n\nThe Norvik Foundation gave €2 million on 3 May 2026."
"""A text with a sum and a date."""
OTHER = PLAIN.replace("€2 million", "€3 million")
"""The same release, corrected."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, model="fast")


@pytest.fixture
def opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.database_url)
    yield store
    close_store(store)


def text_of(key: str, words: str, seen_at: dt.datetime = MORNING) -> StoredText:
    return StoredText(release=Release(id=key, source="norvik", text=words), seen_at=seen_at, place=f"a.jsonl#{key}")


def sums(store: Store, key: str) -> list[str]:
    record = load_record(store, key)
    return [amount.text for amount in record.amounts] if record else []


def test_what_waits_is_extracted_once(settings: Settings, opened: Store) -> None:
    saved = save_texts(opened, TextBatch(MORNING, [text_of("1", PLAIN), text_of("2", "Nothing to say")]))
    assert (saved.new, sorted(saved.ids)) == (2, ["1", "2"])
    assert [sorted(page) for page in list_waiting(opened)] == [["1", "2"]]
    first = extract_stored(settings, ["1", "2", "unknown"])
    assert first.counts == {"norvik": {"stored": 2, "without_date": 2, "without_amounts": 1, "without_names": 1}}
    assert (sums(opened, "1"), list(list_waiting(opened))) == (["€2 million"], [])
    again = extract_stored(settings, ["1", "2", "unknown"])
    assert (again.counts, again.saved) == ({}, {"known": 2})


def test_another_day_of_publication_is_extracted_anew(settings: Settings, opened: Store) -> None:
    words = "Harbour grant\n\nThe Norvik Foundation gave €2 million on Monday."
    for day in (dt.date(2026, 6, 1), dt.date(2026, 4, 10)):
        release = Release(id="1", source="norvik", text=words, published=day)
        ids = save_texts(opened, TextBatch(MORNING, [StoredText(release, MORNING, "a.jsonl#1")])).ids
        extract_stored(settings, ids)
        record, current = load_record(opened, "1"), load_release(opened, "1")
        assert record is not None
        assert current is not None
        assert (record.release.published, current.published) == (day, day)
        assert [date.value for date in record.dates] == [(day - dt.timedelta(day.weekday())).isoformat()]
        assert list(list_waiting(opened)) == []


def test_a_worker_with_another_database(settings: Settings, opened: Store) -> None:
    """It may not say that everything is done already."""
    with pytest.raises(StrayError, match=re.escape(opened.url)):
        extract_stored(settings, ["1", "2"])


def test_a_worker_that_dies_when_it_has_saved(
    settings: Settings, opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    save_texts(opened, TextBatch(MORNING, [text_of("1", PLAIN)]))
    with monkeypatch.context() as patched:
        patched.setattr("flows.extraction.forget_waiting", die)
        with pytest.raises(KeyboardInterrupt):
            extract_stored(settings, ["1"])
    assert (sums(opened, "1"), list(list_waiting(opened))) == (["€2 million"], [["1"]])
    assert extract_stored(settings, ["1"]).saved == {"known": 1}
    assert list(list_waiting(opened)) == []


NEWER = [
    ([(PLAIN, MORNING), (OTHER, EVENING)], "€3 million"),  # corrected: the newer text is current
    ([(OTHER, EVENING), (PLAIN, MORNING)], "€3 million"),  # given in the other order: an older text changes nothing
    ([(PLAIN, MORNING), (OTHER, MORNING), (PLAIN, EVENING)], "€2 million"),  # corrected, and back again
]


@pytest.mark.parametrize("is_slow", [False, True])  # whether extraction comes after each text, or after the last
@pytest.mark.parametrize(("texts", "expected"), NEWER)
def test_the_newest_text_is_the_current_one(
    settings: Settings, opened: Store, texts: list[tuple[str, dt.datetime]], expected: str, is_slow: bool
) -> None:
    version = load_extractor(settings).version
    for words, seen_at in texts:
        ids = save_texts(opened, TextBatch(EVENING, [text_of("1", words, seen_at)], version=version)).ids
        if not is_slow:
            extract_stored(settings, ids)
    extract_stored(settings, ["1"])
    release = load_release(opened, "1")
    assert release is not None
    assert (sums(opened, "1"), expected in release.text, list(list_waiting(opened))) == ([expected], True, [])
