"""Names that reviews agree on."""

import pytest

from extractors.learned_names import Names, Read, learn_names
from schemas.learned import Form
from schemas.record import Record
from tests.test_training_docs import make


def read(group: str, text: str, found: dict[str, list[str]], reviewed: dict[str, list[str]]) -> Read:
    records: list[Record] = [make(text, names)[1] for names in (found, reviewed)]
    return Read(group, text, *records)


BORVIK = {"ORG": ["Orbital Harvest"]}
HARVEST = "We sold it to Orbital Harvest."
FAIR = {"ORG": ["Harvest Fair"]}
CROWD = "The Harvest Fair drew crowds."

LEARNT: list[tuple[list[Read], tuple[Form, ...], tuple[Form, ...]]] = [
    # two releases that have it, whether it was found or not
    ([read("1", HARVEST, {}, BORVIK), read("2", HARVEST, BORVIK, BORVIK)], (("Orbital Harvest", "ORG"),), ()),
    # one is not enough, nor are two that are copies
    ([read("1", HARVEST, {}, BORVIK)], (), ()),
    ([read("1", HARVEST, {}, BORVIK), read("1", HARVEST, {}, BORVIK)], (), ()),
    # said in a third release where it means something else
    ([read("1", HARVEST, {}, BORVIK), read("2", HARVEST, {}, BORVIK), read("3", HARVEST, {}, {})], (), ()),
    # said within another word or another form: not said
    (
        [read("1", HARVEST, {}, BORVIK), read("2", HARVEST, {}, BORVIK), read("3", "Orbital Harvesters.", {}, {})],
        (("Orbital Harvest", "ORG"),),
        (),
    ),
    # a person's single name tells nobody
    ([read("1", "Wen came.", {}, {"PERSON": ["Wen"]}), read("2", "Wen left.", {}, {"PERSON": ["Wen"]})], (), ()),
    # taken out twice, never left
    ([read("1", CROWD, FAIR, {}), read("2", CROWD, FAIR, {})], (), (("Harvest Fair", "ORG"),)),
    ([read("1", CROWD, FAIR, {})], (), ()),
    # taken out twice, left once
    ([read("1", CROWD, FAIR, {}), read("2", CROWD, FAIR, {}), read("3", CROWD, FAIR, FAIR)], (), ()),
    # one label rejected says nothing of the other
    (
        [read(key, HARVEST, {"PERSON": ["Orbital Harvest"]}, BORVIK) for key in "12"],
        (("Orbital Harvest", "ORG"),),
        (("Orbital Harvest", "PERSON"),),
    ),
    ([], (), ()),
]


@pytest.mark.parametrize(("reads", "known", "rejected"), LEARNT)
def test_learnt(reads: list[Read], known: tuple[Form, ...], rejected: tuple[Form, ...]) -> None:
    assert learn_names(reads) == Names(known, rejected)
