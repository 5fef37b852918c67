"""Reviewed values after other texts and other extractions: what stands, what has to be decided again; no database."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from schemas.evidence import Evidence
from schemas.record import Record
from schemas.review import Accept, Act, Action, Add, Correct, Merge, Reject, Review, ReviewField, Shown, Target
from schemas.values import derive_id
from store.models import Item
from store.review_case import Case
from store.review_changes import plan
from store.reviewed import apply_reviews, list_values
from tests.conftest import TEXT, _make_item
from tests.reviewing import NOW, called, spot

LINE = "\n\nThe club is glad, too: it gets nothing from anybody this year."


def review(case: Case, *actions: tuple[Any, dict[str, Any]]) -> Case:
    """The case after some actions, whose targets are named by words."""
    for kind, given in actions:
        known = {called(one): Target(field=one.field, value_id=one.value_id) for one in values(case)}
        found = dict(given)
        if "target" in given:
            found["target"] = known[given["target"]]
        if "targets" in given:
            found["targets"] = tuple(known[words] for words in given["targets"])
        if "value_ids" in given:
            found["value_ids"] = tuple(known[words].value_id for words in given["value_ids"])
        action: Action = kind(**found)
        act = Act(release_id="1", action=action, reviewer="ana", at=NOW, seen=0, request_id="12345678")
        case = case.having(plan(case, act))
    return case


def open_case(item: Item | None = None) -> Case:
    item = item or _make_item()
    return Case(item.release, item.record, {}, {})


def values(case: Case) -> tuple[Shown, ...]:
    return list_values(case.record, case.reviews.values(), case.release.text, case.old)


def shown(case: Case, words: str) -> Shown:
    return next(one for one in values(case) if called(one) == words)


def now(case: Case, item: Item) -> Case:
    """The same decisions on another text or another extraction."""
    old = {case.release.text_sha256: case.release.text, **case.old}
    return Case(item.release, item.record, old, case.reviews)


def record(case: Case) -> Record:
    return apply_reviews(case.record, case.reviews.values(), case.release.text, case.old)


def all_of(case: Case) -> dict[str, Any]:
    return {"targets": [called(one) for one in values(case)]}


def extract(text: str, amount: str = "€2.50 million") -> Item:
    """What an extractor makes of another text, which has the words of all values but one."""
    item, made = _make_item(text=text), _make_item().record
    sum_ = made.amounts[0].model_copy(
        update={"value": Decimal(3_000_000), "payer_words": None, "payee_words": None} if amount not in TEXT else {}
    )
    found = {
        "people": [_move(value, text) for value in made.people],
        "organisations": [_move(value, text) for value in made.organisations],
        "dates": [_move(value, text) for value in made.dates],
        "quotes": [_move(value, text) for value in made.quotes],
        "amounts": [{**_move(sum_, text, amount), "payer_words": None, "payee_words": None}],
    }
    return item.model_copy(update={"record": Record(**{**dict(item.record), **found})})


def _move(value: Any, text: str, words: str = "") -> dict[str, Any]:
    written: dict[str, Any] = value.model_dump()
    if "mentions" in written:
        return {**written, "mentions": [spot(text, mention["text"]) for mention in written["mentions"]]}
    place = spot(text, words or value.text)
    return {**written, **place, "id": derive_id(value.id, *place.values())}


def test_nothing_decided_is_as_extracted() -> None:
    case = open_case()
    assert record(case) == case.record
    assert [one.value for one in values(case) if one.field == "dates"] == [
        date.model_dump(mode="json") for date in case.record.dates
    ]


def test_a_newer_extractor_changes_nothing_that_was_reviewed() -> None:
    case = open_case()
    case = review(case, (Correct, {"target": "€2.50 million", "changes": {"kind": "budget"}}),
                  (Accept, {"targets": ["FY2027", "Ana Reis"]}), (Reject, {"targets": ["May 4, 2026"]}))  # fmt: skip
    newer = _make_item(version="2.0")
    amount = newer.record.amounts[0].model_copy(update={"kind": "price", "confidence": 0.1})
    fiscal = newer.record.dates[1].model_copy(update={"confidence": 0.5, "rule": "another"})
    changed = newer.record.model_copy(
        update={"amounts": (amount,), "dates": (newer.record.dates[0], fiscal), "people": ()}
    )
    after = now(case, newer.model_copy(update={"record": changed}))
    assert shown(after, "€2.50 million").value["kind"] == "budget"
    assert (shown(after, "€2.50 million").machine_now or {})["kind"] == "price"
    assert shown(after, "FY2027").machine_now is None  # how sure it is, and by which rule, was not reviewed
    assert shown(after, "Ana Reis").machine_now == {}  # it finds her no more
    assert shown(after, "May 4, 2026").machine_now is None
    assert [date.text for date in record(after).dates] == ["FY2027"]
    assert [person.name for person in record(after).people] == ["Ana Reis"]
    assert all(one.reopened is None for one in values(after))


def test_a_newer_extractor_agrees_by_now() -> None:
    case = review(open_case(), (Add, {"field": "dates", "value": {"value": "2026", **spot(TEXT, "2026")}}))
    newer = _make_item(version="2.0")
    found = newer.record.dates[0].model_copy(update={"id": "new", "value": "2026", "role": None, **spot(TEXT, "2026")})
    after = now(case, newer.model_copy(update={"record": newer.record.model_copy(update={"dates": (found,)})}))
    assert [one.machine_id for one in values(after) if one.field == "dates"] == ["new"]
    assert shown(after, "2026").machine_now is None
    assert len(record(after).dates) == 1


ADDED_INSIDE = [
    ("dates", {"value": "2026"}, "2026", "May 4, 2026"),
    ("organisations", {"name": "Foundation"}, "Foundation", "Norvik Foundation"),
]


@pytest.mark.parametrize(("field", "given", "words", "around"), ADDED_INSIDE)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_what_is_added_inside_another_value_takes_nothing_from_it(
    field: ReviewField, given: dict[str, Any], words: str, around: str, version: str
) -> None:
    place = spot(TEXT, words)
    value = {**given, "mentions": [place]} if "name" in given else {**given, **place}
    case = now(review(open_case(), (Add, {"field": field, "value": value})), _make_item(version=version))
    assert {words, around} <= {called(one) for one in values(case)}
    assert shown(case, around).review is None


def test_a_newer_extractor_finds_more_words() -> None:
    """It is the same value, not another beside it."""
    case = review(open_case(), (Accept, {"targets": ["€2.50 million"]}))
    newer = _make_item(version="2.0")
    words = spot(TEXT, "up to €2.50 million")
    found = newer.record.amounts[0].model_copy(update={"id": "new", **words})
    after = now(case, newer.model_copy(update={"record": newer.record.model_copy(update={"amounts": (found,)})}))
    (amount,) = [one for one in values(after) if one.field == "amounts"]
    assert (called(amount), (amount.machine_now or {})["text"]) == ("€2.50 million", words["text"])


def test_names_that_a_newer_extractor_uses_are_understood() -> None:
    """What it newly finds refers to the organisation as the reviewer calls it."""
    case = review(open_case(), (Correct, {"target": "Norvik Foundation", "changes": {"name": "Norvik"}}))
    newer = _make_item(version="2.0")
    quote = newer.record.quotes[0].model_copy(update={"speaker": "Norvik Foundation"})
    after = now(case, newer.model_copy(update={"record": newer.record.model_copy(update={"quotes": (quote,)})}))
    assert record(after).quotes[0].speaker == record(after).amounts[0].payer == "Norvik"


def test_a_text_with_more_in_it_keeps_everything_and_moves_it() -> None:
    case = open_case()
    case = review(case, (Accept, all_of(case)), (Reject, {"targets": ["FY2027"]}),
                  (Correct, {"target": "Harbour School", "changes": {"kind": "education"}}))  # fmt: skip
    text = TEXT.replace("\n\nLISBON", f"{LINE}\n\nLISBON")
    after = now(case, extract(text))
    assert all(one.reopened is None and one.review is not None for one in values(after))
    assert [one.value_id for one in values(after)] == [one.value_id for one in values(case)]
    for one in values(after):
        for words in one.value.get("mentions") or [one.value]:
            assert text[words["start"] : words["end"]] == words["text"]
    assert [date.text for date in record(after).dates] == ["May 4, 2026"]
    assert [body.kind for body in record(after).organisations] == ["ngo", "education"]
    back = Case(case.release, case.record, {after.release.text_sha256: text}, after.reviews)
    assert values(back) == values(case)


def test_only_what_changed_is_reopened() -> None:
    case = open_case()
    case = review(case, (Accept, all_of(case)))
    text = TEXT.replace("€2.50 million", "€3 million")
    after = now(case, extract(text, "€3 million"))
    (amount,) = [one for one in values(after) if one.reopened]
    assert amount.reopened == "“€2.50 million” is no longer in the text"
    assert (called(amount), amount.stands) == ("€3 million", True)  # found by what is around it
    assert (amount.review and (amount.review.human or {})["text"]) == "€2.50 million"
    assert (amount.machine_now or {})["value"] == "3000000"
    assert record(after).amounts[0].text == "€3 million"  # until somebody decides
    decided = review(after, (Accept, {"targets": ["€3 million"]}))
    assert not [one for one in values(decided) if one.reopened]


def test_what_is_gone_is_not_in_the_record_and_says_so() -> None:
    case = open_case()
    case = review(case, (Accept, {"targets": ["FY2027", "Ana Reis"]}), (Reject, {"targets": ["May 4, 2026"]}))
    after = now(case, _make_item(text="Nothing of it is left."))
    gone = {called(one): one for one in values(after)}
    assert gone.keys() == {"FY2027", "Ana Reis"}  # of the rejected one nothing is left to decide
    assert all(not one.stands and one.reopened and one.machine_now == {} for one in gone.values())
    assert not record(after).dates
    assert not record(after).people
    rejected = review(after, (Reject, {"targets": ["FY2027"]}))
    assert [called(one) for one in values(rejected)] == ["Ana Reis"]


def test_a_new_mention_joins_what_was_reviewed() -> None:
    case = open_case()
    case = review(case, (Accept, all_of(case)))
    text = TEXT + "\n\nEverybody is welcome in the Harbour School from the first day on."
    item = _make_item(text=text)
    school = item.record.organisations[1]
    more = school.model_copy(
        update={"mentions": (*school.mentions, Evidence.model_validate(spot(text, "Harbour School", 2)))}
    )
    bodies = (item.record.organisations[0], more)
    after = now(case, item.model_copy(update={"record": item.record.model_copy(update={"organisations": bodies})}))
    assert [len(one.value["mentions"]) for one in values(after) if called(one) == "Harbour School"] == [2]
    assert shown(after, "Harbour School").machine_now is None


def test_ids_that_collide_are_told_apart() -> None:
    """The extractor makes an id of place and words: after a change another value may get the id of a reviewed one."""
    case = review(open_case(), (Reject, {"targets": ["FY2027"]}))
    key = shown(case, "FY2027").value_id
    text = TEXT.replace("\n\nLISBON", f"{LINE}\n\nLISBON")
    item = extract(text)
    other = item.record.dates[0].model_copy(update={"id": key})
    own = item.record.dates[1].model_copy(update={"id": "moved"})
    after = now(case, item.model_copy(update={"record": item.record.model_copy(update={"dates": (other, own)})}))
    ids = {called(one): one.value_id for one in values(after)}
    assert ids["FY2027"] == key
    assert ids["May 4, 2026"] == derive_id(key, item.release.text_sha256)
    assert [date.text for date in record(after).dates] == ["May 4, 2026"]
    accepted = review(after, (Accept, {"targets": ["May 4, 2026"]}))
    assert shown(accepted, "FY2027").review == shown(after, "FY2027").review


def test_merged_ones_stay_one_after_another_extraction() -> None:
    case = review(
        open_case(), (Merge, {"field": "organisations", "value_ids": ["Norvik Foundation", "Harbour School"]})
    )
    after = now(case, _make_item(version="2.0"))
    assert [body.name for body in record(after).organisations] == ["Norvik Foundation"]
    assert record(after).amounts[0].payee == "Norvik Foundation"


def test_a_decision_on_a_text_that_is_not_kept_is_asked_for_again() -> None:
    case = review(open_case(), (Accept, {"targets": ["FY2027"]}))
    made: Review = next(iter(case.reviews.values()))
    lost = made.model_copy(update={"text_sha256": "0" * 64, "reviewed_at": NOW + dt.timedelta(1)})
    (one,) = [one for one in list_values(case.record, [lost], TEXT, {}) if one.review]
    assert "no longer kept" in str(one.reopened)
