"""Direct speech: marks what stands in quotation marks and says who said it."""

from collections.abc import Iterator
from typing import NamedTuple

import regex
from spacy.tokens import Doc

from extractors.spans import Mark, set_spans, text_of
from schemas.record import Check, Organisation, Person, Quote
from schemas.release import Release
from schemas.values import derive_id

MIN_WORDS = 5
"""Fewer words in quotation marks are a title or a term more often than speech."""

_PARAGRAPH = regex.compile(r"[^\n]+")
_MARKS = regex.compile(r"[“”„«»\"]|''|``")
_WORD = regex.compile(r"[\p{L}\p{Nd}]+(?:['’\-][\p{L}\p{Nd}]+)*")
_VERBS = (
    "said|says|say|added|adds|stated|states|noted|notes|commented|comments|explained|explains|remarked|remarks|"
    "continued|continues|concluded|concludes|told|tells|announced|shared|shares|asked|asks|emphasi[sz]ed|emphasi[sz]es|"
    "declared|wrote|writes|recalled|recalls|argued|argues|reiterated|affirmed|stressed|observed|quoted|according to|"
    "enthused|exclaimed|replied|testified|expressed|insisted|warned|urged|elaborated|reflected|reflects|reads|read|"
    "pointed out|points out|highlighted|highlights|underlined|praised|responded|claimed|saying|stating|adding|noting"
)
_VERB = regex.compile(rf"\b(?:{_VERBS})\b")
_PRONOUN = regex.compile(
    rf"\b(?:[Hh]e|[Ss]he|[Tt]hey)\s(?:also\s|further\s|then\s)?(?:{_VERBS})\b|\b(?:{_VERBS})\s(?:he|she|they)\b"
)
_SENTENCE_END = regex.compile(
    r"(?<![\p{Lu}]|\b(?:Mr|Ms|Dr|Mrs|Sen|Rep|Inc|Corp|Ltd|Co|St|Jr|Sr|Gov|Lt|Gen|Hon))[.!?](?=\s)|\n"
)
_REACH = 400


class Stretch(NamedTuple):
    """What stands between quotation marks: end-exclusive, without the marks."""

    start: int
    end: int
    closed: bool


def _stretches(text: str, start: int, end: int) -> Iterator[Stretch]:
    """Quoted stretches of one paragraph; one whose closing mark is lost runs to the end of the paragraph."""
    opened = -1
    for match in _MARKS.finditer(text, start, end):
        before = text[match.start() - 1] if match.start() > start else " "
        after = text[match.end()] if match.end() < end else " "
        if opened < 0:
            if match[0] not in "”»" and not after.isspace() and not before.isalnum():
                opened = match.end()
        elif match[0] in "“„«" and not (after.isspace() or after in ",."):
            opened = match.end()
        elif not (match[0] == '"' and before.isspace() and not after.isspace()):
            yield Stretch(opened, match.start(), True)
            opened = -1
    if opened >= 0:
        yield Stretch(opened, end, False)


def _is_title(words: list[str]) -> bool:
    """Whether nearly all longer words begin with a capital, as in the title of a work."""
    long = [word for word in words if len(word) > 3]
    return len(long) > 1 and sum(word[0].isupper() for word in long) >= 0.7 * len(long)


def _is_speech(text: str, stretch: Stretch) -> bool:
    words = _WORD.findall(text, stretch.start, stretch.end)
    if len(words) < MIN_WORDS or _is_title(words):
        return False
    if text[stretch.end - 1] in ",.!?…—–-;" or text[stretch.end : stretch.end + 2][1:2] in (",", "."):
        return True
    return _VERB.search(text, max(0, stretch.start - 200), stretch.start) is not None


def find_quotes(text: str) -> list[Mark]:
    """Direct speech of five words or more, each paragraph and each part of a divided quote for itself.

    >>> [mark[:2] for mark in find_quotes('“We will go there soon,” said Ann. “It is our plan to win.”')]
    [(1, 23), (36, 58)]
    """
    marks = []
    for paragraph in _PARAGRAPH.finditer(text):
        for stretch in _stretches(text, paragraph.start(), paragraph.end()):
            body = text[stretch.start : stretch.end]
            start = stretch.start + len(body) - len(body.lstrip())
            end = stretch.end - (len(body) - len(body.rstrip()))
            if start < end and _is_speech(text, Stretch(start, end, stretch.closed)):
                marks.append(Mark(start, end, "QUOTE", "quotation_marks" if stretch.closed else "unclosed"))
    return marks


