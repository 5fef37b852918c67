"""How long the queue of review takes, and how fast a store for it is made; with --opinions, how long agreement takes.

python -m benchmarks.review_queue [--releases 20000] [--database URL] [--opinions 500]

The releases are the samples with other names, days and sources: each copy has names of its own in the same places, so
that texts, values and checks are of real size and shape. `fill_store` makes them for other benchmarks as well. With
`--database` the store stays, and is filled only where it is empty. With `--opinions` so many of them are reviewed by
two people, who differ on one value of every other one.
"""

import argparse
import datetime as dt
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from statistics import median
from typing import Any, NamedTuple, get_args

from extractors.page import PageError, read_page
from extractors.pipeline import build_pipeline
from extractors.record import extract_record
from schemas.page import FetchedPage
from schemas.record import Record
from schemas.release import Release
from schemas.review import Accept, Act, Action, Opinion, QueueFilter, Reject, SetStatus, Target
from schemas.source import Link, Source
from schemas.values import derive_id
from store.database import Store, close_store, open_store
from store.models import Batch, Item
from store.opinions import list_awaited, list_disputed, measure_opinions
from store.review_desk import load_sheet
from store.review_events import act
from store.review_queue import load_choices, load_queue, next_release
from store.save import save_batch

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SOURCES, DAYS, AT_ONCE, ROUNDS = 40, 1000, 200, 9
NAMES = frozenset({"name", "organisation", "acronym", "payer", "payee", "speaker", "about", "issuer"})
"""Attributes that hold names."""
WORD = re.compile(r"[A-Z][a-z]{2,}")


class Pattern(NamedTuple):
    """A sample, and the words of its names."""

    release: Release
    record: Record
    words: frozenset[str]


def load_patterns() -> list[Pattern]:
    """The samples that are releases, with what the extractor says of them."""
    source = Source.model_validate({"name": "samples", "url": "https://norvik.example/", "discover": "listing"})
    nlp, found = build_pipeline(), []
    for path in sorted((files("samples") / "site").rglob("*.html")):  # type: ignore[attr-defined]
        link = Link(source="samples", url=f"https://norvik.example/{path.name}")
        page = FetchedPage(link=link, final_url=link.url, status=200, fetched_at=NOW, content_type="text/html",
                           body=path.read_bytes())  # fmt: skip
        try:
            release = read_page(page, source)
        except PageError:
            continue  # a listing
        record = extract_record(nlp, release)
        names = " ".join(entity.name for entity in (*record.people, *record.organisations))  # type: ignore[attr-defined]
        found.append(Pattern(release, record, frozenset(WORD.findall(names))))
    return found


def make_items(patterns: list[Pattern], number: int) -> Iterator[Item]:
    """So many releases, the same each time."""
    for copy in range(number):
        yield _vary(patterns[copy % len(patterns)], copy)


def fill_store(store: Store, number: int) -> float:
    """Save so many made-up releases; seconds that saving took."""
    items, seconds = make_items(load_patterns(), number), 0.0
    while batch := tuple(item for _, item in zip(range(AT_ONCE), items, strict=False)):
        began = time.perf_counter()
        save_batch(store, Batch(seen_at=NOW, items=batch))
        seconds += time.perf_counter() - began
    return seconds


def _vary(pattern: Pattern, copy: int) -> Item:
    dice = random.Random(copy)  # noqa: S311 - nothing to be guessed
    names = {word: _other_word(word, dice) for word in sorted(pattern.words)}

    def swap(text: str) -> str:
        return WORD.sub(lambda found: names.get(found[0], found[0]), text)

    key, text = derive_id("copy", copy), swap(pattern.release.text)
    told = {"id": key, "source": f"newsroom-{copy % SOURCES:02}", "url": f"https://norvik.example/{key}",
            "published": dt.date(2026, 6, 1) - dt.timedelta(dice.randrange(DAYS))}  # fmt: skip
    release = Release(**pattern.release.model_dump() | told | {"title": swap(pattern.release.title), "text": text})
    content = _renamed(pattern.record.model_dump(), text, swap)
    content["release"] |= {**told, "title": release.title, "text_sha256": release.text_sha256}
    content["review_priority"] = round(pattern.record.review_priority * dice.uniform(0.2, 1.8), 3)
    return Item(release=release, record=Record(**content))


def _other_word(word: str, dice: random.Random) -> str:
    letters = "".join(dice.choice("aeiou" if place % 2 else "bdfgklmnprstv") for place in range(len(word)))
    return letters.capitalize()


