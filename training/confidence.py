"""Fits how sure each value is: `python -m training.confidence CORPUS` (data/confidence.json).

A value is right as CORPUS/eval/score.py judges it. Names are judged on the releases that the names model did not learn
from, what rules find on all annotated releases.
"""

import argparse
import importlib.util
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from extractors.confidence import ATTRIBUTES, FIELDS, read_signs, reason_signs
from extractors.files import FileProblem, read_file
from extractors.findings import Findings
from extractors.pipeline import build_pipeline
from extractors.record import STEPS, find_values
from schemas.record import Record
from schemas.release import Release
from training.calibration import HELD_BACK
from training.examples import load_lines

TARGET = Path("extractors/data/confidence.json")
_OF_MODEL = ("people", "organisations")
_SIGNS = ("one", "odds", "apart", "checked", "once")
_HOLD = 2.0
"""How strongly weights are held at those that change nothing: one for the odds, zero for all else."""

Gold = dict[str, Any]


class Judged(NamedTuple):
    """The findings of a release, which of them are right by field and id, and how many of the gold were missed."""

    found: Findings | Record
    right: dict[str, list[bool]]
    attributes: dict[str, list[tuple[float, bool]]]
    """By title and organisation: its certainty, and whether it is right, of people who are."""
    missed: int
    text: str
    names: frozenset[str]
    """Every form of every person and organisation of the gold, folded."""


def load_judge(corpus: Path) -> ModuleType:
    """CORPUS/eval/score.py as a module."""
    spec = importlib.util.spec_from_file_location("score", corpus / "eval/score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{corpus}/eval/score.py is not there; name the folder of the corpus")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def before_confidence(doc: Doc, release: Release) -> Findings:
    """What the extractor finds, with all steps but the last."""
    found = find_values(doc, release)
    for step in STEPS[:-1]:
        found = step(doc, found)
    return found


def judge(found: Findings | Record, gold: Gold, score: ModuleType) -> Judged:
    """Which values are right."""
    plain = {field: [value.model_dump() for value in getattr(found, field)] for field in FIELDS}
    right: dict[str, list[bool]] = {}
    attributes: dict[str, list[tuple[float, bool]]] = {}
    missed = 0
    for field, fold in (("people", score.person_key), ("organisations", score.key)):
        pairs = score.match(gold[field], plain[field], fold)
        hits = [id(predicted) for _, predicted in pairs]
        if field == "people":
            attributes = _judge_people(pairs, gold, score)
        right[field] = [id(value) in hits for value in plain[field]]
        missed += len(gold[field]) - len(hits)
    who = gold["people"] + gold["organisations"]

    def quote(value: Gold, words: str) -> tuple[str, str]:
        speaker = score.resolve(value.get("speaker"), who, score.person_key) or "?"
        return score.start_words(words), speaker

    keys: dict[str, tuple[Callable[[Gold], Any], set[Any]]] = {
        "dates": (lambda value: value["value"], {date["value"] for date in gold["dates"] if date["value"]}),
        "amounts": (score.money, {score.money(amount) for amount in gold["amounts"]}),
        "quotes": (lambda value: quote(value, value["text"]), {quote(one, one["start"]) for one in gold["quotes"]}),
    }
    for field, (key, wanted) in keys.items():
        right[field] = [key(value) in wanted for value in plain[field]]
        missed += len(wanted - {key(value) for value in plain[field]})
    names = frozenset(form for entity in who for form in score.forms(entity, score.key))
    text = found.release.text if isinstance(found, Findings) else ""
    return Judged(found, right, attributes, missed, text, names)


