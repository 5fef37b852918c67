"""The report: sums as people left them, no currency added to another, pictures with tables, nothing from elsewhere."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser
from sqlalchemy import Connection, insert

from review import money_charts
from review.app import build_app
from review.money_charts import MOST, draw_columns, draw_rows
from review.render import render
from review.report import make_report
from review.setup import Setup
from schemas.record import Commitment
from schemas.review import Accept, Correct, Undo
from store import money, tables
from store.database import Store, close_store, open_store, reading, writing
from store.models import Item
from store.money import Money, Sum, load_money
from tests.reviewing import start

MakeItem = Callable[..., Item]


@pytest.fixture
def filled(store: Store, make_item: MakeItem) -> Store:
    """Four releases: as extracted, with a corrected sum, one in another currency and hostile names, a copy."""
    fill(store, make_item)
    return store


def fill(store: Store, make_item: MakeItem) -> None:
    start(store, make_item("1"))
    ana = start(store, make_item("2", release={"published": dt.date(2026, 3, 1)}))
    ana.do(Correct(target=ana.target("€2.50 million"), changes={"value": "3000000"}))
    third = make_item("3", release={"published": None, "source": "other"})
    paid = third.record.commitments[0].model_copy(update={"currency": "USD", "value": Decimal(7)})
    part = Commitment(**dict(paid) | {"id": "part", "part_of": paid.id})
    hostile = {"issuer": "<script>alert(1)</script>"}
    issued = third.record.release.model_copy(update=hostile)
    start(store, third.model_copy(update={"record": third.record.model_copy(
        update={"commitments": (paid, part), "release": issued})}))  # fmt: skip
    copy = start(store, make_item("4"))
    with writing(store) as connection:
        row = {"release_id": copy.release_id, "original_id": make_item("1").release.id, "similarity": 1.0}
        connection.execute(insert(tables.release_copy), row)


def test_sums(filled: Store) -> None:
    euros, dollars = load_money(filled)
    assert (euros.currency, euros.total, euros.payments) == ("EUR", 2500000 + 3000000, 2)  # corrected, and no copy
    assert euros.by_issuer == (Sum("Norvik Foundation", 5500000.0, 2),)
    assert euros.by_pair == (Sum("Norvik Foundation → Harbour School", 5500000.0, 2),)
    assert euros.by_month == (Sum("2026-03", 3000000.0, 1), Sum("2026-05", 2500000.0, 1))
    assert (dollars.currency, dollars.total, dollars.by_month) == ("USD", 7.0, (Sum("no date", 7.0, 1),))
    assert [one.currency for one in load_money(filled, "other")] == ["USD"]
    assert load_money(filled, "nobody") == []


def test_what_is_reviewed_meanwhile_is_neither_twice_nor_missing(
    store: Store, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    march = make_item("2", release={"published": dt.date(2026, 3, 1)})
    first, second = start(store, make_item("1")), start(store, march)
    done = second.do(Accept(targets=(second.target("€2.50 million"),)))

    @contextmanager
    def interrupted(store: Store) -> Iterator[Connection]:
        with reading(store) as connection:
            yield connection
        monkeypatch.setattr(money, "reading", reading)
        first.do(Accept(targets=(first.target("€2.50 million"),)))
        second.do(Undo(number=done.number))

    monkeypatch.setattr(money, "reading", interrupted)
    euros = load_money(store)[0]
    assert [(one.what, one.payments) for one in euros.by_month] == [("2026-03", 1), ("2026-05", 1)]


def test_pictures_of_many_and_of_none() -> None:
    many = [Sum(f"name {number}", 100.0 - number, 1) for number in range(40)]
    assert len(draw_rows(many, "EUR")) == MOST
    assert draw_rows([], "EUR") == []
    months = [Sum(f"{2000 + number // 12}-{number % 12 + 1:02}", 1.0, 1) for number in range(60)]
    assert len(draw_columns([*months, Sum("no date", 1.0, 1)], "EUR").bars) == 36
    assert draw_columns([], "EUR").bars == []
    assert draw_rows([Sum("nothing", 0.0, 1)], "EUR")[0].width == 1.0


def test_the_page_and_the_file(filled: Store) -> None:
    app = build_app(Setup(store=filled, secret="s" * 30, reviewer="ana"))
    client = TestClient(app, base_url="http://127.0.0.1:8470")
    page, file = client.get("/report"), make_report(filled)
    assert page.status_code == 200
    for text in (page.text, file):
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text
        assert text.count("<svg") == text.count("<figure>") == text.count("<details>") == 6  # each with its table
        assert "5,500,000.00" in text
    assert not re.search(r"<script|<link|src=|url\(|@import|https?://", file)
    assert "no payment" in client.get("/report?source=nobody").text
    assert client.get(f"/report?source={'x' * 99}").status_code == 422


def test_tables_have_all_months_and_the_largest_of_others() -> None:
    many = tuple(Sum(f"issuer {number:03}", 999.0 - number, 1) for number in range(101))
    months = tuple(Sum(f"{2000 + number // 12}-{number % 12 + 1:02}", 1.0, 1) for number in range(101))
    rows = {"drawn": [Money("EUR", 1.0, 0.0, 101, many, (), months)], "charts": money_charts, "table_rows": 100}
    page = render("report_file.html", style="", money=rows["drawn"], source=None, made="today", **rows)
    assert "2000-01</bdi>" in page
    assert "2008-05</bdi>" in page
    assert "issuer 099</bdi>" in page
    assert "issuer 100</bdi>" not in page
    assert page.count("The 100 largest of 101.") == 1


def test_ceilings_count_and_are_told(store: Store, make_item: MakeItem) -> None:
    start(store, make_item("1"))
    firm = make_item("2")
    paid = firm.record.commitments[0].model_copy(update={"qualifier": "exact", "value": Decimal(400)})
    start(store, firm.model_copy(update={"record": firm.record.model_copy(update={"commitments": (paid,)})}))
    ana = start(store, make_item("3"))
    ana.do(Correct(target=ana.target("€2.50 million"), changes={"qualifier": "under", "value": "50"}))
    assert [(one.total, one.at_most) for one in load_money(store)] == [(2500450.0, 2500050.0)]
    page = make_report(store)
    assert '<th scope="col" class="num">Of it at most</th>' in page
    assert '<td class="num">2,500,050.00</td>' in page


@pytest.fixture
def pages(tmp_path: Path, make_item: MakeItem) -> Path:
    """The file of a report."""
    store = open_store(f"sqlite:///{tmp_path / 'x.sqlite'}")
    fill(store, make_item)
    (tmp_path / "report.html").write_text(make_report(store), encoding="utf8")
    close_store(store)
    return tmp_path / "report.html"


def test_it_is_accessible_in_light_and_dark(pages: Path, chromium: Browser) -> None:
    for scheme, width in (("light", 1280), ("dark", 768)):
        view = chromium.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
        view.goto(pages.as_uri())
        found = Axe().run(view)
        assert found.violations_count == 0, found.generate_report()
        assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")
        view.close()
