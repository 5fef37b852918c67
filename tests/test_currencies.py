"""Currencies: every current one by its code, by its English names and by its sign; those before them by their names."""

from collections.abc import Iterator

import pytest
from babel.core import Locale

from extractors.amounts import read_amount
from extractors.countries import count_countries, guess_country
from extractors.currencies import find_after, find_before, scale, settle
from extractors.currency_table import CODES, FAMILIES, HOME_CODES, TABLE

ENGLISH = Locale("en")
ACTIVE = sorted({code for codes in HOME_CODES.values() for code in codes})
CAREFUL = {*TABLE["careful"], "F\u202fCFA"}


def names(code: str) -> set[str]:
    """CLDR's names of one and of many, as there and in small letters."""
    titles = {ENGLISH.currencies[code], *dict(ENGLISH._data["currency_names_plural"].get(code, {})).values()}
    return titles | {title.lower() for title in titles}


def a_country(code: str) -> str | None:
    """A country that settles the currency's family."""
    return next((country for family in FAMILIES.values() for country, home in family.items() if home == code), None)


def forms(code: str) -> Iterator[str]:
    """A sum in every form that CLDR gives the currency."""
    yield from (f"{code} 2.5 million", f"{code} 1,250", f"{code}1,250.75", f"{code} 3-5 million")
    yield from (f"2.5 million {code}", f"1,250.75 {code}", f"between 1.5 and 2.5 million {code}")
    for name in names(code):
        yield from (f"2.5 million {name}", f"1,250 {name}", f"75 {name}", f"ten million {name}", f"3-5 million {name}")
    sign = ENGLISH.currency_symbols.get(code, code)
    if sign != code:
        yield from (f"{sign}2.5 million", f"{sign} 1,250", f"{sign}5-7 million")
    if code not in CAREFUL and sign not in CAREFUL:
        yield from (f"{code} 75", f"75 {code}", f"{sign}75")


@pytest.mark.parametrize("code", ACTIVE)
def test_every_currency_is_read_in_every_form(code: str) -> None:
    read = {form: read_amount(form, a_country(code)) for form in forms(code)}
    assert [(form, money) for form, money in read.items() if money is None or money.currency != code] == []


@pytest.mark.parametrize("code", sorted(CODES - set(ACTIVE)))
def test_former_currencies_are_read_by_code_and_name(code: str) -> None:
    shared = {
        "YUM",
        "SVC",
        "CSK",
        "ZWL",
        "VEF",
        "VEB",
        "MRO",
        "STD",
        "ZMK",
        "GHC",
        "BYR",
        "TRL",
        "ROL",
        "MZM",
        "SLL",
        "RUR",
    }
    money = read_amount(f"2.5 million {code}")
    assert money is not None
    assert money.currency == code
    if code not in shared:  # whose name the current one has, or a part of it
        named = read_amount(f"2.5 million {sorted(names(code))[0].partition(' (')[0]}")
        assert named is not None
        assert named.currency == code


LOCAL_SIGNS = [
    ("5,000 ₾", "GEL"), ("₭ 5,000", "LAK"), ("₡5,000", "CRC"), ("₿2.5", "BTC"), ("₺5", "TRY"), ("5 ₴", "UAH"),
    ("50 Kč", "CZK"), ("50,- Kč", "CZK"), ("5 zł", "PLN"), ("5 złotych", "PLN"), ("500 руб.", "RUB"),
    ("500 грн.", "UAH"), ("50 лв", "BGN"), ("5,000원", "KRW"), ("5,000円", "JPY"), ("5,000元", "CNY"),
    ("500 درهم", "AED"), ("45 ج.م", "EGP"), ("Rp 5,000", "IDR"), ("Tk 500", "BDT"), ("KSh 500", "KES"),
    ("TSh 500", "TZS"), ("QR 5,000", "QAR"), ("GH₵5", "GHS"), ("S/ 50", "PEN"), ("B/. 50", "PAB"), ("RD$50", "DOP"),
    ("J$50", "JMD"), ("TT$50", "TTD"), ("EC$50", "XCD"), ("CI$50", "KYD"), ("SDR 5 million", "XDR"),
    ("DM 5 million", "DEM"), ("5 million markka", "FIM"), ("5 million Deutsche marks", "DEM"),
    ("5 million Dutch guilders", "NLG"), ("5 million pesetas", "ESP"), ("5 million lire", "ITL"),
    ("5 million French francs", "FRF"),
]  # fmt: skip
"""Signs and names that no code holds: how they are written at home."""


