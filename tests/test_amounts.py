"""Amounts: where sums of money stand, what they come to, and what is said of those that could not be read."""

import json
from decimal import Decimal

import pytest
import spacy
from spacy.language import Language

import extractors.tokenizer  # noqa: F401  (registers the tokenizer)
from extractors.amounts import extract_amounts, mark_amounts, read_amount
from schemas.record import Amount, Check
from schemas.release import Release

Row = tuple[str, str, str | None, str, str]

EXAMPLES: list[Row] = [
    ("US$2.8 million", "2800000", None, "USD", "exact"),  # letters and sign
    ("USD 2.8m", "2800000", None, "USD", "exact"),  # code, short magnitude
    ("2.8 million US dollars", "2800000", None, "USD", "exact"),  # name behind
    ("2.8 million U.S. dollars", "2800000", None, "USD", "exact"),  # points in the name
    ("$38,000 U.S. dollars", "38000", None, "USD", "exact"),  # sign and name
    ("£28 million GBP", "28000000", None, "GBP", "exact"),  # sign and code
    ("$153M CAD", "153000000", None, "CAD", "exact"),  # the code behind settles the sign before
    ("USD $2.98", "2.98", None, "USD", "exact"),  # code and sign before
    ("US $30bn", "30000000000", None, "USD", "exact"),  # space between letters and sign
    ("€1.2bn", "1200000000", None, "EUR", "exact"),
    ("EUR1,200", "1200", None, "EUR", "exact"),  # no space
    ("£40k", "40000", None, "GBP", "exact"),
    ("C$5", "5", None, "CAD", "exact"),
    ("A$5.5 million", "5500000", None, "AUD", "exact"),
    ("$US10 million", "10000000", None, "USD", "exact"),  # Australian habit
    ("HK$70M", "70000000", None, "HKD", "exact"),
    ("NT$300", "300", None, "TWD", "exact"),
    ("R$12", "12", None, "BRL", "exact"),
    ("S$10,000", "10000", None, "SGD", "exact"),
    ("RM20", "20", None, "MYR", "exact"),
    ("Rs 500 crore", "5000000000", None, "INR", "exact"),  # Indian magnitude
    ("₹12 lakh", "1200000", None, "INR", "exact"),
    ("₹12,34,567", "1234567", None, "INR", "exact"),  # Indian groups
    ("KRW 3.5 trillion", "3500000000000", None, "KRW", "exact"),
    ("1.2 billion won", "1200000000", None, "KRW", "exact"),
    ("RMB 31 billion", "31000000000", None, "CNY", "exact"),  # local name of the code
    ("440 million yuan", "440000000", None, "CNY", "exact"),
    ("CHF 2.5 Mio.", "2500000", None, "CHF", "exact"),  # German magnitude
    ("CHF 1'200'000", "1200000", None, "CHF", "exact"),  # Swiss groups
    ("€1.200.000,50", "1200000.50", None, "EUR", "exact"),  # European groups
    ("0,52 US$", "0.52", None, "USD", "exact"),  # decimal comma, sign behind
    ("$100 000", "100000", None, "USD", "exact"),  # groups with spaces
    ("75¢", "0.75", None, "USD", "exact"),
    ("25 cents", "0.25", None, "USD", "exact"),
    ("50 pence", "0.50", None, "GBP", "exact"),
    ("ten million baht", "10000000", None, "THB", "exact"),  # number words
    ("two and a half million dollars", "2500000", None, "USD", "exact"),
    ("half a million pounds", "500000", None, "GBP", "exact"),
    ("one million Filipino pesos", "1000000", None, "PHP", "exact"),  # adjective settles the family
    ("BTC 2.5", "2.5", None, "BTC", "exact"),
    ("mined 119 Bitcoin.", "119", None, "BTC", "exact"),  # no name of something else
    ("2,620 bitcoins", "2620", None, "BTC", "exact"),
    ("210 million $MERL", "210000000", None, "MERL", "exact"),  # a token by its ticker
    ("500,000 in USDT", "500000", None, "USDT", "exact"),
    ("$27.50 per share", "27.50", None, "USD", "exact"),  # per unit
    ("a 10-million-dollar grant", "10000000", None, "USD", "exact"),  # hyphens
    ("$3-$5 million", "3000000", "5000000", "USD", "range"),  # magnitude left to the upper end
    ("between €10m and €15m", "10000000", "15000000", "EUR", "range"),
    ("$1 to $2", "1", "2", "USD", "range"),
    ("15-20 million dollars", "15000000", "20000000", "USD", "range"),  # elliptic
    ("$1M – 3M", "1000000", "3000000", "USD", "range"),
    ("$100K-$3MM", "100000", "3000000", "USD", "range"),  # two magnitudes
    ("ranging from $700 to $2,500", "700", "2500", "USD", "range"),
    ("more than $5", "5", None, "USD", "over"),
    ("nearly $5", "5", None, "USD", "about"),
    ("up to an additional $5", "5", None, "USD", "up_to"),  # fillers between
    ("a minimum of $5", "5", None, "USD", "at_least"),
    ("less than $5", "5", None, "USD", "under"),
    ("~$5", "5", None, "USD", "about"),
    ("$200B+", "200000000000", None, "USD", "at_least"),
    ("20 dollars and 43 cents", "20.43", None, "USD", "exact"),  # composed: one sum
    ("one dollar and 42 cents", "1.42", None, "USD", "exact"),
    ("$20 and 43c", "20.43", None, "USD", "exact"),
    ("£3 50p", "3.50", None, "GBP", "exact"),
    ("5 Kuwaiti dinars and 250 fils", "5.25", None, "KWD", "exact"),  # a thousandth
    ("They cost 15 dollars and 50.", "15.50", None, "USD", "exact"),  # cents without their name
    ("75 USD million", "75000000", None, "USD", "exact"),  # magnitude behind the code
    ("30 MUSD", "30000000", None, "USD", "exact"),  # and in it
    ("MEUR 60", "60000000", None, "EUR", "exact"),
    ("EURm 12.5", "12500000", None, "EUR", "exact"),
    ("usd 200", "200", None, "USD", "exact"),  # small letters
    ("hk $ 10.05 billion", "10050000000", None, "HKD", "exact"),  # a text cut into small words
    ("c $ 300 million", "300000000", None, "CAD", "exact"),
    ("u.s $ 100,000,000", "100000000", None, "USD", "exact"),
    ("half million usd", "500000", None, "USD", "exact"),
    ("three quarters billion us dollars", "750000000", None, "USD", "exact"),
    ("US$:12.99", "12.99", None, "USD", "exact"),
    ("50,- Kč", "50", None, "CZK", "exact"),
    ("1\u00a0298,00 EUR", "1298.00", None, "EUR", "exact"),  # groups with no-break spaces
    ("₹1.5 lakh cr", "1500000000000", None, "INR", "exact"),
    ("five to ten million dollars", "5000000", "10000000", "USD", "range"),  # words
    ("between two and three million euros", "2000000", "3000000", "EUR", "range"),
    ("5m-6m euros", "5000000", "6000000", "EUR", "range"),
    ("PEN 3-5 million", "3000000", "5000000", "PEN", "range"),  # a code that is a word as well
    ("7-9 lakh rupees", "700000", "900000", "INR", "range"),
    ("as low as $5", "5", None, "USD", "at_least"),
    ("a $49-billion-plus market", "49000000000", None, "USD", "over"),
]

