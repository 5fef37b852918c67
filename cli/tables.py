"""Records as tables and coloured text that people can read."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from schemas.record import Amount, Check, Record

STYLES = {"person": "bold cyan", "organisation": "bold magenta", "date": "bold green", "amount": "bold yellow"}
"""One style for each kind of value, in text and tables alike; quotes are underlined."""


def plain_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    """A table of text cells; columns whose name starts with `#` hold numbers: aligned to the right, never wrapped."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", pad_edge=False, box=None)
    for column in columns:
        is_number = column.startswith("#")
        justify: Literal["left", "right"] = "right" if is_number else "left"
        table.add_column(column.removeprefix("#"), justify=justify, no_wrap=is_number, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text("" if cell is None else str(cell)) for cell in row))
    return table


def format_money(value: Decimal | None) -> str:
    """Thousands grouped, no digit lost.

    >>> format_money(Decimal("2800000.50"))
    '2,800,000.5'
    """
    return "" if value is None else f"{value.normalize():,f}"


def _amount_row(amount: Amount) -> tuple[object, ...]:
    upper = f"–{format_money(amount.maximum)}" if amount.maximum is not None else ""
    return (format_money(amount.value) + upper, amount.currency, amount.qualifier, amount.kind, amount.text)


def record_tables(record: Record, text: str) -> Group:
    """Everything in a record: a heading and a table for each kind of value that it has.

    `text` is the release's; checks quote it.
    """
    parts: list[RenderableType] = [_heading(record)]
    for title, columns, rows in (
        ("People", ("name", "title", "organisation", "#mentions"),
         [(Text(p.name, STYLES["person"]), p.title, p.organisation, len(p.mentions)) for p in record.people]),
        ("Organisations", ("name", "acronym", "kind", "#mentions"),
         [(Text(o.name, STYLES["organisation"]), o.acronym, o.kind, len(o.mentions)) for o in record.organisations]),
        ("Dates", ("value", "words"),
         [(Text(d.value or "?", STYLES["date"]), d.text) for d in record.dates]),
        ("Amounts", ("#amount", "currency", "qualifier", "kind", "words"),
         [(Text(str(row[0]), STYLES["amount"]), *row[1:]) for row in map(_amount_row, record.amounts)]),
        ("Quotes", ("speaker", "words"), [(q.speaker or "?", shorten(q.text, 90)) for q in record.quotes]),
        ("Checks", ("code", "what to look at", "words"), [_check_row(c, text) for c in record.checks]),
    ):  # fmt: skip
        if rows:
            parts += [Text(), plain_table(title, columns, rows)]
    return Group(*parts, Text())


def _check_row(check: Check, text: str) -> tuple[str, str, str]:
    return check.code, check.message, shorten(text[check.start or 0 : check.end or 0], 40)


def _heading(record: Record) -> Text:
    release = record.release
    facts = [release.published, release.place, release.issuer, release.source, release.id]
    title = Text(release.title or "(no title)", "bold underline")
    return title.append("\n" + " · ".join(str(fact) for fact in facts if fact), "not bold not underline dim")


def shorten(text: str, width: int) -> str:
    """One line of at most `width` characters.

    >>> shorten("Signed  on 10 April\\n2025", 12)
    'Signed on 1…'
    """
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def coloured_text(record: Record, text: str) -> Text:
    """The release's text with every value in its kind's style."""
    shown = Text(text)
    for quote in record.quotes:
        shown.stylize("underline", quote.start, quote.end)
    for kind, entities in (("organisation", record.organisations), ("person", record.people)):
        for entity in entities:
            for mention in entity.mentions:
                shown.stylize(STYLES[kind], mention.start, mention.end)
    for kind, values in (("date", record.dates), ("amount", record.amounts)):
        for value in values:
            shown.stylize(STYLES[kind], value.start, value.end)
    return shown


def legend() -> Text:
    """Which style stands for which kind."""
    line = Text("In the text: ", "dim")
    for kind, style in STYLES.items():
        line.append(kind, style).append("  ")
    return line.append("quote", "underline")
