"""Amounts: marks sums of money in a release and makes them records, with a check for whatever was not understood."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from typing import NamedTuple

from spacy.tokens import Doc

from extractors.amount_reading import UNREAD, Sum, find_sums, qualify, read_amount, read_sum, scan
from extractors.amount_words import read_kind
from extractors.countries import count_countries, guess_country
from extractors.currencies import FAMILIES, find_after, is_quiet, settle
from extractors.numerals import MAGNITUDE, MAGNITUDE_HINTS, windows
from extractors.spans import Mark, set_spans
from schemas.record import Amount, Check
from schemas.release import Release
from schemas.values import derive_id

__all__ = ["extract_amounts", "mark_amounts", "read_amount"]

KEY = "amounts"
LABEL = "MONEY"
NOT_READ = "MONEY_LIKE"
"""Label of what is written like money but has no value; the rule says why: `vague` or `unread`."""

_RIGHT_AND_SEEN: dict[str, list[int]] = json.loads(
    (files("extractors.data") / "amount_precision.json").read_text("utf8")
)
_VAGUE = re.compile(
    rf"(?i)(?<![\w.,-])(?:(?:tens|dozens|hundreds|thousands|several|many|few|couple)[ -](?:of )?)*"
    rf"(?:multi-?|hundred )?{MAGNITUDE}(?: of)?(?=[ -][^\W\d_])"
)
_WEIGHT = re.compile(r"(?i)pounds?$")
_MESSAGES = {
    "unread_amount": "{!r} has a currency and a digit but reads as no amount",
    "vague_amount": "{!r} names money but no number",
    "unclear_currency": "{!r} does not say whose currency it is; check the currency of this release's amounts",
}
# What stands between a sum and the same one in another currency, which shares its qualifier.
_CONVERTED = re.compile(r"\s?\((?:or )?")
_NOT_A_SUM = Sum(0, 0, "", None, "", UNREAD)
# A mark's rule looked at the words before it; these stand for them when the mark is read by itself.
_AHEAD = {"range": "between ", "elliptic_range": "between ", "account": "of ", "loss": "loss of "}


class Home(NamedTuple):
    """The country that settles families of currencies in a release, and whether the release leaves no doubt of it."""

    country: str | None
    clear: bool


def mark_amounts(doc: Doc) -> Doc:
    """A pipeline component: marks sums of money as MONEY, as MONEY_LIKE what looks like one and is not understood."""
    text = doc.text
    british = cache(lambda: "£" in text or count_countries(text)["GB"] > 0)
    marks = [_mark(doc, found) for found in scan(text) if not _is_weight(text, found, british)]
    marks = list(_apart(marks))
    return set_spans(doc, KEY, marks + _free(marks, _vague(text)))


def _mark(doc: Doc, found: Sum) -> Mark:
    if found.rule != UNREAD:
        return Mark(found.start, found.end, LABEL, found.rule)
    # What could not be read may end inside a token, e.g. digits of two scripts: the mark takes the token whole.
    whole = doc.char_span(found.start, found.end, alignment_mode="expand")
    return Mark(whole.start_char, whole.end_char, NOT_READ, UNREAD) if whole else Mark(0, 0, NOT_READ, UNREAD)


def _apart(marks: list[Mark]) -> Iterator[Mark]:
    """The marks without those not understood that reach into a neighbour by taking a token whole."""
    end = 0
    for mark, following in zip_longest(marks, marks[1:]):
        into_next = mark.label == NOT_READ and following is not None and mark.end > following.start
        if end <= mark.start < mark.end and not into_next:
            end = mark.end
            yield mark


def _is_weight(text: str, found: Sum, british: Callable[[], bool]) -> bool:
    """Pounds of something, and pounds in a text that has nothing to do with Britain."""
    if found.key != "pound" or not _WEIGHT.search(text[found.start : found.end]):
        return False
    return text.startswith(" of ", found.end) or not british()


def _vague(text: str) -> Iterator[Mark]:
    """Millions of dollars, a multi-million-euro plan: money without a number."""
    for start, end in windows(text, MAGNITUDE_HINTS):
        for match in _VAGUE.finditer(text, start, end):
            after = find_after(text, match.end())
            if after and after.key not in ("pound", "won"):  # pounds of food, millions won over
                yield Mark(match.start(), after.end, NOT_READ, "vague")


def _free(taken: list[Mark], marks: Iterator[Mark]) -> list[Mark]:
    """Those marks that reach into none of the taken ones."""
    characters = {position for mark in taken for position in range(mark.start, mark.end)}
    return [mark for mark in marks if characters.isdisjoint(range(mark.start, mark.end))]


def extract_amounts(doc: Doc, release: Release) -> tuple[list[Amount], list[Check]]:
    """The amounts of a marked doc, one for each occurrence, and checks for what was seen and not understood.

    The country of a bare `$` is the release's own or the one its text speaks from; a guess is checked once a family.
    """
    sums = _marked_sums(doc)
    homes = _homes(release, sums)
    amounts: list[Amount] = []
    checks: list[Check] = []
    for found in sums:
        amount = _amount(found, release, homes.get(_family(found)), amounts[-1] if amounts else None)
        if amount is None:
            checks.append(_check("unread_amount", release, found.start, found.end))
        else:
            amounts.append(amount)
            checks += _unclear(found, homes, release)
    for span in doc.spans.get(KEY, []):
        if span.label_ == NOT_READ:
            checks.append(_check(f"{span.id_}_amount", release, span.start_char, span.end_char))
    return amounts, checks


def _marked_sums(doc: Doc) -> list[Sum]:
    """Each MONEY mark with its words read again: offsets of the text, and the rule that marked it."""
    sums = []
    for span in doc.spans.get(KEY, []):
        if span.label_ == LABEL:
            ahead = _AHEAD.get(span.id_, "")
            found = next(find_sums(ahead + span.text), _NOT_A_SUM)
            if (found.start, found.end) != (len(ahead), len(ahead) + len(span.text)):
                found = _NOT_A_SUM
            sums.append(found._replace(start=span.start_char, end=span.end_char, rule=span.id_))
    return sums


def _family(found: Sum) -> str:
    return found.key if found.key in FAMILIES else ""


def _homes(release: Release, sums: list[Sum]) -> dict[str, Home]:
    """For each family of currencies in the release the country that settles it."""
    families = {_family(found) for found in sums} - {""}
    codes = {found.key for found in sums}
    homes: dict[str, Home] = {}
    open_families = {family for family in families if release.country not in FAMILIES[family]}
    counts = count_countries(release.text) if open_families else None
    for family in families:
        if counts is None or family not in open_families:
            homes[family] = Home(release.country, True)
            continue
        country, clear = guess_country(counts, FAMILIES[family], "US" if family in ("dollar", "cent") else None)
        if family == "dollar" and settle(family, country)[0] in codes - {"USD"}:  # beside C$ a bare $ is another one
            country, clear = None, False
        homes[family] = Home(country, clear and (country is not None or is_quiet(family)))
    return homes


def _amount(found: Sum, release: Release, home: Home | None, previous: Amount | None) -> Amount | None:
    value, maximum, code = read_sum(found, home.country if home else None)
    if value is None:
        return None
    text = release.text
    words = text[found.start : found.end]
    qualifier = qualify(found, text)
    if previous and qualifier == "exact" and _CONVERTED.fullmatch(text[previous.end : found.start]):
        qualifier = "exact" if previous.maximum is not None else previous.qualifier
    right, seen = _RIGHT_AND_SEEN.get(found.rule, (0, 0))
    return Amount.model_validate(
        {
            "id": derive_id(release.id, "amount", found.start, words),
            "start": found.start,
            "end": found.end,
            "text": words,
            "value": value,
            "maximum": maximum,
            "currency": code,
            "qualifier": qualifier,
            "kind": read_kind(text, found.start, found.end) or (previous.kind if previous else None),
            "rule": found.rule,
            "confidence": round((right + 1) / (seen + 2), 3),
        },
        context={"text": text},
    )


def _unclear(found: Sum, homes: dict[str, Home], release: Release) -> list[Check]:
    """A check for the first amount of a family whose currency is a guess."""
    home = homes.get(_family(found))
    if home is None or home.clear:
        return []
    homes[_family(found)] = home._replace(clear=True)
    return [_check("unclear_currency", release, found.start, found.end)]


def _check(code: str, release: Release, start: int, end: int) -> Check:
    return Check(code=code, message=_MESSAGES[code].format(release.text[start:end]), start=start, end=end)
