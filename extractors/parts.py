"""Which sum is a part of which: `an additional $2.8 million, which brings the total to $11.95 million`."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from schemas.record import Amount

_REACH = 220
"""Characters between a part and its whole, at most."""
_LEAST, _MOST = Decimal("0.001"), Decimal("0.97")
"""Share of the whole that a part has; what is nearly the whole is the same sum, told less exactly."""
_PART_OF = re.compile(
    r"(?i)\b(?:(?:as|is|are|was|were|represents?|forms?)\s)?(?:an?\s|the\s)?(?:\w+\s)?"
    r"(?:part|portion|share|component|tranche|instalment|installment|phase)\sof\s(?:an?|the|its|our|their|this)\s"
    r"|\bout\sof\s(?:an?|the|its|our|their)\s|\bunder\s(?:an?|the|its|our|their)\s"
)
"""From a part on to the whole, with no other sum between them."""
_DIRECTLY_OF = re.compile(
    r"(?i)\s?of\s(?:the|its|our|their|that|this|an?)\s(?:(?:total|overall|full|planned|original)\s)*$"
)
_BRINGS = re.compile(
    r"(?i)\b(?:bring(?:s|ing)?|brought|tak(?:es|ing)|took|rais(?:es|ing)|increas(?:es|ing)|lift(?:s|ing))\s"
    r"(?:\w+['’]?s?\s){0,6}?(?:total|funding|investment|contribution|support|value|amount|commitment|aid|assistance|financing"
    r"|grants?|package|capital)\b[^.;$€£]{0,70}?\s(?:to|at)\s(?:\w+\s){0,3}$"
)
"""Words before the whole that sum up what came before it, in this sentence or the one before."""
_TOTAL = re.compile(
    r"(?i)^[^.;]*\b(?:for\sa\s(?:combined\s|grand\s)?total\sof|with\sa\stotal\sof|totall?ing|for\sa\stotal)\s(?:\w+\s){0,2}$"
)
"""The same within one sentence."""
_UNIT = re.compile(
    r"(?i)\s?(?:per|each|apiece|every|/|(?:for|to)\s(?:each|every)|an?\s(?:share|month|year|day|week|person|hour))\b"
)
"""Behind a sum for one of many, which is no part of their total."""
_INCLUDING = re.compile(
    r"(?i)^[^.;:$€£()]{0,90}?(?:\b(?:includ(?:es|ing|ed)|compris(?:es|ing|ed)|consist(?:s|ing)\sof|of\swhich|made\sup\sof"
    r"|broken\sdown\sas|split\sinto|divided\sinto)\b[^.;$€£]{0,60}"
    r"|,\swith\s(?:about|around|nearly|some|approximately|up\sto)?\s?)$"
)
"""From the whole on to its parts."""
_GOES = re.compile(
    r"(?i)\s(?:(?:is|was|being|has\sbeen|will\sbe)\s)?(?:provided|coming|from|going|contributed|allocated|earmarked|set\saside"
    r"|dedicated|designated|funded|committed)\b"
)
"""Behind the first of the parts where only `with` leads to it."""
_AND_SO_ON = re.compile(r"[^.;$€£]{0,110}?(?:,|;|\band\b|\bplus\b)[^.;$€£]{0,60}")


class Part(NamedTuple):
    """Numbers of two sums of a release, in the order of its text."""

    part: int
    whole: int
    rule: str


def _fits(text: str, part: Amount, whole: Amount) -> bool:
    """Whether one sum can be a part of the other: clearly less, of the same currency, no range, not for one of many."""
    if part.currency is None or part.currency != whole.currency or part.maximum is not None:
        return False
    share = part.value / whole.value if whole.value else 0
    return _LEAST < share < _MOST and _UNIT.match(text, part.end) is None


def _forward(text: str, amounts: Sequence[Amount], number: int) -> Part | None:
    """The whole that is named behind its part."""
    part = amounts[number]
    for other in range(number + 1, min(number + 3, len(amounts))):
        whole = amounts[other]
        between = text[part.end : whole.start]
        if len(between) > _REACH or "\n\n" in between.strip():
            return None
        rule = _leads(between, other - number) if _fits(text, part, whole) else None
        if rule:
            return Part(number, other, rule)
    return None


def _leads(between: str, steps: int) -> str | None:
    """The rule by which the words between two sums lead from a part to its whole."""
    if _DIRECTLY_OF.match(between):
        return "of_the"
    if _PART_OF.search(between) and ". " not in between:
        return "part_of"
    if steps == 1 and _BRINGS.search(between):
        return "brings_total"
    return "totalling" if steps == 1 and _TOTAL.search(between) else None


def _continues(text: str, between: str, part: Amount, is_first: bool) -> bool:
    """Whether the words before a sum go on with the list of parts, or begin it."""
    if not is_first:
        return _AND_SO_ON.fullmatch(between) is not None
    found = _INCLUDING.search(between)
    return found is not None and (", with" not in found[0][-25:] or _GOES.match(text, part.end) is not None)


def _included(text: str, amounts: Sequence[Amount], number: int) -> Iterator[Part]:
    """The parts that are listed behind their whole, until the list breaks off or exceeds it."""
    whole, left = amounts[number], amounts[number].maximum or amounts[number].value
    last = whole
    for other in range(number + 1, len(amounts)):
        part = amounts[other]
        if part.equals == last.id:  # the same sum in another currency
            last = part.model_copy(update={"id": last.id})
            continue
        between = text[last.end : part.start]
        goes_on = len(between) <= _REACH and "\n\n" not in between
        if not goes_on or not _continues(text, between.lstrip(")"), part, last.id == whole.id):
            return
        if not _fits(text, part, whole) or part.value > left:
            return
        yield Part(other, number, "including")
        last, left = part, left - part.value


def find_parts(text: str, amounts: Sequence[Amount]) -> list[Part]:
    """Every sum that the words say is a part of another one, once; parts of parts are allowed, circles are not.

    `amounts` are those of a release in the order of its text. Takes time in proportion to their number.
    """
    found: dict[int, Part] = {}
    for number in range(len(amounts)):
        forward = _forward(text, amounts, number)
        for part in (*([forward] if forward else ()), *_included(text, amounts, number)):
            found.setdefault(part.part, part)
    return [part for _, part in sorted(found.items())]
