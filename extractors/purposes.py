"""What a sum of money is for, and how long it runs: the phrases beside it that say so."""

import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files

from extractors.patterns import either
from extractors.sentences import Sentences
from schemas.evidence import Evidence, When
from schemas.record import Amount, DateMention

_WORDS = json.loads((files("extractors.data") / "purpose_words.json").read_text("utf8"))
OF_PURPOSE = frozenset(_WORDS["kinds"])
"""Kinds of sums that are for something: a price or a result is not."""
_GRANTED = frozenset(("commitment", "budget", "debt"))
_GAP, _LONGEST = 130, 220
"""Characters behind a sum within which its purpose must begin, and that it may have."""
_SIGN = r"[$€£¥₹]"
_TIME = r"\d{4}\b|[\d,.]+(?:\s?%|[-\s](?:years?|months?|weeks?|days?|cents?)\b)"
_NOT_FOR = rf"\W*(?:{_SIGN}|{_TIME})|(?:(?:the|a|an)\s)?(?:{either(_WORDS['not_after_for'], any_case=True)})\b"
_PURPOSE = re.compile(
    rf"\b(?:to\s(?:also\s|further\s|better\s)?(?={either(_WORDS['verbs'], any_case=True)}\b)"
    rf"|(?=(?:{either(_WORDS['phrases'])})\s)"
    rf"|[Ff]or\s(?!{_NOT_FOR}))"
)
_LIST = (
    r"(?:\s[\w’'&/-]+){1,4}(?:,|\s(?:and|or)\s)|\s(?:and|or)\s(?!(?:the|its|a|an|it|we|will|has|is|was|are|he|she)\s)"
)
_END = re.compile(
    rf"\s*(?:[;:(\[—–*|]|\n(?!\s*[a-z])|\s-\s|--|[.!?](?=\W|$)|,(?!\d|{_LIST})|\s(?:{either(_WORDS['ends'])})\b)",
)
_TWO_WORDS = re.compile(r"\S+\s\S+")
_TIDY = re.compile(r"(?:[\s,.;:”\"'’]|\s(?:an?|additional|and|at|by|for|in|of|on|or|the|to|with))+$")
"""What a phrase does not end with."""

_COUNT = either((*_WORDS["counts"], "several", "multiple", "a few"), any_case=True)
_NUMBER = rf"(?:{_COUNT}|[0-9]{{1,2}})(?:\s\([0-9]{{1,2}}\))?"
_DURATION = re.compile(
    rf"\b(?:over|for|during|across|within|spanning)\s(?:the\s)?(?:course\sof\s)?(?:an?\s)?"
    rf"(?:(?:next|coming|following|first|initial|past|last)\s)?"
    rf"(?:{_NUMBER}\s(?:fiscal\s|financial\s|calendar\s)?(?:years?|months?|weeks?)"
    rf"|{_NUMBER}-(?:year|month|week)\s(?:period|term|span)|decade)\b"
)
_YEARLONG = re.compile(rf"\b{_NUMBER}-(?:year|month|week)\b")
_NEAR, _AHEAD, _BEHIND, _LEAD = 40, 160, 110, 60
"""Characters from a sum to a length of time beside it, a date ahead of it or behind; of the words before a date."""
_ANOTHER = re.compile(
    r"(?i)\b(?:compared|versus|vs|from|than|since|founded|established|created|while|whereas|by\s2)\b|[$€£¥₹]"
)
_BY_THEN = re.compile(r"\s(?:in\s[a-z]+\s)?(?:by|until)\s(?:the\s(?:year|end\sof)\s)*[12][0-9]{3}\b")
_FOUNDED = re.compile(
    r"(?i)\b(?:founded|established|created|incorporated|launched|born|since|opened|acquired|rebrand\w*)\W+$"
)
_OVER = re.compile(
    r"(?i)\b(?:for|over|during|across|between|from|in|throughout)\s"
    r"(?:the\s|its\s|their\s)?(?:(?:full|whole|entire|upcoming|coming|current)\s)?"
    r"(?:(?:period|programme|program|school|academic|budget|fiscal|financial|calendar)\s)?(?:(?:year|years|period)\s)?(?:from\s|ending\s|ended\s)?$"
)
_ONE_POINT = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_LONG = re.compile(r"FY[0-9]{4}|[0-9]{4}(?:-[QH][1-4])?|.*/.*")
"""A year, a fiscal year, a quarter, a half or an interval: what a sum can run over."""


