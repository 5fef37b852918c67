"""Exports of what people made of the records: the same files, with what they decided."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from schemas.review import Add, Correct, Reject
from store.database import Store, close_store, open_store
from store.export import KINDS, export_csv, export_jsonl
from store.export_reviewed import export_reviewed_csv, export_reviewed_jsonl
from store.models import Item
from tests.conftest import TEXT
from tests.reviewing import Reviewer, spot, start
from tests.test_cli import dateline
from tests.test_export import read_csv

MakeItem = Callable[..., Item]


def reviewed(store: Store, make_item: MakeItem) -> Reviewer:
    """Two releases, one of them with a correction, a rejection and an addition."""
    start(store, make_item("0"))
    ana = start(store, make_item("1"))
    ana.do(Correct(target=ana.target("Ana Reis"), changes={"title": "director"}))
    ana.do(Reject(targets=(ana.target("FY2027"),)))
    ana.do(Add(field="organisations", value={"name": "Harbour", "mentions": [spot(TEXT, "Harbour")]}))
    return ana


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf8", newline="") as file:
        head, *others = csv.reader(file)
    return [head, *sorted(others)]


def test_without_decisions_it_is_what_was_extracted(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    for number in range(3):
        start(store, make_item(str(number)))
    counts = export_csv(store, tmp_path / "as-extracted")
    assert export_reviewed_csv(store, tmp_path / "as-reviewed") == counts
    for kind in KINDS:
        one, other = (rows(tmp_path / folder / f"{kind}.csv") for folder in ("as-extracted", "as-reviewed"))
        assert one == other, kind
    assert export_jsonl(store, tmp_path / "a.jsonl") == export_reviewed_jsonl(store, tmp_path / "b.jsonl") == 3
    assert (tmp_path / "a.jsonl").read_text("utf8") == (tmp_path / "b.jsonl").read_text("utf8")


def test_jsonl_has_what_people_decided(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    reviewed(store, make_item)
    assert export_reviewed_jsonl(store, tmp_path / "a.jsonl") == 2
    other, changed = (json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf8").splitlines())
    assert [person["title"] for person in changed["people"]] == ["director"]
    assert "FY2027" in {date["text"] for date in other["dates"]}
    assert "FY2027" not in {date["text"] for date in changed["dates"]}
    assert "Harbour" in {body["name"] for body in changed["organisations"]}


def test_csv_has_what_people_decided(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    ana = reviewed(store, make_item)
    export_reviewed_csv(store, tmp_path)
    people, dates = (read_csv(tmp_path / f"{kind}.csv") for kind in ("people", "dates"))
    assert {row["title"]: row["release_id"] == ana.release_id for row in people} == {"head": False, "director": True}
    assert [row["release_id"] == ana.release_id for row in dates if row["text"] == "FY2027"] == [False]


def test_one_source_alone(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    reviewed(store, make_item)
    assert export_reviewed_jsonl(store, tmp_path / "a.jsonl", source="none") == 0


def test_as_a_user_types_it(make_item: MakeItem, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'dateline-data' / 'dateline.sqlite'}")
    ana = reviewed(store, make_item)
    close_store(store)
    for options, titles in (((), ["head", "head"]), (("--reviewed",), ["head", "director"])):
        assert dateline("export", "-o", "a.jsonl", *options, cwd=tmp_path).returncode == 0
        records = map(json.loads, (tmp_path / "a.jsonl").read_text("utf8").splitlines())
        assert [person["title"] for record in records for person in record["people"]] == titles
    assert "--reviewed shows the record" in dateline("show", ana.release_id, cwd=tmp_path).stdout
    shown = dateline("show", ana.release_id, "--reviewed", "--json", cwd=tmp_path)
    assert json.loads(shown.stdout)["people"][0]["title"] == "director"
