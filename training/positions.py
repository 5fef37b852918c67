"""Fits the weights by which titles and employers are chosen: `python -m training.positions CORPUS` (positions.json)."""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from spacy.language import Language

from extractors import tagger
from extractors.beside import Sign
from extractors.entities import read_scene
from extractors.files import FileProblem, read_file
from extractors.names import mark_names
from extractors.pipeline import build_pipeline
from extractors.positions import (
    Candidate,
    Person,
    Scene,
    choose,
    employer_candidates,
    read_signs,
    speaker_candidates,
    title_candidates,
)  # fmt: skip
from training.examples import NOT_FOR_TRAINING, load_lines, load_press

TARGET = Path("extractors/data/positions.json")
_SEEN = 4
"""A feature that fewer candidates have has no weight."""
_READY = 1.0
"""Held against the answer that somebody has no employer: six points more are found, for one of F1, not learnt from."""
_STEPS, _RATE, _DECAY = 120, 0.03, 0.01
_UNSEEN = 0.3
"""Part of the features that are hidden at each step, so that none is relied on alone."""


class Sample(NamedTuple):
    """The candidates of one person, and which of them is right."""

    candidates: list[Candidate]
    right: int


class Bearer(NamedTuple):
    """A person of a scene and what the gold record says of them."""

    scene: Scene
    signs: list[Sign]
    number: int
    title: str | None
    employers: frozenset[str]
    issuers: frozenset[str]
    """Every form of the name of the employer, and of the release's issuer; empty where there is none."""


def load_bearers(press: Path, nlp: Language) -> Iterator[Bearer]:
    """Every person of the releases that may be learnt from, names as annotated, titles as annotated and as found."""
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
        yield from _bearers(read_scene(doc, entry.release), gold)


def _apart(places: set[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(places, key=lambda place: place[0] - place[1]):
        if all(end <= other[0] or other[1] <= start for other in kept):
            kept.append((start, end))
    return sorted(kept)


def _bearers(scene: Scene, gold: Mapping[str, Any]) -> Iterator[Bearer]:
    signs = read_signs(scene)
    forms = {org["name"]: frozenset((org["name"], *org["mentions"])) for org in gold["organisations"]}
    people = {form: person for person in gold["people"] for form in (*person["mentions"], person["name"])}
    for number, places in enumerate(scene.people):
        texts = sorted({scene.text[start:end] for start, end in places}, key=len, reverse=True)
        person = next((people[text] for text in texts if text in people), None)
        if person:
            employer = person.get("organisation")
            employers, issuers = (
                forms.get(name, frozenset([name])) if name else frozenset() for name in (employer, gold["issuer"])
            )
            yield Bearer(scene, signs, number, person.get("title"), employers, issuers)


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


def title_sample(bearer: Bearer) -> Sample | None:
    """None where the right title is not among the candidates."""
    candidates = title_candidates(bearer.scene, bearer.signs, bearer.number)
    wanted = _plain(bearer.title) if bearer.title else None
    for number, candidate in enumerate(candidates):
        if (_plain(candidate.value) if candidate.value else None) == wanted:
            return Sample(candidates, number)
    return None


def employer_sample(bearer: Bearer, weights: Mapping[str, Mapping[str, float]]) -> Sample | None:
    """None where the right employer is not among the candidates."""
    title = choose(title_candidates(bearer.scene, bearer.signs, bearer.number), weights["title"])
    speaker = choose(speaker_candidates(bearer.scene), weights["speaker"]).value
    candidates = employer_candidates(bearer.scene, bearer.signs, Person(bearer.number, title, speaker))
    for number, candidate in enumerate(candidates):
        if candidate.value in bearer.employers or (candidate.value is None and not bearer.employers):
            return Sample(candidates, number)
    return None


def speaker_sample(bearer: Bearer) -> Sample | None:
    """None where the issuer is not among the organisations found."""
    candidates = speaker_candidates(bearer.scene)
    for number, candidate in enumerate(candidates):
        if candidate.value in bearer.issuers or (candidate.value is None and not bearer.issuers):
            return Sample(candidates, number)
    return None


def fit(samples: Sequence[Sample], seed: int = 1) -> dict[str, float]:
    """Weights of a softmax over each sample's candidates, held near zero."""
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
    print(f"{len(samples)} samples, {len(index)} features, loss {loss.item():.3f}")
    found = weights.detach().squeeze(1).tolist()
    return {name: round(found[place], 2) for name, place in index.items() if abs(found[place]) >= 0.05}


def share_right(samples: Sequence[Sample], weights: Mapping[str, float]) -> float:
    """How often the right one is chosen where there is one."""
    asked = [sample for sample in samples if sample.right]
    return sum(choose(s.candidates, weights) is s.candidates[s.right] for s in asked) / max(1, len(asked))


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    press = parser.parse_args().corpus / "press"
    nlp = build_pipeline()
    nlp.disable_pipe("dateline_names")
    bearers = list(load_bearers(press, nlp))
    titles = [sample for bearer in bearers if (sample := title_sample(bearer))]
    weights = {"title": fit(titles)}
    speakers = [sample for bearer in bearers if bearer.number == 0 and (sample := speaker_sample(bearer))]
    weights["speaker"] = fit(speakers)
    employers = [sample for bearer in bearers if (sample := employer_sample(bearer, weights))]
    weights["employer"] = fit(employers)
    weights["employer"]["none"] = weights["employer"].get("none", 0.0) - _READY
    for name, samples in (("title", titles), ("speaker", speakers), ("employer", employers)):
        fifth = len(samples) // 5
        unseen = [
            share_right(samples[n * fifth : (n + 1) * fifth], fit([*samples[: n * fifth], *samples[(n + 1) * fifth :]]))
            for n in range(5)
        ]
        print(f"{name}: {sum(unseen) / 5:.3f} of those that have one are right, where not learnt from")
    TARGET.write_text(json.dumps(weights, indent=0, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
