"""Keys fold how a name is written, and nothing that tells one name from another."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.judging import Node, judge_acronym, judge_holders, judge_namesakes, judge_places, judge_spelling
from store.matching import (
    LONGEST_KEY,
    blocks,
    differ_in_spelling_only,
    is_bare_acronym,
    is_same_body,
    name_key,
    organisation_key,
    person_key,
    similarity,
    title_key,
)
from tests.growth import assert_linear

SAME_ORGANISATION = [
    ("Norvik Foundation", "NORVIK FOUNDATION"),  # case
    ("the Norvik Foundation", "Norvik Foundation's"),  # article, possessive
    ("Norvik’s Friends", "Norvik's Friends"),  # typographic apostrophe
    ("Acme Robotics Co., Ltd.", "Acme Robotics"),  # two legal forms
    ("Novar A/S", "Novar"),  # letters on either side of a stroke
    ("Müller & Söhne GmbH", "Muller and Sohne"),  # accents, ampersand
    ("U.S. Harbor Board", "US Harbor Board"),  # points
    ("United States Harbor Board", "U. S. Harbor Board"),  # a state's name for its letters
    ("World Labour Organisation", "World Labor Organization"),  # British and American
    ("Dept. of Fisheries", "Department of Fisheries"),  # abbreviation
    ("Bank–of—Lisbon", "Bank of Lisbon"),  # dashes
    ("J. P. Norvik", "JP Norvik"),  # initials
]
OTHER_ORGANISATION = [
    ("Norvik", "Norvik Foundation"),
    ("Norvik UK", "Norvik"),  # a country is no legal form
    ("Local 12", "Local 21"),
    ("Limited", "Incorporated"),  # nothing else is left of the name
]
SAME_PERSON = [
    ("Dr. Ana Reis", "Ana Reis, PhD"),
    ("José García", "Jose Garcia"),
    ("Park Il-Hoon", "park il hoon"),
    ("J.R. Moss", "J. R. Moss"),
]
OTHER_PERSON = [("Ana Reis", "Ana M. Reis"), ("Tom Hale Jr.", "Tom Hale"), ("Reis", "Ana Reis")]


@pytest.mark.parametrize(("one", "other"), SAME_ORGANISATION)
def test_organisations_with_one_key(one: str, other: str) -> None:
    assert organisation_key(one) == organisation_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER_ORGANISATION)
def test_organisations_with_two_keys(one: str, other: str) -> None:
    assert organisation_key(one) != organisation_key(other)


@pytest.mark.parametrize(("one", "other"), SAME_PERSON)
def test_people_with_one_key(one: str, other: str) -> None:
    assert person_key(one) == person_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER_PERSON)
def test_people_with_two_keys(one: str, other: str) -> None:
    assert person_key(one) != person_key(other)


NAMES = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["The", "U.S.", "J.", "Norvik’s", "Labour", "&", "Co.", "Ltd", "United", "Nations", "Dr.", "PhD", "İ"]
    )
).map(" ".join)
KINDS = st.sampled_from(["person", "organisation"])


@given(NAMES, KINDS)
def test_the_key_of_a_key_is_itself(name: str, kind: str) -> None:
    key = name_key(kind, name)  # type: ignore[arg-type]
    assert name_key(kind, key) == key  # type: ignore[arg-type]
    assert len(key) <= LONGEST_KEY
    assert (key == "") == (name.strip() == "")


@given(st.lists(st.text("abcdefgüñ", min_size=1), min_size=1).map(" ".join), KINDS)
def test_case_and_space_do_not_count(name: str, kind: str) -> None:
    key = name_key(kind, name)  # type: ignore[arg-type]
    assert name_key(kind, f"  {name.upper()}\n".replace(" ", "  ")) == key  # type: ignore[arg-type]


@given(NAMES, NAMES, KINDS)
def test_similarity_is_symmetric_and_bounded(one: str, other: str, kind: str) -> None:
    ours, theirs = name_key(kind, one), name_key(kind, other)  # type: ignore[arg-type]
    assert similarity(kind, ours, theirs) == pytest.approx(similarity(kind, theirs, ours))  # type: ignore[arg-type]
    assert 0 <= similarity(kind, ours, theirs) <= 1  # type: ignore[arg-type]
    assert len(blocks(kind, ours)) <= 9  # type: ignore[arg-type]


def test_a_long_name_is_cut_and_stays_apart_from_others() -> None:
    one, other = organisation_key("norvik " * 1000 + "one"), organisation_key("norvik " * 1000 + "two")
    assert one != other
    assert max(len(one), len(other)) <= LONGEST_KEY


@pytest.mark.parametrize("piece", ["a.", "'s", "united ", " &"])
@pytest.mark.parametrize("read", [organisation_key, person_key, is_bare_acronym])
def test_a_hostile_name_takes_no_time(read: Callable[[str], object], piece: str) -> None:
    assert_linear(lambda size: partial(read, (piece * size)[:size]), 200_000)


SLIPS = [
    ("harbor service committee", "harbor services committee", True),  # plural
    ("norvik foundation", "norvik fundation", True),  # a letter lost in a long word
    ("board of fisheries", "fisheries board", True),  # order and small words
    ("eastern district of lisbon", "western district of lisbon", False),
    ("north lisbon university", "south lisbon university", False),
    ("department of health", "us department of health", False),  # many countries have one
    ("bing ltd", "jing ltd", False),  # a short word is not a slip of another
]


@pytest.mark.parametrize(("one", "other", "same"), SLIPS)
def test_slips_of_spelling(one: str, other: str, same: bool) -> None:
    assert differ_in_spelling_only(one, other) is same


def test_titles_that_many_bear_tell_nothing() -> None:
    assert title_key("Senior Vice President") == title_key("CEO") == title_key(None) == ""
    assert title_key("minister of Fisheries") == title_key("Minister for Fisheries") != ""


def organisation(name: str, **known: object) -> Node:
    key = organisation_key(name)
    return Node(name, "organisation", key, is_acronym=is_bare_acronym(name), canonical=name, **known)  # type: ignore[arg-type]


def person(number: int, name: str, employer: str = "", **known: object) -> Node:
    return Node(str(number), "person", person_key(name), employer=employer, **known)  # type: ignore[arg-type]


def test_spelling_is_accepted_proposed_or_nothing() -> None:
    norvik = organisation("Norvik Harbour Foundation")
    states = {
        name: found.state if (found := judge_spelling(norvik, organisation(name))) else None
        for name in ("Norvik Harbour Fundation", "Norvik Harbours Foundation", "Norway Harbour Foundation", "Norvik")
    }
    assert list(states.values()) == ["accepted", "accepted", "proposed", None]


def test_an_acronym_means_the_only_one_that_has_it() -> None:
    bare, centers, dairy = organisation("CDC"), organisation("Coastal Data Centre"), organisation("County Dairy Club")
    assert [found.state for found in judge_acronym(bare, [centers])] == ["accepted"]
    assert [found.state for found in judge_acronym(bare, [centers, dairy])] == ["proposed", "proposed"]
    assert list(judge_holders([centers, dairy])) == []
    assert is_same_body("world labor organization", "world labor office")


def test_ministries_of_several_countries_stay_apart() -> None:
    kenya, brazil = (organisation("Ministry of Health", context=place)._replace(id=place) for place in ("KE", "BR"))
    unknown = organisation("Ministry of Health")
    assert [found.state for found in judge_places([kenya, unknown])] == ["accepted"]
    assert {found.state for found in judge_places([kenya, brazil, unknown])} == {"proposed"}


NAMESAKES = [
    # one employer is proof
    (person(1, "Tom Hale", "acme"), person(2, "Tom Hale", "acme"), "accepted"),
    # a middle initial that is left out, with one employer
    (person(1, "Tom Hale", "acme"), person(2, "Tom B. Hale", "acme"), "accepted"),
    # two employers: a person must look, even at one source
    (person(1, "Tom Hale", "acme", sources=frozenset({"wire"})),
     person(2, "Tom Hale", "norvik", sources=frozenset({"wire"})), "proposed"),
    # the name alone
    (person(1, "Tom Hale", context="a"), person(2, "Tom Hale", context="b"), "proposed"),
    # a telling title
    (person(1, "Tom Hale", context="a", titles=frozenset({"harbor master"})),
     person(2, "Tom Hale", context="b", titles=frozenset({"harbor master"})), "accepted"),
    # no employer, but the source that names him with one
    (person(1, "Tom Hale", "acme", sources=frozenset({"a"})),
     person(2, "Tom Hale", context="a", sources=frozenset({"a"})), "accepted"),
    # other middle names
    (person(1, "Tom A. Hale", "acme"), person(2, "Tom B. Hale", "acme"), None),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "state"), NAMESAKES)
def test_namesakes(one: Node, other: Node, state: str | None) -> None:
    assert [found.state for found in judge_namesakes([one, other])] == ([state] if state else [])


def test_a_name_that_fits_two_people_joins_neither() -> None:
    acme, norvik = (person(n, "Tom Hale", job, sources=frozenset({"a"})) for n, job in enumerate(("acme", "norvik")))
    loose = person(3, "Tom Hale", context="a", sources=frozenset({"a"}))
    assert {found.state for found in judge_namesakes([acme, norvik, loose])} == {"proposed"}
