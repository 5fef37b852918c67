"""Builds the spaCy pipeline: one tokenizer and the markers in their order."""

from collections.abc import Callable, Sequence
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

import extractors.tokenizer  # noqa: F401  (registers the tokenizer)
from extractors.amounts import mark_amounts
from extractors.dates import mark_dates
from extractors.gazetteer import Form
from extractors.names import SHIPPED, names_version
from extractors.quotes import mark_quotes
from schemas.learned import Learned

MARKERS: tuple[tuple[str, Callable[[Doc], Doc]], ...] = (
    ("amounts", mark_amounts),
    ("dates", mark_dates),
    ("quotes", mark_quotes),
)
"""Component name and function; a marker may read what those before it marked."""


def build_tokenizer() -> Language:
    """A new `Language` with Dateline's tokenizer and nothing else; its words have no attributes such as `like_num`."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "dateline.Tokenizer.v1"}}})
    vocab: Any = nlp.vocab
    vocab.lex_attr_getters = {}  # nobody reads them, and every release has hundreds of words to be looked at
    nlp.max_length = 50_000_000
    return nlp


def pipeline_version(model: str, known: Sequence[Form] = (), learned: Learned | None = None) -> str:
    """What `record.extractor_version` takes of a pipeline: known without building it, which takes a second or two."""
    version = names_version(model, known)
    return version if learned is None or learned.is_empty else f"{version}-{learned.mark}"


def build_pipeline(model: str = SHIPPED[0], known: Sequence[Form] = (), learned: Learned | None = None) -> Language:
    """A new `Language` with Dateline's tokenizer and markers; build it once in a process.

    `model` finds the names: one of `names.SHIPPED` or a spaCy package; `known` are forms of names that people
    confirmed, with PERSON or ORG; `learned` is what was fitted to reviews. Raises names.ModelError.
    """
    nlp = build_tokenizer()
    for name, marker in MARKERS:
        Language.component(f"dateline_{name}", func=marker)
        nlp.add_pipe(f"dateline_{name}")
    forms, rejected = (learned.known, learned.rejected) if learned else ((), ())
    names = {"model": model, "known": [*known, *forms], "rejected": list(rejected)}
    nlp.add_pipe("dateline_names", after="dateline_dates", config=names)
    nlp.meta["names_model"] = pipeline_version(model, known, learned)
    nlp.meta["curves"] = {name: curve.model_dump() for name, curve in (learned.curves if learned else {}).items()}
    return nlp
