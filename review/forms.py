"""What can be filled in for each kind of value: a row of a table for each field of a form; pure."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

from review.labels import ATTRIBUTES, headline, shorten, words
from schemas.record import Record
from schemas.review import DeskSheet, ReviewField
from schemas.values import AmountKind, DateRole, OrganisationKind, Qualifier

Kind = Literal["text", "choice", "name", "amount", "words", "when"]
"""text: typed; choice: one of a few; name: a name that the release holds; amount: another amount of it; words: words of
the release; when: words of it, and what they mean in the calendar."""
Options = list[tuple[str, str]]
"""Value and label of each."""
_CALENDAR = "2025-04-10, 2025-04, 2025-Q3, FY2025, 2024/2026, …"


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
        Input("period", "when", hint="words of the text"),
        Input("part_of", "amount"),
        Input("equals", "amount", hint="in another currency"),
    ),
    "dates": (
        Input("value", hint=_CALENDAR),
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
    options: list[tuple[str, Options]]
    """Groups of options, each with its title."""
    required: bool
    hint: str
    start: int | None
    """Where its words stand."""
    means: str
    """What they mean in the calendar."""
    means_hint: str = _CALENDAR


def fill(field: ReviewField, value: Mapping[str, Any], others: Mapping[str, Options]) -> list[Filled]:
    """The form of a value; `others` is what the release holds to choose from, by field."""
    rest = {name: [one for one in options if one[0] != value.get("id")] for name, options in others.items()}
    return [_filled(field, wanted, value.get(wanted.name), rest) for wanted in FORMS[field]]


def _filled(field: ReviewField, wanted: Input, value: Any, others: Mapping[str, Options]) -> Filled:
    said = value if isinstance(value, Mapping) else {"text": value}
    held = "" if said["text"] is None else str(said["text"])
    if wanted.name == "qualifier" and not held:
        held = "exact"
    return Filled(
        name=wanted.name,
        label=ATTRIBUTES[wanted.name],
        kind=wanted.kind,
        value=held,
        options=_options(field, wanted, held, others),
        required=wanted.required,
        hint=wanted.hint,
        start=said.get("start"),
        means=said.get("value") or "",
    )


def _options(field: ReviewField, wanted: Input, held: str, others: Mapping[str, Options]) -> list[tuple[str, Options]]:
    if wanted.kind == "choice":
        return [("", [(choice, words(choice)) for choice in wanted.choices])]
    if wanted.kind == "amount":
        return [("", others.get("amounts", []))]
    if wanted.kind != "name":
        return []
    kinds = ("organisations",) if field == "people" else ("people", "organisations")
    groups = [(kind.capitalize(), others.get(kind, [])) for kind in kinds]
    known = {name for _, group in groups for name, _ in group}
    if held and held not in known:
        groups.append(("As extracted", [(held, held)]))
    return [group for group in groups if group[1]]


def held_values(sheet: DeskSheet) -> dict[str, Options]:
    """What a release holds now that others may refer to, by field: each name once, and the id of each amount."""
    found: dict[str, Options] = {"people": [], "organisations": [], "amounts": []}
    for shown in sheet.values:
        if shown.field not in found or not shown.stands or (shown.review and shown.review.verdict == "rejected"):
            continue
        if shown.field == "amounts":
            said = f"{headline('amounts', shown.value)} – “{shorten(shown.value['text'], 30)}”"
            found["amounts"].append((shown.value_id, said))
        else:
            found[shown.field].append((str(shown.value["name"]),) * 2)
    return {field: list(dict.fromkeys(held)) for field, held in found.items()}


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
