"""Fits the weights by which the issuer is chosen: `python -m training.issuer CORPUS` (issuer.json)."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from extractors.issuer import issuer_candidates
from extractors.issuer_features import Subject
from extractors.pipeline import build_pipeline
from extractors.positions import Candidate, choose
from training.scenes import Annotated, load_scenes
from training.softmax import Sample, fit, parts_of, share_unseen

TARGET = Path("extractors/data/issuer.json")


def issuer_sample(annotated: Annotated) -> Sample | None:
    """None where the issuer is not among those that the release names."""
    wanted = annotated.gold["issuer"]
    entities = (*annotated.gold["organisations"], *annotated.gold["people"])
    entity = next((entity for entity in entities if entity["name"] == wanted), {"name": wanted, "mentions": []})
    forms = {entity["name"], *entity["mentions"]}
    candidates = _candidates(annotated)
    right = next((number for number, candidate in enumerate(candidates) if candidate.value in forms), None)
    return None if right is None else Sample(candidates, right)


def _candidates(annotated: Annotated) -> list[Candidate]:
    scene = annotated.scene
    organisations = [Subject(name, tuple(places), scene.kinds[name]) for name, places in scene.organisations.items()]
    people = [Subject(_fullest(scene.text, places), tuple(places), "person") for places in scene.people]
    return issuer_candidates(scene.text, annotated.title, [*organisations, *people])


def _fullest(text: str, places: Sequence[tuple[int, int]]) -> str:
    return max((text[start:end] for start, end in places), key=len)


def choose_unseen(scenes: Sequence[Annotated]) -> list[str | None]:
    """The issuer of each release, by weights that were not learnt from it: no surer than those of a new release."""
    samples, candidates = [issuer_sample(scene) for scene in scenes], [_candidates(scene) for scene in scenes]
    chosen: list[str | None] = []
    for first, last in parts_of(len(scenes)):
        weights = fit([sample for sample in [*samples[:first], *samples[last:]] if sample])
        chosen += [choose(some, weights).value for some in candidates[first:last]]
    return chosen


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    press = parser.parse_args().corpus / "press"
    nlp = build_pipeline()
    nlp.disable_pipe("dateline_names")
    samples = [sample for scene in load_scenes(press, nlp) if (sample := issuer_sample(scene))]
    weights = fit(samples)
    print(f"issuer: {share_unseen(samples):.3f} of those that have one are right, where not learnt from")
    TARGET.write_text(json.dumps(weights, indent=0, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
