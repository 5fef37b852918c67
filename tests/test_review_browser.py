"""The review desk in a real browser: a morning's work by keys and by mouse, two people, lost servers, hostile text."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from store.review_desk import load_sheet
from store.review_events import load_events

from review.accounts import User, hash_password, save_users
from schemas.page import utc_now
from schemas.review import DeskSheet, ReviewEvent, Shown
from store.database import Store
from store.models import Item
from tests.conftest import TEXT
from tests.review_desk_site import HOSTILE, Server, filled_store, hostile_item, serving

MakeItem = Callable[..., Item]


@contextmanager
def _page(chromium: Browser, server: Server, path: str = "/") -> Iterator[Page]:
    """A page of the desk; at its end nothing may have failed in it, nor been kept back by the policy."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    try:
        with _tab(context, server, path) as page:
            yield page
    finally:
        context.close()


@contextmanager
def _tab(context: BrowserContext, server: Server, path: str = "/") -> Iterator[Page]:
    context.set_default_timeout(15_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("console", lambda said: _hear(said.text, wrong))
    page.goto(server.url + path)
    page.evaluate("window.unbroken = true")
    yield page
    assert wrong == []


def _hear(said: str, wrong: list[str]) -> None:
    """What the console says, without what it says of answers: those are looked at where they matter."""
    if "Failed to load resource" not in said and "ERR_" not in said:
        wrong.append(said)


def _saved(page: Page) -> None:
    """Wait until the desk says that all is saved."""
    expect(page.locator("#saving")).to_have_text("All saved")


def _same_page(page: Page) -> None:
    """No page was loaded since the first."""
    assert page.evaluate("window.unbroken") is True


def _row(page: Page, name: str) -> Any:
    return page.locator("#panel .row", has=page.locator(".head", has_text=name)).first


def _select(page: Page, words: str) -> None:
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


def _sheet(store: Store, item: Item) -> DeskSheet:
    return load_sheet(store, item.release.id, "ana", utc_now())


def _value(store: Store, item: Item, name: str) -> Shown:
    return next(
        shown for shown in _sheet(store, item).values if name in str(shown.value.get("name") or shown.value["text"])
    )


def _kinds(events: list[ReviewEvent]) -> list[str]:
    return [event.action.kind for event in events]


def test_a_morning_by_keyboard(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    items = [make_item(str(number), text=f"{TEXT}\n\nThe Port Board of Larne agreed.") for number in (1, 2)]
    with filled_store(tmp_path, items) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with _page(chromium, server) as page:
            expect(page.locator("[data-row]")).to_have_count(2)
            page.keyboard.press("b")
            expect(page.locator("#panel")).to_have_attribute("data-open", "7")
            page.keyboard.press("j")
            page.keyboard.press("k")
            expect(_row(page, "Ana Reis")).to_have_attribute("aria-current", "true")
            page.keyboard.press("c")
            page.keyboard.press("Tab")
            page.keyboard.type("director")
            page.keyboard.press("Enter")
            expect(_row(page, "Ana Reis")).to_have_attribute("data-state", "corrected")
            expect(_row(page, "Ana Reis").locator(".diff del")).to_contain_text(
                "head"
            )  # the machine's value stays beside
            page.keyboard.press("o")
            page.keyboard.press("x")  # the foundation is rejected …
            expect(_row(page, "Norvik Foundation")).to_have_attribute("data-state", "rejected")
            page.keyboard.press("u")  # … no, it is not
            expect(_row(page, "Norvik Foundation")).to_have_attribute("data-state", "open")
            page.keyboard.press("R")
            expect(_row(page, "Norvik Foundation")).to_have_attribute("data-state", "rejected")
            page.keyboard.press("u")
            expect(_row(page, "Norvik Foundation")).to_have_attribute("data-state", "open")
            _select(page, "Port Board of Larne")
            page.keyboard.press("2")
            page.keyboard.press("Enter")
            expect(_row(page, "Port Board of Larne")).to_have_attribute("data-state", "added")
            expect(page.locator("#words .m", has_text="Port Board of Larne")).to_have_count(1)
            page.keyboard.press("m")
            page.keyboard.type("The board is new.")
            page.locator("#dialog button.main").press("Enter")
            page.keyboard.press("A")
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            first = page.locator("#main").get_attribute("data-release")
            page.keyboard.press("Shift+D")
            expect(page.locator("#main")).not_to_have_attribute("data-release", first or "")
            page.keyboard.press("A")
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            page.keyboard.press("Shift+D")
            expect(page.locator("main")).to_contain_text("Nothing is left")
            _same_page(page)
        done = {item.release.id: item for item in items}
        assert [_sheet(store, item).status for item in items] == ["done", "done"]
        worked = done[first or ""]
        person = _value(store, worked, "Ana Reis")
        assert (person.value["title"], person.review and person.review.machine and person.review.machine["title"]) == (
            "director",
            "head",
        )
        board = _value(store, worked, "Port Board of Larne").value["mentions"][0]
        assert worked.release.text[board["start"] : board["end"]] == "Port Board of Larne"


def test_a_morning_by_mouse(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with _page(chromium, server) as page:
            page.get_by_role("link", name="Begin reviewing").click()
            page.locator("#words .m", has_text="€2.50 million").click()  # a click on words goes to their value
            amount = _row(page, "2,500,000")
            expect(amount).to_have_attribute("aria-current", "true")
            expect(amount.locator(".why")).to_contain_text("model:parties")
            amount.get_by_role("button", name="Correct").click()
            page.get_by_label("paid by").select_option("Ana Reis")
            page.get_by_label("kind").select_option("price")
            page.get_by_role("button", name="Save").click()
            expect(amount).to_have_attribute("data-state", "corrected")
            school = _row(page, "Harbour School")
            school.hover()
            expect(page.locator("#words .m.lit")).to_have_count(2)  # both places of the school's name
            school.click()
            school.get_by_role("button", name="Accept").click()
            expect(school).to_have_attribute("data-state", "accepted")
            page.locator(".check-row").first.click()
            page.get_by_role("button", name="Accept all").click()
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            page.get_by_role("button", name="Done, next").click()
            expect(page.locator("main")).to_contain_text("Nothing is left")
        shown = _value(store, item, "€2.50")
        assert (shown.value["payer"], shown.value["kind"]) == ("Ana Reis", "price")


def test_merge_and_split(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with _page(chromium, server, f"/desk/{item.release.id}") as page:
            _row(page, "Norvik Foundation").click()
            page.keyboard.press("g")
            page.locator("#dialog").get_by_label("Harbour School").check()
            page.get_by_role("button", name="Save").click()
            expect(_row(page, "Norvik Foundation").locator(".times")).to_have_text("2×")
            _saved(page)
            expect(_row(page, "Ana Reis").locator(".facts")).to_contain_text("Norvik Foundation")  # the name goes along
            _row(page, "Norvik Foundation").click()
            page.keyboard.press("t")
            page.locator("#dialog").get_by_role("checkbox").nth(1).check()
            page.get_by_label("Name of the other").fill("Harbour School")
            page.keyboard.press("Enter")
            expect(_row(page, "Harbour School").first).to_be_visible()
            _saved(page)
        assert _kinds(load_events(store, item.release.id)) == ["merge", "split"]


def test_two_reviewers(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    path = f"/desk/{item.release.id}"
    with (
        filled_store(tmp_path, [item]) as store,
        serving(tmp_path, "--reviewer", "ana") as ana,
        serving(tmp_path, "--reviewer", "ben") as ben,
        _page(chromium, ana, path) as first,
        _page(chromium, ben, path) as second,
    ):
        expect(second.locator("#others")).to_contain_text("ana has this release open")
        first.keyboard.press("a")  # Ana accepts the person
        expect(_row(first, "Ana Reis")).to_have_attribute("data-state", "accepted")
        _row(second, "Ana Reis").click()
        second.keyboard.press("x")  # Ben, who has not seen it, rejects
        expect(second.locator("#notice")).to_contain_text("ana")
        expect(_row(second, "Ana Reis")).to_have_attribute("data-state", "accepted")  # and is shown what she did
        _row(second, "Norvik Foundation").click()
        second.keyboard.press("x")  # another value: nobody is in the way
        expect(_row(second, "Norvik Foundation")).to_have_attribute("data-state", "rejected")
        _row(second, "Ana Reis").click()
        second.keyboard.press("x")  # now he has seen it
        expect(_row(second, "Ana Reis")).to_have_attribute("data-state", "rejected")
        assert [(event.reviewer, event.action.kind) for event in load_events(store, item.release.id)] == [
            ("ana", "accept"), ("ben", "reject"), ("ben", "reject"),
        ]  # fmt: skip


def test_a_killed_server_loses_nothing(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        context = chromium.new_context()
        with _tab(context, server, f"/desk/{item.release.id}") as page:
            page.keyboard.press("a")
            expect(_row(page, "Ana Reis")).to_have_attribute("data-state", "accepted")
            _saved(page)
            server.kill()
            page.keyboard.press("a")
            page.keyboard.press("x")
            expect(page.locator("#saving")).to_contain_text("does not answer: 2 actions not saved yet")
            server.start()
            _saved(page)
            expect(_row(page, "Harbour School")).to_have_attribute("data-state", "rejected")
            server.kill()
            page.keyboard.press("a")
            expect(page.locator("#saving")).to_contain_text("1 action not saved yet")
            page.close()  # the laptop is closed as well
        server.start()
        with _tab(context, server) as later:
            _saved(later)
        context.close()
        events = load_events(store, item.release.id)
        assert _kinds(events) == ["accept", "accept", "reject", "accept"]
        assert len({event.request_id for event in events}) == 4


def test_an_answer_that_is_lost_is_asked_for_again(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    """The server saves and the connection breaks before it says so: nothing is done twice."""
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with _page(chromium, server, f"/desk/{item.release.id}") as page:
            lost: list[str] = []

            def lose(route: Any) -> None:
                if lost:
                    route.continue_()
                    return
                lost.append(route.fetch().text())
                route.abort()

            page.route("**/acts", lose)
            page.keyboard.press("a")
            expect(_row(page, "Ana Reis")).to_have_attribute("data-state", "accepted")
            _saved(page)
        assert len(lost) == 1
        assert _kinds(load_events(store, item.release.id)) == ["accept"]


def test_history_restores(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with _page(chromium, server, f"/desk/{item.release.id}") as page:
            page.keyboard.press("a")
            expect(_row(page, "Ana Reis")).to_have_attribute("data-state", "accepted")
            page.keyboard.press("A")
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            page.keyboard.press("h")
            expect(page.locator(".events tbody tr")).to_have_count(3)
            page.get_by_role("button", name="Restore the state after action 1").click()
            expect(page.locator(".events tbody tr")).to_have_count(4)
            page.get_by_role("link", name="Back to the desk").click()
            expect(page.locator("#panel")).to_have_attribute("data-open", "6")
        assert _kinds(load_events(store, item.release.id)) == ["accept", "accept", "restore"]


def _highlighted(page: Page) -> dict[str, str]:
    """What is highlighted of each value, all its pieces together."""
    found: dict[str, str] = page.evaluate(
        """() => {
            const found = {};
            for (const mark of document.querySelectorAll("#words .m"))
                for (const id of mark.dataset.v.split(" ")) found[id] = (found[id] ?? "") + mark.textContent;
            return found;
        }"""
    )
    return found


def test_hostile_text(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = hostile_item(make_item)
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "<i>ana</i>") as server:
        with _page(chromium, server, f"/desk/{item.release.id}") as page:
            text = page.evaluate("Array.from(document.querySelectorAll('#words p'), p => p.textContent).join('\\n\\n')")
            assert text == HOSTILE
            expected = {
                shown.value_id: "".join(place["text"] for place in shown.value.get("mentions", [shown.value]))
                for shown in _sheet(store, item).values
            }
            assert _highlighted(page) == expected
            _select(page, "חברת נמל")
            page.keyboard.press("2")
            page.get_by_role("button", name="Save").click()
            expect(page.locator("#panel .s-added")).to_have_count(1)
            _select(page, "𝔸𝕟𝕒")
            page.keyboard.press("1")
            page.get_by_role("button", name="Save").click()
            expect(page.locator("#panel .s-added")).to_have_count(2)
            page.keyboard.press("h")
            expect(page.locator("h1")).to_contain_text("<script>alert(1)</script>")
            page.keyboard.press("?")
        added = [shown.value["mentions"][0] for shown in _sheet(store, item).values if shown.review]
        assert [HOSTILE[place["start"] : place["end"]] for place in added] == ["חברת נמל", "𝔸𝕟𝕒"]


def test_a_text_of_1_mb(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    text = "\n\n".join([TEXT, *(f"Paragraph {number}: 😀 " + "the harbour was paid for. " * 40 for number in range(960)),
                        "At the very end stands Larne Port Board."])  # fmt: skip
    assert len(text) > 1_000_000
    item = make_item(text=text)
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with _page(chromium, server, f"/desk/{item.release.id}") as page:
            _select(page, "Larne Port Board")
            page.keyboard.press("2")
            page.get_by_role("button", name="Save").click()
            expect(page.locator("#panel .s-added")).to_have_count(1)
        (place,) = _value(store, item, "Larne Port Board").value["mentions"]
        assert text[place["start"] : place["end"]] == "Larne Port Board"


def test_keys(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]), serving(tmp_path, "--reviewer", "ana") as server:
        with _page(chromium, server, f"/desk/{item.release.id}") as page:
            page.keyboard.press("?")
            dialog = page.locator("#help")
            expect(dialog).to_be_visible()
            told = set(dialog.locator("dt kbd").all_inner_texts())
            assert set("jkofzaxcgtAnsmuRDhq12345?") <= told
            dialog.get_by_role("checkbox").uncheck()
            page.keyboard.press("Escape")
            page.keyboard.press("a")  # switched off
            page.keyboard.press("ArrowDown")  # arrows are not
            expect(_row(page, "Norvik Foundation")).to_have_attribute("aria-current", "true")
            expect(page.locator("#panel")).to_have_attribute("data-open", "7")
            page.keyboard.press("?")
            dialog.get_by_role("checkbox").check()
            page.keyboard.press("Escape")
            page.keyboard.press("a")
            expect(page.locator("#panel")).to_have_attribute("data-open", "6")


REFUSED = [
    ("2,500,000", "value", "many", re.compile("value")),  # no number
    ("2026-05-04", "value", "4 May", re.compile("calendar value")),
    ("2,500,000", "purpose", "a ship", re.compile("does not say")),  # not in the text
]


@pytest.mark.parametrize(("row", "label", "typed", "said"), REFUSED)
def test_what_cannot_be_is_said_in_the_form(
    chromium: Browser, tmp_path: Path, make_item: MakeItem, row: str, label: str, typed: str, said: re.Pattern[str]
) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with _page(chromium, server, f"/desk/{item.release.id}") as page:
            _row(page, row).click()
            page.keyboard.press("c")
            page.locator(f"#dialog [name={label}]").fill(typed)
            page.get_by_role("button", name="Save").click()
            expect(page.locator("#dialog .problem")).to_have_text(said)
            page.keyboard.press("Escape")
            expect(page.locator("#dialog")).to_be_hidden()
        assert load_events(store, item.release.id) == []


def test_a_login(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    hashed = hash_password("a long password")
    users = {
        "ben": User(name="ben", role="reviewer", password=hashed),
        "eva": User(name="eva", role="viewer", password=hashed),
    }
    save_users(tmp_path / "review-users.json", users)
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--host", "0.0.0.0") as server:  # noqa: S104
        for name in users:
            with _page(chromium, server) as page:
                expect(page).to_have_url(re.compile("/login$"))
                page.get_by_label("Name").fill(name)
                page.get_by_label("Password").fill("a long password")
                page.get_by_role("button", name="Log in").click()
                page.goto(f"{server.url}/desk/{item.release.id}")
                page.locator("#panel .row").first.wait_for()
                page.keyboard.press("A")
                if name == "ben":
                    expect(page.locator("#panel")).to_have_attribute("data-open", "0")
                else:
                    expect(page.locator("#notice")).to_contain_text("look, not change")
                page.get_by_role("button", name="Log out").click()
                expect(page).to_have_url(re.compile("/login$"))
        assert [event.reviewer for event in load_events(store, item.release.id)] == ["ben"]
