"""Fits the weights by which payers and payees are chosen: `python -m training.parties CORPUS` (data/parties.json).

Learns from the annotated releases and from `party_labels.jsonl`: sums of unlabelled wire releases that were annotated
by the same guide; each line has the hash of a release's text, offsets of the sum, its kind, and offsets of a mention of
each party. People and organisations are those that the extractor finds.
"""

import argparse
import json
import lzma
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from extractors.amount_kinds import give_kinds
from extractors.files import FileProblem, read_file
from extractors.findings import Findings
from extractors.parties import SIDES, choose
from extractors.party_features import find_candidates, read_scene
from extractors.pipeline import build_pipeline
from extractors.positions import Candidate
from extractors.ready import read_ready
from extractors.record import find_values
from schemas.record import Amount, Organisation, Person
from schemas.release import Release
from schemas.source import Source
from training.calibration import fit_curve
from training.examples import NOT_FOR_TRAINING, load_lines
from training.softmax import Sample, fit

TARGET = Path("extractors/data/parties.json")
LABELS = Path("training/party_labels.jsonl")
_READY = 2.0
"""Held against the answer that nobody pays or gets it: the gold leaves out many a party that a reader would name."""
_SEEDS, _FOLDS = 3, 3
_OTHER_KIND = 0.3
"""Share of sums whose kind in training is the one that the extractor finds, right or wrong."""


class Unit(NamedTuple):
    """One sum, who may be its parties, and who is."""

    release: str
    candidates: Sequence[Candidate]
    right: Mapping[str, int | None]
    """By side: 0 for nobody; None where the party is not among the candidates."""


def load_press(corpus: Path, nlp: Language) -> Iterator[Unit]:
    """The sums of the annotated releases that may be learnt from."""
    golds, rows = (load_lines(corpus / "press" / f"train.{kind}.jsonl") for kind in ("gold", "releases"))
    entries = read_file("train.jsonl", (corpus / "press/train.releases.jsonl").read_bytes(), None)
    for entry, gold, row in zip(entries, golds, rows, strict=True):
        if not isinstance(entry, FileProblem) and NOT_FOR_TRAINING not in row["rights"]:
            yield from press_units(nlp(entry.release.text), entry.release, gold)


def press_units(doc: Doc, release: Release, gold: Mapping[str, Any]) -> Iterator[Unit]:
    """The annotated sums of one release; the n-th annotation of equal words is held to be their n-th place."""
    forms = [{entity["name"], *entity["mentions"]} for kind in ("people", "organisations") for entity in gold[kind]]
    by_text: dict[str, list[Mapping[str, Any]]] = {}
    for amount in gold["amounts"]:
        by_text.setdefault(amount["text"], []).append(amount)
    found, seen = give_kinds(doc, find_values(doc, release)), Counter[str]()
    wanted = {}
    for amount in found.amounts:
        same = by_text.get(amount.text, [])
        if same:
            entry = same[min(seen[amount.text], len(same) - 1)]
            names = {side: next((f for f in forms if entry[side] in f), {entry[side]}) for side in SIDES if entry[side]}
            wanted[amount.id] = (entry["kind"], names)
        seen[amount.text] += 1
    yield from _units(found, wanted)


def _units(found: Findings, wanted: Mapping[str, tuple[str, Mapping[str, set[str]]]]) -> Iterator[Unit]:
    if not (found.people or found.organisations):
        return
    scene, chance = read_scene(found), random.Random(found.release.id)
    entities: list[Person | Organisation] = [*found.people, *found.organisations]
    forms = {entity.name: {entity.name, *(mention.text for mention in entity.mentions)} for entity in entities}
    for amount in found.amounts:
        if amount.id in wanted:
            kind, names = wanted[amount.id]
            told = amount.kind if chance.random() < _OTHER_KIND else kind
            candidates = find_candidates(scene, amount, told)  # type: ignore[arg-type]
            right = {side: _place(candidates, names.get(side), forms) for side in SIDES}
            yield Unit(found.release.id, candidates, right)


def _place(candidates: Sequence[Candidate], names: set[str] | None, forms: Mapping[str, set[str]]) -> int | None:
    if not names:
        return 0
    fitting = (place for place, c in enumerate(candidates) if c.value and not names.isdisjoint(forms.get(c.value, ())))
    return next(fitting, None)


