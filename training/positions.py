"""Fits the weights by which titles and employers are chosen: `python -m training.positions CORPUS` (positions.json)."""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from extractors.beside import Sign
from extractors.pipeline import build_pipeline
from extractors.positions import Person, Scene, choose, employer_candidates, read_signs, title_candidates
from training.issuer import choose_unseen
from training.scenes import load_scenes
from training.softmax import Sample, fit, share_unseen

TARGET = Path("extractors/data/positions.json")
_READY = 1.0
"""Held against the answer that somebody has no employer: six points more are found, for one of F1, not learnt from."""


class Bearer(NamedTuple):
    """A person of a scene and what the gold record says of them."""

    scene: Scene
    signs: list[Sign]
    number: int
    title: str | None
    employers: frozenset[str]
    """Every form of the name of the employer; empty where there is none."""


def load_bearers(scene: Scene, gold: Mapping[str, Any]) -> Iterator[Bearer]:
    """Every person of a scene whom the gold record knows."""
    signs = read_signs(scene)
    forms = {org["name"]: frozenset((org["name"], *org["mentions"])) for org in gold["organisations"]}
    people = {form: person for person in gold["people"] for form in (*person["mentions"], person["name"])}
    for number, places in enumerate(scene.people):
        texts = sorted({scene.text[start:end] for start, end in places}, key=len, reverse=True)
        person = next((people[text] for text in texts if text in people), None)
        if person:
            employer = person.get("organisation")
            employers = forms.get(employer, frozenset([employer])) if employer else frozenset()
            yield Bearer(scene, signs, number, person.get("title"), employers)


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
    candidates = employer_candidates(bearer.scene, bearer.signs, Person(bearer.number, title))
    for number, candidate in enumerate(candidates):
        if candidate.value in bearer.employers or (candidate.value is None and not bearer.employers):
            return Sample(candidates, number)
    return None


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    press = parser.parse_args().corpus / "press"
    nlp = build_pipeline()
    nlp.disable_pipe("dateline_names")
    scenes = list(load_scenes(press, nlp))
    bearers = [
        bearer
        for annotated, issuer in zip(scenes, choose_unseen(scenes), strict=True)
        for bearer in load_bearers(annotated.scene._replace(issuer=issuer), annotated.gold)
    ]
    titles = [sample for bearer in bearers if (sample := title_sample(bearer))]
    weights = {"title": fit(titles)}
    employers = [sample for bearer in bearers if (sample := employer_sample(bearer, weights))]
    weights["employer"] = fit(employers)
    weights["employer"]["none"] = weights["employer"].get("none", 0.0) - _READY
    for name, samples in (("title", titles), ("employer", employers)):
        print(f"{name}: {share_unseen(samples):.3f} of those that have one are right, where not learnt from")
    TARGET.write_text(json.dumps(weights, indent=0, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
