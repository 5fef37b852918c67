"""From a rule's name to the line that it is written in."""

import json
import re
from pathlib import Path

import pytest

from extractors.record import extract_record
from extractors.rule_places import find_rule, names_rule
from flows.process import read_paths
from schemas.evidence import Reasons
from schemas.problem import Problem
from schemas.record import Record
from tests.pipelines import pipeline

ROOT = Path(__file__).parents[1]
DATA = ROOT / "extractors" / "data"
_PLACE = re.compile(r"(?P<path>[\w/.]+?)(?::(?P<line>[0-9]+))?(?: \((?P<beside>[\w/.]+)\))?")

ROWS = [
    ("month_day_year", "dates", "April 10, 2025", r"^month_day_year .*@DAY.*@YEAR$"),
    ("month_day_year", "dates", "April the tenth, 2024", r"^month_day_year .*@DAYWORD"),  # another row of the same rule
    ("month_day_year", "dates", "no date at all", r"^month_day_year "),  # the first row
    ("year", "dates", "2025", r"^year +@PART"),  # and no row of date_contexts.txt, which begin alike
    ("interval", "dates", "", '"interval"'),
    ("table_row", "amounts", "", '"table_row"'),
    ("range", "amounts", "", 'rule = "range"'),  # given there, and asked for elsewhere
    ("family_before_magnitude", "amounts", "", ": \"family_before_magnitude\""),
    ("account", "amounts", "", 'rule="account"'),
]  # fmt: skip
FILES = [
    ("model:names", "extractors/models/accurate.onnx (training/model_card.md)"),
    ("model:names:fast", "extractors/models/fast.onnx (training/model_card.md)"),
    ("model:names:en_core_web_sm-3.8.0", "package en_core_web_sm-3.8.0"),
    ("model:positions", "extractors/data/positions.json"),
]
NOWHERE = ["no_such_rule", "model:no_such_model", "", "model:", "(", "mod\nel", "smith"]


def line_of(place: str | None) -> str:
    """The line that a place names; of a model nothing, but its files are there."""
    match = _PLACE.fullmatch(place or "")
    assert match, place
    for path in filter(None, (match["path"], match["beside"])):
        assert (ROOT / path).is_file(), path
    return (ROOT / match["path"]).read_text("utf8").split("\n")[int(match["line"]) - 1] if match["line"] else ""


@pytest.mark.parametrize(("rule", "of", "words", "row"), ROWS)
def test_rows(rule: str, of: str, words: str, row: str) -> None:
    assert re.search(row, line_of(find_rule(rule, of, words)))


@pytest.mark.parametrize(("rule", "place"), FILES)
def test_models(rule: str, place: str) -> None:
    assert find_rule(rule) == place


@pytest.mark.parametrize("rule", NOWHERE)
def test_what_is_no_rule_has_no_place(rule: str) -> None:
    assert find_rule(rule) is None


def test_every_rule_that_was_counted_has_a_place() -> None:
    for file, of in (("date_rules.json", "dates"), ("amount_precision.json", "amounts")):
        for rule in json.loads((DATA / file).read_text("utf8")):
            assert rule in line_of(find_rule(rule, of)), rule


def rules_of(record: Record) -> set[tuple[str, str, str]]:
    """Rule, what it gave, and the words, of everything in a record."""
    found = {(section.rule, "sections", "") for section in record.sections}
    found |= {(event.rule, "events", event.text) for event in record.events}
    for field in ("people", "organisations", "dates", "amounts", "quotes"):
        for value in getattr(record, field):
            why: Reasons = value.why
            found.add((value.rule, field, getattr(value, "text", "")))
            found |= {(reason.rule, f"{field}.{attribute}", "") for attribute, reason in why.items()}
    return found


def test_every_rule_of_the_samples_has_a_place() -> None:
    nlp, rules = pipeline("fast"), set()
    for reading in read_paths([ROOT / "samples" / "site"], 10_000_000, None):
        if not isinstance(reading, Problem):
            rules |= rules_of(extract_record(nlp, reading.release))
    assert len({rule for rule, _, _ in rules}) > 25
    for rule, of, words in rules:
        place = find_rule(rule, of, words)
        assert place, (rule, of)
        assert rule.startswith("model:") or rule in line_of(place), (rule, place)


def test_the_names_model_of_a_record() -> None:
    assert find_rule(names_rule("0.1.0+0123abcd.fast")) == "extractors/models/fast.onnx (training/model_card.md)"
