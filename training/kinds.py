"""Fits what kind of sum an amount is: `python -m training.kinds CORPUS [--more LABELS]` (amount_kinds.json).

CORPUS holds `press/` and `wire/`; LABELS, as `training/amount_labels.jsonl`, has one object a line for a sum of a
release of `wire/`: the SHA-256 of the release's text, start, end, kind.
"""

import argparse
import json
import lzma
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import md5
from pathlib import Path
from typing import Any, NamedTuple

import torch

from extractors.amount_kinds import KINDS, Scores, Weights, choose, make_weights, score_scene
from extractors.amounts import extract_amounts, mark_amounts
from extractors.files import FileProblem, read_file
from extractors.kind_features import Features, Scene, features, read_scene
from extractors.pipeline import build_pipeline
from extractors.ready import ReadyError, read_ready
from extractors.recalibration import expected_error
from schemas.release import Release
from schemas.source import Source
from training.calibration import fit_curve
from training.examples import NOT_FOR_TRAINING, load_lines

TARGET = Path("extractors/data/amount_kinds.json")
_SEEN = 4
"""A feature that fewer sums have has no weight."""
_HOLD = 1 / 20
"""How strongly weights are held at zero."""
_STEPS = 120
_LEAST = 12
"""Hundredths: a feature none of whose weights is as far from zero is left out of the file."""
_FOLDS = 5
_FILES = Source.model_validate({"name": "files", "url": "https://files.example/", "discover": "listing"})


class Example(NamedTuple):
    """A release with its sums, and the kinds of those of which they are known."""

    name: str
    scene: Scene
    kinds: dict[int, str]
    """By the number of the amount."""
    learn: bool


class Sample(NamedTuple):
    """One sum to learn from."""

    seen: Features
    kind: int
    share: float
    """1, or its part where a release tells of the sum in several places and one kind is known for all of them."""


def _scene(release: Release) -> Scene:
    amounts, _ = extract_amounts(mark_amounts(_NLP.make_doc(release.text)), release)
    return read_scene(release.text, release.title, amounts)


def _key(amount: dict[str, Any]) -> tuple[object, ...]:
    top = amount["max"]
    return Decimal(str(amount["value"])), None if top is None else Decimal(str(top)), amount["currency"]


def load_press(press: Path, part: str) -> Iterator[Example]:
    """Annotated releases: a kind is annotated for a value, and holds for every place of it."""
    gold = {line["id"]: line for line in load_lines(press / f"{part}.gold.jsonl")}
    file = press / f"{part}.releases.jsonl"
    rights = {row["id"]: row["rights"] for row in load_lines(file)}
    for entry in read_file(file.name, file.read_bytes(), None):
        if isinstance(entry, FileProblem):
            raise SystemExit(f"{file}: {entry}")
        release = entry.release
        scene = _scene(release)
        known = {_key(amount): amount["kind"] for amount in gold[release.id]["amounts"] if amount["kind"]}
        kinds = {n: known[key] for key, numbers in scene.same.items() if key in known for n in numbers}
        yield Example(release.id, scene, kinds, NOT_FOR_TRAINING not in rights[release.id])


def load_more(wire: Path, labels: Path) -> Iterator[Example]:
    """Releases of the wires with single sums labelled."""
    wanted: dict[str, dict[tuple[int, int], str]] = defaultdict(dict)
    for label in load_lines(labels):
        wanted[label["release"]][label["start"], label["end"]] = label["kind"]
    with lzma.open(wire, "rt", encoding="utf8") as lines:
        for line in lines:
            try:
                release = read_ready(json.loads(line), "", _FILES)
            except ReadyError:
                continue
            if places := wanted.pop(release.text_sha256, None):
                scene = _scene(release)
                found = {(amount.start, amount.end): number for number, amount in enumerate(scene.amounts)}
                kinds = {found[place]: kind for place, kind in places.items() if place in found}
                yield Example(release.text_sha256, scene, kinds, learn=True)


def samples(example: Example) -> Iterator[Sample]:
    """What is learnt of a release."""
    annotated = len(example.name) != 64
    for numbers in example.scene.same.values():
        known = [number for number in numbers if number in example.kinds]
        for number in known:
            kind = KINDS.index(example.kinds[number])  # type: ignore[arg-type]
            yield Sample(features(example.scene, number), kind, 1 / len(known) if annotated else 1.0)


