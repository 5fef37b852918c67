"""Names that people confirmed are found where the model alone would not see them."""

import pytest

from extractors.gazetteer import CONFIRMED
from extractors.names import NAMES
from extractors.pipeline import build_pipeline
from extractors.record import extract_record
from schemas.release import Release

_KNOWN = [
    ("orbital harvest", "ORG"),
    ("Orbital Harvest", "ORG"),
    ("Wen", "PERSON"),
    ("Qu Wen", "PERSON"),
    ("TIDE", "ORG"),
]
_NLP = build_pipeline(known=_KNOWN)

FOUND = [
    ("we sold it to orbital harvest again", [("orbital harvest", "ORG")]),  # a form in lower case
    ("then qu, Qu Wen, and wen left", [("Qu Wen", "PERSON")]),  # a person by the full name only
    ("the tide was high", []),  # other case, other word
    (
        "The Orbital Harvest Foundation of Norway grew.",
        [("Orbital Harvest Foundation of Norway", "ORG")],
    ),  # a longer name
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(ent.text, ent.label_) for ent in _NLP(text).ents if ent.label_ in ("PERSON", "ORG")] == expected


def test_probability() -> None:
    doc = _NLP("we sold it to orbital harvest again")
    assert doc.spans[NAMES].attrs["probabilities"] == [CONFIRMED]


def test_the_version_tells_what_was_known() -> None:
    release = Release(id="1", source="test", text="It was orbital harvest.")
    version = extract_record(_NLP, release).extractor_version
    assert "accurate-known-" in version
    assert version != extract_record(build_pipeline(known=_KNOWN[:1]), release).extractor_version
