"""The forms in which English press releases write dates: the table `data/date_forms.txt`, compiled."""

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from extractors.named_days import NAMES as NAMED_DAYS
from extractors.patterns import either

_DATA = files("extractors.data")
WORDS: dict[str, Any] = json.loads(_DATA.joinpath("date_words.json").read_text("utf8"))


def _capitals(words: Iterable[str]) -> str:
    """Each word as it is and in capitals: 'may' and 'march' are no months."""
    return either(_spellings(words))


def _spellings(words: Iterable[str]) -> list[str]:
    return [form for word in words for form in (word, word.upper())]


def _names(full: Iterable[str], short: Iterable[str]) -> str:
    return rf"(?:{_capitals(full)}(?![A-Za-z])|{_capitals(short)}(?![A-Za-z])\.?)"


MONTH_SPELLINGS = _spellings([*WORDS["months"], *WORDS["month_short"]])
MONTH_NAME = _names(WORDS["months"], WORDS["month_short"])
_DAY = r"3[01]|[12][0-9]|0?[1-9]"
_NTH = r"(?![0-9])(?:\s?(?i:st|nd|rd|th)(?![A-Za-z]))?"
_FULL_YEAR = r"1[0-9]{3}|2[01][0-9]{2}"
_MODERN = r"1[89][0-9]{2}|20[0-9]{2}"
_PART = (
    r"(?:(?i:early(?:\s{1,3}in)?|mid(?:dle\s{1,3}of)?|late(?:\s{1,3}in)?|(?:end|beginning|start)\s{1,3}of))[\s–-]{1,3}"
    r"(?:(?i:the\s{1,3}month\s{1,3}of)\s{1,3})?"
)

CLOCK = r"(?:[0-9]{1,2}(?::[0-9]{2})?\s?(?:[ap]\.?m\.?)?(?:\s\(?[A-Z]{2,4}\)?)?\s(?=on\s))?"
"""A time of day before the date that it belongs to."""
_ONES, _TEENS, _TENS = (
    either(word for word, number in WORDS["cardinals"].items() if number in among)
    for among in (range(1, 10), range(10, 20), range(20, 100))
)
_TWO_DIGITS = rf"(?:{_TENS}(?:[\s-]{_ONES})?|{_TEENS})"
_YEAR_IN_WORDS = (
    rf"(?i:{either(WORDS['centuries'])}[\s-](?:{_TWO_DIGITS}|(?:oh|zero)[\s-]{_ONES}|hundred_(?:and_)?(?:{_TWO_DIGITS}|{_ONES}))"
    rf"|two_thousand(?:_(?:and_)?(?:{_TWO_DIGITS}|{_ONES}))?)(?![A-Za-z-])"
)
_SMALL_MONTHS = [
    name.lower() for name in (*WORDS["months"], *WORDS["month_short"]) if name not in ("May", "March", "Mar")
]
_WEEKDAYS = [form for name in WORDS["weekdays"] for form in (name, name.upper(), name.lower())]
_ANY_WEEKDAY = rf"(?:{either(_WEEKDAYS)}(?![A-Za-z])|{either(_spellings(WORDS['weekday_short']))}(?![A-Za-z])\.?)"
_PLAIN_MONTHS = [form for name in WORDS["months"] if name not in ("May", "March") for form in (name, name.lower())]
"""Months that are no words and hardly names: a year may stand before them."""
_ANY_DAY_WORD = either(WORDS["day_words"], any_case=True)
_NO_DAY = r"(?![A-Za-z-]|_(?:quarter|half|time|week|place|round)\b)"
"""What follows when 'May first' is no day."""


def _month(small: Iterable[str]) -> str:
    return f"(?P<month>{MONTH_NAME}|{either(small)}(?![A-Za-z])\\.?)"


