"""The tokenizer: cuts where marks may begin and end, and loses nothing."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from extractors.spans import MISFITS, Mark, set_spans
from extractors.tokenizer import Tokenizer

TOKENIZER = Tokenizer(spacy.blank("en").vocab)
EXAMPLES = [
    ("US$2.8 million", ["US", "$", "2", ".", "8", "million"]),  # currency, number and magnitude apart
    ("ScottDirector FY25", ["Scott", "Director", "FY", "25"]),  # words run together come apart
    ("Il-Hoon’s", ["Il", "-", "Hoon", "’", "s"]),
    ("NASA's USAToday", ["NASA", "'", "s", "USA", "Today"]),  # capitals end where the next word begins
    ("Zoë Ångström İstanbul", ["Zoë", "Ångström", "İstanbul"]),  # letters of any alphabet
    ("a  b\n\nc", ["a", " ", "b", "\n\n", "c"]),  # odd white space is a token
    ("", []),
]


@pytest.mark.parametrize(("text", "words"), EXAMPLES)
def test_pieces(text: str, words: list[str]) -> None:
    doc = TOKENIZER(text)
    assert [token.text for token in doc] == words
    assert doc.text == text


@given(st.text())
def test_nothing_is_lost(text: str) -> None:
    assert TOKENIZER(text).text == text


def test_a_mark_that_cuts_a_token_is_no_value_but_kept_to_be_seen() -> None:
    doc = set_spans(TOKENIZER("ten million"), "amounts", [Mark(0, 3, "MONEY", "good"), Mark(4, 8, "MONEY", "broken")])
    assert [span.id_ for span in doc.spans["amounts"]] == ["good"]
    assert [(span.text, span.id_) for span in doc.spans[MISFITS]] == [("million", "broken")]
