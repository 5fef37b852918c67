"""Who pays and who gets it: names are given by hand, so that nothing hangs on the names model."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files

import pytest

from extractors.findings import Findings
from extractors.money_rows import Place, find_lists, row_head
from extractors.parties import OF_ROWS, link_parties
from extractors.stand_ins import find_mentions
from extractors.ties import Mention, Token, cut, find_ties
from schemas.evidence import Evidence, Reason
from schemas.record import Amount, Organisation, Person
from schemas.values import AmountKind, OrganisationKind
from tests.growth import assert_linear
from tests.payments import NLP, find_values

KINDS: dict[str, OrganisationKind] = {
    "Port Fund": "ngo", "Kelvarro Inc.": "company", "Lumen Ltd": "company", "Ostrava Bank": "company",
    "City of Wexmoor": "government", "Ministry of Health": "government", "Harbour School": "education",
    "Norvik Foundation": "ngo", "Selby Ventures": "company", "Wexmoor Clinic": "other", "Tax Office": "government",
    "Tavian Government": "government",
}  # fmt: skip
PEOPLE = ("Ana Reis", "Tom Okafor")


def findings(text: str, kind: AmountKind = "commitment", issuer: str | None = None) -> Findings:
    def at(name: str) -> tuple[Evidence, ...]:
        return tuple(Evidence(start=m.start(), end=m.end(), text=name) for m in re.finditer(re.escape(name), text))

    organisations = [
        Organisation(id=name, name=name, kind=of, mentions=at(name), confidence=1)
        for name, of in KINDS.items()
        if name in text
    ]
    people = [Person(id=name, name=name, mentions=at(name), confidence=1) for name in PEOPLE if name in text]
    return replace(find_values(text, kind), people=people, organisations=organisations, issuer=issuer)


def linked(text: str, kind: AmountKind = "commitment", issuer: str | None = None) -> list[Amount]:
    return link_parties(NLP(text), findings(text, kind, issuer)).amounts


EXAMPLES: list[tuple[str, AmountKind, str | None, str | None]] = [
    ("Selby Ventures invested $5 million in Lumen Ltd.", "commitment", "Selby Ventures", "Lumen Ltd"),
    ("Port Fund gave $5 million to Harbour School.", "commitment", "Port Fund", "Harbour School"),
    ("Port Fund awarded Harbour School $5 million.", "commitment", "Port Fund", "Harbour School"),
    ("Harbour School received $5 million from Port Fund.", "commitment", "Port Fund", "Harbour School"),
    ("Harbour School was awarded $5 million by Port Fund.", "commitment", "Port Fund", "Harbour School"),
    ("Kelvarro Inc. raised $5 million in a round led by Selby Ventures.", "commitment",
     "Selby Ventures", "Kelvarro Inc."),
    ("Lumen Ltd secured a $5 million loan from Ostrava Bank.", "debt", "Ostrava Bank", "Lumen Ltd"),
    ("Ministry of Health will provide $5 million to Wexmoor Clinic.", "commitment",
     "Ministry of Health", "Wexmoor Clinic"),
    ("Norvik Foundation donated $5,000 to Wexmoor Clinic.", "commitment", "Norvik Foundation", "Wexmoor Clinic"),
]  # fmt: skip
PENALTIES: list[tuple[str, str | None]] = [
    ("Kelvarro Inc. agreed to pay $5 million to settle the claims.", "Kelvarro Inc."),
    ("Kelvarro Inc. was ordered to pay a fine of $5 million.", "Kelvarro Inc."),
    ("Tom Okafor must pay $5,000 in restitution.", "Tom Okafor"),
]


NOBODY = [
    ("Tickets cost $5 at the door.", "price"),
    ("Sales of the industry grew to $5 billion, Ana Reis said.", "result"),
]


@pytest.mark.parametrize(("text", "kind", "payer", "payee"), EXAMPLES)
def test_parties(text: str, kind: AmountKind, payer: str | None, payee: str | None) -> None:
    (amount,) = linked(text, kind)
    assert (amount.payer, amount.payee) == (payer, payee)


@pytest.mark.parametrize(("text", "payer"), PENALTIES)
def test_who_is_fined_pays(text: str, payer: str | None) -> None:
    (amount,) = linked(text, "penalty")
    assert amount.payer == payer


@pytest.mark.parametrize(("text", "kind"), NOBODY)
def test_nobody_is_named(text: str, kind: AmountKind) -> None:
    assert [(amount.payer, amount.payee) for amount in linked(text, kind)] == [(None, None)]


def test_the_words_that_name_a_party() -> None:
    text = "Port Fund met. Today Port Fund gave $5 million to Harbour School."
    (amount,) = linked(text)
    assert amount.payer_words is not None
    assert amount.payer_words.start == text.rindex("Port Fund")  # of its own sentence
    assert 0 < amount.why["payer"].confidence < 1


def test_a_word_that_stands_for_the_issuer() -> None:
    text = "Kelvarro Inc. met its staff. The company will invest $5 million in Lumen Ltd."
    (amount,) = linked(text, issuer="Kelvarro Inc.")
    assert amount.payer == "Kelvarro Inc."
    assert amount.payer_words is not None
    assert amount.payer_words.text == "The company"


ROWS = """Port Fund gives $40,000 to four groups.