HARD: list[Row] = [
    ("$(0.56)", "-0.56", None, "USD", "exact"),  # an account's negative
    ("$(5.2) million", "-5200000", None, "USD", "exact"),
    ("($4.9)M to ($4.3)M", "-4900000", "-4300000", "USD", "range"),
    ("a net loss of $(0.56)", "0.56", None, "USD", "exact"),  # a loss is named positive
    ("totalled -34 million euros", "-34000000", None, "EUR", "exact"),
    ("EBITDA of ($4.9M)", "-4900000", None, "USD", "exact"),
    ("$10+ M", "10000000", None, "USD", "at_least"),  # plus before the magnitude
    ("A$10[1] million", "10000000", None, "AUD", "exact"),  # footnote mark
    ("$1.2âmillion", "1200000", None, "USD", "exact"),  # a wrongly decoded no-break space
    ("$20 m i l l i o n", "20000000", None, "USD", "exact"),  # a scan's spaced letters
    ("$7.5\n\nmillion", "7500000", None, "USD", "exact"),  # a paragraph that a page break cut
    ("A $5 grant", "5", None, "USD", "exact"),  # an article, no Australian dollar
    ("EUR 1.200", "1200", None, "EUR", "exact"),  # a euro has no tenths of cents
    ("$1.125 billion", "1125000000", None, "USD", "exact"),  # and a point before a magnitude is decimal
    ("$5.The rest", "5", None, "USD", "exact"),  # a lost space
    ("€-5 million", "-5000000", None, "EUR", "exact"),  # minus behind the sign
    ("'s $ 5 million", "5000000", None, "USD", "exact"),  # a possessive, no Singapore dollar
    ("10 rmb, 20", "10", None, "CNY", "exact"),
    ("R$5.5 mi", "5500000", None, "BRL", "exact"),  # Portuguese magnitude
    ("EUR 7.4 - EUR 7.9 billion", "7400000000", "7900000000", "EUR", "range"),
]

