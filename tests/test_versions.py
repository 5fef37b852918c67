"""Versions of a release and what each changed."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import build_app
from schemas.evidence import Party
from schemas.record import Commitment, Record
from store.database import Store, close_store, open_store
from store.models import Batch, Item
from store.save import save_batch
from store.versions import Change, compare_records, describe_versions, list_changes, load_versions

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def paid(payee: str, **fields: Any) -> Commitment:
    """A payment to somebody named in the first words of the made-up release."""
    party = Party(name=payee, start=0, end=7, text="Harbour")
    amount: dict[str, Any] = {"id": "c", "kind": "commitment", "amounts": ("a",), "currency": "EUR", "confidence": 1}
    return Commitment(value=Decimal(5), payee=party, **amount | fields)


def with_first(record: Record, field: str, **update: Any) -> Record:
    first, *rest = getattr(record, field)
    return record.model_copy(update={field: (first.model_copy(update=update), *rest)})


def change(field: str, value: str, what: str, *more: str | None) -> Change:
    return Change.model_validate(
        {"field": field, "value": value, "what": what} | dict(zip(("attribute", "old", "new"), more, strict=False))
    )


WAITED = "We have waited a long time"
QUOTE = "We have waited a long time …"
CHANGES: list[tuple[Callable[[Record], Record], list[Change]]] = [
    # nothing
    (lambda r: r, []),
    # where a value stands, its id and how sure it is are no news
    (lambda r: with_first(r, "dates", start=0, end=11, id="other", confidence=0.1), []),
    # a name that went
    (lambda r: r.model_copy(update={"people": ()}), [change("people", "Ana Reis", "removed")]),
    # a title that came to be known
    (lambda r: with_first(r, "people", title="chair"),
     [change("people", "Ana Reis", "changed", "title", "head", "chair")]),
    (lambda r: with_first(r, "organisations", kind=None),
     [change("organisations", "Norvik Foundation", "changed", "kind", "ngo", None)]),
    # another day is another date
    (lambda r: with_first(r, "dates", value="2026-05-05"),
     [change("dates", "2026-05-04", "removed"), change("dates", "2026-05-05", "added")]),
    # without a value a date is its words
    (lambda r: with_first(r, "dates", value=None),
     [change("dates", "2026-05-04", "removed"), change("dates", "“May 4, 2026”", "added")]),
    (lambda r: with_first(r, "amounts", qualifier="exact", payee=None),
     [change("amounts", "2500000 EUR", "changed", "qualifier", "up_to", "exact"),
      change("amounts", "2500000 EUR", "changed", "payee", "Harbour School", None)]),
    # the end of a quote
    (lambda r: with_first(r, "quotes", text=f"{WAITED} for it!"),
     [change("quotes", QUOTE, "changed", "text", f"{WAITED} for this,", f"{WAITED} for it!")]),
    # another speaker
    (lambda r: with_first(r, "quotes", speaker=None),
     [change("quotes", QUOTE, "changed", "speaker", "Ana Reis", None)]),
    # what a sum is a part of, by that sum
    (lambda r: with_first(r, "amounts", part_of=r.amounts[0].id),
     [change("amounts", "2500000 EUR", "changed", "part_of", None, "2500000 EUR")]),
    # what is to be looked at, by its kind
    (lambda r: r.model_copy(update={"checks": r.checks[1:]}), [change("checks", "vague_amount", "removed")]),
    (lambda r: r.model_copy(update={"release": r.release.model_copy(update={"issuer": None, "place": "Porto"})}),
     [change("release", "", "changed", "place", "Lisbon", "Porto"),
      change("release", "", "changed", "issuer", "Norvik Foundation", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "changes"), CHANGES)
def test_what_changes(make_item: MakeItem, edit: Callable[[Record], Record], changes: list[Change]) -> None:
    record = make_item().record
    assert compare_records(record, edit(record)) == changes


PAYMENTS = [
    ((paid("School"),), (paid("School", qualifier="about"),),
     [change("commitments", "5 EUR, ? → School", "changed", "qualifier", "exact", "about")]),
    ((paid("School"),), (paid("Harbour"),),  # another payee is another payment
     [change("commitments", "5 EUR, ? → School", "removed"), change("commitments", "5 EUR, ? → Harbour", "added")]),
    ((paid("School"), paid("School", qualifier="over")), (paid("School"),), []),  # known by the same: the first counts
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "changes"), PAYMENTS)
def test_payments(
    make_item: MakeItem, old: tuple[Commitment, ...], new: tuple[Commitment, ...], changes: list[Change]
) -> None:
    record = make_item().record
    before, after = (record.model_copy(update={"commitments": value}) for value in (old, new))
    assert compare_records(before, after) == changes


def save(store: Store, item: Item, days: int, **fields: Any) -> None:
    save_batch(store, Batch(seen_at=NOW + days * DAY, items=(item,), **fields))


def test_versions_come_oldest_first(store: Store, make_item: MakeItem) -> None:
    first, second = make_item(), make_item(text="Corrected\n\nNo grant was announced.")
    save(store, first, 0)
    save(store, first, 1)
    save(store, second, 2)
    found = load_versions(store, first.release.id[:6])
    assert [(v.text_sha256, v.is_current) for v in found] == [
        (first.release.text_sha256, False),
        (second.release.text_sha256, True),
    ]
    assert [(v.first_seen - NOW, v.last_seen - NOW) for v in found] == [(0 * DAY, DAY), (2 * DAY, 2 * DAY)]
    assert [v.record for v in found] == [first.record, second.record]
    said = list_changes(found)
    assert said[0] == []
    assert change("amounts", "2500000 EUR", "removed") in said[1]
    assert [len(row["changes"]) for row in describe_versions(found)] == [0, len(said[1])]


def test_of_one_text_the_current_record_is_shown(store: Store, make_item: MakeItem) -> None:
    save(store, make_item(version="2.0"), 0)
    save(store, make_item(version="1.0", record={"people": ()}), 0, reextracted=True)
    (version,) = load_versions(store, make_item().release.id)
    assert (version.extractor_version, version.record.people, version.is_current) == ("1.0", (), True)


def test_there_is_no_such_release(store: Store) -> None:
    assert load_versions(store, "nothing") == []
    assert list_changes([]) == []


def run(url: str, *arguments: str) -> str:
    done = CliRunner().invoke(build_app(), ["show", *arguments], env={"DATELINE_DATABASE": url})
    assert done.exit_code == 0, done.output
    return done.stdout


def test_show_prints_copies_and_versions(tmp_path: Path, make_item: MakeItem) -> None:
    url = f"sqlite:///{tmp_path / 'dateline.sqlite'}"
    store = open_store(url)
    first = make_item(signature=tuple(range(128)))
    other = make_item("2", release={"published": dt.date(2026, 5, 6)}, signature=tuple(range(128)))
    lone = make_item("3")
    save_batch(store, Batch(seen_at=NOW, items=(first, other, lone)))
    corrected = make_item(text="Corrected\n\nNo grant was announced.", signature=tuple(range(128)))
    save(store, corrected, 1)
    close_store(store)
    key = first.release.id
    assert f"Copy of {key} (norvik, 2026-05-04)\n" in run(url, other.release.id)
    assert f"Copies: {other.release.id} (norvik, 2026-05-06, similarity 1.00)\n" in run(url, key)
    assert "Cop" not in run(url, lone.release.id)
    table = run(url, key, "--versions")
    assert "2026-06-01 12:00" in table
    assert [line.split() for line in table.splitlines() if line.startswith("amounts")] == [
        ["amounts", "removed", "2500000", "EUR"]
    ]
    found = json.loads(run(url, key, "--versions", "--json"))
    assert [version["is_current"] for version in found] == [False, True]
    assert {"field": "people", "value": "Ana Reis", "what": "removed", "attribute": None, "old": None, "new": None} in (
        found[1]["changes"]
    )
