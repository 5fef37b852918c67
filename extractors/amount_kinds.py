"""What kind of sum an amount is, by a softmax over what is seen of it, and how likely that is right."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from extractors.findings import Findings
from extractors.kind_features import Features, Scene, features, read_scene
from schemas.evidence import Reason
from schemas.record import Amount
from schemas.values import AmountKind

KINDS: tuple[AmountKind, ...] = get_args(AmountKind)
RULE = "model:kinds"
OWN = 0.5
"""How much the words beside a sum count against those beside all places of the same sum in its release."""

Scores = NDArray[np.float64]
"""One of each kind, in the order of KINDS."""


class Weights(NamedTuple):
    """What was learnt (training/kinds.py)."""

    rows: dict[str, int]
    """By the name of a feature, its row."""
    table: NDArray[np.float64]
    """Features × kinds."""
    bias: Scores
    slope: float
    """Of the logistic curve from the logarithms of the odds to those of being right."""
    offset: float


def make_weights(table: dict[str, list[int]], bias: list[float], calibration: Sequence[float]) -> Weights:
    """Weights from their file, where a feature's row is in hundredths."""
    rows = {name: row for row, name in enumerate(table)}
    return Weights(rows, np.array([*table.values()], float).reshape(-1, len(KINDS)) / 100, np.array(bias), *calibration)


@cache
def load_weights() -> Weights:
    """Those that ship."""
    kept = json.loads((files("extractors.data") / "amount_kinds.json").read_text("utf8"))
    return make_weights(kept["features"], kept["bias"], kept["calibration"])


def score(seen: Features, weights: Weights) -> Scores:
    """The probability of each kind; the features that have a weight count as much together, however many they are."""
    known = [(weights.rows[name], share) for name, share in seen.items() if name in weights.rows]
    total = weights.bias
    if known:
        rows, shares = zip(*known, strict=True)
        share = np.array(shares)
        total = total + 2 * share / np.sqrt(share @ share) @ weights.table[list(rows)]
    odds: Scores = np.exp(total - total.max())
    odds /= odds.sum()
    return odds


def choose(scores: Scores, weights: Weights) -> tuple[AmountKind, float]:
    """The likeliest kind and how likely it is right."""
    best = int(scores.argmax())
    likely = float(np.clip(scores[best], 1e-4, 1 - 1e-4))
    odds = weights.slope * np.log(likely / (1 - likely)) + weights.offset
    return KINDS[best], round(float(1 / (1 + np.exp(-odds))), 3)


def score_scene(scene: Scene, weights: Weights) -> list[Scores]:
    """The scores of each sum of a release: its own, and those of all places where the release tells of it."""
    own = [score(features(scene, number), weights) for number in range(len(scene.amounts))]
    shared = list(own)
    for places in scene.same.values():
        mean = np.mean([own[place] for place in places], axis=0)
        for place in places:
            shared[place] = OWN * own[place] + (1 - OWN) * mean
    return shared


def read_kinds(text: str, title: str, amounts: Sequence[Amount]) -> list[tuple[AmountKind, float]]:
    """The kind of each amount of a text that begins with its title, and how likely it is right.

    The same sum told in another currency is of the kind of the one before it.
    """
    weights = load_weights()
    scene = read_scene(text, title, amounts)
    found = [choose(scores, weights) for scores in score_scene(scene, weights)]
    numbers = {amount.id: number for number, amount in enumerate(amounts)}
    for number, amount in enumerate(amounts):
        if amount.equals in numbers:
            found[number] = found[numbers[amount.equals]]
    return found


def give_kinds(_: Doc, found: Findings) -> Findings:
    """Gives each amount its kind, and how likely that is right."""
    kinds = read_kinds(found.release.text, found.release.title, found.amounts)
    amounts = [
        amount.model_copy(update={"kind": kind, "why": {**amount.why, "kind": Reason(rule=RULE, confidence=likely)}})
        for amount, (kind, likely) in zip(found.amounts, kinds, strict=True)
    ]
    return replace(found, amounts=amounts)
