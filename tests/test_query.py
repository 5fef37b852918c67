"""Questions in SQL: the documented views, answered on both databases, and nothing that changes anything."""

import csv
import datetime as dt
import io
import json
import re
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from store.database import Store, open_store, reading
from store.models import Batch, Item
from store.query import QueryError, answering
from store.save import save_batch
from store.views import VIEWS
from tests.test_cli import dateline

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
DOCUMENT = (Path(__file__).parents[1] / "docs" / "query.md").read_text(encoding="utf8")
ANSWERS = [
    ("Norvik Foundation", "Harbour School", "EUR", 1, 2500000.0),
    ("Ana Reis", "Harbour School", 1),
    (None, "Harbour School", 1),
    ("Harbour grant announced", "dateline", "2026-05-04", "May 4, 2026"),
    ("861584e483308af2", "Harbour grant announced", 1.5),
]
"""The first row of each question of the document."""

REFUSED = [
    ("SELECT payor FROM payments", "no column 'payor' in payments; did you mean payer, payee"),
    ("SELECT p.valeu FROM payments p", "did you mean value"),
    ("SELECT 1 FROM payment", "no table 'payment'; did you mean payments"),
    ("SELECT x.value FROM payments", "there is no "),  # SQLite takes it for a column, PostgreSQL for a table
    ("SELECT 1; DROP TABLE release", "one statement"),
    ("SELECT 1; COMMIT; DROP TABLE release", "one statement"),
    ("DELETE FROM release", ""),
    ("UPDATE release SET title = 'x'", ""),
    ("WITH gone AS (DELETE FROM release RETURNING id) SELECT * FROM gone", ""),
    ("CREATE TABLE x (y INTEGER)", ""),
    ("CREATE TEMP TABLE x (y INTEGER)", ""),
    ("SELECT * INTO x FROM release", ""),
    ("COMMIT", ""),
    ("VACUUM", ""),
    ("SELECT load_extension('x')", ""),
    ("SELECT pg_read_file_of_mine('x')", ""),
    ("PRAGMA query_only = OFF", ""),
    ("ATTACH 'x.sqlite' AS x", ""),
    ("SET TRANSACTION READ WRITE", ""),
    ("SELECT setval('release_change_number', 1)", ""),
    ("COPY release TO PROGRAM 'true'", ""),
    ("INSERT INTO word_index (word_index) VALUES ('rebuild')", ""),
    ("SELECT 'x\0y'", ""),
    ("SELECT '\ud800'", ""),
    ("SELECT ?", ""),
    ("", ""),
    ("-- nothing", ""),
    ("not SQL", ""),
]


@pytest.fixture
def filled(store: Store, make_item: MakeItem) -> Store:
    """A store with one release."""
    save_batch(store, Batch(seen_at=NOW, items=(make_item(),)))
    return store


def ask(store: Store, sql: str, seconds: float = 20) -> list[tuple[object, ...]]:
    with answering(store, sql, seconds) as answer:
        return list(answer.rows)


def whole(store: Store) -> list[object]:
    names = ("release", "release_version", "record", "amount", "release_change", "alembic_version")
    with reading(store) as connection:
        return [connection.execute(text(f"SELECT * FROM {name}")).all() for name in names]  # noqa: S608


def test_every_view_and_column_is_described() -> None:
    described = {}
    for part in re.split(r"^\*\*", DOCUMENT, flags=re.MULTILINE)[1:]:
        name, _, rest = part.partition("** – ")
        described[name] = re.findall(r"^\| (\w+) \| (\w+) \| (.+) \|$", rest, re.MULTILINE)[1:]
        assert rest.partition("\n")[0] == VIEWS[name].about
    assert described == {
        view.name: [(column.name, column.kind, column.about) for column in view.columns] for view in VIEWS.values()
    }


