"""Turns examples into windows of pieces with what is to be learnt of each, and these into batches."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from extractors.pieces import START, STOP, Window, Word, find_windows, find_words
from training.examples import LABELS, Example, Name

NAME_TAGS = ("O", *(f"{place}-{label}" for label in LABELS for place in "BI"))
TITLE_TAGS = ("O", "B-TITLE", "I-TITLE")
TAGS = len(NAME_TAGS) + len(TITLE_TAGS)


class Reach(NamedTuple):
    """Pieces in a window, and pieces that two windows of one paragraph share."""

    window: int
    margin: int


NARROW, WIDE = Reach(256, 60), Reach(320, 100)
"""What the models that ship look at at once while they learn, and what their teacher does."""
AT_WORK = Reach(190, 40)
"""What the models that ship look at at once in use: as good as more, and faster."""

Targets = NDArray[np.float16]
"""Probabilities, words or pieces × tags of names, then of titles; zeros where nothing is to be learnt."""


class Row(NamedTuple):
    """One window: numbers, case patterns and targets of its pieces; targets stand on the first piece of each word."""

    ids: list[int]
    cases: list[int]
    targets: Targets


def _tag(words: Sequence[Word], found: Sequence[Name] | None, tags: Sequence[str]) -> Targets:
    """What is to be learnt of each word; a name whose bounds lie within a word takes the whole word."""
    result = np.zeros((len(words), len(tags)), np.float16)
    if found is None:
        return result
    rest = iter(found)
    name, begun = next(rest, None), False
    for number, word in enumerate(words):
        while name and name.end <= word.start:
            name, begun = next(rest, None), False
        if word.ids == (STOP,):
            continue
        if not (name and word.end > name.start):
            result[number, 0] = 1
            continue
        if name.label:
            result[number, tags.index(f"{'I' if begun else 'B'}-{name.label}")] = 1
        begun = True
    return result


def make_targets(words: Sequence[Word], example: Example) -> Targets:
    """The tags of an example, each certain."""
    return np.concatenate([_tag(words, example.names, NAME_TAGS), _tag(words, example.titles, TITLE_TAGS)], 1)


def make_rows(example: Example, reach: Reach) -> Iterator[Row]:
    """The windows of an example."""
    words = find_words(example.text)
    targets = make_targets(words, example) if example.soft is None else example.soft
    for window in find_windows(words, *reach):
        yield make_row(words, window, targets)


def make_row(words: Sequence[Word], window: Window, targets: Targets) -> Row:
    """One window with its begin and end."""
    seen = words[window.first : window.last]
    ids = [START, *(number for word in seen for number in word.ids), STOP]
    cases = [4, *(word.case for word in seen for _ in word.ids), 4]
    rows = np.zeros((len(ids), TAGS), np.float16)
    rows[first_pieces(seen)] = targets[window.first : window.last]
    return Row(ids, cases, rows)


def first_pieces(words: Sequence[Word]) -> NDArray[np.intp]:
    """The place of each word's first piece in its window."""
    return np.cumsum([1, *(len(word.ids) for word in words)])[:-1]


def shout(example: Example) -> Example:
    """The same with its headline in capitals, as many newsrooms have it."""
    head, blank, body = example.text.partition("\n\n")
    return example._replace(text=head.upper() + blank + body) if len(head.upper()) == len(head) else example


def make_batches(rows: list[Row], pieces: int, rng: random.Random) -> list[list[Row]]:
    """Rows of like length together, about so many pieces a batch, in random order."""
    batches: list[list[Row]] = [[]]
    longest = 0
    for row in sorted(rows, key=lambda row: len(row.ids) + rng.uniform(-8, 8)):
        longest = max(longest, len(row.ids))
        if batches[-1] and longest * (len(batches[-1]) + 1) > pieces:
            batches.append([])
            longest = len(row.ids)
        batches[-1].append(row)
    rng.shuffle(batches)
    return batches


class Batch(NamedTuple):
    """Rows of a batch, padded at the end: batch × pieces (× tags); the mask is True where a piece is."""

    ids: Tensor
    cases: Tensor
    mask: Tensor
    targets: Tensor


def to_tensors(rows: Sequence[Row]) -> Batch:
    """A batch of rows."""
    shape = (len(rows), max(len(row.ids) for row in rows))
    ids, cases, mask = np.zeros(shape, np.int64), np.full(shape, 4), np.zeros(shape, bool)
    targets = np.zeros((*shape, TAGS), np.float32)
    for number, row in enumerate(rows):
        size = len(row.ids)
        ids[number, :size], cases[number, :size], mask[number, :size] = row.ids, row.cases, True
        targets[number, :size] = row.targets
    return Batch(*map(torch.from_numpy, (ids, cases, mask, targets)))
