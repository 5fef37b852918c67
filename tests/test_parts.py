"""Which sum is a part of which."""

import pytest

from extractors.parts import find_parts
from tests.payments import find_values

EXAMPLES: list[tuple[str, list[tuple[str, str, str]]]] = [
    ("It gave an additional US$2.8 million, which brings the total to US$11.95 million.",
     [("US$2.8 million", "US$11.95 million", "brings_total")]),
    ("Korea adds $2.8 million. The new grant brings its total contribution to $11.95 million.",  # over a full stop
     [("$2.8 million", "$11.95 million", "brings_total")]),
    ("The city gets $3 million of the $20 million fund.", [("$3 million", "$20 million", "of_the")]),
    ("The gift of $2 million is part of a $9 million campaign.", [("$2 million", "$9 million", "part_of")]),
    ("A budget of $9 million, including $2 million for roads and $3 million for schools.",
     [("$2 million", "$9 million", "including"), ("$3 million", "$9 million", "including")]),
    ("Of a total of €9 million (about $10 million), of which €4 million is new.",  # the same sum told twice between
     [("€4 million", "€9 million", "including")]),
    ("It cost $9 million, with $4 million provided by the state and $5 million contributed by the city.",
     [("$4 million", "$9 million", "including"), ("$5 million", "$9 million", "including")]),
    ("She made two payments of $2,000 and $3,000, totalling $5,000.", [("$3,000", "$5,000", "totalling")]),
]  # fmt: skip
NOT_PARTS = [
    "Sales were $9 million, with a profit of $2 million.",  # two figures of one firm
    "It pays $2 per share, totalling $9 million.",  # one of many
    "Revenue rose to $9 million, up from $7 million.",
    "It gave $2 million. It was part of the city. The fund has $9 million.",  # another sentence
    "It raised more than $2.4 million, a total of $2,457,808.",  # the same sum, told less exactly
    "A fund of $9 million, including €2 million for roads.",  # another currency
    "A fund of $2 million, including $9 million for roads.",  # more than the whole
]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_parts(text: str, expected: list[tuple[str, str, str]]) -> None:
    amounts = find_values(text).amounts
    assert [(amounts[p.part].text, amounts[p.whole].text, p.rule) for p in find_parts(text, amounts)] == expected


@pytest.mark.parametrize("text", NOT_PARTS)
def test_not_parts(text: str) -> None:
    assert find_parts(text, find_values(text).amounts) == []
