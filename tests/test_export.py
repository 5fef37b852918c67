"""Exports: every current record once, in files that appear whole and that no spreadsheet runs."""

import csv
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.record import Amount, Quote, Record
from store import export
from store.database import Store, StoreError
from store.export import KINDS, export_csv, export_jsonl
from store.models import Batch, Item
from store.save import save_batch

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)

CELLS = [
    ("=1+1", "'=1+1"),
    ("+351 555", "'+351 555"),
    ("@here", "'@here"),
    ("- a dash", "'- a dash"),
    ("\t=1", "'\t=1"),  # spreadsheets leave out the tab
    ("\r=1", "'\r=1"),
    ("＝1", "'＝1"),  # full width
    ("-5", "-5"),  # a number is no formula
    ("-0.25", "-0.25"),
    ("-5+cmd", "'-5+cmd"),
    (Decimal("-2.50"), "-2.50"),
    (dt.date(2026, 5, 4), "2026-05-04"),
    (dt.datetime(2026, 6, 1, 12), "2026-06-01 12:00:00"),  # as SQLite gives it
    (dt.datetime(2026, 6, 1, 14, tzinfo=dt.timezone(dt.timedelta(hours=2))), "2026-06-01 12:00:00"),  # as PostgreSQL
    (0.5, "0.5"),
    ("1 = 1", "1 = 1"),
    ("", ""),
    (None, ""),
]


def save(store: Store, *items: Item) -> None:
    save_batch(store, Batch(seen_at=NOW, items=items))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("value", "cell"), CELLS)
def test_cells(value: Any, cell: str) -> None:
    assert export.as_cell(value) == cell


def test_jsonl_has_each_current_record_as_it_was_extracted(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    items = [make_item(str(number)) for number in range(5)]
    save(store, *items, make_item("0", "Other text\u2028é"))
    save(store, items[1].model_copy(update={"record": items[1].record.model_copy(update={"extractor_version": "2"})}))
    path = tmp_path / "new" / "records.jsonl"
    assert export_jsonl(store, path) == 5
    lines = path.read_bytes().decode().split("\n")[:-1]
    records = [Record.model_validate_json(line) for line in lines]
    assert [record.release.id for record in records] == sorted(item.release.id for item in items)
    assert sorted(record.extractor_version for record in records) == ["1.0", "1.0", "1.0", "1.0", "2"]
    assert lines == [record.model_dump_json() for record in records]  # to the letter
    assert json.loads(lines[0])["schema_version"] == records[0].schema_version


def test_csv_has_a_row_for_each_value(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    item = make_item()
    save(store, item)
    counts = export_csv(store, tmp_path)
    assert counts == dict(zip(KINDS, (1, 3, 1, 2, 2, 1, 1, 1, 1, 2), strict=True))
    assert {kind: len(read_csv(tmp_path / f"{kind}.csv")) for kind in KINDS} == counts
    for kind in KINDS:
        for row in read_csv(tmp_path / f"{kind}.csv"):
            assert (row["id" if kind == "releases" else "release_id"], row["published"]) == (
                item.release.id,
                "2026-05-04",
            )
    (amount,) = read_csv(tmp_path / "amounts.csv")
    assert (amount["release_title"], amount["value"], amount["currency"], amount["text"], amount["payee"]) == (
        item.release.title,
        "2500000",
        "EUR",
        "€2.50 million",
        "Harbour School",
    )
    (person,) = read_csv(tmp_path / "people.csv")
    assert (person["name"], person["title"], person["organisation"]) == ("Ana Reis", "head", "Harbour School")
    assert [row["last_day"] for row in read_csv(tmp_path / "dates.csv")] == ["2026-05-04", ""]


def test_csv_keeps_lines_quotes_and_numbers(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    text = '=A1, "said"\nhe'
    words: dict[str, Any] = {"start": 0, "end": len(text), "text": text}
    amount = Amount(id="a", value=Decimal("-0.10"), currency="EUR", rule="r", confidence=1, **words)
    quote = Quote(id="q", speaker="@ana", **words)
    save(store, make_item(text=text, record={"quotes": (quote,), "amounts": (amount,)}))
    export_csv(store, tmp_path)
    (row,) = read_csv(tmp_path / "quotes.csv")
    assert (row["text"], row["speaker"], row["release_title"]) == ("'" + text, "'@ana", '\'=A1, "said"')
    assert read_csv(tmp_path / "amounts.csv")[0]["value"] == "-0.1"


def test_one_source(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    save(store, make_item("1"), make_item("2", release={"source": "other"}))
    assert export_jsonl(store, tmp_path / "x.jsonl", "other") == 1
    assert export_csv(store, tmp_path, "norvik")["organisations"] == 2
    assert set(export_csv(store, tmp_path, "nobody").values()) == {0}


def test_an_export_that_fails_leaves_the_one_before(
    store: Store, make_item: MakeItem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, make_item())
    path = tmp_path / "people.csv"
    path.write_text("the one before")

    def fail(_value: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(export, "as_cell", fail)
    with pytest.raises(KeyboardInterrupt):
        export_csv(store, tmp_path)
    assert path.read_text() == "the one before"
    assert [file.name for file in tmp_path.glob("*") if file.suffix in (".tmp", ".csv")] == ["people.csv"]


def test_a_place_that_cannot_be_written_to(store: Store, tmp_path: Path) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(StoreError, match="no ordinary file"):
        export_jsonl(store, tmp_path / "folder.jsonl")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        export_jsonl(store, tmp_path / "file" / "x.jsonl")


def test_a_link_to_a_file_stays_a_link(store: Store, tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_text("before")
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    export_jsonl(store, tmp_path / "link.jsonl")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").read_text() == ""
