"""Sums of money in every supported form: whatever is rendered is read back, and no currency beside a digit is lost."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import pytest
import spacy
from babel.core import get_global
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from spacy.language import Language

import extractors.tokenizer  # noqa: F401  (registers the tokenizer)
from extractors.amounts import extract_amounts, mark_amounts
from schemas.record import Amount, Check
from schemas.release import Release
from tests.growth import assert_linear


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "dateline.Tokenizer.v1"}}})


def _extract(nlp: Language, text: str) -> tuple[list[Amount], list[Check]]:
    return extract_amounts(mark_amounts(nlp.make_doc(text)), Release(id="r", source="s", text=text))


# Render a sum, read it back.


class Habit(NamedTuple):
    """How a currency is written: what stands before the number, what behind it, which signs group and split digits."""

    code: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    group: str = ","
    point: str = "."


HABITS = [
    Habit("USD", ("US$", "US$ ", "USD ", "USD", "U.S.$", "US $"), (" US dollars", " USD", " U.S. dollars")),
    Habit("EUR", ("€", "€ ", "EUR ", "EUR"), (" euros", " EUR", "€", " €")),
    Habit("EUR", ("€", "EUR "), (" euros", " EUR", " €"), ".", ","),
    Habit("GBP", ("GBP ", "GB£", "UK£"), (" pounds sterling", " GBP", " British pounds")),
    Habit("AUD", ("A$", "AU$", "AUD ", "AUD"), (" Australian dollars", " AUD")),
    Habit("CAD", ("C$", "CA$", "CAD ", "CDN$"), (" Canadian dollars", " CAD")),
    Habit("HKD", ("HK$", "HK$ ", "HKD "), (" Hong Kong dollars", " HKD")),
    Habit("BRL", ("R$", "R$ ", "BRL "), (" reais", " Brazilian reais", " BRL"), ".", ","),
    Habit("CHF", ("CHF ", "SFr. "), (" Swiss francs", " CHF"), "'"),
    Habit("SEK", ("SEK ", "SKr "), (" Swedish kronor", " SEK"), " ", ","),
    Habit("INR", ("₹", "₹ ", "INR "), (" Indian rupees", " INR")),
    Habit("KRW", ("₩", "KRW "), (" South Korean won", " KRW")),
    Habit("MYR", ("RM", "RM ", "MYR "), (" ringgit", " Malaysian ringgit", " MYR")),
    Habit("NGN", ("₦", "NGN "), (" naira", " NGN")),
    Habit("PLN", ("PLN ",), (" zł", " zlotys", " PLN"), " ", ","),
]
MAGNITUDES = {
    "": 1, " thousand": 10**3, "k": 10**3, " million": 10**6, "m": 10**6, " mn": 10**6, "M": 10**6, "bn": 10**9,
    " billion": 10**9, "B": 10**9, " trillion": 10**12, " crore": 10**7, " lakh": 10**5, " lakh crore": 10**12,
}  # fmt: skip
QUALIFIERS = {
    "": "exact", "more than ": "over", "over ": "over", "nearly ": "about", "approximately ": "about",
    "an estimated ": "about", "up to ": "up_to", "as much as ": "up_to", "at least ": "at_least",
    "as low as ": "at_least", "less than ": "under",
}  # fmt: skip
FRAMES = ["The city pays {} for the bridge.", "{} is due in May", "It gave ({}) away.", "A grant of {}, it said."]


def _digits(number: Decimal, habit: Habit) -> str:
    """The number with its groups; Indian ones for rupees."""
    whole, _, rest = f"{number:f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    step = 2 if habit.code == "INR" else 3
    while head:
        tail, head = f"{head[-step:]}{habit.group}{tail}", head[:-step]
    return tail + (habit.point + rest if rest else "")


@st.composite
def sums(draw: st.DrawFn) -> tuple[str, str, str | None, str, str]:
    """Words, value, maximum, currency and qualifier."""
    habit = draw(st.sampled_from(HABITS))
    magnitude = draw(st.sampled_from(sorted(MAGNITUDES)))
    places = draw(st.sampled_from((0, 0, 1, 2)))
    most = 10**7 if not magnitude else 900 if habit.group == "." else 99_999  # "1.200 million" is 1.2 million
    number = Decimal(draw(st.integers(1, most))).scaleb(-places)
    before = draw(st.sampled_from((*habit.before, "")))
    after = "" if before else draw(st.sampled_from(habit.after))
    ends = [number, *([number + draw(st.integers(1, 50))] if draw(st.booleans()) else [])]
    written = [f"{before}{_digits(end, habit)}{magnitude}{after}" for end in ends]
    words = draw(st.sampled_from(("-", "–", " to "))).join(written)
    value, maximum = (f"{(end * MAGNITUDES[magnitude]).normalize():f}" for end in (ends[0], ends[-1]))
    if len(ends) > 1:
        return words, value, maximum, habit.code, "range"
    qualifier = draw(st.sampled_from(sorted(QUALIFIERS)))
    return qualifier + words, value, None, habit.code, QUALIFIERS[qualifier]


@settings(max_examples=500, deadline=None, derandomize=True)
@given(sums(), st.sampled_from(FRAMES))
def test_what_is_rendered_is_read(nlp: Language, rendered: tuple[str, str, str | None, str, str], frame: str) -> None:
    words, *meaning = rendered
    assume("(" not in frame or not words.endswith(" lakh"))
    amounts, checks = _extract(nlp, frame.format(words))
    read = [[f"{a.value:f}", a.maximum and f"{a.maximum:f}", a.currency, a.qualifier] for a in amounts]
    assert (read, checks) == ([meaning], []), words


# Nothing is lost: a scan that knows nothing of the extractor.

SIGNS = "".join(sign for sign in map(chr, range(0x110000)) if unicodedata.category(sign) == "Sc")
HOMES = get_global("territory_currencies").values()
CODES = {code for entries in HOMES for code, _, end, tender in entries if tender and not end}
# Codes that are words, abbreviations or companies as well.
WORDS = """ALL TOP TRY CUP AMD SDG MAD COP BOB PEN SOS GEL BAM LAK RON DOP ERN STN CVE NIO MOP NPR BSD BND"""
NAMES = """dollars? euros? cents? yen yuan renminbi rupees? francs? pesos? kron(?:e|er|a|or) dinars? dirhams? riyals?
    rials? roubles? rubles? ringgit baht rupiah shillings? naira cedis? birr pence centimes? bitcoins shekels? zlotys?
    reais lira"""
SURE = "|".join(sorted(CODES - set(WORDS.split())))
LARGE = "(?:hundred|thousand|million|billion|trillion|crore|lakh|[kKmMbB]n?)"
SCAN = re.compile(
    rf"[{SIGNS}] ?[0-9]|[0-9] ?[{SIGNS}](?! ?[0-9])"
    rf"|(?<![^\W_])(?:{SURE}) ?[0-9]|[0-9] ?(?:{SURE})(?![^\W_])"
    rf"|[0-9](?:[ -]?{LARGE})?[ -](?i:{'|'.join(NAMES.split())})(?![^\W_])"
)


def _unexplained(nlp: Language, text: str) -> Iterator[str]:
    """Currencies beside a digit that are in no amount and in no check."""
    amounts, checks = _extract(nlp, text)
    taken = [(a.start, a.end) for a in amounts] + [(c.start or 0, c.end or 0) for c in checks]
    for match in SCAN.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            yield text[max(0, match.start() - 30) : match.end() + 20]


LOOSE = """$ € £ ¥ US$ A$ USD EUR JPY CHF dollars euros yen rupees cents million bn k % / - – ( ) , . 1 2.5 1,000 7
    12,34,567"""


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(LOOSE.split()), st.sampled_from(("", " "))), min_size=2, max_size=9))
@example([("EUR", ""), ("/", ""), ("USD", " "), ("2.5", "")])  # a rate
@example([("$", ""), ("2.5", ""), (".", ""), ("1", "")])  # no number
@example([("$", ""), ("EUR", ""), ("1", "")])  # two currencies
def test_no_currency_beside_a_digit_is_lost(nlp: Language, pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + blank for piece, blank in pieces)
    assert list(_unexplained(nlp, text)) == [], text


def test_no_currency_of_real_releases_is_lost(nlp: Language, corpus_releases: list[Release]) -> None:
    assert [words for release in corpus_releases for words in _unexplained(nlp, release.text)] == []


# Any text at all.

REPEATED = [
    "$", "1", "1,", "1.", "111 ", "$1-", "$5 to ", "one ", "a million ", "hundreds of ", "US$(", "1[1]", "cents",
    "few ", "a hundred and ", "million ", "two and ", "5 USD ", "USD ", "5 dollars and ", "N1 ", "$5 (", "1'", "1 000 ",
    "½", "(", "(in millions)\n", "$ in thousands\n$5 $6\n", "five to ", "Saint ", "New ", "-$", "from $1 ", "loss of ",
    "1-cent-", "\u00a0", "٣", "€٣ ",
]  # fmt: skip


@pytest.mark.parametrize("piece", REPEATED)
def test_time_grows_with_the_text_only(nlp: Language, piece: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = (piece * size)[:size]
        doc = nlp.make_doc(text)
        return lambda: extract_amounts(mark_amounts(doc.copy()), Release(id="r", source="s", text=text))

    assert_linear(work, 32_000)


WRITABLE = st.characters(exclude_categories=["Cs"])
FRAGMENTS = """$ US$ € USD Rs. ( ) 1 2.5 1,000 million M - – to and half a five dollars cents + [1] $HTX between MEUR kr
    N K (in thousands) 43c 50p ,- Kč руб. ر.س ¢ ₹ crore lakh / per share % CFA francs ringgit ' ’ Ft The é ‰ ½ ٣ 円 İ"""
BLANKS = [" ", "\n", "\u00a0", "\u2009", "\u202f", "\u0301", "\0"]
LINES = st.lists(st.sampled_from([*FRAGMENTS.split(), *BLANKS]), min_size=1, max_size=16).map("".join)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.one_of(st.text(WRITABLE, min_size=1), LINES))
@example("\u00a0  5 dollars")
@example("5\u00a0 \u00a05$")
def test_any_text_is_marked(nlp: Language, text: str) -> None:
    amounts, checks = _extract(nlp, text)
    assert all(text[amount.start : amount.end] == amount.text for amount in amounts)
    assert all(check.start is not None and check.end is not None for check in checks)
    assert all(first.end <= second.start for first, second in pairwise(amounts))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.text(WRITABLE, min_size=20, max_size=400))
def test_much_text_of_any_kind_costs_little(nlp: Language, text: str) -> None:
    def work(size: int) -> Callable[[], object]:
        doc = nlp.make_doc((text * size)[:size])
        return lambda: mark_amounts(doc.copy())

    assert_linear(work, 80_000)
