"""The kind of a sum of money: what the words of its sentence and of its release make of it."""

from functools import partial

import pytest
import spacy
from spacy.language import Language

import extractors.tokenizer  # noqa: F401  (registers the tokenizer)
from extractors.amount_kinds import KINDS, RULE, choose, give_kinds, load_weights, make_weights, score
from extractors.amounts import extract_amounts, mark_amounts
from extractors.findings import Findings
from extractors.kind_features import features, read_scene, read_words, stem
from schemas.record import Amount
from schemas.release import Release
from tests.growth import assert_linear

Row = tuple[str, str]

EXAMPLES: list[Row] = [
    # commitments: what somebody gives, invests or orders
    ("The Halden Trust awarded a grant of $250,000 to the library.", "commitment"),  # grant before
    ("The library received a $250,000 grant from the trust.", "commitment"),  # grant behind
    ("Orchid Robotics has raised €12 million in a Series A round led by Fenwick Capital.", "commitment"),
    ("Staff donated more than $4,000 to the food bank.", "commitment"),
    ("Norland will invest £30 million in a new bottling line.", "commitment"),
    ("The navy has signed a contract worth $88 million with Tidewater Yards.", "commitment"),
    ("The bank is providing a US$50 million loan to smallholders in Malawi.", "commitment"),  # loan given
    ("Japan pledged a further ¥2 billion in humanitarian aid.", "commitment"),
    ("The offering brought gross proceeds of approximately $7.5 million.", "commitment"),
    ("Ten students will each receive a scholarship of $1,500.", "commitment"),
    # prices: what something costs
    ("Tickets cost $25 for adults.", "price"),
    ("The kettle retails for $49.99.", "price"),
    ("Admission is $12 for adults and free for children.", "price"),
    ("The stock closed at $18.40 on Friday.", "price"),
    ("Analysts raised their price target to $95.", "price"),
    ("Membership starts at $9 per month.", "price"),
    ("Gold climbed above $2,400 an ounce.", "price"),
    ("The house sold for $1.2 million.", "price"),
    ("Entry fee: $40 per team.", "price"),
    # results: what came of business or of an economy
    ("Revenue rose 8% to $412.6 million in the third quarter.", "result"),
    ("Net income was $3.1 million, compared to $2.4 million a year earlier.", "result"),
    ("Adjusted EBITDA reached EUR 19.2 million.", "result"),
    ("The firm has $4.8 billion in assets under management.", "result"),
    ("The market is projected to reach $18 billion by 2030.", "result"),
    ("Exports fell to €2.3 billion last year.", "result"),
    ("The company ended the quarter with cash of $56 million.", "result"),
    ("Operating expenses totaled $17.9 million for fiscal 2024.", "result"),
    # penalties: what a court or an authority makes somebody pay
    ("The agency fined the airline $2 million.", "penalty"),
    ("He was ordered to pay $75,000 in restitution.", "penalty"),
    ("Marlow Pharma will pay $40 million to settle the allegations.", "penalty"),
    ("Bail was set at $500,000.", "penalty"),
    ("She faces up to 10 years in prison and a fine of $250,000.", "penalty"),
    ("A jury returned a verdict of $9.2 million for the family.", "penalty"),
    ("The court ordered the forfeiture of $1.1 million.", "penalty"),
    # budgets: what is set aside to be spent
    ("The bill appropriates $120 million for wildfire prevention.", "budget"),
    ("The city's annual budget of $640 million passed on Monday.", "budget"),
    ("The board authorized a share repurchase program of up to $200 million.", "budget"),
    ("Capital expenditures are planned at $85 million this year.", "budget"),
    ("The bridge will be built at a total cost of $31 million.", "budget"),
    # valuations: what something is worth
    ("The round gives the start-up a valuation of $1.4 billion.", "valuation"),
    ("Its market capitalization is about $900 million.", "valuation"),
    ("Our analysis returns a valuation range with a mid-point of $14.20.", "valuation"),
    ("Forbes puts her net worth at $2.3 billion.", "valuation"),
    ("The mine has a net present value of US$310 million.", "valuation"),
    # debts: what is owed
    ("The state owes its contractors $14 million.", "debt"),
    ("The company issued $300 million of senior notes due 2031.", "debt"),
    ("Households carry an average credit card debt of $6,500.", "debt"),
    ("The group drew $20 million on its revolving credit facility.", "debt"),
    ("The national debt has passed $34 trillion.", "debt"),
    # compensation: what somebody earns or wins
    ("Drivers earn a salary of $61,000 a year.", "compensation"),
    ("The minimum wage will rise to $15 an hour.", "compensation"),
    ("The winner takes home a cash prize of $10,000.", "compensation"),
    ("A reward of $5,000 is offered for information.", "compensation"),
    ("New customers get a $50 sign-up bonus.", "compensation"),
    ("The chief executive received $12 million in total compensation.", "compensation"),
    # losses: what was stolen, damaged or lost
    ("The thieves stole jewels worth $3 million.", "loss"),
    ("Investors lost $22 million in the Ponzi scheme.", "loss"),
    ("The scheme defrauded Medicare of $17 million.", "loss"),
    ("He embezzled $480,000 from the charity.", "loss"),
    # other: taxes, dividends, savings, bribes, limits
    ("The board declared a quarterly dividend of $0.32 per share.", "other"),
    ("Families would get a tax credit of $2,000 per child.", "other"),
    ("The change will save taxpayers $90 million.", "other"),
    ("The officer accepted bribes totaling $30,000.", "other"),
]

