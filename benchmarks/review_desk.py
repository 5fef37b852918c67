"""How long the review desk takes to answer, over HTTP, with many releases in its queue.

python -m benchmarks.review_desk [--releases 20000] [--folder FOLDER]

`dateline review` runs as a process of its own over a store that `benchmarks.review_queue.fill_store` makes; with
`--folder` the store stays, and is filled only where it is empty. Medians and slowest of so many rounds, and the same
server's answer to a style sheet beside them: what HTTP itself takes here.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from uuid import uuid4

import httpx

from benchmarks.review_queue import fill_store
from store.database import close_store, open_store
from store.status import load_status

ROUNDS = 15
_SERVE = "from cli.main import main; main()"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a desk over a data folder."""
    command = [sys.executable, "-c", _SERVE, "review", "--no-open", "--port", "0", "--reviewer", "ana"]
    environment = {**os.environ, "DATELINE_DATA_DIR": str(folder)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        yield "".join(re.findall(r"http://\S+/", process.stdout.readline() if process.stdout else ""))
    finally:
        process.terminate()
        process.wait()


def measure(what: str, ask: Callable[[int], httpx.Response]) -> None:
    """Ask so often, each time for another thing, and print how long it took."""
    took = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        ask(number).raise_for_status()
        took.append(1000 * (time.perf_counter() - began))
    print(f"{what:34}{median(took):8.0f} ms{max(took):8.0f} ms", flush=True)


def fill(folder: Path, releases: int) -> None:
    """A store with so many releases, where there is none."""
    store = open_store(f"sqlite:///{folder / 'dateline.sqlite'}")
    try:
        if not load_status(store).counts["releases"]:
            print(f"{releases:,} releases saved in {fill_store(store, releases):.0f} s")
    finally:
        close_store(store)


def accept(client: httpx.Client, token: str, release: str) -> httpx.Response:
    """Accept the first undecided value of a release."""
    sheet = client.get(f"api/releases/{release}").json()["sheet"]
    first = next(value for value in sheet["values"] if value["review"] is None)
    target = {"field": first["field"], "value_id": first["value_id"]}
    body = {"action": {"kind": "accept", "targets": [target]}, "seen": sheet["seen"], "request_id": uuid4().hex}
    return client.post(f"api/releases/{release}/acts", json=body, headers={"X-CSRF-Token": token})


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--releases", type=int, default=20_000)
    cli.add_argument("--folder", type=Path)
    args = cli.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder or Path(scratch)
        fill(folder, args.releases)
        with serving(folder) as url, httpx.Client(base_url=url, timeout=60) as client:
            ids = [one["release_id"] for one in client.get("api/queue?limit=100").json()["releases"]]
            token = client.get("api/me").json()["csrf"]
            print(f"{'':34}{'median':>11}{'slowest':>11}")
            measure("a style sheet", lambda _: client.get("static/style.css"))
            measure("first page of the queue", lambda _: client.get(""))
            measure("words in the queue", lambda _: client.get("?words=million"))
            measure("opening a release", lambda number: client.get(f"desk/{ids[number]}"))
            measure("loading and accepting one value", lambda number: accept(client, token, ids[number]))
            measure("the record after it", lambda number: client.get(f"desk/{ids[number]}/panel"))
            measure("pictures of the work", lambda _: client.get("work"))


if __name__ == "__main__":
    main()