PIECES = {
    "MONTH": f"(?P<month>{MONTH_NAME})",
    "MONTH2": f"(?P<month2>{MONTH_NAME}|{either(_SMALL_MONTHS)}(?![A-Za-z])\\.?)",
    "ANYMONTH": _month(_SMALL_MONTHS),
    "YEARMONTH": _month([*_SMALL_MONTHS, "may", "march", "mar"]),
    "PLAINMONTH": f"(?P<month>{either(_PLAIN_MONTHS)})(?![A-Za-z])",
    "NOTCOUNT": r"(?![.,]?[0-9]|%|:[0-9]|\s?(?:[ap]\.?m\b|million|billion|percent|per\scent))",
    "WEEKDAY": rf"(?:{_ANY_WEEKDAY},?\s{{1,3}})?",
    "WEEKDAYNAME": f"(?P<weekday>{either(_WEEKDAYS)})",
    "ANYWEEKDAY": f"(?P<weekday>{_ANY_WEEKDAY})",
    "DAY": f"(?P<day>{_DAY}){_NTH}",
    "DAY2": f"(?P<day2>{_DAY}){_NTH}",
    "DAYWORD": f"(?P<dayword>{_ANY_DAY_WORD}){_NO_DAY}",
    "SMALLDAYWORD": f"(?P<dayword>{either(WORDS['day_words'])}){_NO_DAY}",
    "THE": "(?:the_)?",
    "NTHDAY": rf"(?:(?P<dayword>{_ANY_DAY_WORD})(?![A-Za-z-])|(?P<day>{_DAY})(?:st|nd|rd|th)(?![A-Za-z]))",
    "NTH": f"(?P<nth>{either(WORDS['nth'], any_case=True)})",
    "YEAR": f"(?:(?P<year>{_FULL_YEAR})(?![0-9])|(?P<yearwords>{_YEAR_IN_WORDS}))",
    "YEARWORDS": f"(?P<yearwords>{_YEAR_IN_WORDS})",
    "YEARDIGITS": f"(?P<year>{_FULL_YEAR})(?![0-9])",
    "YEAR2": f"(?P<year2>{_FULL_YEAR})(?![0-9])",
    "SHORT": f"(?:(?P<year>{_MODERN})|(?P<short>[0-9]{{2}}))(?![0-9])",
    "CENTURY": f"(?P<century>{either(WORDS['centuries'], any_case=True)})",
    "TENS": f"(?P<tens>{either(WORDS['tens'], any_case=True)})",
    "NAMED": f"(?P<named>{either(NAMED_DAYS, any_case=True)})(?![A-Za-z])",
    "TO": r"\s{0,3}(?:[-–—‑−]|(?i:\b(?:through\s{1,3}to|to|through|thru|until|till))\b)\s{0,3}(?:the\s{1,3})?",
    "PART": rf"(?:{_PART})?",
    "INPART": _PART,
    "WHICH": f"(?P<which>{either(WORDS['which'], any_case=True)})",
    "THISMONTH": "(?:(?:the_)?@WHICH_(?i:month)|(?:the_|of_the_)(?P<themonth>month))(?![A-Za-z])",
    "ORDINAL": f"(?P<ordinal>{either(WORDS['ordinals'], any_case=True)})",
    "QUARTERNTH": f"(?P<ordinal>{either(set(WORDS['ordinals']) - {'last', 'final'}, any_case=True)})",
    "QUARTERWORD": "(?i:quarter|qtr)",
    "HALF": f"(?P<half>{either(WORDS['halves'], any_case=True)})",
    "SEASON": f"(?P<season>{either(WORDS['seasons'], any_case=True)})",
    "NUMBER": f"(?P<number>{either(WORDS['numbers'], any_case=True)}|[0-9]{{1,2}})",
    "COUNTED": rf"(?:{either(WORDS['numbers'], any_case=True)}|[0-9]{{1,3}})_(?i:day|week|month|year)s?",
    "NEARWORDS": f"{either(WORDS['relative_days'], any_case=True)}",
    "OFYEAR": r"(?:\s{0,3},)?\s{0,3}(?:(?:of|in|for)\s{1,3})?(?:(?:the|its|our)\s{1,3})?"
    r"(?:(?:(?P<fy>(?i:FY|(?:fiscal|financial)(?:\s{1,3}year)?))|(?i:calendar(?:\s{1,3}year)?))\s{0,3}(?:of\s{1,3})?)?['’/]?"
    rf"(?:(?P<year>{_MODERN})|(?<=[A-Z'’/])(?P<short>[0-9]{{2}}))(?![0-9])",
    "OFWHICH": r",?\s{1,3}(?:of\s{1,3})?(?:the\s{1,3})?"
    r"(?P<which>(?i:this|last|next|previous|prior|current|coming|following))\s{1,3}"
    r"(?i:(?:(?:calendar|fiscal|financial)\s{1,3})?year)(?![A-Za-z])",
}