def _renamed(value: Any, text: str, swap: Callable[[str], str]) -> Any:
    """What a record says, with the other names; its evidence as it stands in the other text."""
    if isinstance(value, dict):
        renamed = {key: _renamed(one, text, swap) for key, one in value.items()}
        renamed |= {key: swap(one) for key, one in value.items() if key in NAMES and isinstance(one, str)}
        if {"start", "end", "text"} <= value.keys():
            renamed["text"] = text[value["start"] : value["end"]]
        return renamed
    return [_renamed(one, text, swap) for one in value] if isinstance(value, list | tuple) else value


def fill_opinions(store: Store, number: int) -> None:
    """Let two people review the first releases of the queue."""
    for place, queued in enumerate(load_queue(store, QueueFilter(), number).releases):
        for opinion in get_args(Opinion):
            sheet = load_sheet(store, queued.release_id, "ana", NOW, opinion)
            targets = tuple(Target(field=shown.field, value_id=shown.value_id) for shown in sheet.values)
            odd = targets[opinion - 1 : opinion] if place % 2 and len(targets) > 2 else ()
            actions: list[Action] = [Reject(targets=odd)] if odd else []
            actions += [Accept(targets=rest)] if (rest := tuple(one for one in targets if one not in odd)) else []
            for action in (*actions, SetStatus(status="done")):
                key = derive_id(queued.release_id, opinion, action.kind)
                asked = {"release_id": queued.release_id, "opinion": opinion, "seen": 9, "request_id": key}
                act(store, Act(**asked, action=action, reviewer=("ana", "ben")[opinion - 1], at=NOW))


class Timing(NamedTuple):
    """Medians, in milliseconds: on a machine that others use as well the processor's time says more."""

    wall: float
    processor: float


def time_opinions(store: Store) -> Iterator[tuple[str, Timing, int]]:
    """As `time_queue`, of what the page of second opinions asks for."""
    agreements, timing = _time(lambda: measure_opinions(store))
    yield "agreement of second opinions", timing, agreements[0].verdicts.count
    disputed, timing = _time(lambda: list_disputed(store))
    yield "releases to choose on", timing, len(disputed)
    awaited, timing = _time(lambda: list_awaited(store, 1, "cleo", NOW))
    yield "releases that wait", timing, len(awaited)


def time_queue(store: Store) -> Iterator[tuple[str, Timing, int]]:
    """What was asked, how long it took, and how many releases there are."""
    name = load_queue(store, QueueFilter(), 1).releases[0].title.split()[0]
    asked = {
        "all": QueueFilter(),
        "one source": QueueFilter(source="newsroom-07"),
        "a year": QueueFilter(since=dt.date(2025, 1, 1), until=dt.date(2025, 12, 31)),
        "a check": QueueFilter(check="quote_without_speaker"),
        "open amounts": QueueFilter(field="amounts"),
        "a rare word": QueueFilter(words=name),
        "a common word": QueueFilter(words="the"),
        "two words": QueueFilter(words="million gr"),
        "a phrase": QueueFilter(words='"will give"'),
        "a letter": QueueFilter(words="s"),
        "word, check and source": QueueFilter(words="the", check="quote_without_speaker", source="newsroom-07"),
    }
    for title, wanted in asked.items():
        total, timing = _time(lambda wanted=wanted: load_queue(store, wanted, 50, at=NOW).total)  # type: ignore[misc]
        yield f"first page: {title}", timing, total
    after = load_queue(store, QueueFilter(), 10_000).after
    total, timing = _time(lambda: load_queue(store, QueueFilter(), 50, after, NOW).total)
    yield "a page in the middle", timing, total
    yield "next release", _time(lambda: next_release(store, QueueFilter(), "ana", NOW))[1], 1
    yield "choices of the filters", _time(lambda: load_choices(store))[1], 1


def _time(function: Callable[[], Any]) -> tuple[Any, Timing]:
    wall, processor = [], []
    for _ in range(ROUNDS):
        began, worked = time.perf_counter(), time.process_time()
        answer = function()
        wall.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - worked) * 1000)
    return answer, Timing(median(wall), median(processor))


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--releases", type=int, default=20_000)
    cli.add_argument("--database")
    cli.add_argument("--opinions", type=int, default=0)
    args = cli.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        store = open_store(args.database or f"sqlite:///{scratch}/store.sqlite")
        if not load_queue(store, QueueFilter(status=()), 1).total:
            seconds = fill_store(store, args.releases)
            print(f"saved {args.releases} releases in {seconds:.0f} s: {args.releases / seconds:.0f} a second")
        if args.opinions:
            fill_opinions(store, args.opinions)
        print(f"{'ms':>8}{'ms of processor':>18}{'releases':>10}  what")
        for title, timing, total in (*time_queue(store), *time_opinions(store)):
            print(f"{timing.wall:8.1f}{timing.processor:18.1f}{total:10}  {title}")
        close_store(store)


if __name__ == "__main__":
    main()
