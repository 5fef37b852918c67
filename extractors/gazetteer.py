"""Names that people confirmed in review, found again wherever a release says them."""

from collections.abc import Iterable, Sequence

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from extractors.lexicon import common_words
from extractors.spans import text_of
from extractors.tagger import Name, keep_longest

Form = tuple[str, str]
"""A form of a name, and PERSON or ORG."""
CONFIRMED = 0.98
"""How likely a name is right that people confirmed elsewhere."""


def is_telling(form: str, label: str) -> bool:
    """Whether a form, wherever it stands, means who bears it: not a person's single name, nor an everyday word.

    >>> is_telling("Maria Lindholm", "PERSON"), is_telling("Lindholm", "PERSON"), is_telling("Target", "ORG")
    (True, False, False)
    >>> is_telling("WSC", "ORG"), is_telling("Borvik", "ORG")
    (True, True)
    """
    if len(form.split()) > 1:
        return True
    return label == "ORG" and len(form) > 2 and form[0].isupper() and form.lower() not in common_words()


class Gazetteer:
    """Forms of confirmed names, ready to be found."""

    def __init__(self, nlp: Language, forms: Iterable[Form]) -> None:
        self._matcher = PhraseMatcher(nlp.vocab)
        for label in ("PERSON", "ORG"):
            telling = sorted({form for form, its in forms if its == label and is_telling(form, its)})
            if telling:
                self._matcher.add(label, [nlp.make_doc(form) for form in telling])

    def add_to(self, doc: Doc, names: Sequence[Name]) -> list[Name]:
        """The names, and the confirmed ones in place of what they overlap, unless that is longer."""
        strings = doc.vocab.strings
        found = [
            Name(doc[start].idx, doc[end - 1].idx + len(doc[end - 1]), strings[key], CONFIRMED)
            for key, start, end in self._matcher(doc)
        ]
        return keep_longest([*found, *names], len(text_of(doc)))
