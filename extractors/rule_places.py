"""Where each rule is written: from the name that a value bears to a line of a file."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from extractors.date_grammar import KINDS, forms

NAMES_MODEL = "model:names"
_MODEL = "model:"
_SHIPPED = "accurate"
_MODEL_CARD = "training/model_card.md"
_NAME = re.compile(r"\w[\w.-]*")
_WORD_LISTS = ("common_words.txt", "given_names.txt", "surnames.txt")
"""Files of mere words, of which none is a rule's name."""


class _Line(NamedTuple):
    """One place where a rule's name is written."""

    path: str
    """Within the project."""
    number: int
    asked: bool = False
    """Whether the name is only asked for there, not given."""


def find_rule(rule: str, of: str = "", words: str = "") -> str | None:
    """File and line in which a rule is written; of a model the file of its weights; None where there is none.

    `of` is the field of a record, and its attribute, that the rule gave (`dates.role`): of several rules with one name
    the one in a file of that name is meant. `words` are those that the rule found: of several rows of one date rule the
    first that fits them is meant.

    >>> find_rule("model:positions"), find_rule("interval", "dates").partition(":")[0]
    ('extractors/data/positions.json', 'extractors/date_marking.py')
    """
    if rule.startswith(_MODEL):
        return _weights(rule.removeprefix(_MODEL))
    lines = sorted(
        _lines(rule) if _NAME.fullmatch(rule) else (), key=lambda line: (line.asked, -_fitness(line.path, of))
    )
    if not lines:
        return None
    rows = [line for line in lines if line.path == lines[0].path]
    found = _form_that_fits(rule, rows, words) if rows[0].path.endswith("date_forms.txt") else rows[0]
    return f"{found.path}:{found.number}"


def names_rule(extractor_version: str) -> str:
    """The name of the names model of a record, by the version of its extractor.

    >>> names_rule("0.1.0+0123abcd.fast"), names_rule("0.1.0+0123abcd.accurate-known-b06ac39f"), names_rule("1")
    ('model:names:fast', 'model:names:accurate', 'model:names')
    >>> names_rule("0.1.0+0123abcd.accurate-known-b06ac39f-learnt-0123abcd")
    'model:names:accurate'
    """
    names = re.search(r"\+[0-9a-f]{8}\.(.+?)(?:-(?:known|learnt)-[0-9a-f]{8})*$", extractor_version)
    return f"{NAMES_MODEL}:{names[1]}" if names else NAMES_MODEL


def _weights(model: str) -> str | None:
    """The file of a model's weights; what finds names may be a package of its own."""
    name, _, variant = model.partition(":")
    if name == "names":
        shipped = f"{variant or _SHIPPED}.onnx"
        known = (files("extractors.models") / shipped).is_file()
        return f"extractors/models/{shipped} ({_MODEL_CARD})" if known else f"package {variant}"
    stems = {path.rpartition("/")[2].partition(".")[0]: path for path in _texts() if path.endswith(".json")}
    fitting = [path for stem, path in sorted(stems.items()) if stem == name or stem.endswith(f"_{name}")]
    return stems.get(name) or next(iter(fitting), None)


def _fitness(path: str, of: str) -> int:
    """How many words of a field and its attribute are in the name of a file."""
    words = {word.removesuffix("s") for word in re.split("[._]", of)}
    return len(words & {word.removesuffix("s") for word in re.split("[._/]", path)})


@cache
def _lines(rule: str) -> tuple[_Line, ...]:
    """Where a rule is written: the rows of tables first, then code, in the order of the files' names."""
    texts = _texts().items()
    rows = [_Line(path, number) for path, text in texts for number in _rows(path, text, rule)]
    code = [path for path, text in texts if path.endswith(".py") and f'"{rule}"' in text]
    return (*rows, *(_Line(path, *found) for path in code for found in _literals(path, rule)))


@cache
def _texts() -> dict[str, str]:
    """Every file of rules: tables of data and code."""
    return {
        f"extractors/{folder}{item.name}": item.read_text("utf8")
        for folder, items in (("data/", files("extractors.data")), ("", files("extractors")))
        for item in sorted(items.iterdir(), key=lambda item: item.name)
        if item.name.endswith((".txt", ".json", ".py")) and item.name not in _WORD_LISTS
    }


def _rows(path: str, text: str, rule: str) -> Iterator[int]:
    """Numbers of the rows that bear the name: at the beginning of one of a text table, as `rule` of one in JSON.

    A row with a sign behind the name is not the rule itself but says beside which words it holds.
    """
    if path.endswith(".py") or rule not in text:
        return
    name = re.escape(rule)
    row = re.compile(rf'"rule": ?"{name}"' if path.endswith(".json") else rf"^{name}(?:\s+(?![-+]\s)\S|$)")
    for number, line in enumerate(text.split("\n"), 1):
        if row.search(line):
            yield number


@cache
def _strings(path: str) -> dict[str, list[tuple[int, bool]]]:
    """The strings in a file of code: lines, and whether they are only asked for there."""
    found: dict[str, list[tuple[int, bool]]] = {}
    for parent in ast.walk(ast.parse(_texts()[path])):
        keys = parent.keys if isinstance(parent, ast.Dict) else []
        asks = isinstance(parent, ast.Compare | ast.Subscript)
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.setdefault(node.value, []).append((node.lineno, asks or node in keys))
    return found


def _literals(path: str, rule: str) -> list[tuple[int, bool]]:
    return sorted(_strings(path).get(rule, []))


def _form_that_fits(rule: str, rows: list[_Line], words: str) -> _Line:
    """Of the rows of a date rule the first whose form the words have."""
    patterns = [pattern for kind in KINDS for name, pattern in forms(kind) if name == rule]
    fitting = (row for row, pattern in zip(rows, patterns, strict=False) if pattern.fullmatch(words))
    return next(fitting, rows[0])
