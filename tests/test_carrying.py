"""Evidence in another version of a text: found where the same words stand in the same surroundings, or not at all."""

from typing import Any

import pytest

from schemas.review import Review, Verdict
from store.carrying import NEAR, Versions, carry_over, find_again, find_gap
from tests.reviewing import NOW, spot

ABOUT = "About Norvik: a foundation of harbour towns."
TEXT = f"Grant announced\n\nNorvik gives the school €2.5 million. The club gets €2.5 million, too.\n\n{ABOUT}"
FOUND = [  # new text, words and which of them, which of them they are now
    (TEXT, "€2.5 million", 0, 0),  # nothing has changed
    (f"UPDATE {TEXT}", "€2.5 million", 0, 0),  # something new before
    (f"UPDATE {TEXT}", "€2.5 million", 1, 1),  # the second is not taken for the first
    (TEXT.replace("too", "as well"), "€2.5 million", 0, 0),  # something new behind
    (TEXT.replace("Norvik gives", "Norvik 🎈 gives"), "€2.5 million", 0, 0),  # an astral character is one code point
    (TEXT.replace("The club gets", "Its club got"), "€2.5 million", 0, 0),  # one side is as it was
    (f"{ABOUT}\n\n{TEXT.removesuffix(ABOUT)}", "Norvik", 1, 0),  # a paragraph was moved
]
GONE = [  # new text, words and which of them, part of the reason
    (TEXT.replace("€2.5", "€3"), "€2.5 million", 0, "no longer"),
    (TEXT.replace("€2.5 million", "€2.50 million"), "€2.5", 0, "no longer"),  # a longer number is another one
    (TEXT.replace("€2.5", "€12.5"), "2.5 million", 0, "no longer"),
    ("Norvik was fined €2.5 million by a court.", "€2.5 million", 0, "other surroundings"),
    ("", "Norvik", 0, "no longer"),
    (f"{TEXT}\n\n{TEXT}\n\n{TEXT}"[1:-1], "€2.5 million", 0, "several places"),
]


@pytest.mark.parametrize(("new", "words", "number", "now"), FOUND)
def test_found_again(new: str, words: str, number: int, now: int) -> None:
    old = spot(TEXT, words, number)
    assert find_again(Versions(TEXT, new), int(old["start"]), int(old["end"])) == spot(new, words, now)["start"]


@pytest.mark.parametrize(("new", "words", "number", "reason"), GONE)
def test_not_found_again(new: str, words: str, number: int, reason: str) -> None:
    old = spot(TEXT, words, number)
    found = find_again(Versions(TEXT, new), int(old["start"]), int(old["end"]))
    assert isinstance(found, str)
    assert reason in found
    assert words in found


def test_the_same_row_twice_keeps_its_order() -> None:
    """Rows that are alike are told apart by their order, as long as there are as many."""
    row = "\n\nThe school gets €1 million from the Norvik Foundation this year."
    old, new = f"Grants{row}{row}{row} End.", f"All the grants{row}{row}{row} Ends."
    for number in range(3):
        was = spot(old, "€1 million", number)
        found = find_again(Versions(old, new), int(was["start"]), int(was["end"]))
        assert found == spot(new, "€1 million", number)["start"]


def test_a_megabyte_of_one_letter_takes_no_time() -> None:
    old, new = "a" * 1_000_000, "b" + "a" * 999_000 + "b"
    assert isinstance(find_again(Versions(old, new), 500_000, 500_003), str)


def test_the_gap_is_between_what_was_around() -> None:
    new = TEXT.replace("€2.5 million. The", "a grant of €3 million. The")
    old = spot(TEXT, "€2.5 million")
    behind, ahead = find_gap(Versions(TEXT, new), int(old["start"]), int(old["end"]))
    assert new[behind:ahead] == "a grant of €3 million"
    assert find_gap(Versions(TEXT, "x" * NEAR), int(old["start"]), int(old["end"])) == (None, None)


def review(verdict: Verdict, machine: dict[str, Any] | None, human: dict[str, Any] | None) -> Review:
    return Review(id="1", release_id="1", field="amounts", value_id="1", verdict=verdict, machine=machine, human=human,
                  reviewer="ana", reviewed_at=NOW, extractor_version="1", text_sha256="0")  # fmt: skip


def test_every_place_of_a_value_is_carried() -> None:
    value = {**spot(TEXT, "€2.5 million"), "payer_words": spot(TEXT, "Norvik"), "purpose": None}
    moved = carry_over(review("accepted", value, value), TEXT, f"New: {TEXT}")
    assert isinstance(moved, Review)
    assert moved.human == moved.machine == {
        **spot(f"New: {TEXT}", "€2.5 million"), "payer_words": spot(f"New: {TEXT}", "Norvik"), "purpose": None
    }  # fmt: skip


def test_words_of_a_value_that_are_gone_are_named() -> None:
    value = {**spot(TEXT, "€2.5 million"), "payer_words": spot(TEXT, "Norvik")}
    new = TEXT.replace("\n\nNorvik gives the school", "\n\nA foundation gives the school").replace("About Norvik", "")
    assert carry_over(review("accepted", value, value), TEXT, new) == "payer: “Norvik” is no longer in the text"
    rejected = carry_over(review("rejected", value, None), TEXT, new)  # it is none, whoever pays
    assert isinstance(rejected, Review)
    assert rejected.machine is not None
    assert rejected.machine["payer_words"] is None


def test_what_the_reviewer_gave_counts() -> None:
    """The machine's own words may be gone."""
    new = TEXT.replace("gives", "hands").replace("too", "also")
    machine, human = spot(TEXT, "gives"), spot(TEXT, "€2.5 million", 1)
    moved = carry_over(review("corrected", machine, human), TEXT, new)
    assert isinstance(moved, Review)
    assert moved.machine == {**machine, "start": None, "end": None, "mentions": []}
    assert moved.human == spot(new, "€2.5 million", 1)


def test_one_mention_is_enough() -> None:
    value = {"name": "Norvik", "mentions": [spot(TEXT, "Norvik", 0), spot(TEXT, "Norvik", 1)]}
    new = TEXT.replace("About Norvik", "About us")
    moved = carry_over(review("accepted", value, value), TEXT, new)
    assert isinstance(moved, Review)
    assert moved.human == {"name": "Norvik", "mentions": [spot(new, "Norvik", 0)]}
    assert "no longer" in str(carry_over(review("accepted", value, value), TEXT, "Nothing is left."))
