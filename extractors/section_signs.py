"""Signs of the parts of a release, from `section_signs.json`: how a line of each part begins."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple, cast

import regex

from schemas.values import SectionKind


class Sign(NamedTuple):
    """What a line is by its first words."""

    rule: str
    kind: SectionKind
    holds: str
    """How far: the `line` alone, the `block` up to the next sign, the `rest` of the text, or the `end` of the news."""


class _Table(NamedTuple):
    pattern: "regex.Pattern[str]"
    signs: tuple[Sign, ...]

    def sign(self, match: "regex.Match[str]") -> Sign:
        return self.signs[int(cast(str, match.lastgroup)[1:])]


SENTENCE_END = (
    r"(?<=[.!?:;)\]”\"’…|>*][ ]{0,3}|[ ]{2}|[\p{Ll}\d][.!?]|\w\.(?:com|org|net|gov|edu|co|io|ai|uk|eu|de)/?[ ])"
)
_MARKS = r"[\W_]{0,8}"


@cache
def _tables() -> dict[str, _Table]:
    rows = json.loads((files("extractors.data") / "section_signs.json").read_text("utf8"))
    return {"starts": _table(rows["starts"], "starts"), "inside": _table(rows["inside"], "inside")}


def _table(rows: Sequence[dict[str, str]], where: str) -> _Table:
    before = {"any": "", "sentence": SENTENCE_END}
    parts = [f"(?P<r{n}>{before.get(row.get('after', ''), '')}(?:{row['pattern']}))" for n, row in enumerate(rows)]
    marks = _MARKS if where == "starts" else ""
    signs = tuple(Sign(row["rule"], cast(SectionKind, row["kind"]), row["holds"]) for row in rows)
    return _Table(regex.compile(f"{marks}(?:{'|'.join(parts)})"), signs)


def read_sign(line: str) -> Sign | None:
    """What a line is by its first words; None for one that could be anything.

    >>> read_sign("About Acme").rule, read_sign("FOR IMMEDIATE RELEASE").kind, read_sign("Media Contact: Ann").holds
    ('about', 'header', 'block')
    >>> read_sign("About 50 people came."), read_sign("Contact with the fund was lost.")
    (None, None)
    """
    match = _tables()["starts"].pattern.match(line)
    return _tables()["starts"].sign(match) if match else None


def find_inside(text: str, start: int, end: int) -> Iterator[tuple[int, Sign]]:
    """Where another part begins within a line that lost its breaks."""
    table = _tables()["inside"]
    for match in table.pattern.finditer(text, start, end):
        if match.start() > start:
            yield match.start(), table.sign(match)


_REACH = regex.compile(
    r"[\w.+\-]++@[\w\-]+(?:\.\w+)+|(?<![\w/.,$€£-])\+?\(?\d{1,4}\)?(?:[ .\-/()]{1,3}\d{2,4}){2,5}(?![\w%])"
    r"|(?<!\d)\d{3}[.\-]\d{4}(?!\d)"
    r"|\b(?i:tel|phone|mobile|e-?mail|fax|cell)\b ?[:.]"
)


def end_of_addresses(text: str, start: int, end: int) -> int:
    """Behind the last e-mail address or telephone number that stands there; `end` where there is none."""
    return max((match.end() for match in _REACH.finditer(text, start, end)), default=end)


_DATES = regex.compile(r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4}")


def has_address(line: str) -> bool:
    """Whether a line has an e-mail address or a telephone number.

    >>> has_address("Office: 202-555-0143"), has_address("press@acme.example"), has_address("2024-05-07 10:30:00")
    (True, True, False)
    """
    return _REACH.search(_DATES.sub("", line)) is not None
