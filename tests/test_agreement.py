"""Agreement, from decisions alone: kappa, which values are one in two opinions, and the actions that settle them."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.review import Accept, Add, Correct, Opinion, Reject, Review
from store.agreement import (
    Choice,
    choose,
    list_differences,
    measure_agreement,
    measure_kappa,
    pair_values,
    tally_opinions,
)
from store.models import Item
from store.review_case import Case
from tests.review_rows import make_review

MakeItem = Callable[..., Item]
KAPPAS: list[tuple[list[Choice], float | None, float | None]] = [
    ([], None, None),
    ([("a", "a")] * 3, 1.0, None),  # nothing was told apart
    ([("a", "a"), ("b", "b")], 1.0, 1.0),
    ([("a", "b"), ("b", "a")], 0.0, -1.0),  # always the other
    ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], 0.5, 0.0),  # as by chance
    ([("a", "a"), ("a", "b")], 0.5, 0.0),  # one of both always chose the same
    ([(None, None), ("a", "a"), ("a", None)], 2 / 3, 0.4),  # no kind is a choice as well
    # three choices; by hand: chance is 0.8 · 0.8 + 0.1 · 0.05 + 0.1 · 0.15 = 0.66
    ([*[("a", "a")] * 75, ("a", "b"), *[("a", "c")] * 4, *[("b", "a")] * 5, *[("b", "b")] * 4, ("b", "c"),
      *[("c", "c")] * 10], 0.89, 0.23 / 0.34),
]  # fmt: skip


@pytest.mark.parametrize(("choices", "agreed", "kappa"), KAPPAS)
def test_kappa(choices: list[Choice], agreed: float | None, kappa: float | None) -> None:
    found = measure_kappa(choices)
    assert found.count == len(choices)
    assert [found.agreed, found.kappa] == pytest.approx([agreed, kappa])


def case(item: Item, *reviews: Review, opinion: Opinion = 1) -> Case:
    return Case(item.release, item.record, {}, {(one.field, one.value_id): one for one in reviews}, opinion=opinion)


def added(item: Item, words: str, key: str, **columns: Any) -> Review:
    start = item.release.text.index(words)
    mention = {"start": start, "end": start + len(words), "text": words}
    human: dict[str, Any] = {"id": key, "name": words, "acronym": None, "kind": None, "mentions": [mention],
                             "confidence": 1.0, "rule": "review", "section": None, "why": {}}  # fmt: skip
    return make_review(item, "organisations", key, "added", human=human | columns)


@pytest.fixture
def item(make_item: MakeItem) -> Item:
    return make_item()


def test_one_thing_under_two_ids_is_one(item: Item) -> None:
    first, second = added(item, "LISBON", "x"), added(item, "LISBON", "y", kind="company")
    pairs = [pair for pair in pair_values(case(item, first), case(item, second)) if pair.field == "organisations"]
    assert [None in pair.values for pair in pairs] == [False] * 3
    assert sorted(pair.same() for pair in pairs) == [False, True, True]  # the kind


def test_what_nobody_touched_is_accepted(item: Item) -> None:
    quote = item.record.quotes[0].id
    rejected = make_review(item, "quotes", quote, "rejected")
    accepted = make_review(item, "quotes", quote, "accepted")
    for second, agreed in ((case(item), 0.0), (case(item, accepted), 0.0), (case(item, rejected), 1.0)):
        (found,) = [
            one for one in measure_agreement(tally_opinions(case(item, rejected), second)) if one.field == "quotes"
        ]
        assert (found.verdicts.count, found.verdicts.agreed) == (1, agreed)


def test_no_opinions_no_agreement() -> None:
    assert all(one.found is None and one.verdicts.kappa is None for one in measure_agreement([]))


def test_what_settles_a_difference(item: Item) -> None:
    quote, (day, year) = item.record.quotes[0].id, [date.id for date in item.record.dates]
    corrected = item.record.dates[1].model_dump(mode="json") | {"value": "FY2028"}
    first = case(item, make_review(item, "quotes", quote, "rejected"), added(item, "LISBON", "x"),
                 make_review(item, "dates", year, "rejected"))  # fmt: skip
    second = case(item, make_review(item, "dates", day, "rejected"), added(item, "announced", "y"),
                  make_review(item, "dates", year, "corrected", human=corrected))  # fmt: skip
    differences = list_differences(first, second, {("quotes", quote)})
    found = {target.value_id: one for one in differences for target in one.targets if target}
    assert {key for key, one in found.items() if one.settled} == {quote}
    expected: dict[str, tuple[tuple[int, type], tuple[int, type]]] = {
        quote: ((1, Reject), (1, Accept)),  # the second has it as it was extracted
        day: ((1, Accept), (1, Reject)),
        year: ((1, Reject), (1, Correct)),  # the second has it otherwise than it was extracted
        "x": ((1, Accept), (1, Reject)),
        "y": ((2, Reject), (1, Add)),  # the first knows nothing of it
    }
    sides: tuple[Opinion, Opinion] = (1, 2)
    for key, settled_by in expected.items():
        for side, (opinion, action) in zip(sides, settled_by, strict=True):
            chosen = choose(found[key], side)
            assert (chosen[0], type(chosen[1])) == (opinion, action)
    assert found.keys() == expected.keys()
    _, correct = choose(found[year], 2)
    assert isinstance(correct, Correct)
    assert correct.changes == {"value": "FY2028"}
    assert found[day].first is not None
    assert found[day].machine == item.record.dates[0].model_dump(mode="json")
