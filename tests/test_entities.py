"""Which names mean the same person or organisation, what people do and for whom."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.clusters import same_person
from extractors.entities import extract_names, read_kind
from schemas.record import Check, Organisation, Person
from schemas.release import Release
from tests.pipelines import pipeline

_NLP = pipeline()

AGREEMENT = (
    "On 3 May the World Seed Council (WSC) and Borvik Tools, Inc. met in Oslo.\n\n"
    "The treaty was signed by Kim Da-som, the Director General of the Ministry of Fisheries, and Ines Moreau, the "
    "WSC’s Assistant Director-General for Crops and Soil, at the WSC Regional Office for Northern Europe.\n\n"
    "“We are glad of this day for everyone,” said Kim. Borvik CEO Peter Lindholm thanked Moreau. Lindholm said that "
    "Borvik Tools would pay WSC’s costs."
)
TITLES = [
    ("It was said by Maria Lindholm, CEO of Kelvarro Inc., on Monday.", "CEO", "Kelvarro Inc."),  # after the name
    (
        "It was said by Maria Lindholm, Vice President of Sales at Kelvarro Inc.",
        "Vice President of Sales",
        "Kelvarro Inc.",
    ),
    ("Now Kelvarro Inc. CEO Maria Lindholm agrees.", "CEO", "Kelvarro Inc."),  # employer before the title
    ("We thank Kelvarro Inc.’s Head of Sales, Maria Lindholm, for it.", "Head of Sales", "Kelvarro Inc."),  # possessive
    ("It was welcomed by Senator Maria Lindholm in Oslo.", "Senator", None),  # a title that is an honorific as well
    ("About Kelvarro\n\nIts founder Maria Lindholm is proud.", "founder", "Kelvarro"),  # hardly any words beside
    ("It was welcomed by Dr. Maria Lindholm in Oslo.", None, None),  # a courtesy is no title
    (
        "It was said by Maria Lindholm of the World Seed Council.",
        None,
        "World Seed Council",
    ),  # employer without a title
]
MERGED = [
    ("Borvik Tools, Inc. grew. Then BORVIK TOOLS INC. and Borvik Tools sold it.", 1),  # case and legal form
    ("The World Seed Council met the WSC.", 1),  # initials, no brackets
    ("Kelvarro Group grew. About Kelvarro\n\nKelvarro Inc. makes seeds.", 1),  # a generic word more
    ("The World Seed Council (WSC) met the WSC Regional Office for Asia.", 2),  # a part is an organisation of its own
    ("The University of Tromsvik met the University of Bodlund.", 2),  # same head, other name
]
KINDS = [
    ("Kelvarro Bank plc", "company"),  # a legal form decides
    ("District Court of Tromsvik", "court"),
    ("United Nations", "intergovernmental"),
    ("Tromsvik Daily News", "media"),
    ("Kelvarro Foundation", "ngo"),
    ("Green Party", "political"),
    ("Kelvarro", "company"),  # a name that says nothing
]


def release(text: str) -> Release:
    return Release(id="r1", source="test", text=text)


def extracted(text: str) -> tuple[list[Person], list[Organisation], list[Check]]:
    return extract_names(_NLP(text), release(text))


def test_agreement() -> None:
    people, organisations, _ = extracted(AGREEMENT)
    assert [(person.name, person.title, person.organisation) for person in people] == [
        ("Kim Da-som", "Director General", "Ministry of Fisheries"),
        ("Ines Moreau", "Assistant Director-General for Crops and Soil", "World Seed Council"),
        ("Peter Lindholm", "CEO", "Borvik Tools, Inc."),
    ]
    assert [(body.name, body.acronym) for body in organisations] == [
        ("World Seed Council", "WSC"),
        ("Borvik Tools, Inc.", None),
        ("Ministry of Fisheries", None),
        ("WSC Regional Office for Northern Europe", None),
    ]
    assert [mention.text for mention in people[0].mentions] == ["Kim Da-som", "Kim"]


@pytest.mark.parametrize(("text", "title", "organisation"), TITLES)
def test_titles(text: str, title: str | None, organisation: str | None) -> None:
    people, _, _ = extracted(text)
    assert [(person.title, person.organisation) for person in people] == [(title, organisation)]


@pytest.mark.parametrize(("text", "number"), MERGED)
def test_merged(text: str, number: int) -> None:
    assert len(extracted(text)[1]) == number


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_kinds(name: str, kind: str) -> None:
    assert read_kind(name) == kind


def test_two_people_of_one_surname() -> None:
    people, _, _ = extracted("Maria Lindholm met Peter Lindholm. Then Lindholm left.")
    assert [len(person.mentions) for person in people] == [1, 2]
    assert not same_person(("maria", "lindholm"), ("peter", "lindholm"))


def test_checks() -> None:
    _, _, checks = extracted("“We grew this year,” said Ms. Okafor. Shares of QVX (NASDAQ: QVX) rose.")
    assert {check.code for check in checks} == {"acronym_unexplained", "person_by_one_name"}


def test_ids_do_not_change() -> None:
    assert extracted(AGREEMENT) == extracted(AGREEMENT)


PIECES = st.sampled_from(
    [
        "Maria ",
        "Lindholm",
        ", ",
        "CEO ",
        "of ",
        "the ",
        "WSC",
        " (",
        ") ",
        "World ",
        "Council ",
        "Inc.",
        "’s ",
        "\n\n",
        "Dr. ",
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(min_size=1), st.lists(PIECES, min_size=1).map("".join)))
def test_any_text(text: str) -> None:
    people, organisations, _ = extracted(text)
    names = {body.name for body in organisations}
    found = [(person.name, person.mentions) for person in people] + [
        (body.name, body.mentions) for body in organisations
    ]
    for name, mentions in found:
        assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
        assert name in {mention.text for mention in mentions}
    assert {person.organisation for person in people} <= names | {None}
