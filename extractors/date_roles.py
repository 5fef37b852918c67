"""What a date is to its release: published, dateline, event, signing, deadline, a stretch or its bound, the past."""

import json
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files

from spacy.tokens import Doc

from extractors.clauses import around
from extractors.date_context import read_tense
from extractors.date_facts import Around, Facts, read_around
from extractors.date_role_rows import rows_for
from extractors.findings import Findings
from schemas.evidence import Reason
from schemas.record import DateMention
from schemas.values import DateRole

_DATA = files("extractors.data")


@cache
def _measured() -> dict[str, tuple[int, int]]:
    """Rule → how many of its roles were right, and how many it gave: counted by training/role_precision.py."""
    counts: dict[str, tuple[int, int]] = json.loads(_DATA.joinpath("role_precision.json").read_text("utf8"))
    return counts


def find_role(text: str, date: DateMention, facts: Facts) -> tuple[str, DateRole | None] | None:
    """The first row that fits, with its role; None where none does."""
    seen: tuple[str, int] | None = None
    tense: str | None = None
    known = facts.of_date
    for row in rows_for(facts.kinds, facts.before):
        if not row.needs <= known or not row.bars.isdisjoint(known) or (row.behind and facts.behind not in row.behind):
            continue
        if row.pattern:
            seen = seen or around(text, date.start, date.end)
            if not row.pattern.match(*seen):
                continue
        if row.by_tense and tense is None:
            tense = _tense(text, date)
        if not row.by_tense or row.fits_tense(str(tense)):
            return row.name, row.role
    return None


def _tense(text: str, date: DateMention) -> str:
    return {"future": "coming", "past": "past", None: "none"}[read_tense(text, date.start, date.end)]


def role_confidence(rule: str) -> float:
    """The share of the rule's roles that were right, rules with few cases drawn to one half."""
    right, seen = _measured().get(rule, (0, 0))
    return round((right + 1) / (seen + 2), 3)


def read_roles(doc: Doc, found: Findings) -> Findings:
    """Each date with its role and the row of `date_roles.txt` that gave it; raises nothing, whatever the text."""
    release = read_around(found)
    return replace(found, dates=[_with_role(release, date) for date in found.dates])


def _with_role(release: Around, date: DateMention) -> DateMention:
    read = find_role(release.found.release.text, date, release.facts(date))
    if read is None or read[1] is None:
        return date
    return date.model_copy(update={"role": read[1], "why": {**date.why, "role": _reason(read[0])}})


@lru_cache(256)
def _reason(rule: str) -> Reason:
    return Reason(rule=rule, confidence=role_confidence(rule))
