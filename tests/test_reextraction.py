"""The present extractor over stored texts: shown before it is stored, resumed, reviews kept."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build_app
from flows.reextract import table_rows
from flows.reextraction import Order, reextract_stored
from schemas.comparison import Comparison
from schemas.review import Accept, SetStatus
from schemas.selection import Selection
from schemas.settings import Settings
from store.database import Store, close_store, open_store
from store.load import iter_records
from store.models import Batch, Item
from store.review_desk import load_sheet
from store.reviews import load_reviews
from store.save import save_batch
from store.status import load_status
from tests.reviewing import NOW, Reviewer

MakeItem = Callable[..., Item]
NUMBER = 7


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, model="fast", batch_size=2)


@pytest.fixture
def opened(settings: Settings, make_item: MakeItem) -> Iterator[Store]:
    """A store with releases that an older extractor described."""
    store = open_store(settings.database_url)
    items = [make_item(str(n), release={"id": str(n)}, record={"quotes": ()} if n else {}) for n in range(NUMBER)]
    save_batch(store, Batch(seen_at=NOW, items=tuple(items)))
    yield store
    close_store(store)


def last(settings: Settings, order: Order) -> Comparison:
    return list(reextract_stored(settings, order))[-1]


def versions(store: Store) -> list[str]:
    return [record.extractor_version.rpartition(".")[2] for record in iter_records(store)]


def test_it_is_shown_and_then_stored(settings: Settings, opened: Store) -> None:
    ana = Reviewer(opened, "0")
    ana.do(Accept(targets=(ana.target("Ana Reis", "people"), ana.target("FY2027"))))
    ana.do(SetStatus(status="done"))
    reviews, before = load_reviews(opened, "0"), list(iter_records(opened))
    shown = last(settings, Order())
    assert list(iter_records(opened)) == before  # nothing is written
    assert (shown.due, shown.known, shown.compared, shown.differing, shown.failed) == (NUMBER, 0, NUMBER, NUMBER, 0)
    assert shown.counts["quotes"][""].added == NUMBER - 1
    assert {field: found.kept for field, found in shown.decisions.items()} == {"people": 1, "dates": 1}
    applied = last(settings, Order(apply=True))
    assert applied.model_copy(update={"applied": False, "seconds": shown.seconds}) == shown
    assert versions(opened) == ["fast"] * NUMBER
    assert load_reviews(opened, "0") == reviews
    assert load_sheet(opened, "0", "ana", NOW).status == "done"
    assert [one.review is not None for one in load_sheet(opened, "0", "ana", NOW).values].count(True) == 2
    again = last(settings, Order(apply=True))
    assert (again.due, again.known, again.compared) == (0, NUMBER, 0)
    assert {run.state for run in load_status(opened).runs} == {"finished"}


def test_one_that_was_stopped_goes_on(settings: Settings, opened: Store) -> None:
    with closing(reextract_stored(settings, Order(apply=True))) as steps:
        next(steps)
        assert next(steps).compared == settings.batch_size
    assert versions(opened) == ["fast"] * 2 + ["0"] * (NUMBER - 2)
    rest = last(settings, Order(apply=True, workers=2))
    assert (rest.due, rest.known, rest.compared) == (NUMBER - 2, 2, NUMBER - 2)
    assert versions(opened) == ["fast"] * NUMBER


def test_the_command(settings: Settings, opened: Store) -> None:
    environment = {"DATELINE_DATA_DIR": str(settings.data_dir), "DATELINE_MODEL": "fast"}

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(build_app(), ["reextract", *arguments], env=environment)
        assert done.exit_code == code, done.output
        return done.stdout

    shown = run("--where", "id IN ('0', '1')")
    assert ["quotes", "1", "1"] in [line.split() for line in shown.splitlines()]
    assert "\n  1 quotes We have waited a long time … added\n    … " in shown
    assert "2 of 2 releases by another extractor looked at, 2 say otherwise. Nothing is written yet" in shown
    found = json.loads(run("--sample", "3", "--json"))
    assert (found["due"], found["compared"], found["whole"], found["applied"]) == (NUMBER, 3, True, False)
    assert "no stored release is meant; `dateline status` says" in run("--source", "nobody")
    assert (
        "--sample is for looking" in CliRunner().invoke(build_app(), ["reextract", "--sample", "3", "--apply"]).output
    )
    assert versions(opened) == ["0"] * NUMBER
    assert "The new records are stored" in run("--apply")
    assert run() == f"\nNothing to do: all {NUMBER} selected releases are by this extractor already.\n"


def test_rows_for_prefects_page(settings: Settings, opened: Store) -> None:
    rows = table_rows(last(settings, Order(Selection(where="id = '1'"))))
    counts = {"added": 1, "removed": 0, "changed": 0, "same": 0, "kept": 0}
    assert {"field": "quotes", "attribute": "", **counts} in rows
