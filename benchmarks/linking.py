"""How well similar names tell one organisation or person, threshold by threshold, and how fast linking is.

python -m benchmarks.linking CORPUS [--names N]

CORPUS holds `corpus/press/train.gold.jsonl`. Pairs that are one: two forms of one entity in one release. Pairs that
are not: forms of two entities of one release; beside them all other pairs of names in the corpus that share a block,
which nobody has judged and which `--show` prints. Keys that are equal are no pairs: they need no threshold.
With --names the second table links so many made-up names in a store of its own.
"""

import argparse
import datetime as dt
import itertools
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from schemas.evidence import Evidence
from schemas.record import Organisation, Person, Record, ReleaseRef
from schemas.release import Release
from schemas.values import derive_id
from store.database import close_store, open_store
from store.judging import ACCEPTED_FROM, PROPOSED_FROM
from store.links import link_entities
from store.matching import Kind, blocks, differ_in_spelling_only, is_bare_acronym, name_key, similarity
from store.models import Batch, Item
from store.save import save_batch

THRESHOLDS = (0.70, 0.75, 0.80, 0.85, 0.88, 0.90, 0.92, 0.94, 0.96, 0.98)
FIELDS: dict[Kind, str] = {"organisation": "organisations", "person": "people"}
NAMES_PER_RELEASE = 10

Pair = tuple[str, str]


class Pairs(NamedTuple):
    """Pairs of different keys."""

    one: set[Pair]
    """Of one thing."""
    two: set[Pair]
    """Of two things of one release."""
    unknown: set[Pair]
    """Of different releases, sharing a block: nobody has said."""


def make_pairs(gold: Path, kind: Kind) -> Pairs:
    """Pairs of whole names; acronyms and single words have rules of their own."""
    one: set[Pair] = set()
    two: set[Pair] = set()
    filed: dict[str, set[str]] = defaultdict(set)
    for line in gold.read_text(encoding="utf8").splitlines():
        entities = [_keys(entity, kind) for entity in json.loads(line)[FIELDS[kind]]]
        for keys in entities:
            one |= _all_pairs(keys)
        for ours, theirs in itertools.combinations(entities, 2):
            two |= {(min(a, b), max(a, b)) for a in ours for b in theirs if a != b}
        for key in set().union(*entities):
            for block in blocks(kind, key):
                filed[block].add(key)
    shared = set().union(*(_all_pairs(keys) for keys in filed.values()))
    return Pairs(one, two - one, shared - one - two)


def _keys(entity: dict[str, Any], kind: Kind) -> set[str]:
    forms = {entity["name"], *entity["mentions"]}
    keys = {name_key(kind, form) for form in forms if kind == "person" or not is_bare_acronym(form)}
    return {key for key in keys if " " in key}


def _all_pairs(keys: Iterable[str]) -> set[Pair]:
    return set(itertools.combinations(sorted(keys), 2))


def print_curve(kind: Kind, pairs: Pairs, guarded: bool) -> None:
    """One line for each threshold: of how many pairs that it takes for one thing how many are."""
    print(f"\n{kind}, {'nothing but spelling differs' if guarded else 'similarity alone'}:")
    print(f"{'from':>5}{'right':>7}{'wrong':>7}{'precision':>11}{'recall':>8}{'unknown':>9}")
    for threshold in THRESHOLDS:
        right, wrong, unknown = (
            sum(
                similarity(kind, *pair) >= threshold and (not guarded or differ_in_spelling_only(*pair))
                for pair in some
            )
            for some in pairs
        )
        precision = right / (right + wrong) if right + wrong else 1.0
        recall = right / len(pairs.one)
        print(f"{threshold:5.2f}{right:7}{wrong:7}{precision:11.3f}{recall:8.3f}{unknown:9}")


def print_unknown(kind: Kind, pairs: Pairs) -> None:
    """The unjudged pairs that would be accepted or proposed, for a person to read."""
    for pair in sorted(pairs.unknown, key=lambda pair: -similarity(kind, *pair)):
        score = similarity(kind, *pair)
        if score >= PROPOSED_FROM:
            sure = kind == "organisation" and score >= ACCEPTED_FROM and differ_in_spelling_only(*pair)
            print(f"{score:.3f} {'accepted' if sure else 'proposed'}: {pair[0]} | {pair[1]}")


def make_items(names: int) -> Iterator[Item]:
    """Releases with made-up names: half of them people, many named more than once, words as common as in English."""
    chance = random.Random(1)  # noqa: S311
    size = max(2000, names // 20)
    words = ["".join(chance.choices("abcdefghiklmnoprstuvw", k=chance.randint(4, 9))) for _ in range(size)]

    def word() -> str:
        return words[int(size ** chance.random()) - 1].title()  # the n-th word is n times as rare as the first

    for number in range(names // NAMES_PER_RELEASE):
        found = {" ".join(word() for _ in range(chance.randint(2, 4))): None for _ in range(NAMES_PER_RELEASE)}
        yield make_item(number, [*found][::2], [*found][1::2])


def make_item(number: int, organisations: list[str], people: list[str]) -> Item:
    """One release that names these; each person works for the first organisation."""
    text = f"Release {number}\n\n" + "\n".join([*organisations, *people])
    key = derive_id("release", number)
    release = Release(id=key, source=f"s{number % 50}", title=f"Release {number}", text=text)

    def at(name: str) -> dict[str, Any]:
        start = text.index("\n" + name) + 1
        mentions = (Evidence(start=start, end=start + len(name), text=name),)
        return {"id": derive_id(key, name, start), "name": name, "mentions": mentions, "confidence": 1}

    reference = release.model_dump(include={"id", "source", "url", "title", "published", "language"})
    described = ReleaseRef(**reference, text_sha256=release.text_sha256)
    record = Record(
        extractor_version="1",
        release=described,
        organisations=tuple(Organisation(**at(name)) for name in organisations),
        people=tuple(Person(**at(name), organisation=organisations[0]) for name in people),
    )
    return Item(release=release, record=record)


def print_speed(names: int) -> None:
    """Names linked in a second of processor time, for each tenth of the names."""
    with tempfile.TemporaryDirectory() as scratch:
        store = open_store(f"sqlite:///{scratch}/store.sqlite")
        items = make_items(names)
        print(f"\n{'in store':>10}{'names/s':>9}")
        for part in range(1, 11):
            now = dt.datetime.now(dt.UTC)
            for _ in range(max(1, names // NAMES_PER_RELEASE // 1000)):
                save_batch(store, Batch(seen_at=now, items=tuple(itertools.islice(items, 100))))
            began = time.process_time()
            linked = link_entities(store, now)
            print(f"{names * part // 10:10,}{linked.names / (time.process_time() - began):9,.0f}", flush=True)
        close_store(store)


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", type=Path)
    cli.add_argument("--names", type=int, default=0)
    cli.add_argument("--show", action="store_true")
    args = cli.parse_args()
    for kind in FIELDS:
        pairs = make_pairs(args.corpus / "corpus/press/train.gold.jsonl", kind)
        print(f"\n{kind}: {len(pairs.one)} pairs of one, {len(pairs.two)} of two, {len(pairs.unknown)} unknown")
        print_curve(kind, pairs, guarded=False)
        if kind == "organisation":
            print_curve(kind, pairs, guarded=True)
        if args.show:
            print_unknown(kind, pairs)
    if args.names:
        print_speed(args.names)


if __name__ == "__main__":
    main()
