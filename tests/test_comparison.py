"""Old records beside new ones: what is counted, what reviews keep, which examples are shown."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from schemas.comparison import Comparison, Counts
from schemas.evidence import Evidence
from schemas.record import Record
from schemas.review import Accept, Correct, SetStatus
from store.comparison import EXAMPLES, add_comparisons, compare_cases, list_rows
from store.database import Store
from store.models import Item
from store.review_case import Case
from store.review_desk import load_standing
from tests.conftest import TEXT
from tests.reviewing import start
from tests.test_versions import with_first

MakeItem = Callable[..., Item]


def case(item: Item, record: Record | None = None) -> Case:
    return Case(release=item.release, record=record or item.record, old={}, reviews={})


def row(**numbers: int) -> Counts:
    return Counts(**numbers)


def otherwise(record: Record, **fields: Any) -> Record:
    return record.model_copy(update=fields)


EDITS: list[tuple[Callable[[Record], Record], dict[tuple[str, str], Counts]]] = [
    # nothing
    (lambda r: r, {}),
    # another version, and nothing else
    (lambda r: otherwise(r, extractor_version="2.0"), {}),
    # a value that went, and one beside it that stays
    (lambda r: otherwise(r, organisations=r.organisations[:1]), {("organisations", ""): row(removed=1, same=1)}),
    # an attribute is added, changed, removed; the value itself is changed each time
    (lambda r: with_first(r, "organisations", acronym="NF"),
     {("organisations", ""): row(changed=1, same=1), ("organisations", "acronym"): row(added=1)}),
    (lambda r: with_first(r, "organisations", kind="company"),
     {("organisations", ""): row(changed=1, same=1), ("organisations", "kind"): row(changed=1, same=1)}),
    (lambda r: with_first(r, "people", title=None),
     {("people", ""): row(changed=1), ("people", "title"): row(removed=1)}),
    # of the release itself there are only attributes
    (lambda r: otherwise(r, release=r.release.model_copy(update={"issuer": None})),
     {("release", "issuer"): row(removed=1)}),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), EDITS)
def test_what_is_counted(
    make_item: MakeItem, edit: Callable[[Record], Record], expected: dict[tuple[str, str], Counts]
) -> None:
    item = make_item()
    found = compare_cases(case(item), case(item, edit(item.record)))
    assert {(field, name): counts for field, name, counts in list_rows(found)} == expected
    assert (found.compared, found.differing, found.unsure) == (1, bool(expected), 0)
    assert found.counts["dates"] == {"": row(same=2), "role": row(same=1), "section": row(same=2)}


def test_the_same_values_otherwise_sure(make_item: MakeItem) -> None:
    item = make_item()
    found = compare_cases(case(item), case(item, with_first(item.record, "dates", confidence=0.1)))
    assert (found.differing, found.unsure, found.examples) == (0, 1, ())


def test_examples_have_their_words(make_item: MakeItem) -> None:
    item = make_item()
    found = compare_cases(case(item), case(item, with_first(item.record, "amounts", kind="price")))
    (example,) = found.examples
    assert (example.field, example.attribute, example.what) == ("amounts", "kind", "changed")
    assert (example.value, example.old, example.new) == ("2500000 EUR", "commitment", "price")
    assert example.words is not None
    ((start_char, end_char),) = example.words.marks
    assert example.words.text[start_char:end_char] == "€2.50 million"
    assert example.words.text.startswith('tion will give the Harbour School up to €2.50 million. "We have waited')


def test_many_are_one_whatever_their_order(make_item: MakeItem) -> None:
    items = [make_item(str(number)) for number in range(6)]
    gone = [compare_cases(case(one), case(one, otherwise(one.record, people=(), dates=()))) for one in items]
    whole = add_comparisons(gone)
    assert (whole.compared, whole.differing, whole.before) == (6, 6, {"1.0": 6})
    assert whole.counts["dates"] == {"": row(removed=12)}
    shown = [one for one in whole.examples if one.field == "dates"]
    assert len(shown) == EXAMPLES
    assert len({one.release_id for one in shown}) == EXAMPLES  # not all from one release
    for some in itertools.islice(itertools.permutations(gone), 0, 720, 97):
        assert add_comparisons([add_comparisons(some[:2]), Comparison(), add_comparisons(some[2:])]) == whole


def test_what_people_decided_is_kept(store: Store, make_item: MakeItem) -> None:
    """An accepted title and a corrected sum stay; what nobody decided changes."""
    ana = start(store, make_item())
    ana.do(Accept(targets=(ana.target("Ana Reis", "people"),)))
    ana.do(Correct(target=ana.target("€2.50 million"), changes={"kind": "budget"}))
    standing = load_standing(store, ana.release_id)
    assert standing is not None
    old, _ = standing
    record = with_first(with_first(old.record, "people", title="chair"), "amounts", kind="price", payee=None)
    record = otherwise(record, organisations=record.organisations[:1])
    found = compare_cases(old, Case(old.release, record, old.old, old.reviews))
    rows = {(field, name): (counts.changed + counts.removed, counts.kept) for field, name, counts in list_rows(found)}
    assert rows == {
        ("people", ""): (1, 1),
        ("people", "title"): (1, 1),
        ("amounts", ""): (1, 1),
        ("amounts", "kind"): (1, 1),
        ("amounts", "payee"): (1, 1),
        ("organisations", ""): (1, 0),
    }
    assert {one.field for one in found.examples if one.kept} == {"people", "amounts"}
    said = {field: (d.kept, d.otherwise, d.reopened) for field, d in found.decisions.items()}
    assert said == {"people": (1, 1, 0), "amounts": (1, 1, 0)}


AFTER = [
    (TEXT + "\n\nThe harbour is open.", 0, 0),  # all stands where it stood
    (TEXT.replace("€2.50 million", "€3 million"), 1, 1),  # the reviewed words are gone
]


@pytest.mark.parametrize(("text", "decisions", "releases"), AFTER)
def test_what_is_reopened(store: Store, make_item: MakeItem, text: str, decisions: int, releases: int) -> None:
    ana = start(store, make_item())
    ana.do(Accept(targets=(ana.target("€2.50 million"),)))
    ana.do(SetStatus(status="done"))
    standing = load_standing(store, ana.release_id)
    assert standing is not None
    old, status = standing
    new = make_item(text=text, record={} if text.startswith(TEXT) else {"people": ()})
    texts = {old.release.text_sha256: old.release.text}
    found = compare_cases(old, Case(new.release, new.record, texts, old.reviews), is_done=status == "done")
    assert (found.reread, found.decisions["amounts"].reopened, found.reopened) == (1, decisions, releases)


def test_a_quote_of_the_text_is_one_line(make_item: MakeItem) -> None:
    item = make_item()
    long = Evidence(start=0, end=len(TEXT), text=TEXT)
    record = with_first(item.record, "organisations", mentions=(long,), kind="company")
    (example,) = compare_cases(case(item), case(item, record)).examples
    assert example.words is not None
    assert "\n" not in example.words.text
    assert len(example.words.text) <= 160
