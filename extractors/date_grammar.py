"""The forms in which English press releases write dates: the table `data/date_forms.txt`, compiled."""

import json
import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

_DATA = files("extractors.data")
WORDS: dict[str, Any] = json.loads(_DATA.joinpath("date_words.json").read_text("utf8"))


def _either(words: Iterable[str]) -> str:
    """An alternation with longer words first; a blank in a word stands for any white space."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace("\\ ", r"\s{1,3}") for word in ordered)


def _capitals(words: Iterable[str]) -> str:
    """As `_either`, each word as it is and in capitals: 'may' and 'march' are no months."""
    return _either(dict.fromkeys(form for word in words for form in (word, word.upper())))


def _names(full: Iterable[str], short: Iterable[str]) -> str:
    return rf"(?:(?:{_capitals(full)})(?![A-Za-z])|(?:{_capitals(short)})(?![A-Za-z])\.?)"


MONTH_NAME = _names(WORDS["months"], WORDS["month_short"])
_DAY = r"3[01]|[12][0-9]|0?[1-9]"
_NTH = r"(?![0-9])(?:\s?(?i:st|nd|rd|th)(?![A-Za-z]))?"
_FULL_YEAR = r"1[0-9]{3}|2[01][0-9]{2}"
_MODERN = r"1[89][0-9]{2}|20[0-9]{2}"
_PART = (
    r"(?:(?i:early(?:\s{1,3}in)?|mid(?:dle\s{1,3}of)?|late(?:\s{1,3}in)?|(?:end|beginning|start)\s{1,3}of))[\s–-]{1,3}"
    r"(?:(?i:the\s{1,3}month\s{1,3}of)\s{1,3})?"
)

PIECES = {
    "MONTH": f"(?P<month>{MONTH_NAME})",
    "MONTH2": f"(?P<month2>{MONTH_NAME})",
    "WEEKDAY": rf"(?:{_names(WORDS['weekdays'], WORDS['weekday_short'])},?\s{{1,3}})?",
    "WEEKDAYNAME": _capitals(WORDS["weekdays"]),
    "DAY": f"(?P<day>{_DAY}){_NTH}",
    "DAY2": f"(?P<day2>{_DAY}){_NTH}",
    "YEAR": f"(?P<year>{_FULL_YEAR})(?![0-9])",
    "YEAR2": f"(?P<year2>{_FULL_YEAR})(?![0-9])",
    "SHORT": f"(?:(?P<year>{_MODERN})|(?P<short>[0-9]{{2}}))(?![0-9])",
    "MODERN": f"(?P<year>{_MODERN})(?![0-9])",
    "TO": r"\s{0,3}(?:[-–—‑−]|(?i:\b(?:through\s{1,3}to|to|through|thru|until|till))\b)\s{0,3}(?:the\s{1,3})?",
    "PART": rf"(?:{_PART})?",
    "INPART": _PART,
    "WHICH": f"(?P<which>(?i:{_either(WORDS['which'])}))",
    "ORDINAL": f"(?P<ordinal>(?i:{_either(WORDS['ordinals'])}))",
    "HALF": f"(?P<half>(?i:{_either(WORDS['halves'])}))",
    "SEASON": f"(?P<season>(?i:{_either(WORDS['seasons'])}))",
    "NUMBER": f"(?P<number>(?i:{_either(WORDS['numbers'])})|[0-9]{{1,2}})",
    "NEARWORDS": f"(?i:{_either(WORDS['relative_days'])})",
    "OFYEAR": r"(?:\s{0,3},)?\s{0,3}(?:(?:of|in|for)\s{1,3})?(?:(?:the|its|our)\s{1,3})?"
    r"(?:(?i:FY|(?:fiscal|financial|calendar)(?:\s{1,3}year)?)\s{0,3}(?:of\s{1,3})?)?['’/]?"
    rf"(?:(?P<year>{_MODERN})|(?<=[A-Z'’/])(?P<short>[0-9]{{2}}))(?![0-9])",
    "OFWHICH": r",?\s{1,3}(?:of\s{1,3})?(?:the\s{1,3})?"
    r"(?P<which>(?i:this|last|next|previous|prior|current|coming|following))\s{1,3}"
    r"(?i:(?:(?:calendar|fiscal|financial)\s{1,3})?year)(?![A-Za-z])",
}


def _compile(form: str) -> re.Pattern[str]:
    form = re.sub(r"@([A-Z]+2?)", lambda piece: PIECES[piece[1]], form.replace("_", r"\s{1,3}"))
    return re.compile(rf"(?<!\w)(?:{form})(?!\w)")


def _forms() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    table: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    kind = ""
    for row in _DATA.joinpath("date_forms.txt").read_text("utf8").splitlines():
        if row.startswith("["):
            kind = row.strip("[]")
        elif row and not row.startswith("#"):
            rule, form = row.split(maxsplit=1)
            table.setdefault(kind, []).append((rule, _compile(form)))
    return table


FORMS = _forms()
"""By the kind of word that they contain: rule and pattern, in the order of the table."""
