"""Fits what the probabilities of the network mean to how often its names are right."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from extractors.tagger import Tagger
from training.examples import Example, Name, load_press

HELD_BACK = 16
"""Every so-many-th training release is kept from training."""


def held_back(press: Path) -> list[Example]:
    """The releases that the network never saw."""
    return [example for number, (_, example) in enumerate(load_press(press, "train")) if number % HELD_BACK == 0]


def judge(tagger: Tagger, examples: Iterable[Example]) -> dict[str, list[tuple[float, bool]]]:
    """By label: the probability of each name, and whether the gold has it so; what the gold leaves open is left out."""
    judged: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for example in examples:
        gold = {tuple(name) for name in (*example.names, *(example.titles or ()))}
        unsure = [name for name in example.names if name.label is None]
        for found in tagger(example.text):
            if not any(name.start < found.end and found.start < name.end for name in unsure):
                right = tuple(Name(found.start, found.end, found.label)) in gold
                judged[found.label].append((found.probability, right))
    return judged


def fit_calibration(tagger: Tagger, examples: Iterable[Example]) -> dict[str, tuple[float, float]]:
    """Slope and offset for each label (Platt scaling)."""
    return {label: fit_curve(pairs) for label, pairs in sorted(judge(tagger, examples).items())}


_HOLD = 0.5
"""How strongly slope and offset are held at 1 and 0."""


def fit_curve(pairs: list[tuple[float, bool]]) -> tuple[float, float]:
    """Slope and offset of the logistic curve from a raw probability to how often such a choice is right."""
    raw = np.clip([p for p, _ in pairs], 1e-4, 1 - 1e-4)
    x = np.stack([np.log(raw / (1 - raw)), np.ones(len(raw))], 1)
    y = np.array([right for _, right in pairs], float)
    weights: NDArray[np.float64] = np.array([1.0, 0.0])
    step = 1.0
    while step > 1e-4:  # Newton's steps, halved while they lead away, held near the start where there is little to fit
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (p - y) + _HOLD * (weights - [1.0, 0.0])
        bend = (x * (p * (1 - p))[:, None]).T @ x + _HOLD * np.eye(2)
        further = weights - step * np.linalg.solve(bend, slope)
        gain = _loss(x, y, weights) - _loss(x, y, further)
        if gain > 0:
            weights = further
        step = min(1.0, step * 2) if gain > 1e-9 else step / 2
    return round(float(weights[0]), 4), round(float(weights[1]), 4)


def _loss(x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    z = x @ weights
    return float((np.logaddexp(0, z) - y * z).sum() + _HOLD / 2 * ((weights - [1.0, 0.0]) ** 2).sum())
