"""The review desk in a real browser: a morning's work by keys and by mouse, two people, history, forms."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from schemas.page import utc_now
from store.models import Batch
from store.review_events import load_events
from store.save import save_batch
from tests.conftest import SCREENSHOTS, TEXT
from tests.review_desk_pages import (
    MakeItem,
    assert_same_page,
    choose,
    kinds_of,
    open_page,
    row_of,
    save_form,
    select_words,
    sheet_of,
    value_of,
    wait_saved,
)
from tests.review_desk_site import filled_store, serving
from tests.test_reviewed import extract


def test_releases_whose_ids_are_no_part_of_an_address(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    ids = ["2026/05/acme-1", "a?b#c%d", "https://acme.example/news?id=1"]
    items = [make_item(key, release={"id": key}) for key in ids]
    with filled_store(tmp_path, items) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server) as page:
            page.keyboard.press("b")
            for _ in items:
                expect(page.locator("#panel")).to_have_attribute("data-open", "7")
                page.keyboard.press("a")
                expect(page.locator("#panel")).to_have_attribute("data-open", "6")  # its record was loaded again
                page.keyboard.press("h")
                expect(page.locator("main[data-view=history]")).to_be_visible()
                page.get_by_text("Back to the desk").click()
                page.locator("#panel .row[aria-current=true]").wait_for()  # the page's script has begun
                page.keyboard.press("s")
            expect(page.locator("main[data-view=queue]")).to_be_visible()
        assert [kinds_of(load_events(store, key))[0] for key in ids] == ["accept"] * 3


def test_a_morning_by_keyboard(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    items = [make_item(str(number), text=f"{TEXT}\n\nThe Port Board of Larne agreed.") for number in (1, 2)]
    with filled_store(tmp_path, items) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server) as page:
            expect(page.locator("[data-row]")).to_have_count(2)
            page.keyboard.press("b")
            expect(page.locator("#panel")).to_have_attribute("data-open", "7")
            page.keyboard.press("j")
            page.keyboard.press("k")
            expect(row_of(page, "Ana Reis")).to_have_attribute("aria-current", "true")
            page.keyboard.press("c")
            page.locator("#dialog form").wait_for()
            page.keyboard.press("Tab")
            page.keyboard.type("director")
            page.keyboard.press("Enter")
            expect(row_of(page, "Ana Reis")).to_have_attribute("data-state", "corrected")
            expect(row_of(page, "Ana Reis").locator(".diff del")).to_contain_text(
                "head"
            )  # the machine's value stays beside
            page.keyboard.press("o")
            page.keyboard.press("x")  # the foundation is rejected …
            expect(row_of(page, "Norvik Foundation")).to_have_attribute("data-state", "rejected")
            page.keyboard.press("u")  # … no, it is not
            expect(row_of(page, "Norvik Foundation")).to_have_attribute("data-state", "open")
            page.keyboard.press("R")
            expect(row_of(page, "Norvik Foundation")).to_have_attribute("data-state", "rejected")
            page.keyboard.press("u")
            expect(row_of(page, "Norvik Foundation")).to_have_attribute("data-state", "open")
            select_words(page, "Port Board of Larne")
            page.keyboard.press("2")
            page.locator("#dialog form").wait_for()
            page.keyboard.press("Enter")
            expect(row_of(page, "Port Board of Larne")).to_have_attribute("data-state", "added")
            expect(page.locator("#words .m", has_text="Port Board of Larne")).to_have_count(1)
            page.keyboard.press("m")
            page.locator("#dialog form").wait_for()
            page.keyboard.type("The board is new.")
            page.locator("#dialog button.main").press("Enter")
            expect(page.locator("#dialog")).to_be_hidden()
            page.keyboard.press("A")
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            first = page.locator("#main").get_attribute("data-release")
            page.keyboard.press("Shift+D")
            expect(page.locator("#main")).not_to_have_attribute("data-release", first or "")
            page.keyboard.press("A")
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            page.keyboard.press("Shift+D")
            expect(page.locator("main")).to_contain_text("Nothing is left")
            assert_same_page(page)
        done = {item.release.id: item for item in items}
        assert [sheet_of(store, item).status for item in items] == ["done", "done"]
        worked = done[first or ""]
        person = value_of(store, worked, "Ana Reis")
        assert (person.value["title"], person.review and person.review.machine and person.review.machine["title"]) == (
            "director",
            "head",
        )
        board = value_of(store, worked, "Port Board of Larne").value["mentions"][0]
        assert worked.release.text[board["start"] : board["end"]] == "Port Board of Larne"


def test_a_morning_by_mouse(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item(text=f"{TEXT}\n\nOver two years the school gets US$2.9 million (the same sum), and a ship for it.")
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server) as page:
            page.get_by_role("link", name="Begin reviewing").click()
            expect(page.locator("#panel")).to_have_attribute("data-open", "7")
            select_words(page, "US$2.9 million")
            page.get_by_role("button", name="Add the selected words as amount").click()
            page.get_by_label("value", exact=True).fill("2900000")
            page.get_by_label("same sum as").select_option("up to 2,500,000 EUR – “€2.50 million”")
            page.get_by_label("period", exact=True).fill("Over two years")
            save_form(page)
            facts = row_of(page, "2,900,000").locator(".fact")
            expect(facts).to_have_text(["period Over two years", "same sum as up to 2,500,000 EUR"])
            page.locator("#words .m", has_text="€2.50 million").click()  # a click on words goes to their value
            amount = row_of(page, "2,500,000")
            expect(amount).to_have_attribute("aria-current", "true")
            expect(amount.locator(".why")).to_contain_text("model:parties")
            amount.get_by_role("button", name="Correct").click()
            page.get_by_label("paid by").select_option("Ana Reis")
            page.get_by_label("kind").select_option("price")
            page.get_by_label("period is").fill("2026/2028")
            page.get_by_role("button", name="Save").click()
            expect(page.locator("#dialog .problem")).to_contain_text("Which words of the text say so?")
            page.get_by_label("period", exact=True).fill("Over two years")
            save_form(page)
            expect(amount).to_have_attribute("data-state", "corrected")
            expect(amount.locator(".diff", has_text="period")).to_contain_text("Over two years (2026/2028)")
            school = row_of(page, "Harbour School")
            school.hover()
            expect(page.locator("#words .m.lit")).to_have_text("Harbour School")  # its words are shown
            choose(page, "Harbour School")
            school.get_by_role("button", name="Accept").click()
            expect(school).to_have_attribute("data-state", "accepted")
            page.locator(".check-row").first.click()
            page.get_by_role("button", name="Accept all").click()
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            page.get_by_role("button", name="Done, next").click()
            expect(page.locator("main")).to_contain_text("Nothing is left")
        shown, other = value_of(store, item, "€2.50"), value_of(store, item, "US$2.9")
        assert (shown.value["payer"], shown.value["kind"]) == ("Ana Reis", "price")
        assert (shown.value["period"]["text"], shown.value["period"]["value"]) == ("Over two years", "2026/2028")
        assert (other.value["equals"], other.value["period"]["value"]) == (shown.value_id, None)


@pytest.mark.parametrize("key", ["Shift+D", "s"])
def test_what_was_left_is_taken_up_again(chromium: Browser, tmp_path: Path, make_item: MakeItem, key: str) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server, f"/desk/{item.release.id}") as page:
            page.keyboard.press("A")
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            page.keyboard.press(key)
            expect(page.locator("main")).to_contain_text("Nothing is left")
            page.goto(f"{server.url}/desk/{item.release.id}")
            page.get_by_role("button", name="Take up again").click()
            expect(page.locator("#panel")).to_have_attribute("data-status", "started")
            expect(page.get_by_role("button", name="Take up again")).to_have_count(0)
        assert sheet_of(store, item).status == "started"


def test_a_value_whose_words_changed_is_decided_again(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item, changed = make_item(), extract(TEXT.replace("€2.50 million", "€3 million"), "€3 million")
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server, f"/desk/{item.release.id}") as page:
            page.keyboard.press("A")
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            page.keyboard.press("Shift+D")
            expect(page.locator("main")).to_contain_text("Nothing is left")
            save_batch(store, Batch(seen_at=utc_now(), items=(changed,)))
            page.goto(server.url)
            expect(page.locator("[data-row]")).to_contain_text("reopened")
            page.keyboard.press("b")
            amount = row_of(page, "3,000,000")
            expect(amount).to_have_attribute("data-state", "reopened")
            expect(amount.locator(".reopened")).to_contain_text("“€2.50 million” is no longer in the text")
            expect(amount.locator(".diff").first).to_contain_text("2,500,000")  # as it was decided …
            expect(amount.locator(".diff").first).to_contain_text("3,000,000")  # … and as it is now
            expect(page.locator("#panel")).to_have_attribute("data-open", "1")  # all others stand
            if SCREENSHOTS:
                page.screenshot(path=Path(SCREENSHOTS) / "reopened.png")
            choose(page, "3,000,000")
            page.keyboard.press("a")
            expect(amount).to_have_attribute("data-state", "accepted")
            wait_saved(page)
        assert value_of(store, changed, "€3 million").reopened is None


def test_merge_and_split(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server, f"/desk/{item.release.id}") as page:
            choose(page, "Norvik Foundation")
            page.keyboard.press("g")
            page.locator("#dialog").get_by_label("Harbour School").check()
            save_form(page)
            expect(row_of(page, "Norvik Foundation").locator(".times")).to_have_text("2×")
            wait_saved(page)
            expect(row_of(page, "Ana Reis").locator(".facts")).to_contain_text(
                "Norvik Foundation"
            )  # the name goes along
            choose(page, "Norvik Foundation")
            page.keyboard.press("t")
            page.locator("#dialog").get_by_role("checkbox").nth(1).check()
            page.get_by_label("Name of the other").fill("Harbour Academy")
            page.keyboard.press("Enter")
            expect(row_of(page, "Harbour Academy")).to_be_visible()
            wait_saved(page)
        assert kinds_of(load_events(store, item.release.id)) == ["merge", "split"]


def test_two_reviewers(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    path = f"/desk/{item.release.id}"
    with (
        filled_store(tmp_path, [item]) as store,
        serving(tmp_path, "--reviewer", "ana") as ana,
        serving(tmp_path, "--reviewer", "ben") as ben,
        open_page(chromium, ana, path) as first,
        open_page(chromium, ben, path) as second,
    ):
        expect(second.locator("#others")).to_contain_text("ana has this release open")
        first.keyboard.press("a")  # Ana accepts the person
        expect(row_of(first, "Ana Reis")).to_have_attribute("data-state", "accepted")
        choose(second, "Ana Reis")
        second.keyboard.press("x")  # Ben, who has not seen it, rejects
        expect(second.locator("#notice")).to_contain_text("ana")
        expect(row_of(second, "Ana Reis")).to_have_attribute("data-state", "accepted")  # and is shown what she did
        choose(second, "Norvik Foundation")
        second.keyboard.press("x")  # another value: nobody is in the way
        expect(row_of(second, "Norvik Foundation")).to_have_attribute("data-state", "rejected")
        choose(second, "Ana Reis")
        second.keyboard.press("x")  # now he has seen it
        expect(row_of(second, "Ana Reis")).to_have_attribute("data-state", "rejected")
        assert [(event.reviewer, event.action.kind) for event in load_events(store, item.release.id)] == [
            ("ana", "accept"), ("ben", "reject"), ("ben", "reject"),
        ]  # fmt: skip


def test_history_restores(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server, f"/desk/{item.release.id}") as page:
            page.keyboard.press("a")
            expect(row_of(page, "Ana Reis")).to_have_attribute("data-state", "accepted")
            page.keyboard.press("A")
            expect(page.locator("#panel")).to_have_attribute("data-open", "0")
            page.keyboard.press("h")
            expect(page.locator(".events tbody tr")).to_have_count(3)
            page.get_by_role("button", name="Restore the state after action 1").click()
            expect(page.locator(".events tbody tr")).to_have_count(4)
            page.get_by_role("link", name="Back to the desk").click()
            expect(page.locator("#panel")).to_have_attribute("data-open", "6")
        assert kinds_of(load_events(store, item.release.id)) == ["accept", "accept", "restore"]


def test_keys(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    with (
        filled_store(tmp_path, [item]),
        serving(tmp_path, "--reviewer", "ana") as server,
        open_page(chromium, server, f"/desk/{item.release.id}") as page,
    ):
        page.keyboard.press("?")
        dialog = page.locator("#help")
        expect(dialog).to_be_visible()
        told = set(dialog.locator("dt kbd").all_inner_texts())
        assert set("jkofzaxcgtAnsmuRDhq12345?") <= told
        dialog.get_by_role("checkbox").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("a")  # switched off
        page.keyboard.press("ArrowDown")  # arrows are not
        expect(row_of(page, "Norvik Foundation")).to_have_attribute("aria-current", "true")
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


@pytest.mark.parametrize("refused", REFUSED)
def test_what_cannot_be_is_said_in_the_form(
    chromium: Browser, tmp_path: Path, make_item: MakeItem, refused: tuple[str, str, str, re.Pattern[str]]
) -> None:
    row, label, typed, said = refused
    item = make_item()
    with filled_store(tmp_path, [item]) as store, serving(tmp_path, "--reviewer", "ana") as server:
        with open_page(chromium, server, f"/desk/{item.release.id}") as page:
            choose(page, row)
            page.keyboard.press("c")
            page.locator(f"#dialog [name={label}]").fill(typed)
            page.get_by_role("button", name="Save").click()
            expect(page.locator("#dialog .problem")).to_have_text(said)
            page.keyboard.press("Escape")
            expect(page.locator("#dialog")).to_be_hidden()
        assert load_events(store, item.release.id) == []


def test_a_second_opinion_and_a_choice(chromium: Browser, tmp_path: Path, make_item: MakeItem) -> None:
    item = make_item()
    share = {"DATELINE_REVIEW_SHARE": "1"}
    with (
        filled_store(tmp_path, [item]) as store,
        serving(tmp_path, "--reviewer", "ana", **share) as ana,
        serving(tmp_path, "--reviewer", "ben", **share) as ben,
        open_page(chromium, ana, f"/desk/{item.release.id}") as first,
        open_page(chromium, ben) as second,
    ):
        first.keyboard.press("x")  # Ana takes the person for none
        expect(row_of(first, "Ana Reis")).to_have_attribute("data-state", "rejected")
        first.keyboard.press("A")
        expect(first.locator("#panel")).to_have_attribute("data-open", "0")
        first.keyboard.press("Shift+D")
        expect(first.locator("main")).to_contain_text("Nothing is left")
        second.goto(ben.url + "/opinions")  # waits until its script is there
        second.get_by_role("link", name="Begin").click()
        expect(second.locator("#panel")).to_have_attribute("data-open", "7")  # nothing of what Ana decided
        second.keyboard.press("A")
        expect(second.locator("#panel")).to_have_attribute("data-open", "0")
        second.keyboard.press("Shift+D")
        expect(second.locator("main")).to_contain_text("Waiting for your second opinion")
        first.goto(ana.url + "/opinions")
        first.get_by_role("link", name="Harbour grant").click()
        person = first.locator(".dispute.f-people")
        expect(person.locator(".side").first).to_contain_text("no person")
        person.get_by_role("button", name="Take the second").click()
        expect(first.locator(".dispute.f-people")).to_have_count(0)  # they differ no longer
        assert value_of(store, item, "Ana Reis").review.verdict == "accepted"  # type: ignore[union-attr]
