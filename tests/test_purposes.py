"""What sums are for and how long they run."""

from collections.abc import Callable

import pytest

from extractors.purposes import read_period, read_purpose, stop_of
from extractors.sentences import Sentences
from schemas.values import AmountKind
from tests.growth import assert_linear
from tests.payments import find_values

PURPOSES: list[tuple[str, str | None]] = [
    ("The fund gave $2 million to rebuild the harbour wall.", "to rebuild the harbour wall"),  # a verb of purpose
    ("The fund gave $2 million for roads and bridges.", "for roads and bridges"),
    ("A $2 million grant to the city to expand clinics, schools and parks was signed.",
     "to expand clinics, schools and parks was signed"),  # past the receiver; a list goes on over its commas
    ("It pledged $2 million towards a new library, the mayor said.", "towards a new library"),
    ("It pledged $2 million in support of flood victims over the next two years.", "in support of flood victims"),
    ("A $40,000 programme aimed at young welders opened.", "aimed at young welders opened"),
    ("The $2 million will support teachers in rural schools.", "will support teachers in rural schools"),
    ("He agreed to pay $900 to settle claims of overbilling; she did not.", "to settle claims of overbilling"),
    ("City wins $3 million for 12 new buses", "for 12 new buses"),  # a number that is no time
    ("They gave $2 million to Harbour Trust.", None),  # `to` a receiver
    ("It will pay $2 million for five years.", None),  # a length of time
    ("It gave $5 million for 2024.", None),  # a year
    ("It gave $5 million. To support clinics is its aim.", None),  # another sentence
    ("It gave $5 million and $6 million to build ships.", None),  # belongs to the second sum
    ("It gave $5 million to more than 40 towns.", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PURPOSES)
def test_purpose(text: str, expected: str | None) -> None:
    amounts = find_values(text).amounts
    purpose = read_purpose(text, amounts[0], stop_of(amounts, 0, Sentences(text)))
    assert (purpose.text if purpose else None) == expected
    assert purpose is None or text[purpose.start : purpose.end] == purpose.text


@pytest.mark.parametrize("kind", ["price", "result", "valuation", None])
def test_a_price_is_for_nothing(kind: AmountKind | None) -> None:
    text = "Tickets cost $20 to support the club."
    assert read_purpose(text, find_values(text, kind).amounts[0], len(text)) is None


PERIODS: list[tuple[str, AmountKind, tuple[str, str | None] | None]] = [
    ("A grant of $6 million for 2024-2026 was signed.", "commitment", ("2024-2026", "2024/2026")),
    ("It will give $6 million over the next three years.", "commitment", ("over the next three years", None)),
    ("A three-year, $6 million grant was signed.", "commitment", ("three-year", None)),
    ("A $6 million five-year programme began.", "budget", ("five-year", None)),
    ("It gave $6 million in 2023.", "commitment", None),  # when, not how long
    ("Revenue was $6 million in 2023.", "result", ("2023", "2023")),
    ("Revenue was $6 million in the first quarter of 2025.", "result", ("first quarter of 2025", "2025-Q1")),
    ("For the full year 2024 sales were $6 million.", "result", ("full year 2024", "2024")),
    ("Sales rose to $6 million from $5 million in 2023.", "result", None),  # the year of the other sum
    ("Sales were $6 million, compared with 2023.", "result", None),
    ("Sales were valued in 2022 and reach $6 million by 2029.", "result", None),
    ("Founded in 2004, it manages $6 million.", "result", None),
    ("He was fined $6,000 in a three-year fraud.", "penalty", None),  # not the fine's
    ("A budget of $6 million for fiscal year 2026 passed.", "budget", ("fiscal year 2026", "FY2026")),
]


@pytest.mark.parametrize(("text", "kind", "expected"), PERIODS)
def test_period(text: str, kind: AmountKind, expected: tuple[str, str | None] | None) -> None:
    found = find_values(text, kind)
    period = read_period(text, found.amounts[0], found.dates, Sentences(text).around(found.amounts[0].start))
    assert ((period.text, period.value) if period else None) == expected


def test_time_grows_with_the_text() -> None:
    def work(size: int) -> Callable[[], object]:
        text, amount = "It gave $5 " + "to support, for roads, " * (size // 23), find_values("It gave $5").amounts[0]
        return lambda: [read_purpose(text, amount, len(text)) for _ in range(20)]

    assert_linear(work, 400_000)