def fit(learnt: Sequence[Sample]) -> tuple[dict[str, list[int]], list[float]]:
    """Rows of hundredths by feature, and biases: a softmax held near zero, by L-BFGS."""
    counts = Counter(name for sample in learnt for name in sample.seen)
    index = {name: row for row, name in enumerate(sorted(name for name, seen in counts.items() if seen >= _SEEN))}
    matrix, right = _matrix(learnt, index), torch.tensor([sample.kind for sample in learnt])
    share = torch.tensor([sample.share for sample in learnt], dtype=torch.float64)
    table = torch.zeros(len(index), len(KINDS), dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(len(KINDS), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([table, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scores = torch.sparse.mm(matrix, table) + bias
        lost = torch.nn.functional.cross_entropy(scores, right, reduction="none") @ share
        total = lost + _HOLD / 2 * table.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    found = (table.detach() * 100).round().int().tolist()
    rows = {name: found[row] for name, row in index.items() if max(map(abs, found[row])) >= _LEAST}
    return rows, [round(value, 3) for value in bias.tolist()]


def _matrix(learnt: Sequence[Sample], index: dict[str, int]) -> torch.Tensor:
    rows, columns, values = [], [], []
    for row, sample in enumerate(learnt):
        known = [(index[name], share) for name, share in sample.seen.items() if name in index]
        length = sum(share * share for _, share in known) ** 0.5
        rows += [row] * len(known)
        columns += [column for column, _ in known]
        values += [2 * share / length for _, share in known]
    shape = (len(learnt), len(index))
    return torch.sparse_coo_tensor(torch.tensor([rows, columns]), torch.tensor(values).double(), shape).coalesce()


def judge(examples: Sequence[Example], weights: Weights) -> Iterator[tuple[str, str, float]]:
    """The kind annotated, the kind chosen and how likely it was said to be right: once for each sum of a release."""
    for example in examples:
        scores: list[Scores] = score_scene(example.scene, weights)
        for numbers in example.scene.same.values():
            if numbers[-1] in example.kinds:
                yield (example.kinds[numbers[-1]], *choose(scores[numbers[-1]], weights))


def _fold(example: Example) -> int:
    return md5(example.name.encode(), usedforsecurity=False).digest()[0] % _FOLDS


def cross_validate(press: Sequence[Example], more: Sequence[Example]) -> list[tuple[str, str, float]]:
    """What is chosen for the annotated releases where their fifth was not learnt from."""
    judged: list[tuple[str, str, float]] = []
    for fold in range(_FOLDS):
        known = [e for e in press if _fold(e) != fold and e.learn]
        weights = make_weights(*fit([s for e in (*known, *more) for s in samples(e)]), (1.0, 0.0))
        judged += judge([e for e in press if _fold(e) == fold], weights)
    return judged


def share_right(judged: Sequence[tuple[str, str, float]]) -> float:
    """Part of the sums whose kind is the one annotated."""
    return sum(right == chosen for right, chosen, _ in judged) / max(1, len(judged))


def report(judged: Sequence[tuple[str, str, float]]) -> None:
    """How often each kind is right."""
    for kind in KINDS:
        mine = [row for row in judged if row[0] == kind]
        chosen = sum(row[1] == kind for row in judged)
        right = sum(row[1] == kind for row in mine)
        print(f"{kind:13} precision {right / max(1, chosen):.2f} recall {right / max(1, len(mine)):.2f} of {len(mine)}")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--more", type=Path)
    given = parser.parse_args()
    press = [*load_press(given.corpus / "press", "train")]
    more = [*load_more(given.corpus / "wire" / "unlabelled.jsonl.xz", given.more)] if given.more else []
    judged = cross_validate(press, more)
    report(judged)
    curve = fit_curve([(likely, right == chosen) for right, chosen, likely in judged])
    table, bias = fit([s for e in (*press, *more) if e.learn for s in samples(e)])
    weights = make_weights(table, bias, curve)
    unsure = expected_error([(likely, right == chosen) for right, chosen, likely in judged])
    dev = [*judge([*load_press(given.corpus / "press", "dev")], weights)]
    print(f"{len(table)} features; right where not learnt from: {share_right(judged):.3f}, dev {share_right(dev):.3f}")
    after = expected_error([(likely, right == chosen) for right, chosen, likely in dev])
    print(f"expected calibration error before {unsure:.3f}, of dev after {after:.3f}")
    _write({"features": table, "bias": bias, "calibration": list(curve)})


def _write(kept: dict[str, Any]) -> None:
    rows = ",\n".join(f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
                      for name, row in sorted(kept["features"].items()))  # fmt: skip
    head = f'"bias":{json.dumps(kept["bias"])},\n"calibration":{json.dumps(kept["calibration"])}'
    TARGET.write_text(f'{{{head},\n"features":{{\n{rows}\n}}}}\n', encoding="utf8")


_NLP = build_pipeline("fast")

if __name__ == "__main__":
    main()
