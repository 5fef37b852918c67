"""Reviewed records as spaCy's training data: documents with PERSON and ORG in `doc.ents`."""

from collections.abc import Iterable, Iterator

import regex
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.util import filter_spans

from extractors.gazetteer import is_telling
from schemas.evidence import Evidence
from schemas.record import Organisation, Person, Record
from schemas.release import Release

RELEASE_ID = "release_id"
"""Key of `doc.user_data`."""
_EDGE = r"(?<![\p{L}\p{Nd}])(?:\L<forms>)(?![\p{L}\p{Nd}])"


def make_doc(nlp: Language, release: Release, record: Record) -> Doc:
    """The text of a release with the names that people left in its record, tokens cut where a name begins or ends.

    Of names within names the longest stands. Where a name is said that the record has, but not at that place, it is
    unknown whether it stands there as that name: such tokens are missing annotation, of which nothing is learnt.
    """
    mentions = list(_mentions(record))
    doc = _cut(nlp.make_doc(release.text), {edge for _, one in mentions for edge in (one.start, one.end)})
    spans = [span for label, one in mentions if (span := doc.char_span(one.start, one.end, label=label))]
    named = {token.i for span in spans for token in span}
    again = [span for span in _said_again(doc, mentions, release.text) if named.isdisjoint(range(span.start, span.end))]
    doc.set_ents(filter_spans(spans), missing=filter_spans(again), default="outside")
    doc.user_data[RELEASE_ID] = release.id
    return doc


def pack_docs(docs: Iterable[Doc]) -> bytes:
    """The documents as a `.spacy` file, as `spacy train` reads it."""
    return DocBin(attrs=["ENT_IOB", "ENT_TYPE"], docs=docs, store_user_data=True).to_bytes()


def _mentions(record: Record) -> Iterator[tuple[str, Evidence]]:
    kinds: tuple[tuple[str, tuple[Person | Organisation, ...]], ...]
    kinds = ("PERSON", record.people), ("ORG", record.organisations)
    for label, entities in kinds:
        for entity in entities:
            yield from ((label, mention) for mention in entity.mentions)


def _said_again(doc: Doc, mentions: Iterable[tuple[str, Evidence]], text: str) -> Iterator[Span]:
    """Every place of the forms that mean who bears them."""
    forms = sorted({one.text for label, one in mentions if is_telling(one.text, label)})
    for match in regex.finditer(_EDGE, text, forms=forms) if forms else ():
        span = doc.char_span(match.start(), match.end(), alignment_mode="expand")
        if span is not None:
            yield span


def _cut(doc: Doc, edges: set[int]) -> Doc:
    """A new document of the same text, with no token across one of these places."""
    words, spaces = [], []
    for token in doc:
        inside = [edge - token.idx for edge in range(token.idx + 1, token.idx + len(token)) if edge in edges]
        for first, last in zip([0, *inside], [*inside, len(token)], strict=True):
            words.append(token.text[first:last])
            spaces.append(last == len(token) and bool(token.whitespace_))
    return Doc(doc.vocab, words=words, spaces=spaces)
