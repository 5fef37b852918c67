"""Conditions that people write: what they mean, and what is refused before or by the database."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import insert, text

from schemas.selection import Selection
from store import tables
from store.conditions import ConditionError, read_condition
from store.database import Store, open_store
from store.models import Batch, Item
from store.save import save_batch
from store.selected import Extent, asking, count_selected, iter_selected

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
PLAIN = "Nothing was promised\n\nNobody gave anything."
"""A release without any value, by another source, without a day."""

MEANT = [
    # columns of the release, with and without its name, in either case
    ("source = 'norvik'", "ab"),
    ("Release.Published >= '2026-05-05'", "b"),
    ("published IS NULL", "c"),
    ("title LIKE 'Harbour%' AND NOT url LIKE '%/b'", "a"),
    # a value: some amount is in euros; none is in dollars
    ("amount.currency = 'EUR'", "ab"),
    ("amount.currency = 'USD'", ""),
    # no value at all, said in two ways
    ("amount.id IS NULL", "c"),
    ("NOT EXISTS (SELECT 1 FROM amount WHERE amount.release_id = release.id)", "c"),
    # a release without amounts is meant by what else is true of it
    ("amount.value_number > 1e9 OR source = 'other'", "c"),
    ("person.name = 'Ana Reis' AND amount.qualifier = 'up_to' AND published < '2026-05-05'", "a"),
    # queries of its own, under other names
    ("id IN (SELECT a.release_id FROM amount AS a JOIN person AS p ON p.release_id = a.release_id)", "ab"),
    ("(SELECT count(*) FROM date_mention AS d WHERE d.release_id = release.id) >= 2", "ab"),
    # the current record and text
    ("record.extractor_version = '1.0'", "abc"),
    ("release_version.text LIKE '%Nobody%'", "c"),
    # signs that mean something to a driver
    ("title LIKE '%Har:bour%' OR title = '%s' OR lower(title) LIKE '%harbour%'", "ab"),
]

REFUSED = [
    ("", "it is empty"),
    ("published >=", "missing at '>='"),
    ("title = 'Harbour", "quotation mark"),
    ("kind = 'price'", "no column 'kind'. A condition may speak of\n  release: id, source, "),
    ("amount.colour = 'red'", "no column 'amount.colour'"),
    ("nothing.id = 1", "no column 'nothing.id'"),
    # another statement, or the end of this one
    ("1 = 1; DROP TABLE release", "Unexpected token at 'DROP'"),
    ("1 = 1) OR (1 = 1", "Unexpected token at ')'"),
    ("DELETE FROM release", "Unexpected token"),
    ("ATTACH 'other.sqlite' AS other", "Unexpected token"),
    ("id IN (DELETE FROM release RETURNING id)", ""),
    ("EXISTS (SELECT 1 INTO copy FROM release)", "INTO copy is not allowed"),
    ("EXISTS (SELECT 1 FROM release FOR UPDATE)", "not allowed"),
    ("EXISTS (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT 1 FROM n)", "not allowed"),
    # functions that do something, or reach something
    ("load_extension('evil') = 1", "the function load_extension is not allowed"),
    ("writefile('a', 'b') = 1", "the function writefile is not allowed"),
    ("pg_sleep(9) IS NULL", "the function pg_sleep is not allowed"),
    ("lo_export(1, '/tmp/a') = 1", "the function lo_export is not allowed"),
    ("query_to_xml('DELETE FROM release', true, true, '') IS NULL", "not allowed"),
    ("nextval('a') = 1", "not allowed"),
    ("EXISTS (SELECT * FROM pragma_query_only(0))", "no table that a condition may read"),
    # tables of the database's own
    ("EXISTS (SELECT 1 FROM sqlite_master)", "sqlite_master is no table"),
    ("EXISTS (SELECT 1 FROM pg_catalog.pg_shadow)", "pg_catalog.pg_shadow is no table"),
    ("EXISTS (SELECT 1 FROM main.release)", "main.release is no table"),
]


@pytest.fixture
def filled(store: Store, make_item: MakeItem) -> Store:
    later = {"id": "b", "published": dt.date(2026, 5, 6), "url": "https://norvik.example/b"}
    items = (
        make_item(release={"id": "a"}),
        make_item(release=later),
        make_item(text=PLAIN, release={"id": "c", "source": "other", "published": None}),
    )
    save_batch(store, Batch(seen_at=NOW, items=items))
    return store


def test_what_is_meant(filled: Store) -> None:
    for where, expected in MEANT:
        assert "".join(iter_selected(filled, Selection(where=where), "2.0")) == expected, where
    selections = [
        (Selection(), "abc"),
        (Selection(source="norvik", since=dt.date(2026, 5, 5)), "b"),
        (Selection(until=dt.date(2026, 5, 5)), "a"),  # a release without a day is not meant
        (Selection(source="norvik", sample=9), "ab"),
    ]
    for selection, expected in selections:
        assert "".join(iter_selected(filled, selection, "2.0")) == expected, selection
    one = list(iter_selected(filled, Selection(sample=1), "2.0"))
    assert one == list(iter_selected(filled, Selection(sample=1), "2.0"))
    assert len(one) == 1
    assert count_selected(filled, Selection(source="norvik"), "2.0") == Extent(due=2, known=0)
    assert count_selected(filled, Selection(source="norvik"), "1.0") == Extent(due=0, known=2)
    assert list(iter_selected(filled, Selection(), "1.0")) == []


def test_what_is_refused(filled: Store) -> None:
    for where, complaint in REFUSED:
        with pytest.raises(ConditionError) as error:
            read_condition(filled, where)
        assert complaint in str(error.value), where


def test_the_database_refuses_too(filled: Store) -> None:
    asked = Selection(where="EXISTS (SELECT 1 FROM amount WHERE amount.colour = 1)")
    with pytest.raises(ConditionError, match="colour"):  # only the database knows what a query of its own means
        count_selected(filled, asked, "2.0")
    for statement in (
        insert(tables.source).values(name="new"),
        text("DELETE FROM release"),
        text("CREATE TABLE a(b int)"),
    ):
        with pytest.raises(ConditionError), asking(filled, asked) as connection:
            connection.execute(statement)
    save_batch(filled, Batch(seen_at=NOW))  # others may write as before


def test_a_condition_is_read_without_its_comments(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('data') / 'a.sqlite'}")
    assert str(read_condition(store, "source = 'a' -- */ OR 1 = 1")) == "(release.source = 'a')"
