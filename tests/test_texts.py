"""Texts that are stored before they are extracted: what is new, what waits, what is refused; on both databases."""

import datetime as dt
from collections.abc import Callable

import pytest

from schemas.release import Release
from store.database import Store
from store.load import load_quarantine, load_release
from store.models import Batch, Item
from store.save import save_batch
from store.texts import Intake, StoredText, TextBatch, load_intakes, save_texts
from store.waiting import Due, forget_waiting, list_waiting, load_due, load_texts

EARLY, LATE = (dt.datetime(2026, 6, 1, hour, tzinfo=dt.UTC) for hour in (8, 20))


def text(key: str, words: str, seen_at: dt.datetime = EARLY, source: str = "norvik") -> StoredText:
    return StoredText(Release(id=key, source=source, text=words), seen_at, f"/in/a.jsonl#{key}", EARLY, "i")


def test_what_waits_is_found_by_ids_and_forgotten(store: Store) -> None:
    saved = save_texts(store, TextBatch(EARLY, [text("2", "Two"), text("1", "One")]))
    assert (saved.new, saved.ids) == (2, ("2", "1"))
    assert list(list_waiting(store)) == [["1", "2"]]
    due = load_due(store, ["1", "2", "unknown"], "1.0")
    assert [(one.release_id, one.length, one.seen_at) for one in due] == [("1", 3, None), ("2", 3, None)]
    assert [release.text for release in load_texts(store, due)] == ["One", "Two"]
    forget_waiting(store, [("1", due[0].text_sha256), ("2", "another text of it")])
    assert list(list_waiting(store)) == [["2"]]
    again = save_texts(store, TextBatch(LATE, [text("2", "Two", LATE)]))
    assert (again.new, again.changed, again.unchanged, again.ids) == (0, 0, 1, ("2",))


def test_a_newer_text_waits_while_the_older_has_its_record(store: Store, make_item: Callable[..., Item]) -> None:
    item = make_item()
    save_batch(store, Batch(seen_at=EARLY, items=(item,)))
    same = StoredText(item.release, LATE, "/in/a.jsonl#1")
    assert save_texts(store, TextBatch(LATE, [same], version="1.0")).ids == ()  # it has a record by this version
    assert save_texts(store, TextBatch(LATE, [same], version="2.0")).ids == (item.release.id,)
    newer = item.release.model_copy(update={"text": "Harbour grant doubled"})
    saved = save_texts(store, TextBatch(LATE, [StoredText(Release(**newer.model_dump()), LATE, "/in/b.jsonl#1")]))
    assert (saved.changed, saved.ids) == (1, (item.release.id,))
    (due,) = load_due(store, saved.ids, "1.0")
    assert due == Due(item.release.id, due.text_sha256, len(newer.text), LATE)
    current = load_release(store, item.release.id)
    assert current is not None
    assert current.text == item.release.text  # until the newer one is extracted


def test_what_else_is_said_of_a_text_makes_it_due_again(store: Store, make_item: Callable[..., Item]) -> None:
    """Its dates hang on the day of publication. What an older file says does not count."""
    item = make_item()
    key, day = item.release.id, dt.date(2026, 4, 10)
    save_batch(store, Batch(seen_at=EARLY, items=(item,)))
    corrected = Release(**{**item.release.model_dump(), "published": day})
    older = StoredText(corrected, EARLY - dt.timedelta(1), "/in/a.jsonl#1")
    assert save_texts(store, TextBatch(LATE, [older], version="1.0")).ids == ()
    for _ in range(2):  # as often as it is read until it is extracted
        saved = save_texts(store, TextBatch(LATE, [StoredText(corrected, LATE, "/in/a.jsonl#1")], version="1.0"))
        assert (saved.changed, saved.unchanged, saved.ids) == (0, 1, (key,))
    (due,) = load_due(store, [key], "1.0")
    (release,) = load_texts(store, [due])
    assert (release.published, release.text, due.seen_at) == (day, item.release.text, None)
    save_batch(store, Batch(seen_at=LATE, items=(make_item(release={"published": day}),), reextracted=True))
    forget_waiting(store, [(key, due.text_sha256)])
    current = load_release(store, key)
    assert current is not None
    assert current.published == day
    assert save_texts(store, TextBatch(LATE, [StoredText(corrected, LATE, "/in/a.jsonl#1")], version="1.0")).ids == ()
    assert load_due(store, [key], "1.0") == []


REFUSED = [
    (text("1", "Other words"), "duplicate_id"),  # the same id twice in a file, with another text
    (text("1", "One", source="acme"), "id_taken"),
    (text("2", "NUL \0 in it"), "nul_character"),
]


@pytest.mark.parametrize(("refused", "code"), REFUSED)
def test_what_cannot_be_stored_is_in_quarantine_and_counted(store: Store, refused: StoredText, code: str) -> None:
    mark = Intake(id="i", place="/in/a.jsonl", how="", size=9, changed_at=1, taken=2, started_at=EARLY)
    saved = save_texts(store, TextBatch(EARLY, [text("1", "One"), refused], intakes=[mark]))
    assert ([problem.code for problem in saved.problems], saved.new) == ([code], 1)
    assert [entry.problem.code for entry in load_quarantine(store)] == [code]
    assert load_intakes(store, ["i", "j"]) == {"i": mark.model_copy(update={"failed": 1})}