_GROUP = re.compile(r"\(\?P<(\w+)>")


def _initials(*words: Iterable[str]) -> str:
    return "".join(sorted({letter for word in chain(*words) for letter in (word[0].lower(), word[0].upper())}))


_FIRST = {
    "WEEKDAY": _initials(WORDS["weekdays"]),
    "ANYWEEKDAY": _initials(WORDS["weekdays"]),
    "WEEKDAYNAME": _initials(WORDS["weekdays"]),
    "PART": "ebsmlEBSML",
    "INPART": "ebsmlEBSML",
    "MONTH": _initials(WORDS["months"]),
    "ANYMONTH": _initials(WORDS["months"]),
    "YEARMONTH": _initials(WORDS["months"]),
    "THE": "t",
    "DAY": "0-9",
    "DAYWORD": _initials(WORDS["day_words"]),
    "NTHDAY": "0-9" + _initials(WORDS["day_words"]),
    "SEASON": _initials(WORDS["seasons"]),
    "CENTURY": _initials(WORDS["centuries"]),
    "YEARDIGITS": "12",
    "NUMBER": "0-9" + _initials(WORDS["numbers"]),
    "NTH": _initials(WORDS["nth"]),
    "WHICH": _initials(WORDS["which"]),
    "NAMED": _initials(NAMED_DAYS),
}
"""What a piece can begin with; the forms that begin with one are not tried elsewhere."""
_PIECE = re.compile("@([A-Z]+2?)")
_OPTIONAL = ("WEEKDAY", "PART", "THE")


def _guard(form: str) -> str:
    """A look at the first character, where the form begins with pieces that are known here."""
    firsts, end = "", 0
    for piece in _PIECE.finditer(form):
        if piece.start() != end or piece[1] not in _FIRST:
            return ""
        firsts, end = firsts + _FIRST[piece[1]], piece.end()
        if piece[1] not in _OPTIONAL:
            return f"(?=[{firsts}])"
    return ""


def _written_out(form: str) -> str:
    guard = _guard(form)
    while "@" in form:  # pieces may have pieces in them
        form = _PIECE.sub(lambda piece: PIECES[piece[1]], form)
    return guard + form.replace("_", r"\s{1,3}")


def _table() -> dict[str, list[tuple[str, str]]]:
    """Kind to the rule and the regular expression of each row."""
    table: dict[str, list[tuple[str, str]]] = {}
    kind = ""
    for row in _DATA.joinpath("date_forms.txt").read_text("utf8").splitlines():
        if row.startswith("["):
            kind = row.strip("[]")
        elif row and not row.startswith("#"):
            rule, form = row.split(maxsplit=1)
            table.setdefault(kind, []).append((rule, _written_out(form)))
    return table


def _scanner(rows: Iterable[str]) -> re.Pattern[str]:
    """All forms of a kind at once; the name of the last group, `r3`, is the place of the one that matched."""
    alternatives = (f"(?:{_with_sep_alone(form, place)})(?!\\w)(?P<r{place}>)" for place, form in enumerate(rows))
    return re.compile(rf"(?<!\w)(?=[\w'’‘])(?={'|'.join(alternatives)})")


def _with_sep_alone(form: str, place: int) -> str:
    """A form without its named groups but `sep`, which it refers to and which bears its place."""
    form = form.replace("(?P<sep>", f"(\0<sep{place}>").replace("(?P=sep)", f"(?P=sep{place})")
    return _GROUP.sub("(?:", form).replace("\0", "?P")


_TABLE = _table()
KINDS = tuple(_TABLE)
"""The kinds of words that forms contain."""


# Compiled when first asked for: commands that read no dates shall not wait for it.
@cache
def forms(kind: str) -> list[tuple[str, re.Pattern[str]]]:
    """Rule and pattern of each row of a kind, in the order of the table."""
    return [(rule, re.compile(form)) for rule, form in _TABLE[kind]]


@cache
def scanner(kind: str) -> tuple[re.Pattern[str], list[str]]:
    """A pattern that finds the first form of a kind that begins somewhere, and the rules of the forms.

    The pattern's last group is empty and stands at the form's end; its name, `r3`, is the place of the form's rule.
    """
    rows = _TABLE[kind]
    return _scanner(form for _, form in rows), [rule for rule, _ in rows]
