"""What can be filled in for each kind of value: a row of a table for each field of a form; pure."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

from review.labels import ATTRIBUTES, words
from schemas.record import Record
from schemas.review import DeskSheet, ReviewField
from schemas.values import AmountKind, DateRole, OrganisationKind, Qualifier

Kind = Literal["text", "choice", "name", "words"]
"""text: typed; choice: one of a few; name: a name that the release holds; words: words of the release."""


class Input(NamedTuple):
    """One thing that can be filled in."""

    name: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""


FORMS: dict[ReviewField, tuple[Input, ...]] = {
    "people": (
        Input("name", required=True),
        Input("title", hint="as in the text"),
        Input("organisation", "name", hint="an organisation of this release"),
    ),
    "organisations": (
        Input("name", required=True),
        Input("acronym"),
        Input("kind", "choice", get_args(OrganisationKind)),
    ),
    "amounts": (
        Input("value", required=True, hint="digits alone, such as 2500000"),
        Input("maximum", hint="upper end of a range"),
        Input("currency", hint="such as EUR"),
        Input("qualifier", "choice", get_args(Qualifier), required=True),
        Input("kind", "choice", get_args(AmountKind)),
        Input("payer", "name"),
        Input("payee", "name"),
        Input("purpose", "words", hint="words of the text"),
    ),
    "dates": (
        Input("value", hint="2025-04-10, 2025-04, 2025-Q3, FY2025, 2024/2026, …"),
        Input("role", "choice", get_args(DateRole)),
    ),
    "quotes": (Input("speaker", "name"),),
}


class Filled(NamedTuple):
    """One field of a form with what it holds."""

    name: str
    label: str
    kind: Kind
    value: str
    options: list[tuple[str, list[tuple[str, str]]]]
    """Groups of options: the group's title, and value and label of each."""
    required: bool
    hint: str


def fill(field: ReviewField, value: Mapping[str, Any], names: Mapping[str, list[str]]) -> list[Filled]:
    """The form of a value; `names` are those of the release, by field."""
    return [_filled(field, wanted, value.get(wanted.name), names) for wanted in FORMS[field]]


def _filled(field: ReviewField, wanted: Input, value: Any, names: Mapping[str, list[str]]) -> Filled:
    held = "" if value is None else str(value["text"] if isinstance(value, Mapping) else value)
    if wanted.name == "qualifier" and not held:
        held = "exact"
    options = _options(field, wanted, held, names)
    return Filled(wanted.name, ATTRIBUTES[wanted.name], wanted.kind, held, options, wanted.required, wanted.hint)


def _options(
    field: ReviewField, wanted: Input, held: str, names: Mapping[str, list[str]]
) -> list[tuple[str, list[tuple[str, str]]]]:
    if wanted.kind == "choice":
        return [("", [(choice, words(choice)) for choice in wanted.choices])]
    if wanted.kind != "name":
        return []
    kinds = ("organisations",) if field == "people" else ("people", "organisations")
    groups = [(kind.capitalize(), [(name, name) for name in names.get(kind, [])]) for kind in kinds]
    known = {name for _, group in groups for name, _ in group}
    if held and held not in known:
        groups.append(("As extracted", [(held, held)]))
    return [group for group in groups if group[1]]


def held_names(sheet: DeskSheet) -> dict[str, list[str]]:
    """The names that a release holds now, by field, each once."""
    names: dict[str, list[str]] = {"people": [], "organisations": []}
    for shown in sheet.values:
        if shown.field in names and not (shown.review and shown.review.verdict == "rejected"):
            names[shown.field].append(str(shown.value["name"]))
    return {field: list(dict.fromkeys(held)) for field, held in names.items()}


def guess(field: ReviewField, selected: str, record: Record) -> dict[str, Any]:
    """What a value that somebody adds may be, from its words."""
    if field in ("people", "organisations"):
        return {"name": " ".join(selected.split())}
    if field == "dates":
        same = next((date for date in record.dates if date.text.casefold() == selected.casefold()), None)
        return {"value": same.value if same else None}
    if field == "amounts":
        digits = "".join(letter for letter in selected if letter.isdigit() or letter in ".,").strip(".,")
        return {"value": digits.replace(",", "") if digits else None}
    return {}