def load_wire(corpus: Path, nlp: Language) -> Iterator[Unit]:
    """The sums of `party_labels.jsonl`."""
    labels: dict[str, list[dict[str, Any]]] = {}
    for line in LABELS.read_text("utf8").splitlines():
        labels.setdefault(json.loads(line)["text_sha256"], []).append(json.loads(line))
    source = Source.model_validate({"name": "files", "url": "https://files.example/", "discover": "listing"})
    with lzma.open(corpus / "wire/unlabelled.jsonl.xz", "rt", encoding="utf8") as lines:
        for number, line in enumerate(lines):
            release = read_ready(json.loads(line), f"wire {number}", source)
            if release.text_sha256 in labels:
                yield from wire_units(nlp(release.text), release, labels[release.text_sha256])


def wire_units(doc: Doc, release: Release, labels: Iterable[Mapping[str, Any]]) -> Iterator[Unit]:
    """The labelled sums of one release."""
    found = give_kinds(doc, find_values(doc, release))
    by_place: dict[tuple[int, int], Amount] = {(amount.start, amount.end): amount for amount in found.amounts}
    wanted = {}
    for label in labels:
        amount = by_place.get((label["start"], label["end"]))
        if amount is not None:
            names = {side: {release.text[slice(*label[side])]} for side in SIDES if label[side]}
            wanted[amount.id] = (label["kind"], names)
    yield from _units(found, wanted)


def fit_parties(units: Sequence[Unit]) -> dict[str, dict[str, float]]:
    """Weights of each side: the mean over some seeds, small ones left out."""
    model = {}
    for side in SIDES:
        samples = [Sample(list(unit.candidates), place) for unit in units if (place := unit.right[side]) is not None]
        fitted = [fit(samples, seed) for seed in range(_SEEDS)]
        names = {name for weights in fitted for name in weights}
        mean = {name: sum(weights.get(name, 0.0) for weights in fitted) / _SEEDS for name in names}
        model[side] = {name: round(weight, 2) for name, weight in sorted(mean.items()) if abs(weight) >= 0.05}
        model[side]["none"] = model[side].get("none", 0.0) - _READY
    return model


def judge(units: Sequence[Unit], model: Mapping[str, Any]) -> dict[str, list[tuple[float, bool]]]:
    """By side: the probability of each party that is given, and whether it is right."""
    judged: dict[str, list[tuple[float, bool]]] = {side: [] for side in SIDES}
    for unit in units:
        for side, choice in zip(SIDES, choose(unit.candidates, model), strict=True):
            if choice.name is not None:
                place = unit.right[side]
                judged[side].append(
                    (choice.probability, bool(place) and unit.candidates[place or 0].value == choice.name)
                )
    return judged


def cross_validate(press: Sequence[Unit], wire: Sequence[Unit]) -> dict[str, list[tuple[float, bool]]]:
    """What `judge` says of annotated releases that were not learnt from."""
    releases = sorted({unit.release for unit in press})
    random.Random(2).shuffle(releases)
    fold = {release: number % _FOLDS for number, release in enumerate(releases)}
    judged: dict[str, list[tuple[float, bool]]] = {side: [] for side in SIDES}
    for number in range(_FOLDS):
        model = fit_parties([*(unit for unit in press if fold[unit.release] != number), *wire])
        for side, pairs in judge([unit for unit in press if fold[unit.release] == number], model).items():
            judged[side] += pairs
    return judged


def write_model(press: Sequence[Unit], wire: Sequence[Unit]) -> None:
    """Fits, says how good it is where not learnt from, and writes `parties.json`."""
    judged = cross_validate(press, wire)
    for side, pairs in judged.items():
        right, asked = sum(ok for _, ok in pairs), sum(unit.right[side] != 0 for unit in press)
        print(f"{side}: {right / asked:.3f} of {asked} found, {right / len(pairs):.3f} of {len(pairs)} given are right")
    model: dict[str, Any] = fit_parties([*press, *wire])
    model["calibration"] = {side: fit_curve(pairs) for side, pairs in judged.items()}
    TARGET.write_text(json.dumps(model, indent=0, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf8")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    corpus = parser.parse_args().corpus
    nlp = build_pipeline()
    write_model(list(load_press(corpus, nlp)), list(load_wire(corpus, nlp)))


if __name__ == "__main__":
    main()
