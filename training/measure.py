"""Mention-level precision, recall and F1 of a network over rows."""

from collections import Counter

import numpy as np
import torch
from numpy.typing import NDArray

from extractors.tagger import read_spans
from training.batches import NAME_TAGS, TITLE_TAGS, Row, to_tensors
from training.encoder import Encoder
from training.examples import LABELS

Counts = Counter[tuple[str, str]]
"""How many of each label are gold, found, right."""


@torch.no_grad()
def score_rows(encoder: Encoder, rows: list[Row]) -> str:
    """A line for each label; windows count one by one."""
    encoder.eval()
    counts: Counts = Counter()
    names = len(NAME_TAGS)
    for row in rows:
        batch = to_tensors([row])
        scores = encoder(batch.ids, batch.cases)[0].numpy()
        _count(counts, row.targets[:, :names], scores[:, :names], NAME_TAGS)
        _count(counts, row.targets[:, names:], scores[:, names:], TITLE_TAGS)
    return "\n".join(_line(counts, label) for label in (*LABELS, "TITLE"))


def _count(counts: Counts, wanted: NDArray[np.floating], scores: NDArray[np.floating], tags: tuple[str, ...]) -> None:
    asked = wanted.any(-1)
    gold, found = (set(read_spans([tags[place] for place in part[asked].argmax(-1)])) for part in (wanted, scores))
    for kind, spans in (("gold", gold), ("found", found), ("right", gold & found)):
        counts.update((label, kind) for _, _, label in spans)


def _line(counts: Counts, label: str) -> str:
    gold, found, right = (counts[label, kind] for kind in ("gold", "found", "right"))
    p, r = right / max(1, found), right / max(1, gold)
    return f"{label:7} P {100 * p:.1f} R {100 * r:.1f} F1 {200 * p * r / max(1e-9, p + r):.1f} gold {gold}"