NOT_AMOUNTS = [
    "5 million",  # no currency
    "a 5% stake",
    "USD 5%",  # a percentage all the same
    "EUR/USD 1.08",  # an exchange rate
    "(NASDAQ: USD)",  # a ticker
    "the TRC-20 USDT standard",
    "11 Bitcoin funds",
    "three billion-dollar companies",
    "40 won the race",  # a verb
    "TOP 10",  # a word that is a code too
    "SDG 13",  # a development goal
    "millions of dollars",  # no number
    "a billion-dollar idea",
    "a few hundred thousand dollars",
    "3 million real estate agents",
    "5 million pesos",  # whose pesos?
    "2 and 3 million",
    "K 5 million, P 2 million, Q1 2 million",  # single letters
    "the 3Rs of waste",
    "N1,200",  # naira in Nigeria only
    "He climbed 3,990 Ft",  # forints in Hungary only
    "5 pound of flour",
    "https://example.org/usd1-coin",
]

KNOWN_FAILURES: list[tuple[str, str]] = [
    pytest.param("$1 1,452 million", "11452000000", marks=pytest.mark.xfail),  # type: ignore[list-item] # a scan's gap
    pytest.param("£2 10s", "2.5", marks=pytest.mark.xfail),  # type: ignore[list-item] # shillings of old
]


@pytest.mark.parametrize(("text", "value", "maximum", "currency", "qualifier"), EXAMPLES + HARD)
def test_reads(text: str, value: str, maximum: str | None, currency: str, qualifier: str) -> None:
    money = read_amount(text)
    assert money is not None
    assert (money.value, money.maximum) == (Decimal(value), Decimal(maximum) if maximum else None)
    assert (money.currency, money.qualifier) == (currency, qualifier)


@pytest.mark.parametrize("text", NOT_AMOUNTS)
def test_reads_nothing(text: str) -> None:
    assert read_amount(text) is None


@pytest.mark.parametrize(("text", "value"), KNOWN_FAILURES)
def test_known_failures(text: str, value: str) -> None:
    money = read_amount(text)
    assert money is not None
    assert money.value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "country", "currency"),
    [("$5", "AU", "AUD"), ("$5", "FR", "USD"), ("Rs 5", "LK", "LKR"), ("5 million pesos", "MX", "MXN"),
     ("5 cents", "SG", "SGD"), ("5 cents", "IE", "EUR"), ("£5", "EG", "EGP"), ("¥5", "CN", "CNY"),
     ("kr 5 bn", "SE", "SEK")],
)  # fmt: skip
def test_country_settles_families(text: str, country: str, currency: str) -> None:
    money = read_amount(text, country)
    assert money is not None
    assert money.currency == currency


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "dateline.Tokenizer.v1"}}})