def _begins(text: str, amount: Amount, stop: int) -> int | None:
    """Where the phrase begins, within reach of the sum."""
    found = _PURPOSE.search(text, amount.end, min(stop, amount.end + _GAP))
    return found.start() if found else None


def read_purpose(text: str, amount: Amount, stop: int) -> Evidence | None:
    """The phrase behind a sum that says what it is for; `stop` is where its sentence, or the next sum, begins.

    None for a sum that is not for anything (a price, a result) or where nothing says so.
    """
    begin = _begins(text, amount, stop)
    if amount.kind not in OF_PURPOSE or begin is None:
        return None
    words = _TWO_WORDS.match(text, begin)
    first = words.end() if words else begin
    ends = _END.search(text, first, min(stop, begin + _LONGEST))
    end = ends.start() if ends else min(stop, begin + _LONGEST)
    if not ends and end < stop:  # cut at the longest: at a word's end
        end = text.rfind(" ", begin, end)
    phrase = _TIDY.sub("", text[begin : max(begin, end)])
    return Evidence(start=begin, end=begin + len(phrase), text=phrase) if len(phrase.split()) > 1 else None


def _durations(text: str, amount: Amount, sentence: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Lengths of time beside a sum, the nearest first: over three years; a three-year $5 million grant."""
    start, stop = sentence
    if amount.kind in _GRANTED:
        if beside := _YEARLONG.search(text, amount.end, min(stop, amount.end + _NEAR)):
            yield beside.span()
        yield from (near.span() for near in _YEARLONG.finditer(text, max(start, amount.start - _NEAR), amount.start))
    if behind := _DURATION.search(text, amount.end, min(stop, amount.end + _BEHIND)):
        yield behind.span()


def _runs_over(text: str, date: DateMention, amount: Amount) -> bool:
    """Whether words lead from the sum to the date, or from the date to the sum, as to the time that it runs over."""
    before = _OVER.search(text, max(0, date.start - _LEAD), date.start)
    if before is None or not date.value or not _LONG.fullmatch(date.value):
        return False
    first, last = sorted((amount.end, date.start)) if date.start >= amount.end else (date.end, amount.start)
    if _ANOTHER.search(text, first, last) or _FOUNDED.search(text, max(0, before.start() - _LEAD), before.start()):
        return False
    given = amount.kind in OF_PURPOSE and _ONE_POINT.fullmatch(date.value) is not None
    return not (given and before[0].lower().startswith("in"))  # gave $5 million in 2023: that is when


def read_period(text: str, amount: Amount, dates: Sequence[DateMention], sentence: tuple[int, int]) -> When | None:
    """The time that a sum runs over: an interval, year or quarter of its sentence, or a mere length of time.

    `dates` are those of the release; of several the nearest behind the sum counts, before those ahead of it.
    """
    if _BY_THEN.match(text, amount.end):
        return None
    first, last = max(sentence[0], amount.start - _AHEAD), min(sentence[1], amount.end + _BEHIND)
    near = [date for date in dates if first <= date.start and date.end <= last and _runs_over(text, date, amount)]
    if near:
        date = next((date for date in near if date.start >= amount.end), near[-1])
        return When(start=date.start, end=date.end, text=date.text, value=date.value)
    return next(
        (
            When(start=start, end=end, text=text[start:end], value=None)
            for start, end in _durations(text, amount, sentence)
        ),
        None,
    )


def stop_of(amounts: Sequence[Amount], number: int, sentences: Sentences) -> int:
    """Where the words that belong to a sum end: at the end of its sentence, or at the next sum that is another one."""
    amount = amounts[number]
    stop = sentences.around(amount.start)[1]
    others = (other.start for other in amounts[number + 1 : number + 4] if other.equals != amount.id)
    return min(stop, next(others, stop))
