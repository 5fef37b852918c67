"""Scores Dateline beside other libraries on those libraries' own cases of dates and of sums of money.

python -m benchmarks.peers CORPUS [--tool NAME]... [--show SET | --show-left-out SET | --json]

CORPUS holds `corpus/peers`. A case is right when exactly the values wanted are found, in whatever words; whole texts
are scored by F1. Where a case contradicts the guide of annotation it is left out, and the reason is counted. A library
that is not installed has a dash; the extra `peers` installs them. All of them take about four minutes, Dateline alone
(`--tool Dateline`) a few seconds.
"""

import argparse
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.peer_cases import Case, CaseSet, Phrase, is_right, match
from benchmarks.peer_files import load_sets
from benchmarks.peer_tools import LOADERS, Tool, load_tool

NOT_INSTALLED = "-"
NOTE = "duckling itself is written in Haskell and was not run."
Found = list[list[Phrase]]
"""What a tool finds in each case of a set."""


class Score(NamedTuple):
    """Of one tool on one set: accuracy or F1, 0 to 1, and the seconds that it took."""

    value: float
    seconds: float


Scores = dict[str, dict[str, Score | None]]
"""Set to tool to score; None where the tool is not installed."""


def ask(tool: Tool, case: Case) -> list[Phrase]:
    """What a tool finds; where it fails, one phrase that is never right."""
    try:
        return tool(case)
    except Exception as error:  # a library's failure is its answer
        return [Phrase(frozenset({f"{type(error).__name__}: {error}"}))]


def ask_all(name: str, tool: Tool, cases: CaseSet) -> Found:
    """What a tool finds in every case, with a bar that tells how far it is."""
    console = Console(stderr=True)
    steps = track(cases.in_scope, f"{cases.name}: {name}", console=console, disable=not console.is_terminal)
    return [ask(tool, case) for case in steps]


def rate(cases: CaseSet, found: Found) -> float:
    """Accuracy, or F1 over all phrases of the set."""
    pairs = list(zip(cases.in_scope, found, strict=True))
    if cases.measure == "accuracy":
        return sum(is_right(case, phrases) for case, phrases in pairs) / max(len(pairs), 1)
    right = sum(match(case.wanted, phrases, in_place=True) for case, phrases in pairs)
    return 2 * right / max(sum(len(case.wanted) + len(phrases) for case, phrases in pairs), 1)


def score(cases: CaseSet, tools: Iterable[str]) -> dict[str, Score | None]:
    """The score of every tool that can be asked about a set."""
    scores: dict[str, Score | None] = {}
    for name in tools:
        if name in cases.tools:
            tool = load_tool(name, cases.kind)
            began = time.perf_counter()
            value = rate(cases, ask_all(name, tool, cases)) if tool else 0.0
            scores[name] = Score(value, time.perf_counter() - began) if tool else None
    return scores