@pytest.mark.parametrize(("text", "code"), LOCAL_SIGNS)
def test_local_habits(text: str, code: str) -> None:
    money = read_amount(text)
    assert money is not None
    assert money.currency == code


NATIONAL = [
    ("Kenyan shillings", "KES"), ("Kuwait dinar", "KWD"), ("Jordanian dinars", "JOD"), ("Polish zloty", "PLN"),
    ("Uruguayan pesos", "UYU"), ("Nepali rupees", "NPR"), ("Emirati dirhams", "AED"), ("Uzbek som", "UZS"),
    ("Hong Kong dollars", "HKD"), ("Guyanese dollars", "GYD"), ("Burmese kyat", "MMK"), ("Icelandic krona", "ISK"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code"), NATIONAL)
def test_the_people_settles_the_unit(name: str, code: str) -> None:
    money = read_amount(f"5 million {name}")
    assert money is not None
    assert money.currency == code


COINS = [
    ("50 centimes", "CH", "0.5", "CHF"), ("50 centimes", "HT", "0.5", "HTG"), ("50 paise", None, "0.5", "INR"),
    ("50 öre", "SE", "0.5", "SEK"), ("50 øre", "NO", "0.5", "NOK"), ("50 sen", "ID", "0.5", "IDR"),
    ("50 kobo", None, "0.5", "NGN"), ("50 pesewas", None, "0.5", "GHS"), ("50 fils", "AE", "0.5", "AED"),
    ("750 fils", "KW", "0.75", "KWD"), ("50 satang", None, "0.5", "THB"), ("50 groszy", None, "0.5", "PLN"),
    ("50 kopecks", "UA", "0.5", "UAH"), ("500 baisa", None, "0.5", "OMR"), ("500 millimes", None, "0.5", "TND"),
    ("50 centavos", "MX", "0.5", "MXN"), ("50 cents", "ZA", "0.5", "ZAR"),
    ("5 jiao", None, "0.5", "CNY"), ("50 pence", None, "0.5", "GBP"), ("2 satoshis", None, "0.00000002", "BTC"),
    ("5 tomans", None, "50", "IRR"), ("50 pfennigs", None, "0.5", "DEM"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "country", "value", "code"), COINS)
def test_coins(text: str, country: str | None, value: str, code: str) -> None:
    money = read_amount(text, country)
    assert money is not None
    assert (f"{money.value:f}", money.currency) == (value, code)


NO_MARKS = [
    ("in 5", 3), ("Plan N 500", 7), ("a K 5", 4), ("page 5", 5), ("TRADE 5", 6), ("1.2 3", 4), ("/usd1", 4),
    ("x/R 5", 4),
]  # fmt: skip
"""What stands before a number and is no currency."""


@pytest.mark.parametrize(("text", "position"), NO_MARKS)
def test_words_before_a_number(text: str, position: int) -> None:
    assert find_before(text, position) is None


@pytest.mark.parametrize("text", ["5 people", "5 of", "5 percent", "5 in May", "5", "5.", "5 NATO members", "5 kg"])
def test_words_behind_a_number(text: str) -> None:
    assert find_after(text, 1) is None


def test_letters_are_a_currency_in_their_countries_only() -> None:
    assert settle("local N", "NG") == ("NGN", True)
    assert settle("local N", "GB") == (None, False)


def test_families_know_their_countries() -> None:
    assert FAMILIES["dollar"]["AU"] == "AUD"
    assert FAMILIES["crown"]["CZ"] == "CZK"
    assert FAMILIES["cent"]["IE"] == "EUR"
    assert scale("USD cent") * 100 == 1


def test_one_city_does_not_settle_a_currency() -> None:
    counts = count_countries("Vancouver " * 30)
    assert guess_country(counts, FAMILIES["dollar"], "US") == (None, False)
