"""docs/store.md: each table and column is described there, and its queries run; names need no quotation marks."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from sqlalchemy import URL, text

from schemas.problem import Problem
from store import tables
from store.database import Store, reading
from store.models import Batch, Item
from store.save import save_batch
from tests.test_copies import told

DOCUMENT = (Path(__file__).parents[1] / "docs" / "store.md").read_text(encoding="utf8")
QUERIES = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)
ANSWERS = [
    ("Norvik Foundation", "Harbour School"),
    ("Norvik Foundation", "Harbour School", "EUR", "up_to"),
    ("Norvik Foundation", "EUR", 1, 2500000.0),
    ("Ana Reis", "head", "Harbour School"),
    ("amounts", "payee", 0.7),
    ("model:parties", "payee", 1, 70.0),
    (1.5, 2),
    ("May 4, 2026", "2026-05-04"),
    ("Ana Reis", "Harbour School", 1),
    ("Harbour School",),
    ("Harbour grant announced", "norvik", 0),
    ("norvik", "fetch", "http_404", 1),
    ("text_too_short", 1, 1),
]
"""What each query finds in one made-up release: values of its first row."""


def test_every_table_and_column_is_described() -> None:
    described = {}
    for part in re.split(r"^\*\*", DOCUMENT, flags=re.MULTILINE)[1:]:
        described[part.partition("**")[0]] = re.findall(r"^\| (\w+) \| .+ \|$", part, re.MULTILINE)[1:]
    assert described == {
        table.name: [column.name for column in table.columns] for table in tables.metadata.sorted_tables
    }


def test_the_queries_run(store: Store, make_item: Callable[..., Item]) -> None:
    problem = Problem(source="norvik", place="https://norvik.example/2", stage="fetch", code="http_404", message="gone")
    moment = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    save_batch(store, Batch(seen_at=moment, items=(make_item(),), problems=(problem,)))
    assert len(QUERIES) == len(ANSWERS)
    with reading(store) as connection:
        for query, answer in zip(QUERIES, ANSWERS, strict=True):
            rows = connection.execute(text(query)).all()
            assert rows, query
            assert set(answer) <= set(rows[0]), query


def tell_twice(store: Store, make_item: Callable[..., Item]) -> None:
    """One payment and a part of it, in a release and in a copy of that."""
    items = []
    for number in range(2):
        item = told(make_item, str(number), number)
        paid = item.record.commitments[0]
        both = (paid, paid.model_copy(update={"id": "part", "part_of": paid.id, "value": Decimal(5)}))
        items.append(item.model_copy(update={"record": item.record.model_copy(update={"commitments": both})}))
    save_batch(store, Batch(seen_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC), items=tuple(items)))


def test_what_each_payer_gives_is_counted_once(store: Store, make_item: Callable[..., Item]) -> None:
    tell_twice(store, make_item)
    with reading(store) as connection:
        rows = connection.execute(text(QUERIES[2])).all()
    assert [tuple(row) for row in rows] == [("Norvik Foundation", "EUR", 1, 2500000.0)]


def test_no_name_needs_quotation_marks() -> None:
    for kind in ("sqlite", "postgresql+psycopg"):
        preparer = URL.create(kind).get_dialect()().identifier_preparer
        for table in tables.metadata.sorted_tables:
            for name in (table.name, *table.columns.keys()):
                assert preparer.quote(name) == name