HARD: list[Row] = [
    ("The fund was launched last year. Wages rose. A fine of $900 was paid.", "penalty"),  # cues of other sentences
    ("After raising $5 million, sales are expected to grow.", "commitment"),  # the cue behind belongs to a neighbour
    ("Acme (revenue: $4 million) was fined.", "result"),  # a bracket
    ("Doors open at 7 p.m. $15.", "price"),  # no verb at all
    ("U.S. revenue of $6 million was flat.", "result"),  # a point that ends no sentence
]

KNOWN_FAILURES: list[Row] = [
    ("Kestrel Foods agreed to acquire Brightmill for $310 million in cash.", "commitment"),  # `in cash` leads astray
    ("Net loss narrowed to $0.04 per share.", "result"),  # `per share` is mostly of prices
    ("The storm caused an estimated $1.5 billion in damage.", "loss"),  # damages are mostly a court's
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "dateline.Tokenizer.v1"}}})


def _extract(nlp: Language, text: str, title: str = "") -> list[Amount]:
    release = Release(id="r", source="s", title=title, text=text)
    doc = mark_amounts(nlp.make_doc(text))
    return give_kinds(doc, Findings(release, None, None, [], [], [], extract_amounts(doc, release)[0], [], [])).amounts


def _failing(rows: list[Row]) -> list[object]:
    return [pytest.param(*row, marks=pytest.mark.xfail) for row in rows]


@pytest.mark.parametrize(("text", "kind"), [*EXAMPLES, *HARD, *_failing(KNOWN_FAILURES)])
def test_kind(nlp: Language, text: str, kind: str) -> None:
    assert _extract(nlp, text)[-1].kind == kind


def test_every_amount_has_a_kind_and_a_reason(nlp: Language) -> None:
    amounts = _extract(nlp, "Tickets cost $5.\n\nQux $7 zyx.\n\n€9")
    assert len(amounts) == 3
    for amount in amounts:
        assert amount.kind in KINDS
        assert amount.why["kind"].rule == RULE
        assert 0 < amount.why["kind"].confidence < 1


def test_clear_words_are_surer_than_none(nlp: Language) -> None:
    clear, unclear = (
        _extract(nlp, text)[0].why["kind"].confidence
        for text in (
            "Revenue rose to $412.6 million in the third quarter, up from last year.",
            "Qux: $412.6 million zyx.",
        )
    )
    assert clear > 0.85
    assert unclear < clear


def test_the_same_sum_in_another_currency_is_of_the_same_kind(nlp: Language) -> None:
    amounts = _extract(nlp, "The watchdog imposed a penalty of US$5 million (€4.6 million) on the bank.")
    assert [amount.kind for amount in amounts] == ["penalty", "penalty"]
    assert amounts[0].why == amounts[1].why
    assert amounts[1].equals == amounts[0].id


def test_a_sum_without_words_is_as_where_it_has_some(nlp: Language) -> None:
    title = "Harbour School: $250,000"
    amounts = _extract(nlp, f"{title}\n\nThe foundation awarded a grant of $250,000 to Harbour School.", title)
    assert [amount.kind for amount in amounts] == ["commitment", "commitment"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("fined", "fines"), ("donating", "donated"), ("committed", "commit"), ("salary", "salaries"), ("Prices", "price")],
)
def test_words_of_one_family_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_words_and_signs() -> None:
    assert read_words("Up to 5% of the bank’s fees") == ["up", "to", "#", "%", "of", "the", "bank", "fee"]


def test_features_stop_at_the_sentence_and_stand_for_other_sums(nlp: Language) -> None:
    text = "Wages rose. Acme Inc. paid $3 million and $4 million to the U.S. treasury. A fine followed."
    seen = features(read_scene(text, "", _extract(nlp, text)), 1)
    assert "n:§" in seen  # the sum before
    assert "s:treasuri" in seen  # behind the points of U.S.
    assert "s:acm" in seen  # before the point of Inc.
    assert not {"s:wag", "s:fin"} & set(seen)  # other sentences


def test_score_counts_what_has_a_weight() -> None:
    row = [0] * len(KINDS)
    weights = make_weights({"n:grant": [200, *row[1:]]}, [0.0] * len(KINDS), (1.0, 0.0))
    assert choose(score({"n:grant": 1.0, "n:unheard": 1.0}, weights), weights)[0] == KINDS[0]
    assert score({}, weights).round(3).tolist() == [0.1] * len(KINDS)
    assert choose(score({}, weights), weights)[1] == pytest.approx(0.1)


def test_weights_that_ship_fit_the_kinds() -> None:
    weights = load_weights()
    assert weights.table.shape == (len(weights.rows), len(KINDS))
    assert len(weights.bias) == len(KINDS)


@pytest.mark.parametrize(
    "text", ["$5 " * 4000, "fine " * 20_000 + "$5" + " fine" * 20_000, "$5\n\n" * 3000, "$5 😀\u202e" * 500]
)
def test_every_sum_of_a_hostile_text_has_a_kind(nlp: Language, text: str) -> None:
    assert all(amount.kind for amount in _extract(nlp, text))


@pytest.mark.parametrize("piece", ["$5 ", "$5\n\n", "$5 😀\u202e", "fine $5" + " fine" * 2000])
def test_time_grows_with_the_text(nlp: Language, piece: str) -> None:
    assert_linear(lambda size: partial(_extract, nlp, (piece * size)[:size]), 8_000)


def test_a_long_way_around_a_sum_costs_its_length(nlp: Language) -> None:
    assert_linear(lambda words: partial(_extract, nlp, "fine " * words + "$5" + " fine" * words), 20_000)