def make_table(sets: list[CaseSet], scores: Scores, tools: list[str]) -> Table:
    """A row for each set of one kind, a column for each tool."""
    asked = [name for name in tools if any(name in cases.tools for cases in sets)]
    table = Table("set", "cases", "left out", *asked, title=f"{sets[0].kind}, right in %", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for cases in sets:
        cells = (_cell(cases, scores[cases.name], name) for name in asked)
        table.add_row(cases.name, str(len(cases.in_scope)), str(cases.reasons.total()), *cells)
    return table


def _cell(cases: CaseSet, scores: dict[str, Score | None], name: str) -> str:
    if name not in scores:
        return ""
    value = scores[name]
    return NOT_INSTALLED if value is None else f"{'F1 ' * (cases.measure == 'F1')}{value.value * 100:.1f}"


def print_report(console: Console, sets: list[CaseSet], scores: Scores, tools: list[str]) -> None:
    """The tables, then why cases are left out, then how long each tool took."""
    for kind in ("dates", "amounts"):
        of_kind = [cases for cases in sets if cases.kind == kind]
        if of_kind:
            console.print(make_table(of_kind, scores, tools))
    for cases in sets:
        for reason, count in cases.reasons.most_common():
            console.print(f"{cases.name}: {count} left out, {reason}", markup=False, highlight=False, soft_wrap=True)
        if cases.not_in_python:
            said = f"{cases.name}: of those scored the project says of {cases.not_in_python} that its Python fails"
            console.print(said, highlight=False, soft_wrap=True)
    for name in tools:
        ran = [score for row in scores.values() if (score := row.get(name))]
        console.print(f"{name}: {sum(score.seconds for score in ran):.0f} s", highlight=False)
    console.print(NOTE)


def as_json(sets: list[CaseSet], scores: Scores) -> dict[str, Any]:
    """The same numbers for another program."""
    return {
        cases.name: {
            "kind": cases.kind,
            "measure": cases.measure,
            "cases": len(cases.in_scope),
            "left_out": dict(cases.reasons.most_common()),
            "not_in_python": cases.not_in_python,
            "scores": {name: value and value.value for name, value in scores[cases.name].items()},
        }
        for cases in sets
    }


def print_wrong(console: Console, cases: CaseSet, name: str) -> None:
    """Every case that a tool gets wrong: the text, what is expected and what was found."""
    tool = load_tool(name, cases.kind)
    if tool is None:
        raise SystemExit(f"{name} is not installed; pip install 'dateline[peers]' and run this again")
    for case, found in zip(cases.in_scope, ask_all(name, tool, cases), strict=True):
        wrong = not is_right(case, found) if cases.measure == "accuracy" else _differences(case, found)
        if wrong:
            _print_case(console, case, found, whole=cases.measure == "accuracy")


def _differences(case: Case, found: list[Phrase]) -> bool:
    return not len(found) == len(case.wanted) == match(case.wanted, found, in_place=True)


def _print_case(console: Console, case: Case, found: list[Phrase], *, whole: bool) -> None:
    wanted, got = list(case.wanted), found
    if not whole:
        wanted = [one for one in case.wanted if not match([one], found, in_place=True)]
        got = [one for one in found if not match([one], case.wanted, in_place=True)]
    head = f"{case.published or ''} {case.text if whole else case.text[:60]!r}".strip()
    lines = [head, f"    expected {_tell(wanted)}", f"    got      {_tell(got)}"]
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _tell(phrases: Iterable[Phrase]) -> str:
    told = (f"{phrase.text!r} = {' or '.join(sorted(phrase.meanings)[:6])}" for phrase in phrases)
    return "; ".join(told) or "nothing"


def _pick(sets: list[CaseSet], name: str) -> CaseSet:
    for cases in sets:
        if cases.name == name:
            return cases
    raise SystemExit(f"no set {name!r}; there are {', '.join(repr(cases.name) for cases in sets)}")


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", type=Path)
    cli.add_argument("--tool", action="append", choices=list(LOADERS), help="ask this one alone; may be repeated")
    cli.add_argument("--show", metavar="SET", help="the cases that Dateline, or --tool, gets wrong")
    cli.add_argument("--show-left-out", metavar="SET", help="the cases that are not scored, with the reason")
    cli.add_argument("--json", action="store_true")
    args = cli.parse_args(arguments)
    console, sets, tools = Console(), list(load_sets(args.corpus)), args.tool or list(LOADERS)
    if args.show:
        return print_wrong(console, _pick(sets, args.show), tools[0])
    if args.show_left_out:
        for case in _pick(sets, args.show_left_out).cases:
            if case.left_out:
                console.print(f"{case.left_out}: {case.text!r}", markup=False, highlight=False, soft_wrap=True)
        return None
    scores = {cases.name: score(cases, tools) for cases in sets}
    if args.json:
        return print(json.dumps(as_json(sets, scores), indent=1, ensure_ascii=False))
    return print_report(console, sets, scores, tools)


if __name__ == "__main__":
    main()
