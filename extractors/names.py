"""Marks names of people, organisations and places, and job titles: by the names model, or by one that the user has."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

import regex
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from extractors.clusters import folded
from extractors.domains import add_domains
from extractors.gazetteer import Form, Gazetteer
from extractors.lexicon import common_words, word_lists
from extractors.money_rows import Place
from extractors.repeats import add_repeats, agree
from extractors.row_names import add_row_heads
from extractors.spans import text_of
from extractors.tagger import Name, load_tagger
from schemas.problem import ToldError

Find = Callable[[str], list[Name]]
"""A text to its names, in order, none overlapping another of its kind."""

SHIPPED = ("accurate", "fast")
NAMES, TITLES = "names", "titles"
"""Keys of `doc.spans`: the names of `doc.ents` with their probabilities as an attribute; job titles."""
_LABELS = {"PERSON": "PERSON", "PER": "PERSON", "ORG": "ORG", "GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE"}
_NO_NAMES = frozenset(("DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL", "LANGUAGE", "NORP"))
_UNKNOWN = 0.5
"""Probability of a name from a model that gives none."""
_NOT_NEEDED = ("parser", "tagger", "morphologizer", "lemmatizer", "attribute_ruler", "senter", "entity_linker")


class ModelError(ToldError):
    """A names model that is not there or finds no names; says which and what to do."""


@Language.factory("dateline_names", default_config={"model": SHIPPED[0], "known": [], "rejected": []})
def make_marker(nlp: Language, name: str, model: str, known: list[Form], rejected: list[Form]) -> Callable[[Doc], Doc]:
    """A spaCy component that marks names: `model` is one of SHIPPED or a spaCy package. Raises ModelError.

    `known` are forms of names that people confirmed, `rejected` of what is none, with their labels.
    """
    find = load_finder(model)
    gazetteer = Gazetteer(nlp, known, rejected) if known or rejected else None
    return lambda doc: mark_names(doc, find, gazetteer)


def load_finder(model: str) -> Find:
    """What finds names in a text: a model that ships, or a spaCy package. Raises ModelError."""
    return load_tagger(model) if model in SHIPPED else _load_spacy(model)


def mark_names(doc: Doc, find: Find, gazetteer: Gazetteer | None = None) -> Doc:
    """Set `doc.ents`, `doc.spans[NAMES]` and `doc.spans[TITLES]`; raises nothing, whatever the text.

    What lies inside a date or an amount that was marked before (`US` in `US$5`) is no name.
    """
    text = text_of(doc)
    found = find(text)
    names = [trim_name(text, part) for name in found if name.label != "TITLE" for part in split_name(text, name)]
    names = add_domains(text, names)
    names = gazetteer.add_to(doc, names) if gazetteer else names
    names = add_repeats(text, agree(text, names))
    names = add_row_heads(text, names, [Place(span.start_char, span.end_char) for span in doc.spans.get("amounts", ())])
    taken = bytearray(len(doc))
    for key in ("dates", "amounts"):
        for span in doc.spans.get(key, ()):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
    kept = [(span, p) for span, p in _spans(doc, names) if not all(taken[span.start : span.end])]
    doc.set_ents([span for span, _ in kept])
    attributes = {"probabilities": [p for _, p in kept]}
    doc.spans[NAMES] = SpanGroup(doc, name=NAMES, spans=doc.ents, attrs=attributes)
    titles = [span for span, _ in _spans(doc, [name for name in found if name.label == "TITLE"])]
    doc.spans[TITLES] = SpanGroup(doc, name=TITLES, spans=titles)
    return doc


_BEFORE = regex.compile(r"[\p{L}\p{M}]+\.?(?=\s)")


def trim_name(text: str, name: Name) -> Name:
    """A name without what stands before it: a courtesy, or the end of a bracket that it does not open.

    >>> trim_name("Hon. Jane Roe", Name(0, 13, "PERSON", 0.9)).start
    5
    >>> trim_name("(X)Acme Ltd", Name(1, 11, "ORG", 0.9)).start
    3
    """
    start = name.start
    while name.label == "PERSON" and (word := _BEFORE.match(text, start, name.end)) and is_courtesy(word[0]):
        start = word.end() + 1
    bracket = text.find(")", start, name.end)
    if bracket > 0 and text.find("(", start, bracket) < 0 and bracket + 1 < name.end:
        start = bracket + 1
        start += len(text[start : name.end]) - len(text[start : name.end].lstrip())
    return name._replace(start=start) if start < name.end else name


_AND = regex.compile(r"\s+(?:and|&)\s+")


def split_name(text: str, name: Name) -> Iterator[Name]:
    """The people in one name, a couple's given names and their surname: nobody is called `and`.

    >>> [part[:2] for part in split_name("Ana and Jo Roe", Name(0, 14, "PERSON", 0.9))]
    [(0, 3), (8, 14)]
    """
    ands = list(_AND.finditer(text, name.start, name.end)) if name.label == "PERSON" else []
    starts, ends = [name.start, *(a.end() for a in ands)], [*(a.start() for a in ands), name.end]
    return (name._replace(start=start, end=end) for start, end in zip(starts, ends, strict=True))


def is_generic(form: str, label: str) -> bool:
    """Whether a form that was taken for an organisation's name is a common noun, an adjective or a lower-case word.

    >>> is_generic("Government", "ORG"), is_generic("the", "ORG"), is_generic("BOARD OF DIRECTORS", "ORG")
    (True, True, True)
    >>> is_generic("Norwegian", "ORG"), is_generic("Norwegian", "OTHER"), is_generic("Government of Norway", "ORG")
    (True, False, False)
    """
    if label != "ORG":
        return False
    plain = form.casefold()
    return plain in folded("not_organisation") or plain in folded("demonym") or form in common_words()


def is_courtesy(word: str) -> bool:
    """Whether a word before a name is no part of it.

    >>> is_courtesy("Dr."), is_courtesy("Jane")
    (True, False)
    """
    lists = word_lists()
    return word in lists["honorific_strict"] or word in lists["courtesy"]


def _spans(doc: Doc, names: list[Name]) -> Iterator[tuple[Span, float]]:
    """Whole tokens; what would overlap the one before is left to it."""
    last = 0
    for name in sorted(names):
        span = doc.char_span(name.start, name.end, label=name.label, span_id="model", alignment_mode="expand")
        if span is not None and span.start >= last:
            yield span, name.probability
            last = span.end


def _load_spacy(model: str) -> Find:
    """Names by a spaCy package of the user's own, with its labels mapped to ours."""
    check_model(model)
    try:
        theirs = spacy.load(model, exclude=_NOT_NEEDED)
    except (OSError, ValueError) as error:
        raise ModelError(f"names model {model!r} cannot be loaded: {error}") from error
    if not {"ner", "entity_ruler"} & set(theirs.pipe_names):
        raise ModelError(
            f"names model {model!r} finds no names: it has only {', '.join(theirs.pipe_names) or 'nothing'}"
        )
    theirs.max_length = 50_000_000

    def find(text: str) -> list[Name]:
        with theirs.memory_zone():
            ents = [ent for ent in theirs(text).ents if ent.label_ not in _NO_NAMES]
            return [Name(ent.start_char, ent.end_char, _LABELS.get(ent.label_, "OTHER"), _UNKNOWN) for ent in ents]

    return find


def check_model(model: str) -> None:
    """Raises ModelError if there is no such model; loads nothing."""
    if model not in SHIPPED and find_spec(model.partition(".")[0]) is None:
        raise ModelError(f"names model {model!r} is not installed; use one of {', '.join(SHIPPED)} or pip install it")


def names_version(model: str, known: Sequence[Form] = ()) -> str:
    """What tells records of one names model from those of another: its name, a package's version, what is known.

    >>> names_version("accurate"), names_version("accurate", [("Borvik", "ORG")])
    ('accurate', 'accurate-known-b06ac39f')
    """
    version = model if model in SHIPPED else f"{model}-{spacy.util.get_package_version(model)}"
    digest = hashlib.sha256(repr(sorted(known)).encode()).hexdigest()[:8]
    return f"{version}-known-{digest}" if known else version
