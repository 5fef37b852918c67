"""`dateline learn`: what reviews teach, old beside new, and switching it on or off."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.markup import escape

from cli.output import err, out, print_json, progress_bar
from cli.tables import plain_table
from extractors.names import check_model
from extractors.shares import SHARE
from flows.learn import learn_from
from schemas.learned import Study
from schemas.settings import Settings
from store.database import close_store, open_store
from store.learned import forget_learned, save_learned

_SHOWN = 10
"""Rules whose probability differs most from what reviews say."""
_SEEN = 10
"""A rule that was seen less often is not shown; --json has all."""


def learn(
    apply: Annotated[bool, typer.Option("--apply", help="Use what is better, from the next release on.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Go back to what ships; learns nothing.")] = False,
    share: Annotated[
        float, typer.Option(min=0, max=1, help="Of reviewed releases, what is held back to compare old and new.")
    ] = SHARE,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Learn probabilities, rules and names from done reviews, and show old against new on held-back ones."""
    settings = Settings()
    if forget:
        if apply:
            raise typer.BadParameter("--apply and --forget are opposites; give one of them")
        was = forget_learned(settings.learned_path)
        out.print("Extraction is as shipped again." if was else "Nothing was learnt: extraction is as shipped.")
        return
    check_model(settings.model)
    store = open_store(settings.database_url)
    try:
        with progress_bar() as progress:
            task = progress.add_task("Extracting again", total=None)
            found = learn_from(store, settings, share, lambda: progress.advance(task))
    finally:
        close_store(store)
    if apply and found.is_new:
        save_learned(settings.learned_path, found.learned)
    if as_json:
        print_json({**found.model_dump(mode="json"), "applied": apply and found.is_new})
        return
    print_study(found)
    out.print(f"\n[bold]{escape(closing_words(found, apply))}[/]", soft_wrap=True)


def print_study(found: Study) -> None:
    """Tables and a line for a person."""
    columns = ("", "#learnt from", "#tried on", "#right", "#score", "#then", "#ECE", "#then", "#Brier", "#then", "says")
    rows = [
        (one.name, one.fitted, one.values, _number(one.right), *map(_number, (*one.score, *one.error, *one.brier)),
         one.finding)
        for one in found.measures
    ]  # fmt: skip
    out.print(plain_table(f"Now and then, on {found.held_back} held-back of {_reviewed(found)}", columns, rows))
    names = found.names
    out.print(
        f"\nNames: {names.known} known, {names.rejected} rejected; people and organisations wrong or missed: "
        f"{names.errors[0]} now, {names.errors[1]} then: {names.finding}.",
        soft_wrap=True,
    )
    if rules := list(_rule_rows(found)):
        out.print()
        out.print(plain_table("Rules that reviews see otherwise", ("", "rule", "#seen", "#right", "#said"), rules))
    if found.failed:
        err.print(f"{found.failed} reviewed releases could not be extracted again and were left out.")


def _reviewed(found: Study) -> str:
    return f"{found.releases + found.held_back} reviewed releases"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _rule_rows(found: Study) -> Iterator[tuple[object, ...]]:
    often = (one for one in found.rules if one.seen >= _SEEN)
    for one in sorted(often, key=lambda one: -abs(one.right / one.seen - one.said))[:_SHOWN]:
        yield one.name, one.rule, one.seen, f"{one.right / one.seen:.3f}", f"{one.said:.3f}"


def closing_words(found: Study, apply: bool) -> str:
    """What a user wants to know last, and what to do next."""
    if not found.releases + found.held_back:
        return "No release is reviewed yet (status done). Review with `dateline review`."
    if not found.is_new:
        few = {one.finding for one in found.measures} == {"too few reviews to say"}
        why = "too few reviews to say what is better" if few else "nothing is clearly better than what holds now"
        return f"Nothing to switch: {why}. Review more releases and learn again."
    if not apply:
        return "Nothing is switched yet. Use what is better with `dateline learn --apply`."
    return "Switched: ingest and extract use it from now on. Go back with `dateline learn --forget`."
