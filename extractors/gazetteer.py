"""Names that people confirmed in review, found again wherever a release says them; rejected ones become checks."""

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
REJECTED = 0.02
"""How likely one is right that people rejected elsewhere: too unlikely to be a value."""


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
    """Forms of confirmed names, ready to be found, and forms that are no names."""

    def __init__(self, nlp: Language, forms: Iterable[Form], rejected: Iterable[Form] = ()) -> None:
        self._rejected = frozenset(map(tuple, rejected))
        self._matcher = PhraseMatcher(nlp.vocab)
        for label in ("PERSON", "ORG"):
            telling = sorted({form for form, its in forms if its == label and is_telling(form, its)})
            if telling:
                self._matcher.add(label, [nlp.make_doc(form) for form in telling])

    def add_to(self, doc: Doc, names: Sequence[Name]) -> list[Name]:
        """The names, and the confirmed ones in place of what they overlap, unless that is longer.

        Rejected ones stay, too unlikely to be values.
        """
        strings, text = doc.vocab.strings, text_of(doc)
        names = [self._doubt(name, text) for name in names]
        found = [
            Name(doc[start].idx, doc[end - 1].idx + len(doc[end - 1]), strings[key], CONFIRMED)
            for key, start, end in self._matcher(doc)
        ]
        return keep_longest([*found, *names], len(text))

    def _doubt(self, name: Name, text: str) -> Name:
        is_rejected = (text[name.start : name.end], name.label) in self._rejected
        return name._replace(probability=min(name.probability, REJECTED)) if is_rejected else name