def _extract(nlp: Language, text: str, country: str | None = None) -> tuple[list[Amount], list[Check]]:
    release = Release(id="r", source="s", text=text, country=country)
    return extract_amounts(mark_amounts(nlp.make_doc(text)), release)


def test_every_occurrence_is_an_amount_with_its_words(nlp: Language) -> None:
    amounts, checks = _extract(nlp, "Ward gave more than $5 million. The $5 million grant pays 20 people.")
    assert [(a.text, str(a.value), a.qualifier) for a in amounts] == [
        ("$5 million", "5000000", "over"),
        ("$5 million", "5000000", "exact"),
    ]
    assert checks == []
    assert len({a.id for a in amounts}) == 2
    assert json.loads(amounts[0].model_dump_json())["value"] == "5000000"


def test_marks_alone_are_read_again(nlp: Language) -> None:
    text = "LAGOS - Nigeria pays between $3 and $5 million, 20 dollars and 43 cents, N3.2 billion or $(5) for 2,500 Ft."
    doc, release = mark_amounts(nlp.make_doc(text)), Release(id="r", source="s", text=text)
    seen = extract_amounts(doc, release)
    doc.user_data.clear()
    assert extract_amounts(doc, release) == seen
    assert len(seen[0]) == 4


def test_two_currencies_around_two_numbers(nlp: Language) -> None:
    for text, words in (("10 rmb 20 usd", ["10 rmb", "20 usd"]), ("USD 10 EUR 20", ["USD 10", "EUR 20"])):
        assert [amount.text for amount in _extract(nlp, text)[0]] == words


MOVES = [
    ("Sales grew from $2 million to $3 million.", ["$2 million", "$3 million"]),  # from … to: two sums
    ("The deficit rose by $2 billion to $3 billion.", ["$2 billion", "$3 billion"]),
    ("Savings are around $50 to $150 a year.", ["$50 to $150"]),  # an estimate: one range
    ("Fees of $5 and $7 apply.", ["$5", "$7"]),
    ("It sells between $5 and $7.", ["$5 and $7"]),
    ("Up to C$7.5 million (US$5.6 million) is open.", ["C$7.5 million", "US$5.6 million"]),  # a conversion
]


@pytest.mark.parametrize(("text", "words"), MOVES)
def test_ranges_and_moves(nlp: Language, text: str, words: list[str]) -> None:
    amounts, _ = _extract(nlp, text)
    assert [amount.text for amount in amounts] == words


def test_conversion_shares_its_qualifier(nlp: Language) -> None:
    amounts, _ = _extract(nlp, "Up to C$7.5 million (US$5.6 million) is open.")
    assert [amount.qualifier for amount in amounts] == ["up_to", "up_to"]


EQUAL = [
    ("US$5 million (€4.6 million)", True),
    ("Rs 500 crore (about US$60 million)", True),
    ("€10m-€12m (US$11m-US$13m)", True),  # two ranges
    ("US$5 million (€4.6 million in cash)", False),  # more in the brackets
    ("US$5 million (US$4.6 million)", False),  # the same currency
    ("US$5 million (€4m-€5m)", False),  # a range of one sum
    ("US$5 million or €4.6 million", False),  # perhaps a choice
]


@pytest.mark.parametrize(("text", "equal"), EQUAL)
def test_the_same_sum_in_another_currency(nlp: Language, text: str, equal: bool) -> None:
    first, second = _extract(nlp, f"KOLKATA - India lends {text}.")[0]
    assert (first.equals, second.equals) == (None, first.id if equal else None)


