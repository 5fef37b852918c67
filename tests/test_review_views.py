"""Every view of the review desk: no violation that axe-core finds, nothing cut off, in light and dark, at three sizes.

With DATELINE_SCREENSHOTS set, the pictures of docs/review.md are made anew.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from schemas.page import utc_now
from schemas.review import Accept, Act, Action, Correct, Reject, SetStatus, Target
from schemas.values import derive_id
from store.database import Store
from store.models import Item
from store.review_desk import load_sheet
from store.review_events import act
from tests.conftest import SCREENSHOTS, _make_item
from tests.review_desk_pages import choose, wait_saved
from tests.review_desk_site import Server, filled_store, hostile_item, serving

PICTURES = Path(__file__).parent.parent / "docs" / "review"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = {"wide": (1280, 800), "tablet": (1024, 768), "upright": (768, 1024)}
MINUTES = 20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Item]]:
    """A desk with releases in every state."""
    folder = tmp_path_factory.mktemp("views")
    items = [_make_item(str(number), record={"review_priority": 8.5 - number}) for number in range(6)]
    items.append(hostile_item(_make_item))
    with filled_store(folder, items) as store:
        for number, item in enumerate(items[1:5], 1):
            person, school = item.record.people[0].id, item.record.organisations[1].id
            actions: list[Action] = [
                Accept(targets=(Target(field="people", value_id=person),)),
                Reject(targets=(Target(field="organisations", value_id=school),)),
                Correct(target=Target(field="people", value_id=person), changes={"title": "director"}),
                SetStatus(status="done" if number % 2 else "skipped"),
            ]
            for seen, action in enumerate(actions[: 4 if number < 4 else 3]):
                act(store, Act(release_id=item.release.id, action=action, reviewer="ben" if number == 2 else "ana",
                               at=utc_now(), seen=seen, request_id=derive_id(number, seen)))  # fmt: skip
        _second_opinion(store, items[1])
        with serving(folder, "--reviewer", "ana", DATELINE_REVIEW_SHARE="1") as server:
            yield server, items[4]


def _second_opinion(store: Store, item: Item) -> None:
    """Cleo accepts what Ana has corrected and rejected."""
    values = load_sheet(store, item.release.id, "cleo", utc_now(), 2).values
    targets = tuple(Target(field=shown.field, value_id=shown.value_id) for shown in values)
    for action in (Accept(targets=targets), SetStatus(status="done")):
        seen = load_sheet(store, item.release.id, "cleo", utc_now(), 2).seen
        act(store, Act(release_id=item.release.id, action=action, reviewer="cleo", at=utc_now(), seen=seen,
                       request_id=derive_id("cleo", action.kind), opinion=2))  # fmt: skip


def _queue(page: Page, url: str, _item: Item) -> None:
    page.goto(url)


def _found(page: Page, url: str, _item: Item) -> None:
    page.goto(f"{url}/?words=harbour&status=all")


def _desk(page: Page, url: str, item: Item) -> None:
    page.goto(f"{url}/desk/{item.release.id}")
    choose(page, "2,500,000")


def _correct(page: Page, url: str, item: Item) -> None:
    _desk(page, url, item)
    page.keyboard.press("c")
    page.locator("#dialog form").wait_for()


def _merge(page: Page, url: str, item: Item) -> None:
    page.goto(f"{url}/desk/{item.release.id}")
    choose(page, "Norvik")
    page.keyboard.press("g")
    page.locator("#dialog form").wait_for()


def _comment(page: Page, url: str, item: Item) -> None:
    page.goto(f"{url}/desk/{item.release.id}")
    page.keyboard.press("m")
    page.locator("#dialog form").wait_for()


def _hostile(page: Page, url: str, _item: Item) -> None:
    page.goto(f"{url}/desk/{derive_id('release', 'hostile')}")
    page.locator(".row.current").wait_for()


def _keys(page: Page, url: str, item: Item) -> None:
    page.goto(f"{url}/desk/{item.release.id}")
    page.locator(".row.current").wait_for()
    page.keyboard.press("?")


def _history(page: Page, url: str, item: Item) -> None:
    page.goto(f"{url}/desk/{item.release.id}/history")


def _work(page: Page, url: str, _item: Item) -> None:
    page.goto(f"{url}/work")


def _opinions(page: Page, url: str, _item: Item) -> None:
    page.goto(f"{url}/opinions")


def _choose(page: Page, url: str, _item: Item) -> None:
    page.goto(f"{url}/desk/{derive_id('release', '1')}/choose")
    page.locator(".dispute").first.wait_for()


def _error(page: Page, url: str, _item: Item) -> None:
    page.goto(f"{url}/desk/none")


VIEWS = {
    "queue": _queue, "found": _found, "desk": _desk, "correct": _correct, "merge": _merge, "comment": _comment,
    "hostile": _hostile, "keys": _keys, "history": _history, "work": _work, "opinions": _opinions,
    "choose": _choose, "error": _error,
}  # fmt: skip
PICTURED = ("queue", "desk", "correct", "keys", "history", "work", "opinions", "choose")


@pytest.mark.parametrize("name", VIEWS)
def test_views(chromium: Browser, site: tuple[Server, Item], name: str) -> None:
    server, item = site
    context = chromium.new_context()
    page = context.new_page()
    _resize(page, "wide")
    VIEWS[name](page, server.url, item)
    wait_saved(page)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        if SCREENSHOTS and name in PICTURED and (scheme == "light" or name == "desk"):
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}-{scheme}.png")
    for size in SIZES:
        _resize(page, size)
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{size}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is cut off at {size}"
        if page.locator("main.desk").count():
            assert page.evaluate("document.body.scrollHeight <= innerHeight"), f"{name}: the page itself scrolls"
        small = page.evaluate(SMALL)
        assert small == [], f"smaller than 24 pixels: {small}"
    context.close()


def _resize(page: Page, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})


SMALL = """() => Array.from(document.querySelectorAll("button, summary, input:not([type=hidden]), select, .button"))
    .filter(each => each.checkVisibility())
    .map(each => [each.outerHTML.slice(0, 80), each.closest("label.check") ?? each])
    .filter(([, each]) => { const box = each.getBoundingClientRect(); return box.height < 24 || box.width < 24; })
    .map(([said]) => said)"""
"""What is to be hit with a finger or a mouse and is too small for it."""
