"""The review desk in a real browser where things go wrong: killed servers, lost answers, hostile and huge texts."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from review.accounts import User, hash_password, save_users
from review.setup import Role
from store.review_events import load_events
from tests.conftest import TEXT
from tests.review_desk_pages import (
    MakeItem,
    kinds_of,
    open_page,
    open_tab,
    row_of,
    save_form,
    select_words,
    sheet_of,
    value_of,
    wait_saved,
    wait_until,
)
from tests.review_desk_site import HOSTILE, filled_store, hostile_item, serving


def test_a_killed_server_loses_nothing(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        context = chromium.new_context()
        with open_tab(context, server, f"/desk/{item.release.id}") as page:
            page.keyboard.press("a")
            expect(row_of(page, "Ana Reis")).to_have_attribute("data-state", "accepted")
            wait_saved(page)
            server.kill()
            page.keyboard.press("a")
            page.keyboard.press("x")
            expect(page.locator("#saving")).to_contain_text("does not answer: 2 actions not saved yet")
            server.start()
            wait_saved(page)
            expect(row_of(page, "Harbour School")).to_have_attribute("data-state", "rejected")
            server.kill()
            page.keyboard.press("a")
            expect(page.locator("#saving")).to_contain_text("1 action not saved yet")
            page.close()  # the laptop is closed as well
        server.start()
        with open_tab(context, server) as later:
            wait_saved(later)
        context.close()
        events = load_events(store, item.release.id)
        assert kinds_of(events) == ["accept", "accept", "reject", "accept"]
        assert len({event.request_id for event in events}) == 4


def test_an_answer_that_is_lost_is_asked_for_again(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    """The server saves and the connection breaks before it says so: nothing is done twice."""
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server, f"/desk/{item.release.id}") as page:
            lost: list[str] = []

            def lose(route: Any) -> None:
                if lost:
                    route.continue_()
                    return
                lost.append(route.fetch().text())
                route.abort()

            page.route("**/acts", lose)
            page.keyboard.press("a")
            expect(row_of(page, "Ana Reis")).to_have_attribute("data-state", "accepted")
            wait_saved(page)
        assert len(lost) == 1
        assert kinds_of(load_events(store, item.release.id)) == ["accept"]


def test_what_comes_late_is_not_shown(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    """A record that was read before the last decision, or of the release that was left, and comes after it."""
    items = [make_item("1"), make_item("2")]
    with filled_store(tmp_path, items) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server, f"/desk/{items[0].release.id}") as page:
            late: list[tuple[Route, APIResponse]] = []

            def hold(route: Route) -> None:
                late.append((route, route.fetch()))

            def let_go() -> None:
                route, answer = late.pop()
                with page.expect_response("**/panel*") as answered:
                    route.fulfill(response=answer)
                answered.value.finished()
                page.evaluate("new Promise(done => setTimeout(done, 50))")  # the page has had time to show it

            page.route("**/panel*", hold, times=1)
            page.keyboard.press("a")
            wait_until(page, lambda: late)
            page.keyboard.press("A")
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            let_go()
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            page.route("**/panel*", hold, times=1)
            page.keyboard.press("Shift+D")
            page.keyboard.press("Shift+D")  # once too often
            expect(page.locator("#main")).to_have_attribute("data-release", items[1].release.id)
            wait_until(page, lambda: late)
            let_go()
            expect(page.locator("#panel")).to_have_attribute("data-open", "7")
            page.keyboard.press("a")
            page.keyboard.press("x")
            page.keyboard.press("u")  # faster than the record is shown
            page.keyboard.press("u")
            expect(page.locator("#panel")).to_have_attribute("data-seen", "4")
            expect(page.locator("#panel")).to_have_attribute("data-open", "7")
        kinds = [kinds_of(load_events(store, item.release.id)) for item in items]
        assert kinds == [["accept", "accept", "status"], ["accept", "reject", "undo", "undo"]]


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
        with open_page(chromium, server, f"/desk/{item.release.id}") as page:
            text = page.evaluate("Array.from(document.querySelectorAll('#words p'), p => p.textContent).join('\\n\\n')")
            assert text == HOSTILE
            expected = {
                shown.value_id: "".join(place["text"] for place in shown.value.get("mentions", [shown.value]))
                for shown in sheet_of(store, item).values
            }
            assert _highlighted(page) == expected
            select_words(page, "חברת נמל")
            page.keyboard.press("2")
            save_form(page)
            expect(page.locator("#panel .s-added")).to_have_count(1)
            select_words(page, "𝔸𝕟𝕒")
            page.keyboard.press("1")
            save_form(page)
            expect(page.locator("#panel .s-added")).to_have_count(2)
            page.keyboard.press("h")
            expect(page.locator("h1")).to_contain_text("<script>alert(1)</script>")
            page.keyboard.press("?")
        added = [shown.value["mentions"][0] for shown in sheet_of(store, item).values if shown.review]
        assert [HOSTILE[place["start"] : place["end"]] for place in added] == ["חברת נמל", "𝔸𝕟𝕒"]


def test_a_text_of_1_mb(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    lines = (f"Paragraph {number}: 😀 " + "the harbour was paid for. " * 40 for number in range(960))
    text = "\n\n".join([TEXT, *lines, "At the very end stands Larne Port Board."])
    assert len(text) > 1_000_000
    item = make_item(text=text)
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server, f"/desk/{item.release.id}") as page:
            select_words(page, "Larne Port Board")
            page.keyboard.press("2")
            save_form(page)
            expect(page.locator("#panel .s-added")).to_have_count(1)
        (place,) = value_of(store, item, "Larne Port Board").value["mentions"]
        assert text[place["start"] : place["end"]] == "Larne Port Board"


def test_a_login(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    hashed = hash_password("a long password")
    roles: dict[str, Role] = {"ben": "reviewer", "eva": "viewer"}
    users = {name: User(name=name, role=role, password=hashed) for name, role in roles.items()}
    save_users(tmp_path / "review-users.json", users)
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--host", "0.0.0.0") as server:  # noqa: S104
        for name in users:
            with open_page(chromium, server) as page:
                expect(page).to_have_url(re.compile("/login$"))
                page.get_by_label("Name").fill(name)
                page.get_by_label("Password").fill("a long password")
                page.get_by_role("button", name="Log in").click()
                page.goto(f"{server.url}/desk/{item.release.id}")
                page.locator("#panel .row").first.wait_for()
                page.keyboard.press("A" if name == "ben" else "a")
                if name == "ben":
                    expect(page.locator("#panel")).to_have_attribute("data-open", "0")
                else:
                    expect(page.locator("#notice")).to_contain_text("look, not change")
                page.get_by_role("button", name="Log out").click()
                expect(page).to_have_url(re.compile("/login$"))
        assert [event.reviewer for event in load_events(store, item.release.id)] == ["ben"]
