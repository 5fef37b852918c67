"""Makes the models that ship from the data: `python -m training CORPUS MINILM WORK` (data_sheet.md says what they are).

CORPUS is the folder with `press/`, `ner/` and `wire/`; MINILM is all-MiniLM-L6-v2's `model.safetensors`; each stage
leaves its result in WORK and is not done again where that stands. Seeds are fixed.
"""

import argparse
import random
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import torch

from extractors.tagger import Tagger
from training.batches import NAME_TAGS, TITLE_TAGS, Row, make_rows, shout
from training.calibration import HELD_BACK
from training.encoder import Encoder, load_checkpoint, load_pretrained
from training.examples import Example, load_conll, load_press, load_wire
from training.export import export_model
from training.fit import Rates, fit
from training.measure import score_rows
from training.silver import label_releases

GENERAL = ("gmb", "redocred", "wikigold", "gum", "uner_ewt", "btc", "wnut17", "crossner_politics")
HUMAN = ("redocred", "wikigold", "uner_ewt", "crossner_politics")
"""Sources whose development part is learnt from as well."""
_GMB_TEXTS = 2000
_SENTENCES = 6
"""In one text made of a source's sentences."""
SILVER = 2000
"""Unlabelled releases that are labelled and learnt from."""
FAST_LAYERS = (0, 2, 5)
"""Those of the accurate model that the fast one starts from."""
_SHOUTED = 0.1


class Work(NamedTuple):
    """Where everything is."""

    corpus: Path
    minilm: Path
    folder: Path
    rng: random.Random


def general_rows(work: Work) -> list[Row]:
    """Names in news, encyclopaedia and web text."""
    examples: list[Example] = []
    for name in GENERAL:
        files = [work.corpus / "ner" / name / f"{part}.conll" for part in ("train", "dev")]
        for file in filter(Path.exists, files if name in HUMAN else files[:1]):
            texts = list(load_conll(file, _SENTENCES))
            work.rng.shuffle(texts)
            examples.extend(texts[:_GMB_TEXTS] if name == "gmb" else texts)
    return [row for example in examples for row in make_rows(example)]


def press_examples(work: Work) -> list[Example]:
    """The annotated releases that may be learnt from, less those held back."""
    examples = load_press(work.corpus / "press", "train")
    return [example for number, (_, example) in enumerate(examples) if number % HELD_BACK]


def press_rows(work: Work, examples: list[Example]) -> list[Row]:
    """One epoch: some headlines in capitals, others each time."""
    varied = (shout(example) if work.rng.random() < _SHOUTED else example for example in examples)
    return [row for example in varied for row in make_rows(example)]


def _label(folder: Path, model: str, texts: list[str]) -> list[Example]:
    return list(label_releases(Tagger(folder, model), texts))


def silver_rows(work: Work, model: str) -> list[Row]:
    """Unlabelled releases with the model's own labels."""
    texts = list(load_wire(work.corpus / "wire" / "unlabelled.jsonl.xz"))
    texts = work.rng.sample(texts, SILVER)
    with ProcessPoolExecutor(2) as pool:
        parts = pool.map(_label, [work.folder] * 20, [model] * 20, [texts[start::20] for start in range(20)])
        return [row for part in parts for example in part for row in make_rows(example)]


def train_names(work: Work) -> Encoder:
    """First the general texts with the releases, then the releases alone; names only."""
    encoder = load_pretrained(work.minilm, len(NAME_TAGS) + len(TITLE_TAGS))
    press = [row for example in press_examples(work) for row in make_rows(example._replace(titles=None))]
    fit(encoder, [general_rows(work) + press, press, press], Rates(2e-4, 1e-3), work.rng)
    return encoder


def train_more(work: Work, encoder: Encoder, silver: list[Row], rates: Rates) -> Encoder:
    """Its own labels with the releases, then the releases alone; names and titles."""
    press = press_examples(work)
    first, second, third = (press_rows(work, press) for _ in range(3))
    fit(encoder, [silver + first, second, third], rates, work.rng)
    return encoder


def thin_out(encoder: Encoder) -> Encoder:
    """The same network with some of its layers only."""
    thin = Encoder(encoder.head.out_features, len(FAST_LAYERS))
    state = encoder.state_dict()
    kept = {name: value for name, value in state.items() if not name.startswith("layers.")}
    for new, old in enumerate(FAST_LAYERS):
        prefix = f"layers.{old}."
        kept |= {f"layers.{new}.{n.removeprefix(prefix)}": v for n, v in state.items() if n.startswith(prefix)}
    thin.load_state_dict(kept)
    return thin


def _stage(work: Work, name: str, make: Callable[[], Encoder]) -> Encoder:
    """What a stage left in the folder, else what it makes now; prints how well it does on the development set."""
    path = work.folder / f"{name}.pt"
    if path.exists():
        return load_checkpoint(path)
    print(f"== {name}", flush=True)
    encoder = make()
    torch.save(encoder.state_dict(), path)
    dev = [row for _, example in load_press(work.corpus / "press", "dev") for row in make_rows(example)]
    print(score_rows(encoder, dev), flush=True)
    return encoder


def run(work: Work) -> None:
    """All stages; the models and their cards go to WORK."""
    names = _stage(work, "names", lambda: train_names(work))
    export_model(names, work.folder / "names", work.corpus)
    silver = silver_rows(work, "names")
    accurate = _stage(work, "accurate", lambda: train_more(work, names, silver, Rates(1.5e-4, 5e-4)))
    export_model(accurate, work.folder / "accurate", work.corpus)
    fast = _stage(work, "fast", lambda: train_more(work, thin_out(accurate), silver, Rates(2e-4, 2e-4)))
    export_model(fast, work.folder / "fast", work.corpus)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("corpus", "minilm", "work"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    run(Work(arguments.corpus, arguments.minilm, arguments.work, random.Random(1)))


if __name__ == "__main__":
    main()