def test_the_questions_of_the_document(filled: Store) -> None:
    questions = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)
    rows = [tuple(map(plain, ask(filled, question)[0])) for question in questions]
    assert [[cell for cell in row if cell in answer] for row, answer in zip(rows, ANSWERS, strict=True)] == [
        list(answer) for answer in ANSWERS
    ]


def plain(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def test_every_view_has_the_kinds_that_it_says(filled: Store) -> None:
    kinds: dict[str, tuple[type, ...]] = {
        "text": (str,), "number": (float,), "integer": (int,), "flag": (bool, int), "exact": (str, Decimal),
        "day": (str, dt.date), "time": (str, dt.datetime),
    }  # fmt: skip
    for view in VIEWS.values():
        with answering(filled, f"SELECT * FROM {view.name}", 20) as answer:  # noqa: S608
            assert answer.columns == tuple(column.name for column in view.columns)
            row = next(answer.rows)
        for column, cell in zip(view.columns, row, strict=True):
            assert cell is None or isinstance(cell, kinds[column.kind]), (view.name, column.name, cell)


def test_values_of_other_releases_are_current_ones(filled: Store, make_item: MakeItem) -> None:
    save_batch(filled, Batch(seen_at=NOW + dt.timedelta(1), items=(make_item(text="Nothing of it any more."),)))
    assert ask(filled, "SELECT count(*) FROM payments") == [(0,)]
    assert ask(filled, "SELECT title, text FROM releases") == [("Nothing of it any more.",) * 2]


def test_nothing_can_be_changed(filled: Store) -> None:
    before = whole(filled)
    for sql, said in REFUSED:
        with pytest.raises(QueryError) as refused:
            ask(filled, sql)
        assert said in str(refused.value)
    assert whole(filled) == before


def test_words_are_found(filled: Store) -> None:
    found = {
        "sqlite": "number IN (SELECT rowid FROM word_index WHERE word_index MATCH 'harbour')",
        "postgresql": "words @@ to_tsquery('simple', 'harbour')",
    }[filled.engine.dialect.name]
    assert len(ask(filled, f"SELECT release_id FROM release_words WHERE {found}")) == 1  # noqa: S608


def test_it_ends_in_time(filled: Store) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    with pytest.raises(QueryError, match=r"longer than 0\.2 seconds"):
        ask(filled, endless, 0.2)


def test_all_rows_together_come_in_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    with answering(store, endless, 20) as answer:
        assert next(answer.rows) == (1,)
        later = time.monotonic() + 21
        monkeypatch.setattr("store.query.time", SimpleNamespace(monotonic=lambda: later))
        with pytest.raises(QueryError, match="longer than 20 seconds"):
            list(islice(answer.rows, 1000))


def test_rows_come_while_they_are_read(filled: Store) -> None:
    many = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    with answering(filled, many, 20) as answer:
        assert [next(answer.rows)[0] for _ in range(3)] == [1, 2, 3]


def test_as_a_user_types_it(make_item: MakeItem, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dateline-data' / 'dateline.sqlite'}"
    save_batch(open_store(url), Batch(seen_at=NOW, items=(make_item(),)))

    def typed(*options: str, code: int = 0) -> str:
        done = dateline("query", *options, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    sql = "SELECT payer, value, value_exact AS exact, '=1' AS payer FROM payments"
    expected = {"payer": "Norvik Foundation", "value": 2500000.0, "exact": "2500000", "payer_2": "=1"}
    assert json.loads(typed(sql, "--json")) == [expected]
    assert list(csv.reader(io.StringIO(typed(sql, "--csv"))))[1] == ["Norvik Foundation", "2500000.0", "2500000", "'=1"]
    table = typed("SELECT name FROM organisations ORDER BY name", "--limit", "1")
    assert ("Harbour School" in table, "Norvik" in table) == (True, False)
    assert "what a person should look at" in typed("--tables").lower()
    assert "did you mean payer" in typed("SELECT payor FROM payments", code=2)
