"""Labels releases that nobody annotated with what a teacher sees in them, in its own uncertainty."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from extractors.pieces import STOP, Window, Word, find_windows, find_words
from training.batches import NAME_TAGS, TAGS, WIDE, Row, Targets, first_pieces, make_row, to_tensors
from training.encoder import Encoder
from training.examples import Example

_AT_ONCE = 3000
"""Pieces."""
_TEXTS = 200
"""Texts whose windows are sorted by length together."""


def label_releases(teacher: Encoder, texts: Sequence[str]) -> Iterator[Example]:
    """An example from each text, with a probability for every tag of every word."""
    teacher = teacher.eval().bfloat16()
    for start in range(0, len(texts), _TEXTS):
        yield from _label(teacher, texts[start : start + _TEXTS])
        print(f"labelled {min(start + _TEXTS, len(texts))}/{len(texts)}", flush=True)


def _label(teacher: Encoder, texts: Sequence[str]) -> Iterator[Example]:
    cut = [find_words(text) for text in texts]
    soft = [np.zeros((len(words), TAGS), np.float16) for words in cut]
    jobs = [(n, window) for n, words in enumerate(cut) for window in find_windows(words, *WIDE)]
    rows = [make_row(cut[n], window, soft[n]) for n, window in jobs]
    order = sorted(range(len(jobs)), key=lambda job: len(rows[job].ids))
    while order:
        longest = len(rows[order[-1]].ids)
        size = max(1, _AT_ONCE // longest)
        batch, order = order[-size:], order[:-size]
        for job, seen in zip(batch, _look(teacher, [rows[job] for job in batch]), strict=True):
            n, window = jobs[job]
            _keep(soft[n], cut[n], window, seen)
    for text, words, targets in zip(texts, cut, soft, strict=True):
        targets[[word.ids == (STOP,) for word in words]] = 0
        yield Example(text, [], soft=targets)


def _keep(soft: Targets, words: Sequence[Word], window: Window, seen: Targets) -> None:
    places = first_pieces(words[window.first : window.last])
    kept = places[window.keep_from - window.first : window.keep_to - window.first]
    soft[window.keep_from : window.keep_to] = seen[kept]


@torch.no_grad()
def _look(teacher: Encoder, rows: Sequence[Row]) -> Targets:
    batch = to_tensors(rows)
    with torch.autocast("cpu", torch.bfloat16):
        scores = teacher(batch.ids, batch.cases, batch.mask)
    parts = scores.float().tensor_split([len(NAME_TAGS)], -1)
    result: Targets = torch.cat([part.softmax(-1) for part in parts], -1).numpy().astype(np.float16)
    return result
