"""What this project's guide counts as no date, though other projects give it a value; with the reason."""

import re

_NUMBER = (
    r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|forty|half"
    r"|(?:a )?few|(?:a )?couple(?: of)?|several)"
)
_UNIT = r"(?:business )?(?:day|week|fortnight|month|quarter|year|decade)s?"
_AHEAD = r"(?:next|past|last|previous|coming|upcoming|following|recent)"
DURATION = "a duration or a stretch counted from a day ('next 3 days')"
VAGUE = "vague words ('now', 'to date', 'a few days ago')"
ELSEWHERE = "a day or period that other words must name ('the day', 'that weekend')"
_REASONS = (
    (rf"\b{_AHEAD} ?(?:the )?{_NUMBER} ?{_UNIT}\b(?! of)", DURATION),
    (rf"^(?:the )?{_NUMBER} {_AHEAD} {_UNIT}", DURATION),
    (rf"\b(?:within|(?:more|less) than) (?:the )?(?:{_AHEAD} )?{_NUMBER} {_UNIT}", DURATION),
    (rf"\bfor {_NUMBER} {_UNIT}\b", DURATION),
    (rf"\b{_AHEAD} (?:{_NUMBER} )?decades?\b", DURATION),
    (r"\bfortnight$(?<!a fortnight)", DURATION),
    (r"\bcentur(?:y|ies)\b", "a century"),
    (r"\bb\.?c\b", "a year before our era"),
    (r"(?<!from )\bnow\b|\b(?:to|till) date\b|\bthis time\b|\brecent(?:ly)?\b|\bfew (?:days|weeks|months) ago", VAGUE),
    (r"^(?:the )?(?:same|that) ", ELSEWHERE),
    (r"^(?:my|the|(?:the )?(?:last|next|past|following)) day$|^the day (?:before|after)$", ELSEWHERE),
    (r"^(?:the |my |all )?(?:week|month|year|fiscal year)$", ELSEWHERE),
    (r"\b(?:last|this|next|past|current|previous) seasons?\b", "a season without its name"),
    (r"^(?:the )?(?:rest|remaining|remainder)\b", "the rest of a period"),
    (r"\bsy ?\d|\bschool year", "a school year"),
    (r"^(?:at )?(?:the )?(?:boy|bom)$|^(?:sat|sun)\.?$", "letters that are words in English text ('sun', 'BOM')"),
    (r"^(?:on |the |for )*\d{1,2}$", "a bare number"),
    (
        r"^(?:on |the )*(?:first|second|third|fourth|fifth|twenty[- ](?!tens)\w+|thirty)$",
        "a bare ordinal or number word",
    ),
)
_RULES = tuple((re.compile(pattern), reason) for pattern, reason in _REASONS)
_OF_TWO = (
    (re.compile(rf"{_NUMBER} {_UNIT}\b(?! of)"), DURATION),
    (
        re.compile(
            r"\b(?:start|beginning|end|middle) of\b.* (?:to|and|until) |(?:to|and|until) the (?:start|end|middle) of\b"
        ),
        "an interval between parts of years or months, which the guide counts whole",
    ),
)
"""Of intervals only: `in 2 weeks` is a day."""


def leave_out(words: str, *, interval: bool = False) -> str | None:
    """Why words are no date in the sense of the guide, or None where they are one.

    >>> leave_out("next 3 days"), leave_out("in 3 days"), leave_out("3 days from today", interval=True) == DURATION
    ("a duration or a stretch counted from a day ('next 3 days')", None, True)
    """
    words = " ".join(words.lower().split())
    rules = _RULES + _OF_TWO if interval else _RULES
    return next((reason for pattern, reason in rules if pattern.search(words)), None)
