"""Turns examples into windows of pieces with tags, and these into batches."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from extractors.pieces import START, STOP, Word, find_windows, find_words
from training.examples import LABELS, Example, Name

NAME_TAGS = ("O", *(f"{place}-{label}" for label in LABELS for place in "BI"))
TITLE_TAGS = ("O", "B-TITLE", "I-TITLE")
IGNORED = -100
WINDOW, MARGIN = 190, 40
"""Pieces in a window, and pieces that two windows of one paragraph share."""


class Row(NamedTuple):
    """One window: numbers, case patterns and tags of its pieces; tags stand on the first piece of each word."""

    ids: list[int]
    cases: list[int]
    names: list[int]
    titles: list[int]


def tag_words(words: Sequence[Word], found: Sequence[Name] | None, tags: Sequence[str]) -> list[int]:
    """The tag of each word; a name whose bounds lie within a word takes the whole word."""
    if found is None:
        return [IGNORED] * len(words)
    result = [0] * len(words)
    rest = iter(found)
    name, begun = next(rest, None), False
    for number, word in enumerate(words):
        while name and name.end <= word.start:
            name, begun = next(rest, None), False
        if word.ids == (STOP,):
            result[number] = IGNORED
        elif name and word.end > name.start:
            result[number] = tags.index(f"{'I' if begun else 'B'}-{name.label}") if name.label else IGNORED
            begun = True
    return result


def make_rows(example: Example) -> Iterator[Row]:
    """The windows of an example."""
    words = find_words(example.text)
    names, titles = tag_words(words, example.names, NAME_TAGS), tag_words(words, example.titles, TITLE_TAGS)
    for window in find_windows(words, WINDOW, MARGIN):
        row = Row([START], [4], [IGNORED], [IGNORED])
        for place in range(window.first, window.last):
            more = len(words[place].ids) - 1
            row.ids.extend(words[place].ids)
            row.cases.extend([words[place].case] * (1 + more))
            row.names.extend([names[place]] + [IGNORED] * more)
            row.titles.extend([titles[place]] + [IGNORED] * more)
        yield Row([*row.ids, STOP], [*row.cases, 4], [*row.names, IGNORED], [*row.titles, IGNORED])


def shout(example: Example) -> Example:
    """The same with its headline in capitals, as many newsrooms have it."""
    head, blank, body = example.text.partition("\n\n")
    return example._replace(text=head.upper() + blank + body) if len(head.upper()) == len(head) else example


def make_batches(rows: list[Row], pieces: int, rng: random.Random) -> list[list[Row]]:
    """Rows of like length together, about so many pieces a batch, in random order."""
    batches: list[list[Row]] = [[]]
    for row in sorted(rows, key=lambda row: len(row.ids) + rng.uniform(-8, 8)):
        if batches[-1] and max(len(r.ids) for r in (*batches[-1], row)) * (len(batches[-1]) + 1) > pieces:
            batches.append([])
        batches[-1].append(row)
    rng.shuffle(batches)
    return batches


class Batch(NamedTuple):
    """Rows of a batch, padded at the end: batch × pieces; the mask is batch × 1 × 1 × pieces."""

    ids: Tensor
    cases: Tensor
    mask: Tensor
    names: Tensor
    titles: Tensor


def to_tensors(rows: list[Row]) -> Batch:
    """A batch of rows."""
    size = max(len(row.ids) for row in rows)

    def fill(field: str, value: int) -> Tensor:
        return torch.tensor([[*getattr(row, field), *[value] * (size - len(row.ids))] for row in rows])

    mask = torch.tensor([[place < len(row.ids) for place in range(size)] for row in rows])
    fields = {"ids": 0, "cases": 4, "names": IGNORED, "titles": IGNORED}
    return Batch(**{field: fill(field, value) for field, value in fields.items()}, mask=mask[:, None, None, :])
