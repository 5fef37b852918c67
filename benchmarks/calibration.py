"""How far confidences can be trusted: `python -m benchmarks.calibration CORPUS [--svg docs/calibration.svg]`.

For each field, on `dev`: how many values, the mean confidence, the share that is right, and the expected calibration
error (ECE), the mean distance of the two over ten bins of equal width; then the ECE that confidences without fault have
on so few values. A value is right as CORPUS/eval/score.py says; a payer or payee that the gold record does not give
counts as wrong.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from extractors.confidence import ATTRIBUTES, FIELDS
from extractors.files import FileProblem, read_file
from extractors.pipeline import build_pipeline
from extractors.recalibration import expected_error
from extractors.record import extract_record
from schemas.record import Record
from training.confidence import judge, load_judge

OF_AMOUNTS = ("kind", "payer", "payee")
BINS = 10
_DRAWS = 500
Pairs = list[tuple[float, bool]]


def judge_record(record: Record, gold: dict[str, Any], score: ModuleType) -> Iterator[tuple[str, float, bool]]:
    """Field, confidence and whether it is right, of each value and each attribute that has a probability."""
    judged = judge(record, gold, score)
    for field in FIELDS:
        for value, ok in zip(getattr(record, field), judged.right[field], strict=True):
            if field != "dates" or value.value is not None:
                yield field, value.confidence, ok
    for name in ATTRIBUTES:
        for confidence, ok in judged.attributes[name]:
            yield ("employer" if name == "organisation" else name), confidence, ok
    wanted = {score.money(amount): amount for amount in gold["amounts"]}
    who = gold["people"] + gold["organisations"]
    for amount in {score.money(one.model_dump()): one for one in record.amounts}.values():
        entry = wanted.get(score.money(amount.model_dump()))
        for name in OF_AMOUNTS if entry else ():
            if name in amount.why:
                yield name, amount.why[name].confidence, _is_right(name, getattr(amount, name), entry or {}, who, score)


def _is_right(name: str, given: str, entry: dict[str, Any], who: list[Any], score: ModuleType) -> bool:
    if name == "kind":
        return bool(given == entry["kind"])
    resolved = score.resolve(given, who, score.person_key)
    return resolved is not None and resolved == score.resolve(entry[name], who, score.person_key)


def load_pairs(corpus: Path) -> dict[str, Pairs]:
    """By field: confidence and whether the value is right, of all of `dev`."""
    nlp, score, pairs = build_pipeline(), load_judge(corpus), defaultdict(list)
    releases = corpus / "corpus/press/dev.releases.jsonl"
    golds = (json.loads(line) for line in (corpus / "corpus/press/dev.gold.jsonl").read_text("utf8").splitlines())
    for entry, gold in zip(read_file(releases.name, releases.read_bytes(), None), golds, strict=True):
        if not isinstance(entry, FileProblem):
            for field, confidence, ok in judge_record(extract_record(nlp, entry.release), gold, score):
                pairs[field].append((confidence, ok))
    return pairs


def error_by_chance(pairs: Pairs) -> float:
    """The expected calibration error of the same confidences if each were just right: the mean of many draws."""
    draws, sure = np.random.default_rng(1), np.array([confidence for confidence, _ in pairs])
    outcomes = (draws.random(len(sure)) < sure for _ in range(_DRAWS))
    return float(np.mean([expected_error([*zip(sure, right, strict=True)]) for right in outcomes]))


def draw(pairs: dict[str, Pairs]) -> str:
    """Reliability diagrams as SVG: confidence to the right, share right upwards, a dot's area the values in its bin."""
    size, columns = 170, 5
    parts = [
        _diagram(field, found, (number % columns * size, number // columns * size))
        for number, (field, found) in enumerate(pairs.items())
    ]
    height = -(-len(pairs) // columns) * size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns * size} {height}" font-family="sans-serif" '
        f'font-size="11" role="img"><title>Share right by confidence, per field</title>'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
    )


def _diagram(field: str, pairs: Pairs, corner: tuple[int, int]) -> str:
    dots = []
    p, right = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs], float)
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    for number in sorted(set(place.tolist())):
        inside = place == number
        radius = 1.5 + 8 * (inside.sum() / len(pairs)) ** 0.5
        x, y = 20 + 130 * p[inside].mean(), 155 - 130 * right[inside].mean()
        dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#2458a6" fill-opacity="0.6"/>')
    return (
        f'<g transform="translate({corner[0]},{corner[1]})"><text x="20" y="16">{field} '
        f"(ECE {expected_error(pairs):.3f})</text>"
        f'<path d="M20 25V155H150" fill="none" stroke="black"/>'
        f'<path d="M20 155L150 25" stroke="#888" stroke-dasharray="3"/>{"".join(dots)}</g>'
    )


def main() -> None:
    """See the module."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", type=Path)
    cli.add_argument("--svg", type=Path, help="draw reliability diagrams there")
    args = cli.parse_args()
    pairs = load_pairs(args.corpus)
    print(f"{'field':14}{'values':>8}{'confidence':>12}{'right':>8}{'ECE':>8}{'by chance':>11}")
    for field, found in pairs.items():
        p, right = (np.mean([pair[side] for pair in found]) for side in (0, 1))
        print(
            f"{field:14}{len(found):>8}{p:>12.3f}{right:>8.3f}{expected_error(found):>8.3f}{error_by_chance(found):>11.3f}"
        )
    if args.svg:
        args.svg.write_text(draw(pairs), encoding="utf8")


if __name__ == "__main__":
    main()
