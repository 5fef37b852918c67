"""What actions do to the decisions on a release, and what is refused in plain words: without a database."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from schemas.record import Record
from schemas.review import Accept, Act, Action, Add, Comment, Correct, Merge, Reject, Restore, Split, Target, Undo
from store.review_case import Case, Key, list_changes
from store.review_changes import plan
from store.review_errors import ReviewError
from store.reviewed import apply_reviews, list_values
from tests.conftest import TEXT, _make_item
from tests.reviewing import NOW, called, spot


class Desk(NamedTuple):
    """A release with its values by what they are called."""

    case: Case

    def target(self, words: str) -> Target:
        return next(
            Target(field=field, value_id=key) for (field, key), value in self.values().items() if words == value[0]
        )

    def values(self) -> dict[Key, tuple[str, dict[str, Any]]]:
        case = self.case
        shown = list_values(case.record, case.reviews.values(), case.release.text, case.old)
        return {(one.field, one.value_id): (called(one), one.value) for one in shown}

    def value(self, words: str) -> dict[str, Any]:
        return next(value for name, value in self.values().values() if name == words)

    def verdicts(self) -> dict[str, str]:
        names = self.values()
        return {names[key][0]: review.verdict for key, review in self.case.reviews.items() if key in names}

    def do(self, action: Action) -> "Desk":
        act = Act(release_id="1", action=action, reviewer="ana", at=NOW, seen=0, request_id="12345678")
        return Desk(self.case.having(plan(self.case, act)))

    def record(self) -> Record:
        return apply_reviews(self.case.record, self.case.reviews.values(), self.case.release.text)


def open_desk(text: str = TEXT) -> Desk:
    item = _make_item(text=text)
    return Desk(Case(item.release, item.record, {}, {}))


def body(words: str, name: str = "") -> dict[str, Any]:
    return {"name": name or words, "mentions": [spot(TEXT, words)]}


Made = Callable[[Desk], Action]


def correct(words: str, **changes: Any) -> Made:
    return lambda desk: Correct(target=desk.target(words), changes=changes)


def split(words: str, *mentions: int, name: str = "Another") -> Made:
    return lambda desk: Split(field="organisations", value_id=desk.target(words).value_id, mentions=mentions, name=name)


REFUSED: list[tuple[Made, str]] = [
    (lambda _: Accept(targets=(Target(field="people", value_id="none"),)), "people: .* has no value 'none'; load"),
    (lambda _: Comment(text="hm", target=Target(field="dates", value_id="none")), "has no value 'none'"),
    (correct("Ana Reis", id="1"), "people: 'id' cannot be given; what can is name, title, organisation, mentions"),
    (correct("Ana Reis", confidence=1), "'confidence' cannot be given"),
    (correct("Ana Reis", rule="mine", shoe_size=41), "'rule', 'shoe_size' cannot be given"),
    (correct("Ana Reis", name=" "), "a name has to have letters"),
    (correct("Ana Reis", name=["a"]), "people: name: Input should be a valid string"),
    (correct("Ana Reis", mentions=[]), "people: mentions: Tuple should have at least 1 item"),
    (correct("Ana Reis", mentions=[{"start": 0, "end": 3, "text": "Ana"}]), "0:3 says 'Ana', the release says 'Har'"),
    (correct("Ana Reis", mentions=[{"start": 9999, "end": 10002, "text": "Ana"}]), "the release says ''"),
    (correct("Ana Reis", mentions=[{"start": -3, "end": 0, "text": "Ana"}]), "0.start: Input should be greater"),
    (correct("Ana Reis", mentions="<script>"), "people: mentions: Input should be a valid tuple"),
    (correct("Ana Reis", organisation="Norvik"), "'Norvik' is no organisation of this release; add it first"),
    (correct("Ana Reis", organisation="Ana Reis"), "organisation 'Ana Reis' is no organisation"),
    (correct("€2.50 million", payer="Nobody"), "payer 'Nobody' is no person or organisation .* 'Norvik Foundation'"),
    (correct("€2.50 million", payer={"name": "x"}), "amounts: payer: Input should be a valid string"),
    (correct("€2.50 million", value="a lot"), "amounts: value: Input should be a valid decimal"),
    (correct("€2.50 million", value="NaN"), "amounts: value: Input should be a finite number"),
    (correct("€2.50 million", value="1e999999"), "amounts: value"),
    (correct("€2.50 million", currency="euro"), "amounts: currency: String should match pattern"),
    (correct("€2.50 million", kind="gift"), "amounts: kind: Input should be 'commitment', 'price'"),
    (correct("€2.50 million", part_of="none"), "part_of 'none' is no amount of this release"),
    (correct("€2.50 million", start=1), "has another length than its text"),
    *((lambda desk, name=name: Correct(target=(own := desk.target("€2.50 million")), changes={name: own.value_id}),
       "leads back to the amount itself") for name in ("part_of", "equals")),
    (correct("€2.50 million", period={"value": "2025/2026"}), "amounts: period.start: Field required"),
    (correct("€2.50 million", period={**spot(TEXT, "FY2027"), "value": "soon"}), "period.value: not a calendar"),
    (correct("€2.50 million", period={"start": 0, "end": 4, "text": "2026", "value": None}), "period: evidence 0:4"),
    (correct("FY2027", value="2025-02-30"), "dates: value: day is out of range for month"),
    (correct("Harbour School", name="Norvik Foundation"), "'Norvik Foundation' is there already; merge the two"),
    (lambda _: Add(field="dates", value={"value": "2026", "start": 0, "end": 4, "text": "2026"}), "says 'Harb'"),
    (lambda _: Add(field="dates", value={"value": "2026"}), "dates: start: Field required"),
    (lambda _: Add(field="dates", value={"value": "FY2027", **spot(TEXT, "FY2027")}), "“FY2027” is there already"),
    (lambda _: Add(field="people", value={"id": "mine", **body("Ana")}), "'id' cannot be given"),
    (lambda _: Add(field="people", value={}), "people: name: Field required; mentions: Field required"),
    (lambda _: Add(field="organisations", value=body("Norvik Foundation")), "'Norvik Foundation' is there already"),
    (lambda _: Add(field="amounts", value={"value": "1", "currency": None, "payer": "x", **spot(TEXT, "a")}), "'x'"),
    (lambda desk: Merge(field="organisations", value_ids=(desk.target("Harbour School").value_id,) * 2), "two or more"),
    (lambda desk: Merge(field="people", value_ids=(desk.target("Ana Reis").value_id, "none")), "has no value 'none'"),
    (split("Harbour School", 79), "all its mentions would leave; correct its name instead"),
    (split("Harbour School", 5), "not all of these mentions are mentions of it"),
    (lambda _: Undo(number=1), "has no event 1 to undo"),
    (lambda _: Restore(number=7), "has no event 7"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "message"), REFUSED)
def test_refused_in_plain_words(made: Made, message: str) -> None:
    desk = open_desk()
    with pytest.raises(ReviewError, match=message):
        desk.do(made(desk))


def test_a_value_that_was_rejected_is_not_added_again() -> None:
    desk = open_desk()
    desk = desk.do(Reject(targets=(desk.target("FY2027"),)))
    with pytest.raises(ReviewError, match="“FY2027” was rejected; correct it"):
        desk.do(Add(field="dates", value={"value": "FY2027", **spot(TEXT, "FY2027")}))
    desk = desk.do(Correct(target=desk.target("FY2027"), changes={"value": "2027"}))
    assert desk.verdicts() == {"FY2027": "corrected"}


def test_what_is_corrected_to_what_was_extracted_is_accepted() -> None:
    desk = open_desk()
    desk = desk.do(correct("€2.50 million", kind="budget")(desk))
    assert desk.verdicts() == {"€2.50 million": "corrected"}
    desk = desk.do(correct("€2.50 million", kind="commitment")(desk))
    assert desk.verdicts() == {"€2.50 million": "accepted"}


def test_accepting_all_leaves_what_was_corrected() -> None:
    desk = open_desk()
    desk = desk.do(correct("FY2027", value="2027")(desk))
    desk = desk.do(Accept(targets=tuple(Target(field=field, value_id=key) for field, key in desk.values())))
    assert desk.value("FY2027")["value"] == "2027"
    assert sorted(desk.verdicts().values()) == ["accepted"] * 6 + ["corrected"]


def test_a_corrected_value_says_why() -> None:
    desk = open_desk()
    value = desk.do(correct("€2.50 million", payer="Ana Reis", kind=None)(desk)).value("€2.50 million")
    assert (value["confidence"], value["rule"], value["kind"]) == (1.0, "made-up", None)
    assert value["why"]["payer"] == {"rule": "review", "confidence": 1.0}
    assert value["why"]["payee"]["rule"] == "model:parties"
    assert value["payer_words"] is None  # they name another


def test_an_added_value() -> None:
    desk = open_desk()
    value = {"value": "1", "payer": "Harbour School", **spot(TEXT, "More")}
    desk = desk.do(Add(field="amounts", value=value))
    (added,) = [amount for amount in desk.record().amounts if amount.text == "More"]
    assert (added.rule, added.confidence, added.section, added.payer) == ("review", 1.0, "notes", "Harbour School")
    assert added.currency is None  # nobody knows it
    assert desk.do(Reject(targets=(desk.target("More"),))).case.reviews == {}  # as if it never had been


def test_a_payer_is_added_first() -> None:
    desk = open_desk()
    desk = desk.do(Add(field="organisations", value=body("LISBON", "City of Lisbon")))
    desk = desk.do(correct("€2.50 million", payer="City of Lisbon")(desk))
    assert (desk.record().amounts[0].payer, desk.record().commitments[0].payer.name) == ("City of Lisbon",) * 2  # type: ignore[union-attr]
    desk = desk.do(Reject(targets=(desk.target("City of Lisbon"),)))  # and taken away again
    assert (desk.record().amounts[0].payer, desk.record().commitments[0].payer) == (None, None)


def test_another_name_goes_into_all_that_refers_to_it() -> None:
    desk = open_desk()
    desk = desk.do(Accept(targets=(desk.target("€2.50 million"),)))
    desk = desk.do(correct("Harbour School", name="School of the Harbour")(desk))
    desk = desk.do(correct("Ana Reis", name="Dr Ana Reis")(desk))
    record = desk.record()
    assert (
        record.amounts[0].payee == record.people[0].organisation == record.sections[-1].about == "School of the Harbour"
    )
    assert record.quotes[0].speaker == "Dr Ana Reis"
    assert record.commitments[0].payee is not None
    assert record.commitments[0].payee.name == "School of the Harbour"
    assert desk.verdicts() == {
        "€2.50 million": "accepted",
        "School of the Harbour": "corrected",
        "Dr Ana Reis": "corrected",
    }


def test_what_refers_to_a_rejected_one_refers_to_nobody() -> None:
    desk = open_desk()
    desk = desk.do(Accept(targets=(desk.target("€2.50 million"),)))
    desk = desk.do(Reject(targets=(desk.target("Harbour School"), desk.target("Ana Reis"))))
    record = desk.record()
    assert (record.amounts[0].payee, record.amounts[0].payee_words, record.quotes[0].speaker) == (None, None, None)
    assert [body.name for body in record.organisations] == ["Norvik Foundation"]
    (paid,) = record.commitments
    assert (paid.payer and paid.payer.name, paid.payee) == ("Norvik Foundation", None)
    assert desk.verdicts()["€2.50 million"] == "corrected"
    desk = desk.do(Accept(targets=(desk.target("We have waited a long time for this,"),)))
    assert desk.verdicts()["We have waited a long time for this,"] == "corrected"  # its speaker was wrong


def test_payments_without_amounts_leave() -> None:
    desk = open_desk()
    assert desk.do(Reject(targets=(desk.target("€2.50 million"),))).record().commitments == ()
    assert desk.do(correct("€2.50 million", kind=None)(desk)).record().commitments == ()
    (paid,) = desk.do(correct("€2.50 million", value="3", qualifier="exact")(desk)).record().commitments
    assert (str(paid.value), paid.qualifier) == ("3", "exact")
    assert paid.payer == desk.case.record.commitments[0].payer


def test_a_merge_and_a_split() -> None:
    desk = open_desk()
    school, fund = desk.target("Harbour School"), desk.target("Norvik Foundation")
    merged = desk.do(Merge(field="organisations", value_ids=(fund.value_id, school.value_id)))
    assert merged.verdicts() == {"Norvik Foundation": "corrected", "Harbour School": "rejected"}
    assert [one["text"] for one in merged.value("Norvik Foundation")["mentions"]] == [
        "Norvik Foundation",
        "Harbour School",
    ]
    record = merged.record()
    assert record.amounts[0].payee == record.people[0].organisation == record.sections[-1].about == "Norvik Foundation"
    start = merged.value("Norvik Foundation")["mentions"][1]["start"]
    apart = merged.do(split("Norvik Foundation", start, name="The School")(merged))
    record = apart.record()
    assert [(body.name, len(body.mentions)) for body in record.organisations] == [
        ("Norvik Foundation", 1),
        ("The School", 1),
    ]
    assert (record.amounts[0].payer, record.amounts[0].payee) == ("Norvik Foundation", "The School")  # by their words
    assert record.people[0].organisation == "The School"  # it stands nearer


def test_what_was_decided_refers_to_the_merged_one() -> None:
    desk = open_desk()
    desk = desk.do(Accept(targets=(desk.target("€2.50 million"), desk.target("Ana Reis"))))
    ids = tuple(desk.target(name).value_id for name in ("Norvik Foundation", "Harbour School"))
    record = desk.do(Merge(field="organisations", value_ids=ids)).record()
    assert record.amounts[0].payee == record.people[0].organisation == "Norvik Foundation"


@pytest.mark.parametrize("name", ["part_of", "equals"])
def test_two_amounts_of_the_same_words(name: str) -> None:
    """Their ids differ by their places."""
    desk = open_desk(f"{TEXT}\n\nThe club gets €2.50 million.")
    text = desk.case.release.text
    second = {"value": "2500000", "currency": "EUR", **spot(text, "€2.50 million", 1)}
    desk = desk.do(Add(field="amounts", value=second))
    first, other = desk.record().amounts
    assert (first.text, first.start < other.start, first.id != other.id) == (other.text, True, True)
    desk = desk.do(Correct(target=Target(field="amounts", value_id=other.id), changes={name: first.id}))
    assert [getattr(amount, name) for amount in desk.record().amounts] == [None, first.id]
    with pytest.raises(ReviewError, match="leads back to the amount itself"):
        desk.do(Correct(target=Target(field="amounts", value_id=first.id), changes={name: other.id}))
    desk = desk.do(Reject(targets=(Target(field="amounts", value_id=first.id),)))
    assert [getattr(amount, name) for amount in desk.record().amounts] == [None]


def test_offsets_are_code_points() -> None:
    desk = open_desk(f"{TEXT} 🎈🎈 Bye, 𝕬𝖓𝖆.")
    text = desk.case.release.text
    desk = desk.do(Add(field="people", value={"name": "𝕬𝖓𝖆", "mentions": [spot(text, "𝕬𝖓𝖆")]}))
    assert desk.value("𝕬𝖓𝖆")["mentions"][0]["start"] == len(TEXT) + 9
    with pytest.raises(ReviewError, match="the release says"):  # in UTF-16 it starts two later
        desk.do(
            Add(field="dates", value={"value": None, "start": len(TEXT) + 11, "end": len(TEXT) + 14, "text": "𝕬𝖓𝖆"})
        )


def test_nothing_changes_twice() -> None:
    desk = open_desk()
    once = desk.do(Accept(targets=(desk.target("FY2027"),)))
    act = Act(
        release_id="1",
        action=Accept(targets=(desk.target("FY2027"),)),
        reviewer="ben",
        at=NOW,
        seen=0,
        request_id="12345678",
    )
    assert list_changes(once.case, plan(once.case, act)) == ()
