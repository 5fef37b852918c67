"""Marks: where something stands, as spaCy spans whose `label_` says what and whose `id_` says which rule found it."""

from bisect import bisect
from collections.abc import Iterable
from typing import NamedTuple

from spacy.tokens import Doc, SpanGroup


class Mark(NamedTuple):
    """A stretch of `doc.text`: `start` and `end` in code points, end-exclusive."""

    start: int
    end: int
    label: str
    rule: str


TEXT = "text"
"""Key of `doc.user_data` under which the tokenizer keeps the text."""


def text_of(doc: Doc) -> str:
    """`doc.text`, without putting it together from its tokens anew where the tokenizer kept it.

    >>> import spacy
    >>> text_of(spacy.blank("en")("Signed on 3 May."))
    'Signed on 3 May.'
    """
    return str(doc.user_data.get(TEXT) or doc.text)


MISFITS = "misfits"
"""Key of the marks that cut a word or number in two, widened to whole ones: a rule's defect, never a value."""


def set_spans(doc: Doc, key: str, marks: Iterable[Mark]) -> Doc:
    """Write marks to `doc.spans[key]` in the order of the text, those that cut a token to `doc.spans[MISFITS]`."""
    spans, misfits = [], list(doc.spans.get(MISFITS, []))
    for mark in sorted(marks):
        span = doc.char_span(mark.start, mark.end, label=mark.label, span_id=mark.rule)
        if span is not None:
            spans.append(span)
        elif wider := doc.char_span(mark.start, mark.end, mark.label, span_id=mark.rule, alignment_mode="expand"):
            misfits.append(wider)
    doc.spans[key] = SpanGroup(doc, name=key, spans=spans)
    doc.spans[MISFITS] = SpanGroup(doc, name=MISFITS, spans=misfits)
    return doc


def longest(marks: Iterable[Mark]) -> list[Mark]:
    """Of overlapping marks the longest, of equally long ones the first given.

    >>> longest([Mark(0, 4, "DATE", "year"), Mark(0, 9, "DATE", "interval"), Mark(12, 14, "DATE", "day")])
    [Mark(start=0, end=9, label='DATE', rule='interval'), Mark(start=12, end=14, label='DATE', rule='day')]
    """
    kept: list[Mark] = []  # in order of the text and apart from each other, so that only neighbours can overlap
    for mark in sorted(marks, key=lambda found: found.start - found.end):
        place = bisect(kept, mark)
        free_before = place == 0 or kept[place - 1].end <= mark.start
        if free_before and (place == len(kept) or mark.end <= kept[place].start):
            kept.insert(place, mark)
    return kept