def mark_quotes(doc: Doc) -> Doc:
    """A spaCy component: sets `doc.spans["quotes"]`; raises nothing, whatever the text."""
    return set_spans(doc, "quotes", _on_tokens(doc, find_quotes(text_of(doc))))


def _on_tokens(doc: Doc, marks: list[Mark]) -> Iterator[Mark]:
    """Widen a mark to whole tokens: a quotation mark may carry an accent of its own."""
    for mark in marks:
        span = doc.char_span(mark.start, mark.end, alignment_mode="expand")
        if span is not None:
            yield Mark(span.start_char, span.end_char, mark.label, mark.rule)


class _Names(NamedTuple):
    """Where people and organisations are mentioned, in the order of the text: start, name."""

    people: list[tuple[int, str]]
    organisations: list[tuple[int, str]]

    def between(self, start: int, end: int) -> list[str]:
        """Names of the people mentioned there."""
        return [name for place, name in self.people if start <= place < end]

    def issuers(self, start: int, end: int) -> list[str]:
        """Names of the organisations mentioned there."""
        return [name for place, name in self.organisations if start <= place < end]


def extract_quotes(
    doc: Doc, release: Release, people: list[Person], organisations: list[Organisation]
) -> tuple[list[Quote], list[Check]]:
    """Direct speech with its speaker; a check `quote_without_speaker` where the text does not show who speaks."""
    names = _Names(
        sorted((mention.start, person.name) for person in people for mention in person.mentions),
        sorted((mention.start, body.name) for body in organisations for mention in body.mentions),
    )
    quotes: list[Quote] = []
    for span in doc.spans.get("quotes", []):
        start, end = span.start_char, span.end_char
        quotes.append(
            Quote(
                id=derive_id(release.id, "quote", start, span.text),
                start=start,
                end=end,
                text=span.text,
                speaker=_speaker(release.text, (start, end), names, quotes[-1] if quotes else None),
            )
        )
    silent = [quote for quote in quotes if quote.speaker is None]
    return quotes, [
        Check(code="quote_without_speaker", message="no speaker found beside this quote", start=q.start, end=q.end)
        for q in silent
    ]


def _speaker(text: str, place: tuple[int, int], names: _Names, previous: Quote | None) -> str | None:
    """Who says it: the sentence after, the sentence before, the speaker before, the person before."""
    start, end = place
    floor = previous.end if previous else 0
    after, before = _clause_after(text, end), _clause_before(text, start, floor)
    same_paragraph = previous is not None and "\n" not in text[previous.end : start]
    for first, last in (after, before):
        clause = text[first:last]
        if verb := _VERB.search(clause):
            if _PRONOUN.search(clause) and not names.between(first, last):
                break
            if found := _subject(names, first, last, first + verb.start()):
                return found
    if previous is not None and (same_paragraph or text[previous.end : start].strip(' \n"“”*_') == ""):
        return previous.speaker
    paragraph = text.rfind("\n", 0, start) + 1
    if found_before := names.between(paragraph, start):
        return found_before[-1]
    return _from_paragraph_before(text, paragraph, names) or (previous.speaker if previous else None)


def _subject(names: _Names, first: int, last: int, verb: int) -> str | None:
    """The person nearest to the verb: right after it, or the last one before it; else an organisation."""
    for pick in (names.between, names.issuers):
        before, after = pick(first, verb), pick(verb, last)
        if before or after:
            return before[0] if before else after[0]
    return None


def _clause_after(text: str, end: int) -> tuple[int, int]:
    """From the closing mark to the end of the sentence or the next quotation mark."""
    limit = min(len(text), end + _REACH)
    first = min(len(text), end + 1)
    stop = _SENTENCE_END.search(text, first, limit)
    mark = _MARKS.search(text, first, limit)
    last = min(stop.start() if stop else limit, mark.start() if mark else limit)
    return first, max(first, last)


def _clause_before(text: str, start: int, floor: int) -> tuple[int, int]:
    """The sentence that leads to the quote, in its paragraph."""
    begin = max(floor, start - _REACH, text.rfind("\n", 0, start) + 1)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, begin, max(begin, start - 2))]
    return (ends[-1] if ends else begin), start


def _from_paragraph_before(text: str, paragraph: int, names: _Names) -> str | None:
    """The person whom the paragraph before introduces: it ends with a colon or with a verb of speech."""
    line = text[:paragraph].rstrip("\n")
    begin = line.rfind("\n") + 1
    people = names.between(begin, len(line))
    if people and (line.endswith((":", ",")) or _VERB.search(line[-60:])):
        return people[-1]
    return None
