"""A softmax over the candidates of each question, fitted by gradient descent: which of them is right."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch

from extractors.positions import Candidate, choose

_SEEN = 4
"""A feature that fewer candidates have has no weight."""
_STEPS, _RATE, _DECAY = 120, 0.03, 0.01
_UNSEEN = 0.3
"""Part of the features that are hidden at each step, so that none is relied on alone."""


class Sample(NamedTuple):
    """The candidates of one question, and which of them is right."""

    candidates: list[Candidate]
    right: int


def fit(samples: Sequence[Sample], seed: int = 1) -> dict[str, float]:
    """Weights of a softmax over the candidates of each question, held near zero."""
    counts = Counter(feature for sample in samples for candidate in sample.candidates for feature in candidate.features)
    index = {feature: place for place, (feature, seen) in enumerate(sorted(counts.items())) if seen >= _SEEN}
    index = {feature: place for place, feature in enumerate(index)}
    rows: list[int] = []
    columns: list[int] = []
    owners: list[int] = []
    starts = [0]
    for owner, sample in enumerate(samples):
        for candidate in sample.candidates:
            known = [index[feature] for feature in candidate.features if feature in index]
            rows.extend([len(owners)] * len(known))
            columns.extend(known)
            owners.append(owner)
        starts.append(len(owners))
    shape = (len(owners), len(index))
    places, noise = torch.tensor([rows, columns]), torch.Generator().manual_seed(seed)
    owner_of = torch.tensor(owners)
    right = torch.tensor([start + sample.right for start, sample in zip(starts, samples, strict=False)])
    weights = torch.zeros(len(index), 1, requires_grad=True)
    optimizer = torch.optim.Adam([weights], lr=_RATE)
    for _ in range(_STEPS):
        optimizer.zero_grad()
        seen = (torch.rand(len(rows), generator=noise) >= _UNSEEN) / (1 - _UNSEEN)
        matrix = torch.sparse_coo_tensor(places, seen, shape, check_invariants=True)
        scores = torch.sparse.mm(matrix, weights).squeeze(1)
        top = torch.full((len(samples),), -1e9).scatter_reduce(0, owner_of, scores.detach(), "amax")
        sums = torch.zeros(len(samples)).index_add(0, owner_of, (scores - top[owner_of]).exp())
        loss = (sums.log() + top - scores[right]).mean() + _DECAY * weights.square().sum() / len(samples) ** 0.5
        loss.backward()
        optimizer.step()
    print(f"{len(samples)} questions, {len(index)} features, loss {loss.item():.3f}")
    found = weights.detach().squeeze(1).tolist()
    return {name: round(found[place], 2) for name, place in index.items() if abs(found[place]) >= 0.05}


def share_right(samples: Sequence[Sample], weights: Mapping[str, float]) -> float:
    """How often the right one is chosen where there is one."""
    asked = [sample for sample in samples if sample.right]
    return sum(choose(s.candidates, weights) is s.candidates[s.right] for s in asked) / max(1, len(asked))


def parts_of(count: int, parts: int = 5) -> list[tuple[int, int]]:
    """Where each of so many parts begins and ends: neighbours, who may be of one release, stay together."""
    size = count // parts
    return [(n * size, count if n == parts - 1 else (n + 1) * size) for n in range(parts)]


def share_unseen(samples: Sequence[Sample]) -> float:
    """How often the right one is chosen by weights that were not learnt from it, in five parts."""
    shares = [
        share_right(samples[first:last], fit([*samples[:first], *samples[last:]]))
        for first, last in parts_of(len(samples))
    ]
    return sum(shares) / len(shares)
