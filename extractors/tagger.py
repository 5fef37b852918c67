"""The names model: text to names and job titles with probabilities, by a small transformer run by onnxruntime."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from extractors.pieces import START, STOP, Window, Word, find_windows, find_words

Scores = NDArray[np.float32]
"""Logarithms of probabilities, words × tags."""
_NEVER = np.float32(-1e9)


class Name(NamedTuple):
    """A name or title, where it stands, and how likely it is right in label and both ends."""

    start: int
    end: int
    label: str
    probability: float


class Setup(NamedTuple):
    """What a model's card for machines says."""

    tags: tuple[str, ...]
    """BIO tags of names, in the order of the scores; the last three are those of titles."""
    window: int
    margin: int
    """Pieces in a window, and pieces that two windows of one paragraph share."""
    calibration: dict[str, tuple[float, float]]
    """Slope and offset, by label, of the logistic curve from a raw to a true probability."""


class Tagger:
    """One model, loaded; calls are safe from several threads."""

    def __init__(self, folder: Traversable, model: str) -> None:
        """`model` names two files of the folder, less their endings: the network `.onnx` and its card `.json`."""
        card = json.loads((folder / f"{model}.json").read_text("utf8"))
        self.setup = Setup(tuple(card["tags"]), card["window"], card["margin"], card["calibration"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        with as_file(folder / f"{model}.onnx") as path:  # given the bytes themselves, it would keep a second copy
            self._network = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def __call__(self, text: str) -> list[Name]:
        """Names and titles in the order of the text; those of names do not overlap, nor do those of titles."""
        words = find_words(text)
        if not words:
            return []
        scores = self._score(words)
        names = len(self.setup.tags) - 3
        found = [*self._decode(words, scores[:, :names], 0), *self._decode(words, scores[:, names:], names)]
        return sorted(found)

    def _score(self, words: Sequence[Word]) -> Scores:
        windows = find_windows(words, self.setup.window, self.setup.margin)
        return np.concatenate([self._look(words[w.first : w.last], w) for w in windows])

    def _look(self, words: Sequence[Word], window: Window) -> Scores:
        """The scores of the words to be kept of a window, by the first piece of each.

        One window at a time, no padding: int8 scales by what stands beside, so only this gives the same every time.
        """
        ids = [START, *(number for word in words for number in word.ids), STOP]
        cases = [4, *(word.case for word in words for _ in word.ids), 4]
        feed = {"ids": np.array(ids, np.int64), "cases": np.array(cases, np.int64)}
        scores: Scores = self._network.run(None, feed)[0]
        places = np.cumsum([1, *(len(word.ids) for word in words)])[:-1]
        kept: Scores = scores[places[window.keep_from - window.first : window.keep_to - window.first]]
        return kept

    def _decode(self, words: Sequence[Word], scores: Scores, offset: int) -> Iterator[Name]:
        tags = self.setup.tags[offset : offset + scores.shape[1]]
        ends = np.array([word.ids == (STOP,) for word in words])
        scores = np.where(ends[:, None] & (np.arange(len(tags)) > 0), _NEVER, scores)
        path = find_path(scores, _steps(tags), np.flatnonzero(ends))
        for first, last, label in read_spans([tags[tag] for tag in path]):
            raw = float(np.exp(min(scores[place, path[place]] for place in range(first, last))))
            yield Name(words[first].start, words[last - 1].end, label, self._calibrate(label, raw))

    def _calibrate(self, label: str, raw: float) -> float:
        slope, offset = self.setup.calibration[label]
        raw = min(max(raw, 1e-4), 1 - 1e-4)
        return round(1 / (1 + math.exp(-slope * math.log(raw / (1 - raw)) - offset)), 4)


def _steps(tags: Sequence[str]) -> Scores:
    """0 where one tag may follow another, else never: inside a name only after its begin."""
    allowed = [[not tag.startswith("I-") or before[2:] == tag[2:] for tag in tags] for before in tags]
    return np.where(allowed, np.float32(0), _NEVER)


def find_path(scores: Scores, steps: Scores, ends: NDArray[np.intp]) -> list[int]:
    """As `best_path`, faster: where the likeliest tags may follow one another they are the best path already.

    The others are looked for within a paragraph; `ends` are the words that part paragraphs, whose tag is 0.

    >>> scores = np.log([[0.5, 0.4, 0.1], [1, 1e-9, 1e-9], [0.5, 0.4, 0.1], [0.1, 0.1, 0.8]])
    >>> find_path(scores, _steps(["O", "B-X", "I-X"]), np.array([1]))
    [0, 0, 1, 2]
    """
    path = scores.argmax(1)
    wrong = np.flatnonzero(steps[np.concatenate([[0], path[:-1]]), path] < 0)
    for number in sorted(set(np.searchsorted(ends, wrong).tolist())):
        start = int(ends[number - 1]) + 1 if number else 0
        end = int(ends[number]) if number < len(ends) else len(path)
        path[start:end] = best_path(scores[start:end], steps)
    found: list[int] = path.tolist()
    return found


def best_path(scores: Scores, steps: Scores) -> list[int]:
    """The most likely sequence of tags (Viterbi); `scores` words × tags, `steps` tags × tags, both logarithms.

    >>> best_path(np.log([[0.5, 0.4, 0.1], [0.1, 0.1, 0.8]]), _steps(["O", "B-X", "I-X"]))
    [1, 2]
    """
    best = scores[0] + np.where(steps[0] < 0, _NEVER, 0)
    came: list[NDArray[np.intp]] = []
    for row in scores[1:]:
        ways = best[:, None] + steps
        came.append(ways.argmax(0))
        best = ways.max(0) + row
    path = [int(best.argmax())]
    for before in reversed(came):
        path.append(int(before[path[-1]]))
    return path[::-1]


def read_spans(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """First word, last word (exclusive) and label of each name in BIO tags.

    >>> list(read_spans(["B-ORG", "I-ORG", "O", "B-PERSON"]))
    [(0, 2, 'ORG'), (3, 4, 'PERSON')]
    """
    start: int | None = None
    for number, tag in enumerate([*tags, "O"]):
        if start is not None and tag != f"I-{tags[start][2:]}":
            yield start, number, tags[start][2:]
            start = None
        if start is None and tag != "O":
            start = number


def keep_longest(names: Iterable[Name], size: int) -> list[Name]:
    """Of names that overlap the longest, of equally long ones the first given; in the order of a text of that size.

    >>> keep_longest([Name(0, 4, "ORG", 0.5), Name(5, 9, "ORG", 0.5), Name(0, 9, "ORG", 0.4)], 9)
    [Name(start=0, end=9, label='ORG', probability=0.4)]
    """
    taken, kept = bytearray(size), []
    for name in sorted(names, key=lambda name: name.start - name.end):
        if not any(taken[name.start : name.end]):
            taken[name.start : name.end] = b"\1" * (name.end - name.start)
            kept.append(name)
    return sorted(kept)


@cache
def load_tagger(model: str) -> Tagger:
    """The shipped model of that name, loaded once in a process."""
    return Tagger(files("extractors") / "models", model)
