"""What the tests of the review desk in a browser share: pages that tell what went wrong in them, and short ways."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from schemas.page import utc_now
from schemas.review import DeskSheet, ReviewEvent, Shown
from store.database import Store
from store.models import Item
from store.review_desk import load_sheet
from tests.review_desk_site import Server

MakeItem = Callable[..., Item]


@contextmanager
def open_page(chromium: Browser, server: Server, path: str = "/") -> Iterator[Page]:
    """A page of the desk; at its end nothing may have failed in it, nor been kept back by the policy."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    try:
        with open_tab(context, server, path) as page:
            yield page
    finally:
        context.close()


@contextmanager
def open_tab(context: BrowserContext, server: Server, path: str = "/") -> Iterator[Page]:
    context.set_default_timeout(15_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("console", lambda said: _hear(said.text, wrong))
    page.goto(server.url + path)
    page.evaluate("window.unbroken = true")
    yield page
    assert wrong == [], wrong


def _hear(said: str, wrong: list[str]) -> None:
    """What the console says, without what it says of answers: those are looked at where they matter."""
    if "Failed to load resource" not in said and "ERR_" not in said:
        wrong.append(said)


def wait_saved(page: Page) -> None:
    """Wait until the desk says that all is saved."""
    expect(page.locator("#saving")).to_have_text("All saved", timeout=15_000)


def wait_until(page: Page, is_so: Callable[[], object]) -> None:
    """Wait until something outside of the page is so."""
    for _ in range(300):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never was so")


def assert_same_page(page: Page) -> None:
    """No page was loaded since the first."""
    assert page.evaluate("window.unbroken") is True, page.url


def row_of(page: Page, name: str) -> Any:
    return page.locator("#panel .row", has=page.locator(".head", has_text=name)).first


def choose(page: Page, name: str) -> None:
    """Click on a value: on what it is called, for below may be buttons."""
    row_of(page, name).locator(".head").click()


def save_form(page: Page) -> None:
    """Save what is filled in, and wait until the form is gone."""
    page.locator("#dialog form button.main").click()
    expect(page.locator("#dialog")).to_be_hidden()


def select_words(page: Page, words: str) -> None:
    """Select words of the text as a mouse would."""
    page.evaluate(
        """words => {
            const walker = document.createTreeWalker(document.getElementById("words"), NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at >= 0) return getSelection().setBaseAndExtent(node, at, node, at + words.length);
            }
            throw new Error("not in one piece of the text: " + words);
        }""",
        words,
    )


def sheet_of(store: Store, item: Item) -> DeskSheet:
    return load_sheet(store, item.release.id, "ana", utc_now())


def value_of(store: Store, item: Item, name: str) -> Shown:
    return next(
        shown for shown in sheet_of(store, item).values if name in str(shown.value.get("name") or shown.value["text"])
    )


def kinds_of(events: list[ReviewEvent]) -> list[str]:
    return [event.action.kind for event in events]
