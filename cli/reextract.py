"""`dateline reextract`: the present extractor over stored texts, old beside new, before anything is written."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from cli.output import complain, err, out, print_json
from cli.progress import Watch
from cli.tables import plain_table, shorten
from extractors.names import check_model
from flows.reextraction import Order, reextract_stored
from flows.workers import CrewError
from schemas.comparison import Comparison, Example
from schemas.selection import Selection
from schemas.settings import Settings
from store.comparison import list_rows

_WHERE = 'A condition in SQL on release or its values, such as "amount.currency IS NULL".'


_SHOWN = 2
"""Examples of one kind; --json has one more."""
_COLUMNS = ("field", "attribute", "#added", "#removed", "#changed", "#same", "#kept by reviews")
_DECIDED = ("field", "#kept", "#extractor says otherwise", "#to decide again")


def reextract(
    source: Annotated[str | None, typer.Option(help="Only releases of that source.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="None published before.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="None published after.")] = None,
    where: Annotated[str | None, typer.Option(help=_WHERE)] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Look at so many of them; stores nothing.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes on this machine.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Store the new records.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Run the present extractor over stored texts and show what it says otherwise; --apply stores that."""
    if apply and sample:
        raise typer.BadParameter("--sample is for looking; leave it out with --apply, which takes all (or --where)")
    settings = Settings()
    check_model(settings.model)
    first, last = (moment.date() if moment else None for moment in (since, until))
    selection = Selection(source=source, since=first, until=last, where=where, sample=sample)
    found, is_whole = _watch(settings, Order(selection, apply, workers or settings.workers))
    for problem in found.problems:
        complain(problem)
    if as_json:
        print_json({**found.model_dump(mode="json"), "whole": is_whole})
    else:
        print_comparison(found)
        out.print(Text(f"\n{closing_words(found, is_whole)}", "bold"), soft_wrap=True)
    raise typer.Exit(0 if is_whole and not found.failed else 1)


def _watch(settings: Settings, order: Order) -> tuple[Comparison, bool]:
    """What came of it, and whether that is all: it may be ended with what is known by then."""
    found, stage = Comparison(), "Extracting again" if order.apply else "Comparing"
    watch = Watch("Counting the releases")
    with closing(reextract_stored(settings, order)) as steps, watch.progress:
        try:
            for found in steps:
                total = min(found.due, order.selection.sample or found.due)
                watch(stage, found.compared + found.unread + found.failed, total)
        except KeyboardInterrupt:
            return found, False
        except CrewError as error:
            err.print(Text(str(error), "red"), soft_wrap=True)
            return found, False
    return found, True


def print_comparison(found: Comparison) -> None:
    """Tables for a person."""
    rows = list_rows(found)
    before = ", ".join(f"{version} ({number:,})" for version, number in sorted(found.before.items()))
    if before:
        out.print(Text(f"{found.version} beside {before}\n", "dim"), soft_wrap=True)
    if rows:
        title = "What has changed" if found.applied else "What would change"
        cells = [
            (field, name, *(f"{n:,}" if n else "" for n in (c.added, c.removed, c.changed, c.same, c.kept)))
            for field, name, c in rows
        ]
        out.print(plain_table(title, _COLUMNS, cells))
        out.print(Text("\nExamples", "bold"))
        for line in _example_lines(found):
            out.print(line, soft_wrap=True)
    if found.decisions:
        said = [(field, d.kept, d.otherwise, d.reopened) for field, d in sorted(found.decisions.items())]
        out.print()
        out.print(plain_table("What people decided", _DECIDED, said))


def _example_lines(found: Comparison) -> Iterator[Text]:
    order = [(field, attribute) for field, attribute, _ in list_rows(found)]
    shown: Counter[tuple[str, str | None, str]] = Counter()
    for one in sorted(found.examples, key=lambda one: order.index((one.field, one.attribute or ""))):
        shown[one.field, one.attribute, one.what] += 1
        if shown[one.field, one.attribute, one.what] > _SHOWN:
            continue
        yield _describe(one)
        if one.words:
            line = Text("    … ", "dim").append(one.words.text).append(" …")
            for start, end in one.words.marks:
                line.stylize("not dim bold", start + 6, end + 6)
            yield line


def _describe(one: Example) -> Text:
    """Which value of which release, and what became of it."""
    line = Text(f"  {one.release_id[:8]} ", "cyan").append(one.field)
    line.append(f".{one.attribute} " if one.attribute else " ").append(shorten(one.value, 60), "not cyan bold")
    if one.attribute is None:
        line.append(f" {one.what}", "green" if one.what == "added" else "red")
    else:
        line.append(f" {shorten(one.old or '–', 60)} → {shorten(one.new or '–', 60)}", "not cyan")
    return line.append("  (kept: reviewed)", "yellow") if one.kept else line


def closing_words(found: Comparison, is_whole: bool = True) -> str:
    """What a user wants to know last, and what to do next.

    >>> closing_words(Comparison(due=0, known=3))
    'Nothing to do: all 3 selected releases are by this extractor already.'
    """
    if not found.due:
        if not found.known:
            return "Nothing to do: no stored release is meant; `dateline status` says which sources have any."
        return f"Nothing to do: all {found.known:,} selected releases are by this extractor already."
    done = found.compared + found.unread
    words = f"{done:,} of {found.due:,} releases by another extractor looked at, {found.differing:,} say otherwise"
    words += f", {found.unsure:,} are otherwise sure of the same" if found.unsure else ""
    words += f", {found.unread:,} had no record" if found.unread else ""
    words += f", {found.failed:,} failed" if found.failed else ""
    words += f"; {found.known:,} are by this one already" if found.known else ""
    if not is_whole:
        return f"{words}. Stopped before the end: the same command goes on."
    if not found.applied:
        return f"{words}. Nothing is written yet: --apply stores it."
    return f"{words}. The new records are stored; `dateline link` links their names."