HOMES = [
    ("CANBERRA - The Australian Government gives $5 million.", None, "AUD", []),  # cues in the text
    ("BOSTON - A grant of $5 million.", None, "USD", []),  # a plain US release is not questioned
    ("A grant of $5 million.", "CA", "CAD", []),  # the release's own country
    ("A Singapore fund of Singapore and a Canadian bank of Canada lent $5.", None, "USD", ["unclear_currency"]),
    ("The ministry paid 5 million pesos.", None, None, ["unclear_currency"]),
    ("The ministry in Manila paid 5 million pesos.", None, "PHP", []),
    ("KANDY - The ministry paid Rs. 500 for each school in Jaffna.", None, "LKR", []),
    ("The ministry paid Rs. 500.", None, "INR", ["unclear_currency"]),
    ("LAGOS - The Nigerian ministry paid N3.2 billion.", None, "NGN", []),  # a letter for the naira
    ("The ministry paid N3.2 billion.", "NG", "NGN", []),
    ("NDOLA - The Zambian council paid K2.5 million.", None, "ZMW", []),
    ("BUDAPEST - The Hungarian council paid 2,500 Ft.", None, "HUF", []),
    ("TBILISI - The Georgian bank lent 5 million lari.", None, "GEL", []),
    ("AMMAN - The Jordanian bank lent 5 million dinars.", None, "JOD", []),
    ("OUAGADOUGOU - Burkina Faso lent 5 million francs.", None, "XOF", []),
    ("Of every franc 91 centimes arrive.", "CH", "CHF", []),
    (
        "HAMILTON - The Bermuda bank of Bermuda and a Bermudian lent $5.",
        None,
        "USD",
        ["unclear_currency"],
    ),  # beside US$
    ("KINGSTON - Jamaica's ministry and a Jamaican bank lent $5 million.", None, "JMD", ["unclear_currency"]),
]


@pytest.mark.parametrize(("text", "country", "currency", "codes"), HOMES)
def test_bare_signs_take_the_home_currency(
    nlp: Language, text: str, country: str | None, currency: str | None, codes: list[str]
) -> None:
    amounts, checks = _extract(nlp, text, country)
    assert [amount.currency for amount in amounts] == [currency]
    assert [check.code for check in checks] == codes


CHECKED = [
    ("They lost millions of dollars.", "vague_amount", "millions of dollars"),
    ("A multi-million-euro plan.", "vague_amount", "multi-million-euro"),
    ("He made a few hundred thousand dollars.", "vague_amount", "few hundred thousand dollars"),
    ("A yield of $5% is odd.", "unread_amount", "$5"),
    ("The pair EUR/USD 1.08 fell.", "unread_amount", "USD 1.08"),  # a rate
    ("The Covid-19 dollars are gone.", "unread_amount", "19 dollars"),
    ("It cost ¤5 then.", "unread_amount", "¤5"),  # a sign of no currency
    ("It cost $1.2.3 then.", "unread_amount", "$1.2.3"),  # digits grouped in no known way
    ("It cost $" + "9" * 40 + " then.", "unread_amount", "$" + "9" * 40),  # longer than a record holds
]


@pytest.mark.parametrize(("text", "code", "words"), CHECKED)
def test_nothing_is_dropped_in_silence(nlp: Language, text: str, code: str, words: str) -> None:
    amounts, checks = _extract(nlp, text)
    assert amounts == []
    assert [(check.code, text[check.start : check.end]) for check in checks] == [(code, words)]


def test_coins_take_the_one_currency_that_the_text_names(nlp: Language) -> None:
    amounts, checks = _extract(nlp, "The fund of CHF 2 million spends 91 centimes of every franc.")
    assert [amount.currency for amount in amounts] == ["CHF", "CHF"]
    assert checks == []


def test_pounds_of_food_are_no_money(nlp: Language) -> None:
    assert _extract(nlp, "They gave 2,000 pounds of food in London and 500 pounds of rice.") == ([], [])
    assert _extract(nlp, "They gave 2,000 pounds.") == ([], [])
    assert [a.currency for a in _extract(nlp, "They gave 2,000 pounds to a London school.")[0]] == ["GBP"]
