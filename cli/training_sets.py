"""Reviewed records as training and evaluation sets: what `dateline export` writes for those who learn from them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from extractors.gold import gold_record, gold_release, left_out
from extractors.pipeline import build_tokenizer
from extractors.training_docs import make_doc, pack_docs
from flows.learn import load_cases
from schemas.record import Record
from schemas.release import Release
from store.database import Store
from store.export import whole_file, write_whole

Pair = tuple[Release, Record]


class Sets(NamedTuple):
    """Reviewed releases with the records that people left, to learn from and to measure by."""

    train: list[Pair]
    dev: list[Pair]


def load_sets(store: Store, source: str | None, share: float) -> Sets:
    """Every release whose review is done; copies and equal texts are in the same set."""
    sets = Sets([], [])
    for case in load_cases(store, share, source):
        (sets.dev if case.is_held_back else sets.train).append((case.release, case.reviewed))
    return sets


def write_gold(folder: Path, name: str, pairs: Sequence[Pair]) -> list[str]:
    """Write `NAME.releases.jsonl` and `NAME.gold.jsonl`; where and what the annotations cannot hold."""
    with whole_file(folder / f"{name}.releases.jsonl") as file:
        file.writelines(json.dumps(gold_release(release), ensure_ascii=False) + "\n" for release, _ in pairs)
    with whole_file(folder / f"{name}.gold.jsonl") as file:
        file.writelines(json.dumps(gold_record(*pair), ensure_ascii=False) + "\n" for pair in pairs)
    return [f"{release.id}: {words!r} has no currency" for release, record in pairs for words in left_out(record)]


def write_docs(folder: Path, name: str, pairs: Sequence[Pair]) -> list[str]:
    """Write `NAME.spacy`; nothing is left out."""
    nlp = build_tokenizer()
    write_whole(folder / f"{name}.spacy", pack_docs(make_doc(nlp, *pair) for pair in pairs))
    return []
