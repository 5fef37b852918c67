"""Parquet, DuckDB and FollowTheMoney: the same rows, with their types, as extracted and as people left them."""

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds
import pytest

from schemas.record import Amount
from schemas.review import Reject
from store.database import Store, StoreError
from store.export import KINDS, Wanted, export_csv
from store.export_duckdb import TABLES, export_duckdb
from store.export_ftm import export_ftm
from store.export_parquet import export_parquet
from store.models import Batch, Item
from store.save import save_batch
from store.views import VIEWS
from tests.reviewing import Reviewer
from tests.test_export_reviewed import reviewed
from tests.test_query import DOCUMENT
from tests.test_tables import tell_twice

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
EXPORTS = (Path(__file__).parents[1] / "docs" / "export.md").read_text(encoding="utf8")


@pytest.fixture
def ana(store: Store, make_item: MakeItem) -> Reviewer:
    """Who reviewed one of two releases."""
    return reviewed(store, make_item)


def read_parquet(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ds.dataset(folder, partitioning="hive").to_table().to_pylist()
    return rows


def test_parquet_has_the_rows_of_csv_with_their_types(store: Store, ana: Reviewer, tmp_path: Path) -> None:
    written = export_parquet(store, tmp_path / "p", Wanted())
    assert written == export_csv(store, tmp_path / "c")
    for kind in KINDS:
        assert len(read_parquet(tmp_path / "p" / kind)) == written[kind], kind
    amount = read_parquet(tmp_path / "p" / "amounts")[0]
    assert (amount["value"], amount["published"], amount["year"]) == (Decimal("2500000"), dt.date(2026, 5, 4), 2026)
    release = read_parquet(tmp_path / "p" / "releases")[0]
    assert release["first_seen"].tzinfo is not None
    assert (tmp_path / "p" / "people" / "year=2026" / "part-0.parquet").is_file()


def test_the_question_of_the_document_counts_once(
    store: Store, make_item: MakeItem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (question,) = re.findall(r"```sql\n(.*?)```", EXPORTS, re.DOTALL)
    tell_twice(store, make_item)
    export_parquet(store, tmp_path / "out", Wanted())
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as connection:
        rows = connection.execute(question).fetchall()
    assert rows == [("Norvik Foundation", "Harbour School", Decimal(2500000))]


def test_parquet_and_duckdb_have_what_people_decided(store: Store, ana: Reviewer, tmp_path: Path) -> None:
    export_parquet(store, tmp_path / "p", Wanted())
    export_parquet(store, tmp_path / "p", Wanted(reviewed=True))  # in the place of the one before
    assert {row["title"] for row in read_parquet(tmp_path / "p" / "people")} == {"head", "director"}
    export_duckdb(store, tmp_path / "x.duckdb", Wanted(reviewed=True))
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as file:
        titles = file.execute("SELECT job_title FROM people ORDER BY 1").fetchall()
    assert titles == [("director",), ("head",)]


def test_parquet_without_rows_and_without_dates(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    tiny: dict[str, Any] = {"value": Decimal("0.000000000001"), "currency": "BTC", "rule": "r", "confidence": 1}
    amount = Amount(id="a", **tiny, start=0, end=3, text="Not")
    bare = make_item(text="Nothing.", release={"published": None})
    save_batch(store, Batch(seen_at=NOW, items=(make_item("2", "Not much.", record={"amounts": (amount,)}), bare)))
    export_parquet(store, tmp_path / "p", Wanted())
    assert read_parquet(tmp_path / "p" / "people") == []
    assert sorted(str(row["year"]) for row in read_parquet(tmp_path / "p" / "releases")) == ["0", "2026"]
    (row,) = read_parquet(tmp_path / "p" / "amounts")  # more digits than the column has: the number beside it tells
    assert (row["value"], row["value_number"]) == (None, 1e-12)
    assert export_parquet(store, tmp_path / "p", Wanted(source="nobody"))["releases"] == 0


def test_parquet_in_parts(store: Store, ana: Reviewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.export_parquet._ROWS_AT_ONCE", 1)
    monkeypatch.setattr("store.export_parquet._BYTES_AT_ONCE", 1)
    assert export_parquet(store, tmp_path / "p", Wanted())["dates"] == 4
    assert len(list((tmp_path / "p" / "dates" / "year=2026").iterdir())) == 4
    assert len(read_parquet(tmp_path / "p" / "dates")) == 4


def test_a_folder_of_somebody_else_is_left_alone(store: Store, ana: Reviewer, tmp_path: Path) -> None:
    (tmp_path / "dates").mkdir()
    (tmp_path / "dates" / "mine.txt").write_text("mine")
    with pytest.raises(StoreError, match="something else"):
        export_parquet(store, tmp_path, Wanted())
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and "sqlite" not in path.name] == ["mine.txt"]


def test_an_export_that_fails_leaves_the_one_before(
    store: Store, ana: Reviewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers = {"p": export_parquet, "x.duckdb": export_duckdb, "x.ftm.jsonl": export_ftm}
    for name, write in writers.items():
        write(store, tmp_path / "out" / name, Wanted())
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    for place in ("store.export_parquet.as_batch", "store.export_duckdb.as_batch", "store.export_ftm.make_entities"):
        monkeypatch.setattr(place, fail)
    for name, write in writers.items():
        with pytest.raises(KeyboardInterrupt):
            write(store, tmp_path / "out" / name, Wanted())
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_a_duckdb_file_that_cannot_be_written_says_so(
    store: Store, ana: Reviewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError, match=r"^/proc/x\.duckdb: cannot be written .*; check its rights and space"):
        export_duckdb(store, Path("/proc/x.duckdb"), Wanted())  # no file can be made there

    def fail(*_: object) -> None:
        raise duckdb.OutOfMemoryException("could not write block: No space left on device")

    monkeypatch.setattr("store.export_duckdb._insert", fail)
    with pytest.raises(StoreError, match=r"cannot be written \(could not write block: No space left"):
        export_duckdb(store, tmp_path / "out" / "x.duckdb", Wanted())
    assert not list((tmp_path / "out").iterdir())


def test_duckdb_answers_the_same_questions(store: Store, ana: Reviewer, tmp_path: Path) -> None:
    written = export_duckdb(store, tmp_path / "x.duckdb", Wanted())
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as file:
        for table in TABLES:
            found = file.execute(f"SELECT count(*) FROM {table.name}").fetchall()  # noqa: S608
            assert found == [(written[table.name],)], table.name
        for view in VIEWS.values():
            file.execute(f"SELECT * FROM {view.name}").fetchall()  # noqa: S608
        questions = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)
        rows = [file.execute(question).fetchall() for question in questions]
        exact = file.execute("SELECT value_exact, first_day, counts FROM payments").fetchall()[0]
    assert all(rows)
    assert rows[0] == [("Norvik Foundation", "Harbour School", "EUR", 2, 5000000.0)]
    assert exact == (Decimal("2500000"), dt.date(2026, 5, 4), True)


def test_one_source(store: Store, ana: Reviewer, make_item: MakeItem, tmp_path: Path) -> None:
    save_batch(store, Batch(seen_at=NOW, items=(make_item("other", release={"source": "other"}),)))
    for reviewed_ones in (False, True):
        wanted = Wanted("other", reviewed_ones)
        assert export_parquet(store, tmp_path / "p", wanted)["releases"] == 1
        written = export_duckdb(store, tmp_path / "x.duckdb", wanted)
        assert (written["release"], written["person"], written["source"]) == (1, 1, 1)
        assert export_ftm(store, tmp_path / "x.ftm.jsonl", wanted)["Article"] == 1


def read_ftm(path: Path) -> dict[str, dict[str, Any]]:
    entities = [json.loads(line) for line in path.read_text("utf8").splitlines()]
    assert len({entity["id"] for entity in entities}) == len(entities)
    return {entity["id"]: entity for entity in entities}


def test_ftm_has_who_pays_whom(store: Store, ana: Reviewer, tmp_path: Path) -> None:
    export_ftm(store, tmp_path / "x", Wanted())
    entities = read_ftm(tmp_path / "x")
    paid = next(entity for entity in entities.values() if entity["schema"] == "Payment")["properties"]
    assert (paid["amount"], paid["currency"], paid["date"]) == (["2500000"], ["EUR"], ["2026-05-04"])
    names = [entities[paid[side][0]]["properties"]["name"] for side in ("payer", "beneficiary")]
    assert names == [["Norvik Foundation"], ["Harbour School"]]
    job = next(entity for entity in entities.values() if entity["schema"] == "Employment")["properties"]
    assert (entities[job["employee"][0]]["properties"]["name"], job["role"]) == (["Ana Reis"], ["head"])
    first = (tmp_path / "x").read_bytes()
    export_ftm(store, tmp_path / "x", Wanted())
    assert (tmp_path / "x").read_bytes() == first


def test_ftm_has_no_payment_to_a_rejected_one(store: Store, ana: Reviewer, tmp_path: Path) -> None:
    ana.do(Reject(targets=(ana.target("Harbour School"),)))
    written = export_ftm(store, tmp_path / "x", Wanted(reviewed=True))
    assert (written["Payment"], written["payments without both parties"]) == (1, 1)


def test_followthemoney_takes_it(store: Store, ana: Reviewer, tmp_path: Path) -> None:
    """No property and no value that its model does not know, and nothing that it demands is missing."""
    model = pytest.importorskip("followthemoney", reason="it wants ICU's headers to be built").model
    export_ftm(store, tmp_path / "x", Wanted(reviewed=True))
    entities = read_ftm(tmp_path / "x")
    for entity in entities.values():
        proxy = model.get_proxy(entity, cleaned=False)
        assert {name: sorted(proxy.get(name)) for name in entity["properties"]} == {
            name: sorted(values) for name, values in entity["properties"].items()
        }
        proxy.schema.validate(entity)
        for prop, value in proxy.itervalues():
            assert prop.type.name != "entity" or entities[value], prop
    assert {"director"} <= {role for entity in entities.values() for role in entity["properties"].get("position", ())}
