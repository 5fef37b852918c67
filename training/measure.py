"""Mention-level precision, recall and F1 of a network over rows."""

from collections import Counter

import torch

from extractors.tagger import read_spans
from training.batches import IGNORED, NAME_TAGS, TITLE_TAGS, Row, to_tensors
from training.encoder import Encoder
from training.examples import LABELS

Counts = Counter[tuple[str, str]]
"""How many of each label are gold, found, right."""


@torch.no_grad()
def score_rows(encoder: Encoder, rows: list[Row]) -> str:
    """A line for each label; windows count one by one."""
    encoder.eval()
    counts: Counts = Counter()
    for row in rows:
        batch = to_tensors([row])
        scores = encoder(batch.ids, batch.cases)[0]
        names, titles = scores[:, : encoder.names], scores[:, encoder.names :]
        _count(counts, row.names, names.argmax(-1).tolist(), NAME_TAGS)
        _count(counts, row.titles, titles.argmax(-1).tolist(), TITLE_TAGS)
    return "\n".join(_line(counts, label) for label in (*LABELS, "TITLE"))


def _count(counts: Counts, gold_tags: list[int], guesses: list[int], tags: tuple[str, ...]) -> None:
    kept = [(tags[gold], tags[guess]) for gold, guess in zip(gold_tags, guesses, strict=True) if gold != IGNORED]
    gold, found = set(read_spans([g for g, _ in kept])), set(read_spans([f for _, f in kept]))
    for kind, names in (("gold", gold), ("found", found), ("right", gold & found)):
        counts.update((label, kind) for _, _, label in names)


def _line(counts: Counts, label: str) -> str:
    gold, found, right = (counts[label, kind] for kind in ("gold", "found", "right"))
    p, r = right / max(1, found), right / max(1, gold)
    return f"{label:7} P {100 * p:.1f} R {100 * r:.1f} F1 {200 * p * r / max(1e-9, p + r):.1f} gold {gold}"
