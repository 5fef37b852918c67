"""The releases that may be learnt from as scenes: names as annotated, titles as annotated and as found."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language

from extractors import tagger
from extractors.entities import read_scene
from extractors.files import FileProblem, read_file
from extractors.names import mark_names
from extractors.positions import Scene
from training.examples import NOT_FOR_TRAINING, load_lines, load_press


class Annotated(NamedTuple):
    """A scene, the headline of its release, and what the gold record says."""

    scene: Scene
    title: str
    gold: Mapping[str, Any]


def load_scenes(press: Path, nlp: Language) -> Iterator[Annotated]:
    """Each release that may be learnt from."""
    examples = dict(load_press(press, "train"))
    find_titles = tagger.load_tagger("accurate")
    golds, rows = (load_lines(press / f"train.{kind}.jsonl") for kind in ("gold", "releases"))
    entries = read_file("train.jsonl", (press / "train.releases.jsonl").read_bytes(), None)
    for entry, gold, row in zip(entries, golds, rows, strict=True):
        if isinstance(entry, FileProblem) or NOT_FOR_TRAINING in row["rights"]:
            continue
        example = examples[row["id"]]
        if example.text != entry.release.text:
            continue
        names = [tagger.Name(*name, 1.0) for name in example.names if name.label]  # type: ignore[arg-type]
        titles = {(n.start, n.end) for n in (*(example.titles or ()), *find_titles(example.text)) if n.label == "TITLE"}
        found = [*names, *(tagger.Name(start, end, "TITLE", 1.0) for start, end in _apart(titles))]
        doc = mark_names(nlp(example.text), lambda _, found=found: found)  # type: ignore[misc]
        yield Annotated(read_scene(doc, entry.release), entry.release.title, gold)


def _apart(places: set[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(places, key=lambda place: place[0] - place[1]):
        if all(end <= other[0] or other[1] <= start for other in kept):
            kept.append((start, end))
    return sorted(kept)
