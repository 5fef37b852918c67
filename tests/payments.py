"""What the tests of payments have in common: the amounts and dates of a text, with kinds and parties given by hand."""

import datetime as dt

import spacy

import extractors.tokenizer  # noqa: F401  (registers the tokenizer)
from extractors.amounts import extract_amounts, mark_amounts
from extractors.dates import extract_dates, mark_dates
from extractors.findings import Findings
from schemas.release import Release
from schemas.values import AmountKind

NLP = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "dateline.Tokenizer.v1"}}})


def find_values(text: str, kind: AmountKind | None = "commitment") -> Findings:
    """Amounts, all of one kind, and dates; no names."""
    release = Release(id="t", source="tests", text=text, published=dt.date(2025, 4, 10))
    doc = mark_dates(mark_amounts(NLP(text)))
    amounts = [amount.model_copy(update={"kind": kind}) for amount in extract_amounts(doc, release)[0]]
    dates = extract_dates(doc, release)[0]
    return Findings(
        release=release,
        place=None,
        issuer=None,
        people=[],
        organisations=[],
        dates=dates,
        amounts=amounts,
        quotes=[],
        checks=[],
    )
