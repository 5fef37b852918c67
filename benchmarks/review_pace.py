"""What reviewing the samples takes by keyboard: keys, pages loaded, and seconds at a person's pace.

python -m benchmarks.review_pace

0.2 s a key and 1.35 s to think before each decision (Card, Moran and Newell: The keystroke-level model for user
performance time, 1980). Reading the text is not in it. Five releases are gone through with all right (accept all,
done), five with three values rejected before.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.review_queue import NOW, load_patterns
from store.database import close_store, open_store
from store.models import Batch, Item
from store.save import save_batch

KEY, THINK = 0.2, 1.35
SERVE = [sys.executable, "-c", "from cli.main import main; main()", "review", "--no-open", "--port", "0"]


def press(page: Page, *keys: str) -> int:
    """One decision: think, then press its keys; how many there were."""
    time.sleep(THINK)
    for key in keys:
        time.sleep(KEY)
        page.keyboard.press(key)
    return len(keys)


def review(page: Page, wrong: int) -> tuple[int, float]:
    """Review the open release with so many values rejected, and go on: keys and seconds until the next stands there."""
    before, began = page.locator("#main").get_attribute("data-release"), time.perf_counter()
    keys = sum(press(page, "j", "x") for _ in range(wrong))
    keys += press(page, "A") + press(page, "Shift+D")
    page.wait_for_function("release => document.getElementById('main').dataset.release !== release", arg=before)
    return keys, time.perf_counter() - began


@contextmanager
def desk() -> Iterator[str]:
    """A desk with the samples: its address."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/dateline.sqlite")
        items = tuple(Item(release=one.release, record=one.record) for one in load_patterns() if one.record.quotes)
        save_batch(store, Batch(seen_at=NOW, items=items))
        close_store(store)
        environment = {**os.environ, "DATELINE_DATA_DIR": folder}
        with subprocess.Popen(SERVE, env=environment, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
            assert server.stdout  # noqa: S101
            found = re.search(r"http://\S+:\d+/", server.stdout.readline())
            assert found  # noqa: S101
            yield found[0]
            server.terminate()


def main() -> None:
    """See the module's docstring."""
    with desk() as address, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=os.environ.get("DATELINE_BROWSER")).new_page()
        page.goto(f"{address}next")
        page.locator(".row.current").wait_for()
        page.evaluate("window.unbroken = true")
        for wrong in (0, 3):
            done = [review(page, wrong) for _ in range(5)]
            print(f"{wrong} wrong: {done[0][0]} keys, median {median(seconds for _, seconds in done):.1f} s a release,"
                  f" slowest {max(seconds for _, seconds in done):.1f} s")  # fmt: skip
        print("pages loaded:", 0 if page.evaluate("window.unbroken === true") else "some")


if __name__ == "__main__":
    main()
