"""The report: money by issuer, by payer and payee, by month, each currency by itself; as a page and as one file."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from review import money_charts
from review.ask import now, store_of
from review.render import render, show
from store.database import Store
from store.money import load_money

router = APIRouter(include_in_schema=False)
DRAWN = 8
"""Currencies with pictures: those with most payments; the first table has all."""
ROWS = 100
"""Rows of a table: the largest; one by month has all."""


@router.get("/report")
def report(request: Request, source: Annotated[str | None, Query(max_length=80)] = None) -> Response:
    """The page."""
    return show(request, "report.html", **_content(store_of(request), source or None))


def make_report(store: Store, source: str | None = None) -> str:
    """The report as one file of HTML, which needs nothing from elsewhere and runs no script."""
    style = (Path(__file__).parent / "static" / "style.css").read_text(encoding="utf8")
    return render("report_file.html", style=style, **_content(store, source))


def _content(store: Store, source: str | None) -> dict[str, Any]:
    money = load_money(store, source)
    return {"money": money, "drawn": money[:DRAWN], "charts": money_charts, "table_rows": ROWS, "source": source,
            "made": f"{now():%Y-%m-%d %H:%M} UTC"}  # fmt: skip
