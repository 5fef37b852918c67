"""The desk's sheet, claims, and reviewed records; on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Callable

import pytest

from schemas.review import Accept, Comment, Correct, Reject, Restore, SetStatus, Undo
from store.database import Store
from store.models import Batch, Item
from store.review_desk import claim_release, drop_claim, iter_reviewed, load_reviewed, load_sheet
from store.review_errors import ReviewError
from store.save import save_batch
from tests.reviewing import NOW, Reviewer, called, start

MakeItem = Callable[..., Item]
LATER = NOW + dt.timedelta(minutes=11)


@pytest.fixture
def ana(store: Store, make_item: MakeItem) -> Reviewer:
    """A reviewer before the made-up release."""
    return start(store, make_item())


def test_a_sheet_of_what_nobody_decided(ana: Reviewer) -> None:
    sheet = ana.sheet()
    assert (sheet.status, sheet.seen, sheet.undo, sheet.redo, sheet.claim) == ("open", 0, None, None, None)
    assert [called(one) for one in sheet.values] == [
        *("May 4, 2026", "Norvik Foundation", "Harbour School", "€2.50 million"),
        *("We have waited a long time for this,", "Ana Reis", "FY2027"),
    ]
    with pytest.raises(ReviewError, match="there is no release 'nothing'; the queue has those"):
        load_sheet(ana.store, "nothing", "ana", NOW)


def test_undo_and_redo_are_the_reviewers_own(ana: Reviewer) -> None:
    ben = ana._replace(name="ben")
    ana.do(Reject(targets=(ana.target("FY2027"),)))
    ben.do(Reject(targets=(ana.target("May 4, 2026"),)))
    assert (ana.sheet().undo, ben.sheet().undo) == (1, 2)
    ana.do(Undo(number=1))
    assert (ana.sheet().undo, ana.sheet().redo) == (None, 3)
    ana.do(Undo(number=3))
    assert (ana.sheet().undo, ana.sheet().redo) == (4, None)
    ana.do(Undo(number=4))
    ana.do(Comment(text="hm"))  # something new: nothing is done again
    assert (ana.sheet().undo, ana.sheet().redo) == (6, None)
    assert ben.sheet().undo == 2


def test_a_claim_is_seen_by_others_and_ends(ana: Reviewer) -> None:
    own = claim_release(ana.store, ana.release_id, "ana", NOW)
    assert claim_release(ana.store, ana.release_id, "ben", NOW) == own
    assert load_sheet(ana.store, ana.release_id, "ben", NOW).claim == own
    drop_claim(ana.store, ana.release_id, "ben")  # not theirs to give
    assert claim_release(ana.store, ana.release_id, "ben", NOW) == own
    assert load_sheet(ana.store, ana.release_id, "ben", LATER).claim is None
    assert claim_release(ana.store, ana.release_id, "ben", LATER).reviewer == "ben"
    drop_claim(ana.store, ana.release_id, "ben")
    assert load_sheet(ana.store, ana.release_id, "ben", LATER).claim is None
    assert claim_release(ana.store, ana.release_id, "cem", NOW, opinion=2).reviewer == "cem"  # of their own
    with pytest.raises(ReviewError, match="there is no release 'nothing'"):
        claim_release(ana.store, "nothing", "ana", NOW)


def test_a_claim_keeps_nobody_out_and_goes_with_the_work(ana: Reviewer) -> None:
    claim_release(ana.store, ana.release_id, "ana", NOW - dt.timedelta(minutes=9))
    ana.do(Accept(targets=(ana.target("FY2027"),)))  # goes on: so does the claim
    assert (claim := ana.sheet().claim) is not None
    assert claim.until == NOW + dt.timedelta(minutes=10)
    ana._replace(name="ben").do(Accept(targets=(ana.target("May 4, 2026"),)))
    assert (claim := ana.sheet().claim) is not None
    assert claim.reviewer == "ana"
    ana.do(SetStatus(status="done"))
    assert ana.sheet().claim is None


def test_the_reviewed_record_stands_beside_the_extracted_one(ana: Reviewer, make_item: MakeItem) -> None:
    item = make_item()
    save_batch(ana.store, Batch(seen_at=NOW, items=(make_item("2"),)))
    assert list(iter_reviewed(ana.store)) == []
    ana.do(Correct(target=ana.target("Harbour School"), changes={"name": "The School"}))
    ana.do(SetStatus(status="done"))
    ((release, machine, human),) = iter_reviewed(ana.store)
    assert (release, machine, human) == (item.release, item.record, load_reviewed(ana.store, ana.release_id))
    assert human.amounts[0].payee == "The School"
    assert list(iter_reviewed(ana.store, source="other")) == []
    assert len(list(iter_reviewed(ana.store, source="norvik", status=("open", "done")))) == 2
    assert load_reviewed(ana.store, "nothing") is None
    ana.do(Restore(number=0))
    assert load_reviewed(ana.store, ana.release_id) == item.record
