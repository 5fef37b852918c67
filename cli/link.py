"""`dateline link`: links names across releases, and what people decide of links."""

import getpass
from collections.abc import Sequence
from typing import Annotated

import typer

from cli.output import err, out, print_json, progress_bar
from cli.tables import plain_table, shorten
from schemas.page import utc_now
from schemas.settings import Settings
from store.database import Store, close_store, open_store
from store.decisions import Action, Decided, Decision, decide, load_decisions
from store.links import Counts, Linked, count_entities, count_unlinked, link_entities
from store.lookup import Question, load_entity, load_questions

link = typer.Typer(help="Link people and organisations across releases; review what could not be told for certain.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


Matches = Annotated[list[str], typer.Argument(help="Ids of matches, or their beginnings: `dateline link review`.")]
By = Annotated[str, typer.Option(default_factory=_user, help="Who decides; by default this computer's user.")]
Comment = Annotated[str | None, typer.Option(help="Why.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


@link.callback(invoke_without_command=True)
def link_all(
    context: typer.Context,
    again: Annotated[bool, typer.Option(help="Link every release anew; what people decided stays.")] = False,
    as_json: AsJson = False,
) -> None:
    """Link the people and organisations of every release that is not linked yet."""
    if context.invoked_subcommand is not None:
        return
    store = open_store(Settings().database_url)
    try:
        with progress_bar() as progress:
            task = progress.add_task("Linking", total=None if again else count_unlinked(store))
            linked = link_entities(store, utc_now(), again, lambda done: progress.advance(task, done))
        counts = count_entities(store)
    finally:
        close_store(store)
    if as_json:
        print_json({**linked.model_dump(), **counts.model_dump()})
    else:
        _print_linked(linked, counts)


def _print_linked(linked: Linked, counts: Counts) -> None:
    out.print(plain_table("Linked now", ("what", "#number"), [("releases", linked.releases), ("names", linked.names)]))
    out.print()
    rows = [("people", counts.people), ("organisations", counts.organisations), ("open questions", counts.proposed)]
    out.print(plain_table("In the store", ("what", "#number"), [(name, f"{number:,}") for name, number in rows]))
    if counts.proposed:
        out.print("\nLook at the open questions with `dateline link review`.", style="bold")


@link.command()
def review(
    limit: Annotated[int, typer.Option(min=1, help="How many, the surest first.")] = 50, as_json: AsJson = False
) -> None:
    """Show pairs that may be one person or organisation and wait for a decision."""
    store = open_store(Settings().database_url)
    try:
        questions = load_questions(store, limit=limit)
    finally:
        close_store(store)
    if as_json:
        print_json([question.model_dump(mode="json") for question in questions])
        return
    _print_questions("Open questions", questions)
    if questions:
        out.print("\nAnswer with `dateline link accept ID` or `dateline link reject ID`.", style="bold")


def _print_questions(title: str, questions: list[Question]) -> None:
    rows = [
        (q.names[0], q.releases[0], q.names[1], q.releases[1], q.how, f"{q.score:.2f}", q.state, q.id)
        for q in questions
    ]
    columns = ("name", "#releases", "other name", "#releases", "how", "#score", "state", "id")
    out.print(plain_table(title, columns, rows or [("(none)", *[""] * 7)]))


@link.command()
def show(
    entity: Annotated[str, typer.Argument(help="Id of an entity, or its beginning: `dateline find NAME`.")],
    as_json: AsJson = False,
) -> None:
    """Show an entity: the releases that name it and the matches that join it, or could."""
    store = open_store(Settings().database_url)
    try:
        found = load_entity(store, entity)
        matches = load_questions(store, found.id)
    finally:
        close_store(store)
    if as_json:
        print_json({**found.model_dump(mode="json"), "matches": [one.model_dump(mode="json") for one in matches]})
        return
    rows = [(row.name, row.published, shorten(row.title, 60), row.source, row.how, row.release_id)
            for row in found.releases]  # fmt: skip
    title = f"{found.name} ({found.kind}, {found.state}, {found.id})"
    out.print(plain_table(title, ("named", "published", "release", "source", "how", "id"), rows))
    out.print()
    _print_questions("Matches", matches)


@link.command()
def accept(
    targets: Annotated[list[str], typer.Argument(help="Ids of matches, or of entities to confirm as they are.")],
    by: By,
    comment: Comment = None,
) -> None:
    """Say that the two sides of a match are one, or that an entity is right as it is."""
    _decide("accept", targets, by, comment)


@link.command()
def reject(targets: Matches, by: By, comment: Comment = None) -> None:
    """Say that the two sides of a match are not one; no rule joins them again."""
    _decide("reject", targets, by, comment)


@link.command()
def merge(
    keep: Annotated[str, typer.Argument(help="Id of the entity that stands for all.")],
    others: Annotated[list[str], typer.Argument(help="Ids of those that are the same.")],
    by: By,
    comment: Comment = None,
) -> None:
    """Say that several entities are one."""
    _decide("merge", [keep, *others], by, comment)


@link.command()
def split(
    entity: Annotated[str, typer.Argument(help="Id of the entity that is more than one.")],
    release: Annotated[list[str], typer.Option(help="Id of a release that means another; give as many as there are.")],
    by: By,
    comment: Comment = None,
) -> None:
    """Say that some releases mean another person or organisation."""
    _decide("split", [entity], by, comment, release)


@link.command()
def undo(
    number: Annotated[int, typer.Argument(min=1, help="Number of a decision: `dateline link log`.")],
    by: By,
    comment: Comment = None,
) -> None:
    """Take a decision back; that is a decision itself."""
    _decide("undo", [str(number)], by, comment)


@link.command()
def log(as_json: AsJson = False) -> None:
    """Show every decision, the newest first."""
    store = open_store(Settings().database_url)
    try:
        decisions = load_decisions(store)
    finally:
        close_store(store)
    if as_json:
        print_json([decision.model_dump(mode="json") for decision in decisions])
        return
    columns = ("#number", "action", "of", "by", "at", "comment", "undone by")
    out.print(plain_table("Decisions", columns, map(_decision_row, decisions)))


def _decision_row(decision: Decided) -> tuple[object, ...]:
    at = f"{decision.at:%Y-%m-%d %H:%M}"
    return (decision.number, decision.action, ", ".join(decision.targets), decision.by, at, decision.comment,
            decision.undone_by)  # fmt: skip


def _decide(action: Action, targets: Sequence[str], by: str, comment: str | None, releases: Sequence[str] = ()) -> None:
    decision = Decision(
        action=action, targets=tuple(targets), releases=tuple(releases), by=by, at=utc_now(), comment=comment
    )
    store: Store = open_store(Settings().database_url)
    try:
        done = decide(store, decision)
    finally:
        close_store(store)
    err.print(f"Decision {done.number}: {done.action} by {done.by}. `dateline link undo {done.number}` takes it back.")
