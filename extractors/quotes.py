"""Direct speech: marks what stands in quotation marks and says who said it."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

import regex
from spacy.tokens import Doc

from extractors.attributions import Attribution
from extractors.issuer import read_issuer, subjects_of
from extractors.quote_marks import find_stretches
from extractors.single_marks import Stretch
from extractors.spans import Mark, set_spans, text_of
from extractors.speakers import find_speakers
from extractors.speech import any_verb, verb_first
from extractors.speech_scene import Name, read_speech_scene
from schemas.evidence import Reason
from schemas.record import Check, Organisation, Person, Quote
from schemas.release import Release
from schemas.values import derive_id

MIN_WORDS = 5
"""Fewer words in quotation marks are a title or a term more often than speech."""
_MAX_TITLE = 12
"""More words are no title, however many capitals they have."""
_MIN_ALONE = 9
"""So many words at the beginning of a paragraph are speech, though nothing else says so."""

_WORD = regex.compile(r"[\p{L}\p{Nd}]+(?:['’\-][\p{L}\p{Nd}]+)*")
_CLAUSE_END = regex.compile(r"[.!?](?=\s|$)|\n\n|[“\"](?=\w)")
_TERM = regex.compile(r"\b(?:of|is|are|was|as|like|paper|titled|entitled|theme|called|named|the|a|an|to|include)\W*$")
"""Words that lead to a term or a title in quotation marks rather than to speech."""


def _is_title(words: list[str]) -> bool:
    """Whether nearly all longer words begin with a capital, as in the title of a work."""
    long = [word for word in words if len(word) > 3]
    capital = sum(word[0].isupper() for word in long)
    return len(words) <= _MAX_TITLE and len(long) > 1 and capital >= 0.7 * len(long)


def _is_speech(text: str, stretch: Stretch, verbs: Sequence[int]) -> bool:
    """Whether quoted words are speech: a verb of speech is near, or they are a sentence where no term is expected."""
    words = _WORD.findall(text, stretch.start, stretch.end)
    if len(words) < MIN_WORDS:
        return False
    first = max(0, stretch.start - 200)
    first = max(first, text.rfind("\n", first, stretch.start) + 1)
    lead = text[first : stretch.start].rstrip("\"“‘' ")
    if _is_title(words):
        return _is_spoken_title(text, stretch, lead)
    if _is_between(verbs, first, stretch.start) or _is_between(verbs, stretch.end, _clause_end(text, stretch.end)):
        return True
    alone = text.rfind("\n", max(0, stretch.start - 4), stretch.start) >= 0 or stretch.start < 4
    if text[stretch.start].islower() or _TERM.search(lead[-20:]):
        return False
    if stretch.rule == "unclosed" and not alone and not lead.endswith(":"):
        return False
    ends_outside = text[stretch.end + 1 : stretch.end + 2] in (",", ".", "?", "!")
    return _ends(text, stretch) or (alone and (ends_outside or len(words) >= _MIN_ALONE))


def _ends(text: str, stretch: Stretch) -> bool:
    return text[stretch.end - 1] in ",.!?…—–-;"


def _is_between(places: Sequence[int], first: int, last: int) -> bool:
    return bisect_left(places, first) < bisect_left(places, last)


def _clause_end(text: str, end: int) -> int:
    stop = _CLAUSE_END.search(text, end + 2, end + 80)
    return stop.start() if stop else end + 80


_SAID = regex.compile(r"\w+\s?[,:]$")


def _is_spoken_title(text: str, stretch: Stretch, lead: str) -> bool:
    """Whether somebody says these words, though they are written like a title."""
    if _SAID.search(lead[-20:]) and any_verb().search(lead[-20:]):
        return True
    return _ends(text, stretch) and (
        lead[-1:] in (":", ".", "?", "!") or verb_first().match(text, stretch.end) is not None
    )


def find_quotes(text: str) -> list[Mark]:
    """Direct speech of five words or more, each paragraph and each part of a divided quote for itself.

    >>> [mark[:2] for mark in find_quotes('“We will go there soon,” said Ann. “It is our plan to win.”')]
    [(1, 23), (36, 58)]
    """
    stretches = find_stretches(text)
    verbs = [verb.start() for verb in any_verb().finditer(text)] if stretches else []
    return [
        Mark(start, end, "QUOTE", rule)
        for start, end, rule in stretches
        if _is_speech(text, Stretch(start, end, rule), verbs)
    ]


def mark_quotes(doc: Doc) -> Doc:
    """A spaCy component: sets `doc.spans["quotes"]`; raises nothing, whatever the text."""
    return set_spans(doc, "quotes", _on_tokens(doc, find_quotes(text_of(doc))))


def _on_tokens(doc: Doc, marks: list[Mark]) -> Iterator[Mark]:
    """Widen a mark to whole tokens: a quotation mark may carry an accent of its own."""
    for mark in marks:
        span = doc.char_span(mark.start, mark.end, alignment_mode="expand")
        if span is not None:
            yield Mark(span.start_char, span.end_char, mark.label, mark.rule)


def extract_quotes(
    doc: Doc, release: Release, people: list[Person], organisations: list[Organisation]
) -> tuple[list[Quote], list[Check]]:
    """Direct speech with its speaker; a check `quote_without_speaker` where the text does not show who speaks."""
    quotes = [
        Quote(
            id=derive_id(release.id, "quote", mark.start, mark_text),
            start=mark.start,
            end=mark.end,
            text=mark_text,
            speaker=said.speaker,
            rule=mark.rule,
            confidence=_quote_confidence(mark.rule, said.rule),
            why={"speaker": Reason(rule=said.rule, confidence=_speaker_confidence(said.rule))} if said.speaker else {},
        )
        for mark, said in attribute_quotes(doc, release, people, organisations)
        if (mark_text := release.text[mark.start : mark.end])
    ]
    silent = [quote for quote in quotes if quote.speaker is None]
    return quotes, [
        Check(code="quote_without_speaker", message="no speaker found beside this quote", start=q.start, end=q.end)
        for q in silent
    ]


def attribute_quotes(
    doc: Doc, release: Release, people: Sequence[Person], organisations: Sequence[Organisation]
) -> list[tuple[Mark, Attribution]]:
    """Each quote that is marked in the doc, and who says it by which rule."""
    marks = [Mark(span.start_char, span.end_char, span.label_, span.id_) for span in doc.spans.get("quotes", [])]
    names = [
        *(Name(m.start, m.end, person.name, True) for person in people for m in person.mentions),
        *(Name(m.start, m.end, body.name, False) for body in organisations for m in body.mentions),
    ]
    scene = read_speech_scene(release.text, names, [mark[:2] for mark in marks])._replace(
        titles=[(person.title, person.name) for person in people if person.title],
        issuer=read_issuer(release, subjects_of(people, organisations)),
    )
    return list(zip(marks, find_speakers(scene), strict=True))


def quote_rule(mark: str, speaker: str) -> str:
    """The name under which it is counted how often such a quote is right, with its speaker."""
    return f"{mark} {speaker}"


Counts = dict[str, list[int]]
"""By rule: how many quotes were right on the releases that were learnt from, and of how many."""


@cache
def _counts() -> dict[str, Counts]:
    table: dict[str, Counts] = json.loads((files("extractors.data") / "quote_rules.json").read_text("utf8"))
    return table


@cache
def _speaker_confidence(rule: str) -> float:
    right, seen = _counts()["speakers"].get(rule, (0, 0))
    return round((right + 1) / (seen + 2), 3)


@cache
def _quote_confidence(mark: str, speaker: str) -> float:
    """By both rules; the fewer such quotes were seen, the more by the rule of the speaker alone."""
    counts = _counts()["quotes"]
    alike = [count for rule, count in counts.items() if rule.endswith(f" {speaker}")]
    by_speaker = (sum(right for right, _ in alike) + 1) / (sum(seen for _, seen in alike) + 2)
    right, seen = counts.get(quote_rule(mark, speaker), (0, 0))
    return round((right + 2 * by_speaker) / (seen + 2), 3)
