"""Reviewed records as documents that spaCy learns from."""

import datetime as dt
from typing import Any

import pytest
import spacy
from spacy.tokens import DocBin
from spacy.training import Example

from extractors.training_docs import RELEASE_ID, make_doc, pack_docs
from schemas.evidence import Evidence
from schemas.record import Organisation, Person, Record, ReleaseRef
from schemas.release import Release
from tests.pipelines import pipeline

_NLP = pipeline()
_MODELS: dict[str, tuple[Any, str]] = {"PERSON": (Person, "people"), "ORG": (Organisation, "organisations")}

TAGGED = [
    # names stand where the record has them
    ("Ana Reis runs Borvik Ltd.", {"PERSON": ["Ana Reis"], "ORG": ["Borvik Ltd"]}, "BI O BI O"),
    # a name that ends within a token cuts it: no letter more or less than people selected
    ("The Borvik-led bid won.", {"ORG": ["Borvik"]}, "O B O O O O O"),
    # of names within names the longest
    ("It is Reis & Daughters here.", {"PERSON": ["Reis"], "ORG": ["Reis & Daughters"]}, "O O BII O O"),
    # a second place that nobody marked teaches nothing: neither name nor none
    ("Borvik Ltd grew; Borvik Ltd shrank.", {"ORG": ["Borvik Ltd"]}, "BI O O -- O O"),
    # nothing found teaches that there is nothing
    ("Nobody came.", {}, "O O O"),
]


def make(text: str, names: dict[str, list[str]]) -> tuple[Release, Record]:
    release = Release(id="r1", source="mine", text=text)
    reference = ReleaseRef(
        id="r1", source="mine", url=None, title="", published=dt.date(2026, 1, 2), text_sha256=release.text_sha256
    )
    values: dict[str, Any] = {"people": [], "organisations": []}
    for label, forms in names.items():
        model, field = _MODELS[label]
        for form in forms:
            start = text.index(form)
            place = Evidence(start=start, end=start + len(form), text=form)
            values[field].append(model(id=form, name=form, mentions=(place,), confidence=1))
    return release, Record(extractor_version="1", release=reference, **values)


@pytest.mark.parametrize(("text", "names", "tags"), TAGGED)
def test_tags(text: str, names: dict[str, list[str]], tags: str) -> None:
    doc = make_doc(_NLP, *make(text, names))
    assert doc.text == text
    assert [token.ent_iob_ or "-" for token in doc] == list(tags.replace(" ", ""))


def test_spacy_learns_from_what_is_packed() -> None:
    docs = [make_doc(_NLP, *make(text, names)) for text, names, _ in TAGGED]
    blank = spacy.blank("en")
    read = list(DocBin().from_bytes(pack_docs(docs)).get_docs(blank.vocab))
    assert [doc.user_data for doc in read] == [{RELEASE_ID: "r1"}] * len(docs)
    assert [[(e.text, e.label_) for e in doc.ents] for doc in read] == [
        [(e.text, e.label_) for e in doc.ents] for doc in docs
    ]
    blank.add_pipe("ner")
    examples = [Example(blank.make_doc(doc.text), doc) for doc in read]
    blank.initialize(lambda: examples)
    losses = blank.update(examples)
    assert losses["ner"] > 0
