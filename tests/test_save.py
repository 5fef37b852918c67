"""Saving batches: the same rows however often, versions, quarantine, and exact values; on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from schemas.evidence import Party, When
from schemas.page import FetchedPage
from schemas.problem import Problem
from schemas.record import Amount, Check, Commitment, Event, Record
from schemas.review import Correct
from schemas.source import Link, Source
from store import tables
from store.database import Store, reading
from store.load import iter_pages, iter_records, load_quarantine, load_record, load_release
from store.models import Batch, Item, Saved
from store.reviews import load_reviews
from store.save import save_batch, save_sources
from store.status import load_status
from tests.counting import count_rows
from tests.reviewing import start

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)
PROBLEM = Problem(source="norvik", place="https://norvik.example/1", stage="fetch", code="http_404", message="gone")

DECIMALS = [
    ("0.1", "0.1"),  # no binary float is a tenth
    ("0.000000000000000001", "0.000000000000000001"),  # a wei
    ("123456789012345678901234.56", "123456789012345678901234.56"),  # more digits than a float has
    ("2.8E+6", "2800000"),
    ("100", "100"),  # zeros that are not idle
    ("2.50", "2.5"),
    ("-5", "-5"),
    ("0.00", "0"),
]

UNSTORABLE = [
    ({"text": "one\0two"}, "nul_character"),  # PostgreSQL keeps no NUL
    ({"text": "one \\\0two"}, "nul_character"),  # behind a backslash
    ({"title": "half \ud83d of a pair"}, "not_unicode"),
]


def rows(store: Store) -> dict[str, list[Any]]:
    """Everything in the database."""
    with reading(store) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables.metadata.sorted_tables
        }


def save(store: Store, *items: Item, seen_at: dt.datetime = NOW, **fields: Any) -> Saved:
    return save_batch(store, Batch(seen_at=seen_at, items=items, **fields))


def fetched(url: str = "https://norvik.example/1", fetched_at: dt.datetime = NOW, body: bytes = b"<p>") -> FetchedPage:
    link = Link(source="norvik", url=url, title="Hint", published=dt.date(2026, 5, 4))
    return FetchedPage(link=link, final_url=url + "/", status=200, fetched_at=fetched_at, body=body)


def test_what_was_saved_comes_back(store: Store, make_item: MakeItem) -> None:
    item = make_item(release={"issuer": "Given Issuer"})
    assert save(store, item) == Saved(new=1)
    assert load_release(store, item.release.id) == item.release
    assert load_record(store, item.release.id) == item.record


def test_the_same_batch_again_changes_no_row(store: Store, make_item: MakeItem) -> None:
    refused = make_item("3", "a\0b")
    batch = Batch(
        seen_at=NOW,
        items=(make_item("1", page=fetched()), make_item("2", place="in.jsonl#2"), refused),
        problems=(PROBLEM.model_copy(update={"place": "https://norvik.example/9"}),),
        pages=(fetched("https://norvik.example/9"),),
    )
    first = save_batch(store, batch)
    before = rows(store)
    again = save_batch(store, batch)
    assert rows(store) == before
    assert (first.new, again.new, again.unchanged) == (2, 0, 2)
    assert [problem.code for problem in first.problems] == ["http_404", "nul_character"]


def test_the_order_of_batches_does_not_matter(store: Store, make_item: MakeItem) -> None:
    """A page fetched earlier but saved later is kept as a version and is not the current one."""
    old, new = (
        make_item(text="Old", page=fetched(body=b"old")),
        make_item(text="New", page=fetched(fetched_at=LATER, body=b"new")),
    )
    save(store, new)
    assert save(store, old) == Saved(unchanged=1)
    assert load_release(store, old.release.id) == new.release
    assert count_rows(store)["release_version"] == 2
    assert [record.release.title for record in iter_records(store)] == ["New"]


def test_another_text_is_another_version(store: Store, make_item: MakeItem) -> None:
    first, second = make_item(), make_item(text="Corrected\n\nNo grant was announced.")
    save(store, first)
    assert save(store, second, seen_at=LATER) == Saved(changed=1)
    assert load_record(store, first.release.id) == second.record
    counts = count_rows(store)
    assert (counts["release"], counts["release_version"], counts["record"], counts["amount"]) == (1, 2, 2, 0)
    assert save(store, first, seen_at=LATER) == Saved(changed=1)  # back to what it was: no third version
    assert load_record(store, first.release.id) == first.record
    assert count_rows(store)["release_version"] == 2


def test_first_and_last_seen(store: Store, make_item: MakeItem) -> None:
    for moment in (LATER, NOW):
        save(store, make_item(), seen_at=moment.astimezone(dt.timezone(dt.timedelta(hours=-7))))
    with reading(store) as connection:
        row = connection.execute(select(tables.release.c.first_seen, tables.release.c.last_seen)).one()
    assert [moment.replace(tzinfo=dt.UTC) if not moment.tzinfo else moment for moment in row] == [NOW, LATER]


def test_one_release_twice_in_a_batch(store: Store, make_item: MakeItem) -> None:
    first, second = make_item(), make_item(text="Corrected")
    assert save(store, first, first, second) == Saved(new=1)
    assert load_record(store, first.release.id) == second.record


def test_extracting_again(store: Store, make_item: MakeItem) -> None:
    save(store, make_item())
    better = make_item(version="2.0", record={"people": ()})
    assert save(store, better, seen_at=LATER, reextracted=True) == Saved(unchanged=1)
    assert load_record(store, better.release.id) == better.record
    counts = count_rows(store)
    assert (counts["record"], counts["person"], counts["organisation"]) == (2, 0, 2)
    assert load_status(store).sources[0].last_seen == NOW  # it was not looked for at its source


def test_extracting_again_what_has_changed_meanwhile(store: Store, make_item: MakeItem) -> None:
    save(store, make_item(text="Old"))
    save(store, make_item(text="New"), seen_at=LATER)
    save(store, make_item(text="Old", version="2.0"), seen_at=LATER, reextracted=True)
    assert [(record.release.title, record.extractor_version) for record in iter_records(store)] == [("New", "1.0")]


def test_reviews_are_never_touched(store: Store, make_item: MakeItem) -> None:
    item = make_item()
    ana = start(store, item)
    ana.do(Correct(target=ana.target("€2.50 million"), changes={"kind": "price"}))
    decided = load_reviews(store, item.release.id)
    assert [review.verdict for review in decided] == ["corrected"]
    for again in (item, make_item(version="2.0", record={"amounts": ()}), make_item(text="Other")):
        save(store, again)
        assert load_reviews(store, item.release.id) == decided


@pytest.mark.parametrize(("written", "digits"), DECIMALS)
def test_amounts_keep_every_digit(store: Store, make_item: MakeItem, written: str, digits: str) -> None:
    amount = Amount(
        id="a", value=Decimal(written), currency="EUR", rule="r", confidence=1, start=0, end=7, text="Harbour"
    )
    item = make_item(record={"amounts": (amount,)})
    save(store, item)
    with reading(store) as connection:
        kept = connection.execute(select(tables.amount.c.value, tables.amount.c.value_number)).one()
    assert format(Decimal(kept.value), "f") == digits
    assert kept.value_number == float(written)
    found = load_record(store, item.release.id)
    assert found is not None
    assert found.amounts[0].value == Decimal(written)


def test_the_same_sum_in_another_currency_is_kept(store: Store, make_item: MakeItem) -> None:
    at: dict[str, Any] = {"rule": "r", "confidence": 1, "start": 0, "end": 7, "text": "Harbour"}
    dollars = Amount(id="a", value=Decimal(5), currency="USD", **at)
    euros = Amount(id="b", value=Decimal(4), currency="EUR", equals="a", **at)
    item = make_item(record={"amounts": (dollars, euros)})
    save(store, item)
    with reading(store) as connection:
        joined = (
            "SELECT a.value, b.value FROM amount b JOIN amount a ON a.id = b.equals AND a.release_id = b.release_id"
        )
        assert [tuple(map(str, row)) for row in connection.execute(text(joined))] == [("5", "4")]
    found = load_record(store, item.release.id)
    assert found is not None
    assert [amount.equals for amount in found.amounts] == [None, "a"]


def test_value_rows_can_be_joined(store: Store, make_item: MakeItem) -> None:
    save(store, make_item())
    payments = """SELECT payer.name, payee.name FROM amount
        JOIN organisation payer ON payer.id = payer_id JOIN organisation payee ON payee.id = payee_id"""
    answers: list[tuple[str, list[tuple[Any, ...]]]] = [
        (payments, [("Norvik Foundation", "Harbour School")]),
        (
            "SELECT number, code, text FROM record_check ORDER BY 1",
            [(1, "vague_amount", "Harbour"), (2, "text_too_short", None)],
        ),
        ("SELECT o.name FROM person JOIN organisation o ON o.id = organisation_id", [("Harbour School",)]),
        ("SELECT p.name FROM quote JOIN person p ON p.id = speaker_id", [("Ana Reis",)]),
        ("SELECT text FROM mention WHERE entity_kind = 'person'", [("Ana Reis",)]),
    ]
    with reading(store) as connection:
        for query, answer in answers:
            assert [tuple(row) for row in connection.execute(text(query))] == answer, query


def test_where_values_stand_and_what_says_so(store: Store, make_item: MakeItem) -> None:
    save(store, make_item())
    answers: list[tuple[str, list[tuple[Any, ...]]]] = [
        ("SELECT number, kind, about FROM section ORDER BY 1",
         [(1, "headline", None), (2, "body", None), (3, "notes", "Harbour School")]),
        ("SELECT o.name FROM section JOIN organisation o ON o.id = about_id", [("Harbour School",)]),
        ("SELECT name, rule, section FROM person", [("Ana Reis", "model:names", "body")]),
        ("SELECT DISTINCT rule, section FROM organisation", [("model:names", None)]),
        ("SELECT role, section FROM date_mention ORDER BY start_char", [("dateline", "body"), (None, "notes")]),
        ("SELECT rule, confidence, section FROM quote", [("quotation_marks", 1.0, "body")]),
        ("SELECT field, attribute, rule, confidence FROM reason ORDER BY 1, 2",
         [("amounts", "payee", "model:parties", 0.7), ("amounts", "payer", "model:parties", 0.7),
          ("people", "title", "model:positions", 0.9), ("quotes", "speaker", "said_name", 0.95)]),
        ("SELECT q.speaker FROM reason JOIN quote q ON q.id = value_id", [("Ana Reis",)]),
        ("SELECT text, day, is_past FROM event",
         [("Norvik Foundation will give the Harbour School up to €2.50 million", None, False)]),
        ("SELECT review_priority FROM release", [(1.5,)]),
        ("SELECT value_id FROM record_check", [(None,), (None,)]),
    ]  # fmt: skip
    with reading(store) as connection:
        for query, answer in answers:
            assert [tuple(row) for row in connection.execute(text(query))] == answer, query


def test_every_word_of_a_payment_has_its_place(store: Store, make_item: MakeItem) -> None:
    """The offsets of each column with words lead to these words in the stored text."""
    words = "Norvik gives the School €9 for boats over two years, from 2026 to 2027, signed on 4 May 2026, in Lisbon."
    at: dict[str, Any] = {piece: {"start": words.index(piece), "end": words.index(piece) + len(piece), "text": piece}
          for piece in ("Norvik", "School", "€9", "boats", "2026 to 2027", "4 May 2026", "Lisbon")}  # fmt: skip
    described: dict[str, Any] = {
        "value": Decimal(9), "currency": "EUR", "kind": "commitment", "confidence": 0.5,
        "purpose": at["boats"], "period": {**at["2026 to 2027"], "value": "2026/2027"},
    }  # fmt: skip
    amount = Amount(id="a", payer_words=at["Norvik"], payee_words=at["School"], part_of="b", rule="r",
                    **described, **at["€9"])  # fmt: skip
    day = When(value="2026-05-04", **at["4 May 2026"])
    paid = Commitment(id="c", amounts=("a", "a", "b"), payer=Party(name="Norvik", **at["Norvik"]),
                      payee=Party(name="The School", **at["School"]), day=day, **described)  # fmt: skip
    event = Event(id="e", when=day, place=at["Lisbon"], rule="r", confidence=0.5, **at["Norvik"])
    save(store, make_item(text=words, record={"amounts": (amount,), "commitments": (paid,), "events": (event,)}))
    both = {"": "€9", "payer": "Norvik", "payee": "School", "purpose": "boats", "period": "2026 to 2027"}
    for table, places in (
        (tables.amount, both),
        (tables.commitment, both | {"day": "4 May 2026"}),
        (tables.event, {"": "Norvik", "day": "4 May 2026", "place": "Lisbon"}),
    ):
        with reading(store) as connection:
            row = connection.execute(select(table)).mappings().one()
        for name, piece in places.items():
            column = {"": "text", "payer": "payer_text", "payee": "payee_text"}.get(name, name)
            prefix = f"{name}_" if name else ""
            start, end = row[f"{prefix}start_char"], row[f"{prefix}end_char"]
            assert (row[column], words[start:end]) == (piece, piece), (table.name, name)
    with reading(store) as connection:
        period = select(tables.commitment.c.period_value, tables.commitment.c.period_first_day)
        assert tuple(connection.execute(period).one()) == ("2026/2027", dt.date(2026, 1, 1))
        days = select(tables.commitment.c.day_value, tables.commitment.c.last_day)
        assert tuple(connection.execute(days).one()) == ("2026-05-04", dt.date(2026, 5, 4))
        tellings = select(tables.commitment_amount.c.amount_id).order_by(tables.commitment_amount.c.number)
        assert connection.execute(tellings).scalars().all() == ["a", "b"]
        value = connection.execute(select(tables.commitment.c.value, tables.commitment.c.value_number)).one()
        assert (str(value[0]), value[1]) == ("9", 9.0)


def test_a_payment_whose_amount_is_gone_is_kept(store: Store, make_item: MakeItem) -> None:
    item = make_item(record={"amounts": ()})
    save(store, item)
    with reading(store) as connection:
        assert connection.execute(text("SELECT payer, start_char, text FROM commitment")).one() == (
            "Norvik Foundation",
            None,
            None,
        )


def test_days_that_a_date_covers(store: Store, make_item: MakeItem) -> None:
    save(store, make_item())
    date, day = tables.date_mention.c, dt.date(2026, 5, 4)
    found = select(date.value, date.first_day, date.last_day).order_by(date.start_char)
    with reading(store) as connection:
        rows = [tuple(row) for row in connection.execute(found)]
    assert rows == [("2026-05-04", day, day), ("FY2027", None, None)]


@pytest.mark.parametrize(("fields", "code"), UNSTORABLE)
def test_what_cannot_be_stored_is_quarantined(
    store: Store, make_item: MakeItem, fields: dict[str, str], code: str
) -> None:
    saved = save(store, make_item("bad", "Bad", release=fields), make_item("good"))
    assert [(problem.stage, problem.code) for problem in saved.problems] == [("save", code)]
    assert (saved.new, len(load_quarantine(store))) == (1, 1)


def test_text_about_nul_is_stored(store: Store, make_item: MakeItem) -> None:
    assert save(store, make_item(text=r"JSON writes it as \u0000 or \\u0000")).new == 1


@pytest.mark.parametrize("kind", ["people", "organisations", "dates", "amounts", "quotes", "events", "commitments"])
def test_values_with_one_id_are_quarantined(store: Store, make_item: MakeItem, kind: str) -> None:
    values = getattr(make_item().record, kind)[:1] * 2
    assert [problem.code for problem in save(store, make_item(record={kind: values})).problems] == ["id_twice"]


def test_an_id_belongs_to_one_source(store: Store, make_item: MakeItem) -> None:
    save(store, make_item())
    saved = save(store, make_item(release={"source": "other"}))
    assert [problem.code for problem in saved.problems] == ["id_taken"]
    assert [record.release.source for record in iter_records(store)] == ["norvik"]


def test_a_success_clears_quarantine(store: Store, make_item: MakeItem) -> None:
    elsewhere = PROBLEM.model_copy(update={"place": "in.jsonl#7"})
    save(store, problems=(PROBLEM, elsewhere))
    assert save(store, make_item("1"), seen_at=LATER).cleared == 1  # by its URL
    assert save(store, make_item("2", place="in.jsonl#7"), seen_at=LATER).cleared == 1
    assert load_quarantine(store) == []


def test_tries_are_counted(store: Store) -> None:
    for moment in (NOW, LATER, LATER):  # the last is a repetition of the same batch
        save(store, problems=(PROBLEM.model_copy(update={"message": f"gone\0 \ud800 {moment:%d}"}),), seen_at=moment)
    (entry,) = load_quarantine(store, "norvik")
    assert (entry.tries, entry.first_seen, entry.last_seen) == (2, NOW, LATER)
    assert entry.problem.message == r"gone\x00 \ud800 02"


def test_pages_are_kept_for_reading_again(store: Store, make_item: MakeItem) -> None:
    long = fetched("https://norvik.example/" + "x" * 9000, body=b"2")  # longer than PostgreSQL's index entries
    save(store, pages=(fetched(), long))
    assert [page.release_id for page in iter_pages(store, "norvik", unread=True)] == [None, None]
    item = make_item(page=fetched())
    save(store, item)
    save(store, pages=(fetched(),))  # late news of the same page without a release
    pages = {page.link.url: page for page in iter_pages(store)}
    assert pages["https://norvik.example/1"].release_id == item.release.id
    assert pages["https://norvik.example/1"].link == fetched().link
    assert pages["https://norvik.example/1"].fetched_at == NOW
    assert [page.link.url for page in iter_pages(store, unread=True)] == [long.link.url]


def test_settings_of_sources(store: Store) -> None:
    source = Source.model_validate({"name": "norvik", "url": "https://norvik.example/feed", "discover": "feed"})
    for _ in range(2):
        save_sources(store, [source])
    with reading(store) as connection:
        settings = connection.execute(select(tables.source.c.settings)).scalar_one()
    assert Source.model_validate(settings) == source


def test_an_item_holds_together(make_item: MakeItem) -> None:
    one, other = make_item("1"), make_item("2")
    with pytest.raises(ValueError, match="describes"):
        Item(release=one.release, record=other.record)
    with pytest.raises(ValueError, match="another version"):
        Item(release=make_item("1", "Other").release, record=one.record)
    shifted = one.record.dates[0].model_copy(update={"start": 1, "end": 12})
    with pytest.raises(ValueError, match="the release says"):
        make_item(record={"dates": (shifted,)})


def test_a_check_knows_its_value(store: Store, make_item: MakeItem) -> None:
    item = make_item()
    check = Check(code="unclear_currency", message="whose?", value_id=item.record.amounts[0].id)
    save(store, make_item(record={"checks": (check,)}))
    with reading(store) as connection:
        joined = "SELECT a.text FROM record_check c JOIN amount a ON a.release_id = c.release_id AND a.id = c.value_id"
        assert connection.execute(text(joined)).scalar_one() == "€2.50 million"


def test_a_check_without_a_place_and_an_empty_record(store: Store, make_item: MakeItem) -> None:
    item = make_item(text="Nothing", record={"checks": (Check(code="issuer_unknown", message="found"),)})
    save(store, item)
    assert isinstance(load_record(store, item.release.id), Record)
