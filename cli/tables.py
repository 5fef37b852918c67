"""Records as tables and coloured text that people can read."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from schemas.evidence import When
from schemas.record import Amount, Check, Commitment, Event, Organisation, Person, Record

STYLES = {"person": "bold cyan", "organisation": "bold magenta", "date": "bold green", "amount": "bold yellow"}
"""One style for each kind of value, in text and tables alike; quotes are underlined."""
ASIDE = ("boilerplate", "contact", "disclaimer", "furniture")
"""Kinds of sections that are no part of the news: shown dim."""
_Rows = Sequence[tuple[object, ...]]


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


def format_sum(paid: Amount | Commitment) -> str:
    """A sum with its currency and what qualifies it.

    >>> format_sum(Amount(id="a", value=3, maximum=5, currency="USD", qualifier="range", rule="", confidence=1,
    ...                   start=0, end=1, text="$"))
    '3–5 USD range'
    """
    qualifier = "" if paid.qualifier == "exact" else paid.qualifier
    return " ".join(filter(None, (_span(paid), paid.currency, qualifier)))


def _span(paid: Amount | Commitment) -> str:
    upper = f"–{format_money(paid.maximum)}" if paid.maximum is not None else ""
    return format_money(paid.value) + upper


def record_tables(record: Record, text: str) -> Group:
    """Everything in a record: a heading and a table for each kind of value that it has.

    `text` is the release's; checks quote it.
    """
    parts: list[RenderableType] = [_heading(record)]
    for title, columns, rows in _tables(record, text):
        if rows:
            parts += [Text(), plain_table(title, *_without_empty(columns, rows))]
    return Group(*parts, Text())


def _tables(record: Record, text: str) -> Iterator[tuple[str, tuple[str, ...], _Rows]]:
    yield "People", ("name", "title", "organisation", "#mentions", "only in"), [
        (_name(p, "person"), p.title, p.organisation, len(p.mentions), _only_in(p)) for p in record.people
    ]  # fmt: skip
    yield "Organisations", ("name", "acronym", "kind", "#mentions", "only in"), [
        (_name(o, "organisation"), o.acronym, o.kind, len(o.mentions), _only_in(o)) for o in record.organisations
    ]  # fmt: skip
    yield "Dates", ("value", "role", "words"), [
        (Text(date.value or "?", STYLES["date"]), date.role, date.text) for date in record.dates
    ]  # fmt: skip
    yield "Amounts", ("#amount", "currency", "qualifier", "kind", "payer", "payee", "purpose", "period", "words"), [
        (*_money(amount), amount.payer, amount.payee, *_what_for(amount), amount.text) for amount in record.amounts
    ]  # fmt: skip
    sums = {paid.id: _span(paid) for paid in record.commitments}
    yield "Commitments", (
        *("#amount", "currency", "qualifier", "kind", "payer", "payee", "purpose", "period", "day", "#part of"),
    ), [
        (*_money(paid), paid.payer and paid.payer.name, paid.payee and paid.payee.name, *_what_for(paid),
         _when(paid.day), sums.get(paid.part_of or ""))
        for paid in record.commitments
    ]  # fmt: skip
    yield "Events", ("when", "place", "told as", "words"), list(map(_event_row, record.events))
    yield "Quotes", ("speaker", "words"), [(q.speaker or "?", shorten(q.text, 90)) for q in record.quotes]
    yield "Checks", ("code", "what to look at", "words"), [_check_row(c, text) for c in record.checks]


def _without_empty(columns: tuple[str, ...], rows: _Rows) -> tuple[list[str], list[list[object]]]:
    """The columns in which some row has something."""
    kept = [place for place in range(len(columns)) if any(row[place] is not None for row in rows)]
    return [columns[place] for place in kept], [[row[place] for place in kept] for row in rows]


def _name(entity: Person | Organisation, kind: str) -> Text:
    return Text(entity.name, f"{STYLES[kind]} dim" if _only_in(entity) else STYLES[kind])


def _only_in(entity: Person | Organisation) -> str | None:
    """The section in which it stands, where that is no part of the news."""
    return entity.section if entity.section in ASIDE else None


def _money(paid: Amount | Commitment) -> tuple[object, ...]:
    return Text(_span(paid), STYLES["amount"]), paid.currency, paid.qualifier, paid.kind


def _what_for(paid: Amount | Commitment) -> tuple[str | None, str | None]:
    return shorten(paid.purpose.text, 40) if paid.purpose else None, _when(paid.period)


def _when(when: When | None) -> str | None:
    return (when.value or when.text) if when else None


def _event_row(event: Event) -> tuple[object, ...]:
    return _when(event.when), event.place and event.place.text, told_as(event), shorten(event.text, 90)


def told_as(event: Event) -> str | None:
    """Whether an event is told as past."""
    return None if event.is_past is None else "past" if event.is_past else "to come"


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
    """The release's text with every value in its kind's style; what is no part of the news is dim."""
    shown = Text(text)
    for section in record.sections:
        if section.kind in ASIDE:
            shown.stylize("dim", section.start, section.end)
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
    return line.append("quote", "underline").append("  boilerplate, contact and the like", "dim")