Harbour School: $5,000 for books

Wexmoor Clinic: $15,000 for beds

Norvik Foundation: $12,000

Lumen Ltd: $8,000 for lamps"""


def test_a_list_of_who_gets_how_much() -> None:
    amounts = linked(ROWS, issuer="Port Fund")
    assert [amount.payee for amount in amounts[1:]] == [
        "Harbour School", "Wexmoor Clinic", "Norvik Foundation", "Lumen Ltd",
    ]  # fmt: skip
    assert {amount.payer for amount in amounts} == {"Port Fund"}


def test_prose_is_no_list() -> None:
    text = "It gave $5.\n\nThen it gave $6. And so on.\n\nIt has $7 left.\n\nIt will be given $8."
    assert list(find_lists(text, [Place(a.start, a.end) for a in find_values(text).amounts])) == []


def test_the_head_of_a_row() -> None:
    text = "• Harbour School, led by Ana Reis: $5"
    school, ana = Mention(2, 16, "Harbour School"), Mention(25, 33, "Ana Reis")
    assert row_head(text, Place(0, 35), [school, ana]) == "Harbour School"
    assert row_head(text, Place(0, 35), [ana]) is None  # the row begins with other words


def test_a_country_within_a_name_stands_for_nobody() -> None:
    text = "Tavian Government met. The Lumen-Tavia Plan is old."
    found = findings(text)
    names = [Mention(m.start, m.end, body.name) for body in found.organisations for m in body.mentions]
    assert [m for m in find_mentions(text, sorted(names), found.organisations, None) if not m.is_name] == []


STAND_INS = [
    ("Port Fund met. The Fund gave.", "The Fund", "Port Fund"),
    ("Ostrava Bank and Port Fund met; the bank paid.", "the bank", "Ostrava Bank"),
    ("Kelvarro Inc. met. We gave.", "We", "Kelvarro Inc."),
    ("Tavian Government met. Tavia gave.", "Tavia", "Tavian Government"),
    ("Tavian Government met. The government gave.", "The government", "Tavian Government"),
]


@pytest.mark.parametrize(("text", "words", "name"), STAND_INS)
def test_words_that_stand_for_a_name(text: str, words: str, name: str) -> None:
    found = findings(text)
    names = sorted(Mention(m.start, m.end, body.name) for body in found.organisations for m in body.mentions)
    mentions = find_mentions(text, names, found.organisations, names[0].name)
    assert (text.rindex(words), name) in [(m.start, m.name) for m in mentions if not m.is_name]


TIES = [
    ("N gave S", "subject nearest:give"),
    ("N was awarded S", "subject nearest:give passive"),
    ("N agreed to pay S", "subject nearest:penal"),
    ("it gave N S", "between:give:object"),
    ("it raised S from N", "behind:get:from"),
    ("it raised S in a round led by N", "behind noun:led by"),
    ("a grant from N of S", "noun:from"),
    ("the N 's S grant", "owner"),
]
"""N is the name, S the sum."""


@pytest.mark.parametrize(("words", "tie"), TIES)
def test_ties(words: str, tie: str) -> None:
    start = re.search(r"\bN\b", words)
    at = re.search(r"\bS\b", words)
    assert start
    assert at
    name = Token("name", "", Mention(start.start(), start.end(), "Acme"))
    marks = sorted([(start.start(), start.end(), name), (at.start(), at.end(), Token("sum", ""))], key=lambda m: m[0])
    assert tie in find_ties(cut(words, (0, len(words)), marks)).of["Acme"]


def test_time_grows_with_the_text() -> None:
    def work(times: int) -> Callable[[], object]:
        found, doc = findings("Port Fund gave $5 to Harbour School and we " * times), NLP("x")
        return lambda: link_parties(doc, found)

    assert_linear(work, 400)


def test_a_party_that_a_list_gives_is_as_likely_as_lists_were_right() -> None:
    right, seen = json.loads(files("extractors.data").joinpath("row_precision.json").read_text())["payee"]
    amounts = linked(ROWS, issuer="Port Fund")
    assert amounts[1].why["payee"] == Reason(rule=OF_ROWS, confidence=round((right + 1) / (seen + 2), 3))
