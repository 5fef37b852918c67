"""The words around direct speech: verbs that tell of it, and the words for people who are not named."""

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import regex


@cache
def speech_words() -> dict[str, tuple[str, ...]]:
    """The lists of `speech_words.json`: words by blanks, phrases by bars."""
    lists = json.loads((files("extractors.data") / "speech_words.json").read_text(encoding="utf8"))
    return {name: tuple(text.split("|" if "|" in text else None)) for name, text in lists.items()}


def _any_of(*names: str) -> str:
    return _tree(sorted({word for name in names for word in speech_words()[name]}))


def _tree(words: Iterable[str]) -> str:
    """A pattern of these words that reads each letter once: many times faster than one word after the other.

    >>> _tree(["say", "said", "says"])
    '(?:s(?:a(?:y(?:s)?|i(?:d))))'
    """
    tails: dict[str, list[str]] = {}
    for word in words:
        tails.setdefault(word[:1], []).append(word[1:])
    may_end = "?" if tails.pop("", None) else ""
    branches = "|".join(re.escape(letter) + _tree(rest) for letter, rest in tails.items())
    return f"(?:{branches}){may_end}" if branches else ""


_ALONE = r"(?![\w’'\-])"
_ADVERBS = r"(?:(?:has|had|have|also|later|further|then|recently|again|once|today|just|\p{Ll}{3,}ly)\s+){0,3}"


@cache
def speech_verb() -> re.Pattern[str]:
    """A verb that tells of speech wherever it stands.

    >>> [match[0] for match in speech_verb().finditer("Ann said that it, according to Bob, hails from there.")]
    ['said', 'according to']
    """
    return re.compile(rf"(?i)(?<![\w’'\-]){_any_of('speech', 'speech_phrases')}{_ALONE}")


@cache
def any_verb() -> re.Pattern[str]:
    """A verb that tells of speech at least where a quote stands beside it, such as `called it “…”`."""
    return re.compile(rf"(?i)(?<![\w’'\-]){_any_of('speech', 'speech_phrases', 'framing')}{_ALONE}")


@cache
def verb_first() -> "regex.Pattern[str]":
    """What follows a quote whose speaker comes after the verb: `,” said …`, `” proudly added …`."""
    verbs = _any_of("speech", "speech_phrases")
    return regex.compile(rf"(?i)[\s,.;”\"’'»–—\-]*{_ADVERBS}(?P<verb>{verbs}){_ALONE}")


@cache
def statement() -> re.Pattern[str]:
    """The verb of somebody who `issued the following statement`."""
    issue, noun = _any_of("issue"), _any_of("statement")
    return re.compile(rf"(?i)\b{issue}(?=(?:\s{{1,9}}[\w’'\-]{{1,30}}){{0,5}}?\s{{1,9}}{noun}\b)")


@cache
def nobody() -> "regex.Pattern[str]":
    """The beginning of words for somebody whom the text does not name: `one participant`, `the lawmakers`."""
    many = _any_of("unnamed")
    return regex.compile(
        r"(?i)\W*(?:(?:one|another|some|several|many|two|three)\b|an?\s(?!statement)"
        rf"|(?:the\s+|\w+\s+)?(?:{many})\b)"
    )


PRONOUN = regex.compile(r"(?i)(?<!\w)\W*(?:(?:has|had|also|then|later|further|\p{Ll}+ly)\s+)*\b(?P<word>he|she|they)\b")
PRONOUN_BEFORE = regex.compile(r"(?i)\b(?:he|she|they|who|i|we)\s+(?:\w+ly\s+|also\s+|has\s+|had\s+)?$")

_SHORT = (
    "Mr Ms Dr Mrs Sen Sens Rep Reps Inc Corp Ltd Co St Jr Sr Gov Lt Gen Hon Prof Rev vs No Col Sgt "
    r"U\.S D\.C Ph\.D M\.D Jan Feb Aug Sept Oct Nov Dec a\.m p\.m"
).replace(" ", "|")
SENTENCE_END = regex.compile(
    rf"(?<![\s(.]\p{{Lu}}|^\p{{Lu}}|\b(?:{_SHORT}))\.[\"”’')\]]*(?=\s+[^\p{{Ll}}\s]|\s*$)"
    r"|[•!?][\"”’')\]]*(?=\s|$)|(?<=\p{Ll}{2})\.(?=[\p{Lu}“\"])"
)
"""Where a sentence ends: an abbreviation, an initial or a following small letter say that it does not."""
