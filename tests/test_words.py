"""Words as they are looked for: what a question asks, where it stands in a text, and that no question is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.words import (
    _WORD,
    MOST_ASKED,
    MOST_WORDS,
    Phrase,
    _fold,
    cut_snippet,
    find_words,
    read_asked,
    read_findable,
    read_words,
)

WORDS = [
    ("Größe GRÖSSE", ["grosse", "grosse"]),  # ß is ss, and accents do not count
    ("Cafe\u0301 Café", ["cafe", "cafe"]),  # an accent apart is no end of a word
    ("हिन्दी में", ["हिनदी", "में"]),  # nor is a vowel's sign
    ("e-mail ana@norvik.example", ["e", "mail", "ana", "norvik", "example"]),  # addresses are found by their parts
    ("€2.50m in FY2027", ["2", "50m", "in", "fy2027"]),
    ("snake_case", ["snake", "case"]),
    ("ﬁve ½ ﷺ", ["five", "12", "صلىاللهعليهوسلم"]),  # letters that stand for several are one word still
    ("東京都は", ["東京都は"]),  # without spaces: one word, which can be found by its beginning
    ("🎉 — ¶ \ud800 \0", []),
    ("x" * 200, ["x" * 56]),
    ("é" * 200, ["e" * 56]),
    ("界" * 200, ["界" * 18]),  # counted in bytes
]
ASKED = [
    ("", []),
    (" \t", []),
    ('"', []),
    ('""', []),
    ("* - ( ) : ^ 🎉", []),
    ("harbour", ["harbour*"]),
    ("Harbour School ", ["harbour", "school*"]),
    ("NEAR(a b, 3)", ["near a", "b", "3*"]),  # a question of FTS5 is none here
    ("a OR b NOT c", ["a", "or", "b", "not", "c*"]),
    ("text:harbour", ["text harbour*"]),
    ("harb*", ["harb*"]),
    ("-harbour", ["harbour*"]),
    ("co-operation grant", ["co operation", "grant*"]),
    ('"harbour school" grant', ["harbour school", "grant*"]),
    ('grant "harbour school"', ["grant", "harbour school"]),  # closed: whole words
    ('grant "harbour scho', ["grant", "harbour scho*"]),  # still being typed
    ('grant "', ["grant*"]),
    ("“harbour school” x", ["harbour school", "x*"]),  # as a phone types them
    ("a'b \\ '' %_", ["a b*"]),
    ("the the the", ["the", "the*"]),
]


def shown(asked: tuple[Phrase, ...]) -> list[str]:
    return [" ".join(phrase.words) + "*" * phrase.is_open for phrase in asked]


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words(text: str, expected: list[str]) -> None:
    assert read_words(text) == expected


@given(st.text(st.one_of(st.characters(), st.sampled_from("aZ9 -’“\u0301\u00a0İﬁ")), max_size=20))
def test_the_quick_way_finds_the_words_that_the_pattern_finds(text: str) -> None:
    assert read_words(text) == [word for found in _WORD.findall(text) if (word := _fold(found))]


@pytest.mark.parametrize(("typed", "expected"), ASKED)
def test_asked(typed: str, expected: list[str]) -> None:
    assert shown(read_asked(typed)) == expected


def test_a_long_question_asks_for_its_first_words() -> None:
    phrases = read_asked(" ".join(map(str, range(5000))))
    assert [phrase.words for phrase in phrases] == [(str(number),) for number in range(MOST_ASKED)]
    assert sum(len(phrase.words) for phrase in read_asked("-".join(map(str, range(5000))))) == MOST_ASKED


def test_a_long_text_is_found_by_its_names_and_first_words() -> None:
    found = read_findable(["Ana Reis", "Ana Reis", "Norvik"], "word " * 20_000)
    assert len(found) == MOST_WORDS
    assert found[:6] == ["ana", "reis", "¶", "norvik", "¶", "word"]


FOUND = [
    ("A grant. Grants!", "grant", ["grant", "Grants"]),  # what begins so
    ("A grant. Grants!", '"grant"', ["grant"]),  # the whole word
    ("Zoë’s Café", "zoe cafe", ["Zoë", "Café"]),
    ("the Harbour\n\nSchool, a school", '"harbour school" x', ["Harbour\n\nSchool"]),
    ("🎉🎉 Cafe\u0301 🎉", "café", ["Cafe\u0301"]),  # beyond the BMP one character each
    ("nothing", "else", []),
    ("nothing", "🎉", []),
]


@pytest.mark.parametrize(("text", "typed", "expected"), FOUND)
def test_found(text: str, typed: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in find_words(text, read_asked(typed))] == expected


LONG = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
SNIPPETS = [
    (LONG, "one", "[One] two three four five …"),  # at the start
    (LONG, "fifteen", "… thirteen fourteen [fifteen]"),  # at the end
    (LONG, "seven eight", "… four five six [seven] [eight] …"),
    ("a\n\nb c", "b", "a  [b] c"),  # on one line
    ("x" * 100 + " harbour " + "y" * 100, "harbour", "… " + "x" * 19 + " [harbour] …"),
]


@pytest.mark.parametrize(("text", "typed", "expected"), SNIPPETS)
def test_snippets(text: str, typed: str, expected: str) -> None:
    snippet = cut_snippet(text, read_asked(typed), 20)
    assert snippet is not None
    said = snippet.text
    for start, end in reversed(snippet.marks):
        said = f"{said[:start]}[{said[start:end]}]{said[end:]}"
    assert said == expected


def test_no_snippet_where_nothing_is_found() -> None:
    assert cut_snippet(LONG, read_asked("harbour")) is None


@given(st.text(), st.text())
def test_nothing_typed_is_an_error(text: str, typed: str) -> None:
    asked = read_asked(typed)
    for start, end in find_words(text, asked):
        assert 0 <= start < end <= len(text)
    snippet = cut_snippet(text, asked, 10)
    assert bool(snippet) == bool(find_words(text, asked))


@given(st.text())
def test_each_word_of_a_text_is_found_in_it(text: str) -> None:
    for chunk in text.replace('"', " ").split():
        asked = read_asked(f'"{chunk}"')
        assert bool(asked) == bool(read_words(chunk))
        assert bool(find_words(text, asked)) == bool(asked) or len(read_words(chunk)) > MOST_ASKED