def _judge_people(pairs: Any, gold: Gold, score: ModuleType) -> dict[str, list[tuple[float, bool]]]:
    """Titles and employers of the people who are right."""
    judged: dict[str, list[tuple[float, bool]]] = {name: [] for name in ATTRIBUTES}
    for wanted, predicted in pairs:
        for name in ATTRIBUTES:
            if predicted[name] is None:
                continue
            if name == "title":
                ok = bool(wanted["title"]) and score.same_words(wanted["title"], predicted["title"])
            else:
                employer = score.resolve(predicted["organisation"], gold["organisations"], score.key)
                ok = employer is not None and employer == wanted["organisation"]
            judged[name].append((predicted["why"][name]["confidence"], ok))
    return judged


def load_judged(corpus: Path) -> Iterator[tuple[int, Judged]]:
    """Each annotated release with its number."""
    nlp, score = build_pipeline(), load_judge(corpus)
    golds = load_lines(corpus / "corpus/press/train.gold.jsonl")
    entries = read_file("train.jsonl", (corpus / "corpus/press/train.releases.jsonl").read_bytes(), None)
    for number, (entry, gold) in enumerate(zip(entries, golds, strict=True)):
        if not isinstance(entry, FileProblem):
            yield number, judge(before_confidence(nlp(entry.release.text), entry.release), gold, score)


def fit_table(judged: list[tuple[int, Judged]], fold: Callable[[str], str]) -> dict[str, Any]:
    """The weights of each field, and what is missing where."""
    table: dict[str, Any] = {}
    for field in FIELDS:
        signs: list[list[float]] = []
        right: list[bool] = []
        for number, one in judged:
            if field not in _OF_MODEL or number % HELD_BACK == 0:
                checked = frozenset(check.value_id for check in one.found.checks if check.value_id)
                for value, ok in zip(getattr(one.found, field), one.right[field], strict=True):
                    if field != "dates" or value.value is not None:
                        signs.append([read_signs(value, checked)[name] for name in _SIGNS])
                        right.append(ok)
        weights = fit_weights(np.array(signs), np.array(right, float))
        print(f"{field}: {len(right)} values, {np.mean(right):.3f} right")
        table[field] = dict(zip(_SIGNS, (round(float(weight), 3) for weight in weights), strict=True))
    for name in ATTRIBUTES:
        pairs = [pair for _, one in judged for pair in one.attributes[name]]
        print(f"{name}: {len(pairs)} values, {np.mean([ok for _, ok in pairs]):.3f} right")
        rows = np.array([list(reason_signs(certainty).values()) for certainty, _ in pairs])
        weights = fit_weights(rows, np.array([ok for _, ok in pairs], float))
        table[name] = {"one": round(float(weights[0]), 3), "odds": round(float(weights[1]), 3)}
    return table | {"missing": _missing([one for _, one in judged], fold)}


def fit_weights(signs: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression by Newton's method, held near the weights that change nothing."""
    start = np.array([1.0 if name == "odds" else 0.0 for name in _SIGNS[: signs.shape[1]]])
    weights = start.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-signs @ weights))
        slope = signs.T @ (p - right) + _HOLD * (weights - start)
        bend = (signs * (p * (1 - p))[:, None]).T @ signs + _HOLD * np.eye(len(start))
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def _missing(judged: list[Judged], fold: Callable[[str], str]) -> dict[str, Any]:
    """How many values are missed in a thousand words, and how often a doubtful name is one."""
    real, doubtful = Counter[str](), Counter[str]()
    for one in judged:
        for check in one.found.checks:
            if check.code == "name_uncertain":
                doubtful[check.code] += 1
                real[check.code] += int(fold(one.text[check.start : check.end]) in one.names)
    words = sum(len(one.text.split()) for one in judged)
    missed = sum(one.missed for one in judged) - sum(real.values())
    shares = {code: round((real[code] + 1) / (seen + 2), 3) for code, seen in sorted(doubtful.items())}
    return {"per_1000_words": round(1000 * missed / words, 3), "checks": shares}


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    corpus = parser.parse_args().corpus
    table = fit_table(list(load_judged(corpus)), load_judge(corpus).key)
    TARGET.write_text(json.dumps(table, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
