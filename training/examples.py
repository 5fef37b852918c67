"""Reads what the names model learns from: texts with the names in them, by character offsets."""

import json
import lzma
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

LABELS = ("PERSON", "ORG", "PLACE", "OTHER")
_CAPITALISED = regex.compile(r"(?<![\p{L}\p{Nd}])\p{Lu}[\p{L}\p{M}\p{Nd}]*")
NOT_FOR_TRAINING = "evaluation only"
"""Releases whose rights say so are never learnt from."""


class Name(NamedTuple):
    """Where a name stands; label None: it may or may not be one, so nothing is learnt there."""

    start: int
    end: int
    label: str | None


class Example(NamedTuple):
    """A text with its names and its people's job titles, each in order, not overlapping."""

    text: str
    names: list[Name]
    titles: list[Name] | None = None
    """None where nothing is known of titles."""
    soft: NDArray[np.float16] | None = None
    """In place of names and titles: the probability of every tag of every word, as a teacher sees it."""


def load_press(folder: Path, part: str) -> Iterator[tuple[str, Example]]:
    """Source and example of each release of `press/` that may be learnt from (all, for `dev`)."""
    rows = zip(load_lines(folder / f"{part}.releases.jsonl"), load_lines(folder / f"{part}.gold.jsonl"), strict=True)
    for release, gold in rows:
        if part == "dev" or NOT_FOR_TRAINING not in release["rights"]:
            text = f"{release['title']}\n\n{release['text']}" if release["title"] else release["text"]
            names = project_names(text, _forms(gold))
            names = names if "places" in gold.get("reviewed", ("places",)) else leave_open(text, names)
            yield release["id"], Example(text, names, project_titles(text, gold["people"]))


def leave_open(text: str, names: list[Name]) -> list[Name]:
    """The names, and every other capitalised word as one that may be a name of a kind that nobody reviewed.

    >>> leave_open("Ana went to Faro.", [Name(0, 3, "PERSON")])
    [Name(start=0, end=3, label='PERSON'), Name(start=12, end=16, label=None)]
    """
    taken = bytearray(len(text))
    for name in names:
        taken[name.start : name.end] = b"\1" * (name.end - name.start)
    words = (match.span() for match in _CAPITALISED.finditer(text))
    return sorted([*names, *(Name(*place, None) for place in words if not any(taken[slice(*place)]))])


def load_wire(path: Path) -> Iterator[str]:
    """Texts of the unlabelled releases."""
    with lzma.open(path, "rt", encoding="utf8") as lines:
        for line in lines:
            release = json.loads(line)
            yield f"{release['title']}\n\n{release['text']}" if release["title"] else release["text"]


def load_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file."""
    with path.open(encoding="utf8") as lines:
        yield from map(json.loads, lines)


def _forms(gold: dict[str, Any]) -> dict[str, set[str]]:
    """The labels of each surface form that the gold record lists."""
    forms: dict[str, set[str]] = {}
    for label, entities in (("PERSON", gold["people"]), ("ORG", gold["organisations"])):
        for entity in entities:
            for mention in (*entity["mentions"], entity["name"]):
                forms.setdefault(mention, set()).add(label)
    for label, kinds in (("PLACE", ("places",)), ("OTHER", ("programmes", "other_names"))):
        for kind in kinds:
            for mention in gold.get(kind) or ():
                forms.setdefault(mention, set()).add(label)
    return forms


def project_names(text: str, forms: dict[str, set[str]]) -> list[Name]:
    """Every occurrence of every form in the text, the longer before the shorter; one of two labels has none."""
    taken = bytearray(len(text))
    names: list[Name] = []
    for form in sorted(forms, key=len, reverse=True):
        if not form.strip():
            continue
        for match in re.finditer(rf"(?<![^\W\d_]){re.escape(form)}(?![^\W\d_])", text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\1" * len(form)
                label = next(iter(forms[form])) if len(forms[form]) == 1 else None
                names.append(Name(match.start(), match.end(), label))
    return sorted(names)


_BESIDE = 150
"""A title stands at most so many characters from the name of who bears it."""


def project_titles(text: str, people: Iterable[dict[str, Any]]) -> list[Name]:
    """Where the titles that the gold record gives stand: beside a mention of their bearer."""
    found: set[tuple[int, int]] = set()
    for person in people:
        if not person.get("title"):
            continue
        mentions = [m.span() for form in person["mentions"] for m in re.finditer(re.escape(form), text)]
        for match in re.finditer(rf"(?<!\w){re.escape(person['title'])}(?!\w)", text):
            if any(start - _BESIDE < match.end() and match.start() < end + _BESIDE for start, end in mentions):
                found.add(match.span())
    titles: list[Name] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not titles or titles[-1].end <= start:
            titles.append(Name(start, end, "TITLE"))
    return titles


_CONLL = {"PER": "PERSON", "ORG": "ORG", "LOC": "PLACE", "MISC": "OTHER"}
_NO_SPACE_BEFORE = regex.compile(r"[.,;:!?%)\]’”]|['’](?:s|re|ve|ll|d|m)|n['’]t|''")
_NO_SPACE_AFTER = regex.compile(r"[($\[“‘]|``")


def load_conll(path: Path, sentences: int) -> Iterator[Example]:
    """Texts of so many sentences each, put together again from their tokens.

    A source that knows no OTHER names teaches nothing about its unlabelled capitalised words.
    """
    block: list[list[tuple[str, str]]] = []
    rows = [_sentence(part) for part in path.read_text("utf8").split("\n\n")]
    whole = any(tag.endswith("MISC") for row in rows for _, tag in row)
    for row in rows:
        block.append(row)
        if len(block) == sentences:
            yield _joined(block, whole)
            block = []
    if block:
        yield _joined(block, whole)


def _sentence(part: str) -> list[tuple[str, str]]:
    rows = [line.split("\t") for line in part.split("\n") if line and not line.startswith("-DOCSTART-")]
    return [(row[0], row[1]) for row in rows]


def _joined(block: Iterable[list[tuple[str, str]]], whole: bool) -> Example:
    text = ""
    names: list[Name] = []
    for sentence in block:
        tight = True
        for token, tag in sentence:
            if not (tight or _NO_SPACE_BEFORE.fullmatch(token)):
                text += " "
            label = _CONLL[tag[2:]] if tag != "O" else None
            start, text = len(text), text + token
            if tag.startswith("I-") and names and names[-1].label == label:
                names[-1] = names[-1]._replace(end=len(text))
            elif tag != "O" or (not whole and token[:1].isupper()):
                names.append(Name(start, len(text), label))
            tight = bool(_NO_SPACE_AFTER.fullmatch(token))
        text += " " if text else ""
    return Example(text.strip(), names)
