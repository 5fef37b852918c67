"""Counts how often who pays and who gets the sums of a list is right: `python -m training.row_precision CORPUS`."""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from extractors.amount_kinds import give_kinds
from extractors.files import FileProblem, read_file
from extractors.parties import OF_ROWS, SIDES, link_parties
from extractors.pipeline import build_pipeline
from extractors.record import find_values
from schemas.record import Organisation, Person
from schemas.release import Release
from training.examples import load_lines

TARGET = Path("extractors/data/row_precision.json")


def judge(doc: Doc, release: Release, gold: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The side of each party that a list gives, and whether the gold record has it.

    The n-th annotation of equal words is held to be their n-th place.
    """
    forms = [{entity["name"], *entity["mentions"]} for kind in ("people", "organisations") for entity in gold[kind]]
    by_text: dict[str, list[Mapping[str, Any]]] = {}
    for amount in gold["amounts"]:
        by_text.setdefault(amount["text"], []).append(amount)
    found, seen = link_parties(doc, give_kinds(doc, find_values(doc, release))), Counter[str]()
    entities: list[Person | Organisation] = [*found.people, *found.organisations]
    names = {entity.name: {entity.name, *(mention.text for mention in entity.mentions)} for entity in entities}
    for amount in found.amounts:
        same = by_text.get(amount.text, [])
        for side in SIDES if same else ():
            given: str | None = getattr(amount, side)
            if given and amount.why[side].rule == OF_ROWS:
                wanted = same[min(seen[amount.text], len(same) - 1)][side]
                yield side, any({given, *names[given]} & known and wanted in known for known in forms)
        seen[amount.text] += 1


def main() -> None:
    """Count over the training releases and write the file."""
    parser = argparse.ArgumentParser(prog="python -m training.row_precision", description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds corpus/press")
    press, nlp = parser.parse_args().corpus / "corpus" / "press", build_pipeline()
    entries = read_file("train.jsonl", (press / "train.releases.jsonl").read_bytes(), None)
    judged = [
        pair
        for entry, gold in zip(entries, load_lines(press / "train.gold.jsonl"), strict=True)
        if not isinstance(entry, FileProblem)
        for pair in judge(nlp(entry.release.text), entry.release, gold)
    ]
    counts = {side: [judged.count((side, True)), sum(pair[0] == side for pair in judged)] for side in SIDES}
    TARGET.write_text(json.dumps(counts) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
