"""Which names mean the same person. Names are marked by hand: `[` and `]` around each."""

import pytest

from extractors.clusters import resolve_people
from tests.test_joins import mark

PEOPLE = [
    ("[Park Il-Hoon] met. [Park] said it. [Il-Hoon] left.", ["Park Il-Hoon"]),  # the family's name first
    ("[Kim Da-som] met. [Da-som Kim] left.", ["Kim Da-som"]),  # in either order
    ("[MARIA LINDHOLM] SPEAKS\n\n[Maria Lindholm] and [Lindholm’s] dog.", ["Maria Lindholm"]),  # a headline in capitals
    ("[Robert F. Fenwick, Jr.] met [R. Fenwick]. [Fenwick] left.", ["Robert F. Fenwick, Jr."]),  # initials, suffix
    ("[William “Bill” Lindholm] met. [Bill Lindholm] and [William Lindholm] left.", ["William “Bill” Lindholm"]),
    ("[William (Bill) Lindholm] met. [Bill Lindholm] left.", ["William (Bill) Lindholm"]),  # a nickname in brackets
    ("[Ana López García] met. [López García] spoke. [López] left.", ["Ana López García"]),  # two surnames
    ("[Peter Lindholm] and [Maria Lindholm] met. [Lindholm] left.", ["Peter Lindholm", "Maria Lindholm"]),  # a couple
    ("[Peter] and [Maria Lindholm] gave. [Lindholm] left.", ["Peter", "Maria Lindholm"]),  # a couple, one surname
]


@pytest.mark.parametrize(("text", "expected"), PEOPLE)
def test_people(text: str, expected: list[str]) -> None:
    assert [cluster.name for cluster in resolve_people(mark(text, "PERSON"))] == expected
