"""Amounts: marks sums of money in a release and makes them records, with a check for whatever was not understood."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from typing import NamedTuple

from spacy.tokens import Doc, Span

from extractors.amount_homes import Home, find_homes
from extractors.amount_parts import UNREAD
from extractors.amount_reading import Sum, find_sums, qualify, read_amount, read_sum, scan
from extractors.countries import count_countries
from extractors.currencies import family, find_after
from extractors.currency_table import LOCAL
from extractors.figures import Stretch, find_stretches, scaled
from extractors.numerals import MAGNITUDE, MAGNITUDE_WORDS, windows
from extractors.spans import Mark, set_spans, text_of
from extractors.words_in import places
from schemas.record import Amount, Check
from schemas.release import Release
from schemas.values import CheckCode, derive_id

__all__ = ["extract_amounts", "mark_amounts", "read_amount"]

KEY = "amounts"
LABEL = "MONEY"
LOCAL_MONEY = "LOCAL_MONEY"
"""Label of what is money in some countries only: `N3.2 billion`."""
NOT_READ = "MONEY_LIKE"
"""Label of what is written like money but has no value; the rule says why: `vague` or `unread`."""

# Rule → how many of its sums were right, and how many it gave: counted by training/precision.py.
_RIGHT_AND_SEEN: dict[str, list[int]] = json.loads(
    (files("extractors.data") / "amount_precision.json").read_text("utf8")
)
_VAGUE = re.compile(
    rf"(?i)(?<![\w.,-])(?:(?:tens|dozens|hundreds|thousands|several|many|few|couple)[ -](?:of )?)*"
    rf"(?:multi-?|hundred )?{MAGNITUDE}(?: of)?(?=[ -][^\W\d_])"
)
_WEIGHT = re.compile(r"(?i)pounds?$")
# Unicode's currency signs: every one, also those of no currency that the table knows.
_SIGNS = "$¢-¥֏؋߾߿৲৳৻૱௹฿៛₠-⃏꠸﷼﹩＄￠￡￥￦"
_SIGN = re.compile(f"[{_SIGNS}]")
_DIGIT_BEHIND = re.compile(r" ?[0-9]+")
_OF_MONEY = re.compile(r"(?i)\b(?:profits?|turnover|earnings|loss(?:es)?|costs?|debts?|paid|pay|worth|tax(?:es)?)\b")
_WHY: dict[str, CheckCode] = {UNREAD: "unread_amount", "vague": "vague_amount"}
"""Rule of what is written like money and has no value → its check."""
_MESSAGES: dict[CheckCode, str] = {
    "unread_amount": "{!r} has a currency and a digit but reads as no amount",
    "vague_amount": "{!r} names money but no number",
    "figures_in_millions": "{!r} stands below a heading that counts in thousands or more; it is kept as written",
    "unclear_currency": "{!r} does not say whose currency it is; check the currency of this release's amounts",
}
# What stands between a sum and the same one in another currency, which shares its qualifier.
_CONVERTED = re.compile(
    r"(?i)\s?[(\[](?:(?:or|equal to|equivalent to|i\.e\.|=),? )?"
    r"(?P<about>(?:about|approximately|approx\.?|around|roughly|some|nearly|almost|c\.|ca\.|circa|≈|~) ?)?"
)
_NOT_A_SUM = Sum(0, 0, "", None, "", UNREAD)
# A mark's rule looked at the words before it; these stand for them when the mark is read by itself.
_AHEAD = {"range": "between ", "elliptic_range": "between ", "account": "of ", "loss": "loss of ", "local": "of "}


class _Read(NamedTuple):
    """What a sum comes to, and the rule that says so."""

    value: Decimal | None
    maximum: Decimal | None
    currency: str | None
    rule: str


def mark_amounts(doc: Doc) -> Doc:
    """A pipeline component: marks sums of money as MONEY, as MONEY_LIKE what looks like one and is not understood."""
    text = text_of(doc)
    british = cache(lambda: "£" in text or count_countries(text)["GB"] > 0)
    sums = [found for found in scan(text) if not _is_weight(text, found, british)]
    doc.user_data[KEY] = [tuple(found) for found in sums if found.rule != UNREAD]
    marks = list(_apart([_mark(doc, found) for found in sums]))
    if vague := list(_vague(text)):
        taken = _covered(len(text), marks)
        marks += [mark for mark in vague if not any(taken[mark.start : mark.end])]
    return set_spans(doc, KEY, [*marks, *_lost(doc, marks)])


def _lost(doc: Doc, marks: list[Mark]) -> Iterator[Mark]:
    """Signs of a currency beside a digit that no rule took."""
    text, taken, found = text_of(doc), _covered(len(text_of(doc)), marks), []
    for match in _SIGN.finditer(text):
        start, end = match.span()
        if taken[start]:
            continue
        if behind := _DIGIT_BEHIND.match(text, end):
            end = behind.end()
        elif text[max(0, start - 2) : start].rstrip(" ")[-1:].isdecimal():
            start -= 1 + (text[start - 1] == " ")
        else:
            continue
        found.append(_mark(doc, Sum(start, end, "", None, "", UNREAD)))
    return _apart([mark for mark in found if mark.end and not any(taken[mark.start : mark.end])])


def _covered(length: int, marks: list[Mark]) -> bytearray:
    """A one for each character of the text that a mark takes."""
    taken = bytearray(length)
    for mark in marks:
        taken[mark.start : mark.end] = b"\1" * (mark.end - mark.start)
    return taken


def _mark(doc: Doc, found: Sum) -> Mark:
    if found.rule != UNREAD:
        return Mark(found.start, found.end, LOCAL_MONEY if found.key.startswith(LOCAL) else LABEL, found.rule)
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
    if text.startswith(" of ", found.end):
        return True
    large = found.rule.endswith("_magnitude") and _OF_MONEY.search(text[max(0, found.start - 60) : found.start])
    return not (large or british())


def _vague(text: str) -> Iterator[Mark]:
    """Millions of dollars, a multi-million-euro plan: money without a number."""
    for start, end in windows(text, places(text, MAGNITUDE_WORDS)):
        for match in _VAGUE.finditer(text, start, end):
            after = find_after(text, match.end())
            if after and after.key not in ("pound", "won"):  # pounds of food, millions won over
                yield Mark(match.start(), after.end, NOT_READ, "vague")


def extract_amounts(doc: Doc, release: Release) -> tuple[list[Amount], list[Check]]:
    """The amounts of a marked doc, one for each occurrence, and checks for what was seen and not understood.

    The country of a bare `$` is the release's own or the one its text speaks from; a guess is checked once a family.
    """
    sums = _marked_sums(doc)
    homes = find_homes(release, (found.key for found in sums))
    sums = [found for found in sums if not found.key.startswith(LOCAL) or homes[found.key].country]
    rows = find_stretches(release.text) if sums else []
    amounts: list[Amount] = []
    checks: list[Check] = []
    for found in sums:
        row = scaled(found, rows)
        read = _read(found, homes.get(family(found.key)), row)
        if read.value is None:
            checks.append(_check("unread_amount", release, found.start, found.end))
            continue
        amounts.append(_amount(found, read, release, amounts[-1] if amounts else None))
        checks += _unclear(found, homes, release)
        if row and not row.certain:
            checks.append(_check("figures_in_millions", release, found.start, found.end))
    for span in doc.spans.get(KEY, []):
        if span.label_ == NOT_READ:
            checks.append(_check(_WHY[span.id_], release, span.start_char, span.end_char))
    return amounts, checks


def _marked_sums(doc: Doc) -> list[Sum]:
    """Each MONEY mark as the sum that its marker saw, or with its words read again where only the mark was kept."""
    seen = {(start, end): Sum(start, end, *rest) for start, end, *rest in doc.user_data.get(KEY, ())}
    spans = [span for span in doc.spans.get(KEY, []) if span.label_ in (LABEL, LOCAL_MONEY)]
    return [seen.get((span.start_char, span.end_char)) or _read_again(span) for span in spans]


def _read_again(span: Span) -> Sum:
    ahead = _AHEAD.get(span.id_, "")
    found = next(find_sums(ahead + span.text), _NOT_A_SUM)
    if (found.start, found.end) != (len(ahead), len(ahead) + len(span.text)):
        found = _NOT_A_SUM
    return found._replace(start=span.start_char, end=span.end_char, rule=span.id_)


def _read(found: Sum, home: Home | None, row: Stretch | None) -> _Read:
    value, maximum, code = read_sum(found, home.country if home else None)
    if row is None or not row.certain or value is None:
        return _Read(value, maximum, code, found.rule)
    return _Read(value * row.factor, maximum and maximum * row.factor, code, "table_row")


def _amount(found: Sum, read: _Read, release: Release, previous: Amount | None) -> Amount:
    text = release.text
    words = text[found.start : found.end]
    qualifier = qualify(found, text)
    converted = _CONVERTED.fullmatch(text[previous.end : found.start]) if previous else None
    if previous and qualifier == "exact" and converted:
        qualifier = "exact" if previous.maximum is not None else previous.qualifier
    same = converted and text[found.end : found.end + 1] in (")", "]") and _may_equal(previous, read)
    right, seen = _RIGHT_AND_SEEN.get(read.rule, (0, 0))
    return Amount.model_validate(
        {
            "id": derive_id(release.id, "amount", found.start, words),
            "start": found.start,
            "end": found.end,
            "text": words,
            "value": read.value,
            "maximum": read.maximum,
            "currency": read.currency,
            "qualifier": qualifier,
            "equals": previous.id if previous and same else None,
            "rule": read.rule,
            "confidence": round((right + 1) / (seen + 2), 3),
        },
        context={"text": text},
    )


def _may_equal(first: Amount | None, other: _Read) -> bool:
    """Whether a sum in brackets behind another can be the same one: in another currency, and a range if that is one."""
    if first is None or None in (other.currency, first.currency):
        return False
    return other.currency != first.currency and (first.maximum is None) == (other.maximum is None)


def _unclear(found: Sum, homes: dict[str, Home], release: Release) -> list[Check]:
    """A check for the first amount of a family whose currency is a guess."""
    home = homes.get(family(found.key))
    if home is None or home.clear:
        return []
    homes[family(found.key)] = home._replace(clear=True)
    return [_check("unclear_currency", release, found.start, found.end)]


def _check(code: CheckCode, release: Release, start: int, end: int) -> Check:
    return Check(code=code, message=_MESSAGES[code].format(release.text[start:end]), start=start, end=end)
