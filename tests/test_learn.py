"""From the store's reviews to what extraction uses: the commands learn and export, as a user types them."""

import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import DocBin

from extractors.pipeline import build_pipeline
from extractors.record import extract_record
from flows.learn import load_cases
from schemas.record import Record
from schemas.release import Release
from schemas.review import Accept, Act, Action, Reject, ReviewField, SetStatus, Target
from store.database import Store, close_store, open_store
from store.models import Batch, Item
from store.review_events import act
from store.save import save_batch
from tests.test_cli import dateline

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
NUMBER = 200
FIELDS: tuple[ReviewField, ...] = ("people", "organisations", "dates", "amounts", "quotes")


def release(number: int) -> Release:
    text = f"Ana Reis of Harbour School Ltd had {number + 2} million euros in March {1950 + number % 70}."
    return Release(id=f"r{number:03}", source="harbour" if number % 2 else "quay", text=f"Grant {number}\n\n{text}",
                   title=f"Grant {number}")  # fmt: skip


def _targets(record: Record) -> dict[ReviewField, list[Target]]:
    return {field: [Target(field=field, value_id=one.id) for one in getattr(record, field)] for field in FIELDS}


def review(store: Store, record: Record, number: int) -> None:
    """Accept everything, but nine of ten dates; say that it is done."""
    targets = _targets(record)
    right = [target for field in FIELDS for target in targets[field] if field != "dates" or number % 10 == 0]
    wrong = [] if number % 10 == 0 else targets["dates"]
    actions: list[Action] = [Accept(targets=tuple(right))] if right else []
    actions += [Reject(targets=tuple(wrong))] if wrong else []
    for seen, action in enumerate([*actions, SetStatus(status="done")]):
        asked = f"{record.release.id}-{seen}-asked"
        act(store, Act(release_id=record.release.id, action=action, reviewer="ana", at=NOW, seen=seen,
                       request_id=asked))  # fmt: skip


@pytest.fixture(scope="module")
def records() -> list[Record]:
    nlp = build_pipeline("fast")
    return [extract_record(nlp, release(number)) for number in range(NUMBER)]


def fill(store: Store, records: list[Record], done: int) -> None:
    items = tuple(Item(release=release(number), record=record) for number, record in enumerate(records))
    save_batch(store, Batch(seen_at=NOW, items=items))
    for number, record in enumerate(records[:done]):
        review(store, record, number)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory, records: list[Record]) -> Path:
    """A folder with a store of reviewed releases, to be copied: reviewing takes seconds."""
    made = tmp_path_factory.mktemp("reviewed")
    make_store(made, records, NUMBER)
    return made


@pytest.fixture
def folder(tmp_path: Path, reviewed: Path) -> Path:
    """A folder with a store of reviewed releases."""
    return shutil.copytree(reviewed, tmp_path, dirs_exist_ok=True)


def make_store(folder: Path, records: list[Record], done: int) -> None:
    store = open_store(f"sqlite:///{folder / 'dateline-data' / 'dateline.sqlite'}")
    fill(store, records, done)
    close_store(store)


