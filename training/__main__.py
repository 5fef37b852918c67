"""Makes the models that ship from the data: `python -m training CORPUS MINILM MPNET WORK` (data_sheet.md names them).

CORPUS is the folder with `press/`, `ner/` and `wire/`; MINILM and MPNET are the `model.safetensors` of
all-MiniLM-L6-v2 and all-mpnet-base-v2. A large network learns from what people annotated and labels releases that
nobody did; the small ones that ship learn from both. Each stage leaves its result in WORK and is not done again where
that stands. Seeds are fixed.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from extractors.pieces import find_words
from training.batches import NARROW, WIDE, Reach, Row, make_rows, shout
from training.calibration import HELD_BACK
from training.encoder import MINILM, MPNET, Encoder, Shape, load_checkpoint, load_pretrained
from training.examples import Example, load_conll, load_press, load_wire
from training.export import export_model
from training.fit import Rates, fit
from training.measure import score_rows
from training.silver import label_releases

HUMAN = ("redocred", "wikigold", "gum", "uner_ewt", "crossner_politics")
"""Whole texts with names by people."""
GENERAL = ("gmb", "btc", "wnut17", *HUMAN)
WITH_DEV = ("redocred", "wikigold", "uner_ewt", "crossner_politics")
"""Sources whose development part is learnt from as well."""
_GMB_TEXTS = 2000
_SENTENCES = 6
"""In one text made of a source's sentences."""
SILVER = 5000
"""Unlabelled releases that are labelled and learnt from."""
FAST_LAYERS = (0, 2, 5)
"""Those of the accurate model that the fast one starts from."""
_SHOUTED = 0.1


class Work(NamedTuple):
    """Where everything is."""

    corpus: Path
    minilm: Path
    mpnet: Path
    folder: Path


def general_examples(corpus: Path, sources: Sequence[str], rng: random.Random) -> list[Example]:
    """Names in news, encyclopaedia and web text."""
    examples: list[Example] = []
    for name in sources:
        files = [corpus / "ner" / name / f"{part}.conll" for part in ("train", "dev")]
        for file in filter(Path.exists, files if name in WITH_DEV else files[:1]):
            texts = list(load_conll(file, _SENTENCES))
            rng.shuffle(texts)
            examples.extend(texts[:_GMB_TEXTS] if name == "gmb" else texts)
    return examples


def press_examples(corpus: Path) -> list[Example]:
    """The annotated releases that may be learnt from, less those held back."""
    examples = load_press(corpus / "press", "train")
    return [example for number, (_, example) in enumerate(examples) if number % HELD_BACK]


def to_rows(examples: Sequence[Example], reach: Reach) -> list[Row]:
    """The windows of all examples."""
    return [row for example in examples for row in make_rows(example, reach)]


def press_rows(examples: Sequence[Example], reach: Reach, rng: random.Random) -> list[Row]:
    """One epoch: some headlines in capitals, others each time."""
    return to_rows([shout(example) if rng.random() < _SHOUTED else example for example in examples], reach)


def train_teacher(work: Work, rng: random.Random) -> Encoder:
    """MPNet on general texts with the releases, then on the releases alone."""
    press = press_examples(work.corpus)
    first, *others = (press_rows(press, WIDE, rng) for _ in range(4))
    teacher = load_pretrained(work.mpnet, MPNET)
    fit(teacher, [to_rows(general_examples(work.corpus, HUMAN, rng), WIDE) + first, *others], Rates(5e-5, 5e-4), rng)
    return teacher


def silver_examples(work: Work, teacher: Encoder) -> list[Example]:
    """Unlabelled releases as the teacher sees them."""
    texts = random.Random(1).sample(list(load_wire(work.corpus / "wire" / "unlabelled.jsonl.xz")), SILVER)
    path = work.folder / "silver.npy"
    if not path.exists():
        labels = [example.soft for example in label_releases(teacher, texts)]
        np.save(path, np.concatenate([label for label in labels if label is not None]))
    bounds = np.cumsum([len(find_words(text)) for text in texts])[:-1]
    parts = np.split(np.load(path), bounds)
    return [Example(text, [], soft=soft) for text, soft in zip(texts, parts, strict=True)]


def train_accurate(work: Work, silver: list[Example], rng: random.Random) -> Encoder:
    """MiniLM on everything, again on what the teacher labelled, then on the annotated releases alone."""
    press = press_examples(work.corpus)
    first, second, *others = (press_rows(press, NARROW, rng) for _ in range(4))
    encoder = load_pretrained(work.minilm, MINILM)
    general, labelled = to_rows(general_examples(work.corpus, GENERAL, rng), NARROW), to_rows(silver, NARROW)
    fit(encoder, [general + labelled + first, labelled + second, *others], Rates(2e-4, 1e-3), rng)
    return encoder


def train_fast(work: Work, accurate: Encoder, silver: list[Example], rng: random.Random) -> Encoder:
    """Some layers of the accurate model on what the teacher labelled, then on the releases."""
    press = press_examples(work.corpus)
    first, *others = (press_rows(press, NARROW, rng) for _ in range(3))
    encoder = thin_out(accurate)
    fit(encoder, [to_rows(silver, NARROW) + first, *others], Rates(2e-4, 2e-4), rng)
    return encoder


def thin_out(encoder: Encoder) -> Encoder:
    """The same network with some of its layers only."""
    thin = Encoder(encoder.shape._replace(layers=len(FAST_LAYERS)))
    state = encoder.state_dict()
    kept = {name: value for name, value in state.items() if not name.startswith("layers.")}
    for new, old in enumerate(FAST_LAYERS):
        prefix = f"layers.{old}."
        kept |= {f"layers.{new}.{n.removeprefix(prefix)}": v for n, v in state.items() if n.startswith(prefix)}
    thin.load_state_dict(kept)
    return thin


def _stage(work: Work, name: str, shape: Shape, make: Callable[[random.Random], Encoder]) -> Encoder:
    """What a stage left in the folder, else what it makes now; prints how well it does on the development set."""
    path = work.folder / f"{name}.pt"
    if path.exists():
        return load_checkpoint(path, shape)
    print(f"== {name}", flush=True)
    torch.manual_seed(1)
    encoder = make(random.Random(name))
    torch.save(encoder.state_dict(), path)
    reach = WIDE if shape is MPNET else NARROW
    print(score_rows(encoder, to_rows([e for _, e in load_press(work.corpus / "press", "dev")], reach)), flush=True)
    return encoder


def run(work: Work) -> None:
    """All stages; the models and their cards go to WORK."""
    teacher = _stage(work, "teacher", MPNET, lambda rng: train_teacher(work, rng))
    silver = silver_examples(work, teacher)
    del teacher
    accurate = _stage(work, "accurate", MINILM, lambda rng: train_accurate(work, silver, rng))
    export_model(accurate, work.folder / "accurate", work.corpus)
    fast = _stage(work, "fast", MINILM, lambda rng: train_fast(work, accurate, silver, rng))
    export_model(fast, work.folder / "fast", work.corpus)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in Work._fields:
        parser.add_argument({"folder": "work"}.get(name, name), type=Path)
    work = Work(*vars(parser.parse_args()).values())
    work.folder.mkdir(parents=True, exist_ok=True)
    run(work)


if __name__ == "__main__":
    main()