def run(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    done = dateline(*args, cwd=cwd, DATELINE_MODEL="fast")
    assert done.returncode == 0, done.stderr
    return done


def extract(folder: Path) -> dict[str, Any]:
    (folder / "one.txt").write_text(release(7).text, encoding="utf8")
    record: dict[str, Any] = json.loads(run("extract", "one.txt", "--format", "jsonl", cwd=folder).stdout)
    return record


def test_learnt_switched_on_and_forgotten(folder: Path) -> None:
    before = extract(folder)
    shown = run("learn", cwd=folder).stdout
    assert "Nothing is switched yet" in shown
    assert next(line for line in shown.splitlines() if line.startswith("dates ")).rstrip().endswith(" better")
    assert not (folder / "dateline-data" / "learned.json").exists()
    assert extract(folder) == before

    said = json.loads(run("learn", "--apply", "--json", cwd=folder).stdout)
    dates = next(one for one in said["measures"] if one["name"] == "dates")
    assert (said["applied"], said["is_new"], dates["finding"]) == (True, True, "better")
    assert dates["error"][1] < dates["error"][0] / 2
    assert said["releases"] + said["held_back"] == NUMBER
    after = extract(folder)
    assert "-learnt-" in after["extractor_version"]
    assert "-learnt-" not in before["extractor_version"]
    assert after["dates"][0]["confidence"] < 0.6 < before["dates"][0]["confidence"]

    assert "Nothing to switch" in run("learn", "--apply", cwd=folder).stdout  # the same reviews teach nothing new
    assert extract(folder) == after
    assert "as shipped again" in run("learn", "--forget", cwd=folder).stdout
    assert "Nothing was learnt" in run("learn", "--forget", cwd=folder).stdout
    assert extract(folder) == before


SAID = [(0, "No release is reviewed yet"), (20, "too few reviews to say")]


@pytest.mark.parametrize(("done", "words"), SAID)
def test_too_few_reviews_switch_nothing(tmp_path: Path, records: list[Record], done: int, words: str) -> None:
    make_store(tmp_path, records, done)
    assert words in run("learn", "--apply", cwd=tmp_path).stdout
    assert not (tmp_path / "dateline-data" / "learned.json").exists()


def test_a_broken_file_is_said_and_can_be_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "dateline-data" / "learned.json"
    path.parent.mkdir()
    path.write_text("{}")
    (tmp_path / "one.txt").write_text("Text of a release.")
    done = dateline("extract", "one.txt", cwd=tmp_path)
    assert (done.returncode, "dateline learn --forget" in done.stderr) == (2, True)
    run("learn", "--forget", cwd=tmp_path)
    run("extract", "one.txt", cwd=tmp_path)


def test_apply_and_forget_exclude_each_other(tmp_path: Path) -> None:
    assert dateline("learn", "--apply", "--forget", cwd=tmp_path).returncode == 2


def test_gold_sets(folder: Path, records: list[Record]) -> None:
    """Every reviewed release is in one of the two sets, as people left it."""
    done = run("export", "--format", "jsonl-gold", "-o", "sets", cwd=folder)
    assert "reviewed releases in sets/train.*" in done.stderr
    lines = {path.name: path.read_text("utf8").splitlines() for path in (folder / "sets").iterdir()}
    read = {name: [json.loads(line) for line in some] for name, some in lines.items()}
    assert sorted(read) == ["dev.gold.jsonl", "dev.releases.jsonl", "train.gold.jsonl", "train.releases.jsonl"]
    ids = {part: [one["id"] for one in read[f"{part}.gold.jsonl"]] for part in ("train", "dev")}
    assert {part: [one["id"] for one in read[f"{part}.releases.jsonl"]] for part in ids} == ids
    assert sorted(ids["train"] + ids["dev"]) == [f"r{number:03}" for number in range(NUMBER)]
    assert len(ids["dev"]) == pytest.approx(0.2 * NUMBER, abs=15)
    for gold in read["train.gold.jsonl"] + read["dev.gold.jsonl"]:
        assert bool(gold["dates"]) == (int(gold["id"][1:]) % 10 == 0)  # rejected ones are gone
        (record,) = [one for one in records if one.release.id == gold["id"]]
        assert [person["name"] for person in gold["people"]] == [person.name for person in record.people]
    again = run("export", "--format", "jsonl-gold", "-o", "again", cwd=folder)
    assert again.returncode == 0
    assert {path.name: path.read_text("utf8").splitlines() for path in (folder / "again").iterdir()} == lines


def test_spacy_sets_can_be_learnt_from(folder: Path, records: list[Record]) -> None:
    run("export", "--format", "spacy", "--source", "quay", "--share", "0.5", cwd=folder)
    blank = spacy.blank("en")
    docs = {
        path.stem: list(DocBin().from_disk(path).get_docs(blank.vocab))
        for path in (folder / "dateline-export").iterdir()
    }
    assert sorted(docs) == ["dev", "train"]
    ids = [str(doc.user_data["release_id"]) for some in docs.values() for doc in some]
    assert sorted(ids) == [f"r{number:03}" for number in range(0, NUMBER, 2)]
    for doc in docs["train"] + docs["dev"]:
        (record,) = [one for one in records if one.release.id == doc.user_data["release_id"]]
        assert [ent.text for ent in doc.ents if ent.label_ == "PERSON"] == [one.name for one in record.people]
        assert {ent.text for ent in doc.ents if ent.label_ == "ORG"} == {one.name for one in record.organisations}


def test_nothing_reviewed_gives_empty_sets(tmp_path: Path, records: list[Record]) -> None:
    make_store(tmp_path, records, 0)
    for format in ("jsonl-gold", "spacy"):
        assert "No release is reviewed yet" in run("export", "--format", format, cwd=tmp_path).stderr


def test_copies_are_on_one_side(store: Store, records: list[Record]) -> None:
    """Near-copies by their signatures, told weeks apart by several sources."""
    items = [
        Item(release=release(number), record=record, signature=tuple([number // 4] * 126))
        for number, record in enumerate(records[:40])
    ]
    save_batch(store, Batch(seen_at=NOW, items=tuple(items)))
    for number, item in enumerate(items):
        review(store, item.record, number)
    sides: dict[int, set[bool]] = {}
    for case in load_cases(store, 0.5):
        sides.setdefault(int(case.release.id[1:]) // 4, set()).add(case.is_held_back)
    assert len(sides) == 10
    assert all(len(side) == 1 for side in sides.values())
    assert {True, False} == set().union(*sides.values())
