"""Scores extraction against gold records and holds the scores against those pinned in `docs/quality.json`.

python -m benchmarks.quality CORPUS [SET …] [--allow-regression]

SET is seed, dev or train; by default all three. CORPUS holds `eval/score.py`, `corpus/press/{train,dev}.*.jsonl` and
`corpus/seed/`. Exit code 1 when a score fell; with --allow-regression, or when scores rose, the new ones are pinned.
Another corpus or scorer (seen by hash) is pinned anew.
"""

import argparse
import hashlib
import json
import multiprocessing
import subprocess
import sys
import tempfile
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from spacy.language import Language

from extractors.files import FileProblem, read_file
from extractors.pipeline import build_pipeline
from extractors.record import extract_record
from schemas.release import Release

PINNED = Path("docs/quality.json")
SETS = {
    "seed": ("corpus/seed/releases.jsonl", "corpus/seed/gold.jsonl"),
    "dev": ("corpus/press/dev.releases.jsonl", "corpus/press/dev.gold.jsonl"),
    "train": ("corpus/press/train.releases.jsonl", "corpus/press/train.gold.jsonl"),
}
TOLERANCE = 0.0005
"""Scores are printed with three digits; less than half of the last is no change."""
MODEL_TOLERANCE = 0.015
"""What hangs on the names model may change by so much: processors add up its 8-bit numbers in different ways."""
BY_RULE = ("dates", "amounts", "qualifier", "kind")
"""Fields that come out the same on every processor."""

Scores = dict[str, dict[str, float]]


@cache
def _pipeline() -> Language:
    return build_pipeline()


def _extract(release: Release) -> str:
    return extract_record(_pipeline(), release).model_dump_json() + "\n"


def list_releases(path: Path) -> list[Release]:
    """Every release of a JSONL file. Raises TypeError for what is none."""
    entries = list(read_file(path.name, path.read_bytes(), None))
    for entry in entries:
        if isinstance(entry, FileProblem):
            raise TypeError(entry.message)
    return [entry.release for entry in entries if not isinstance(entry, FileProblem)]


def score_set(corpus: Path, name: str, pool: Executor) -> Scores:
    """Field to score of one set, as `score.py` gives it."""
    releases, gold = (corpus / path for path in SETS[name])
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "records.jsonl"
        with records.open("w", encoding="utf8") as stream:
            stream.writelines(pool.map(_extract, list_releases(releases), chunksize=8))
        command = [sys.executable, str(corpus / "eval/score.py"), str(releases), str(gold), str(records), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    scores: Scores = json.loads(done.stdout)
    return scores


def corpus_hash(corpus: Path) -> str:
    """Changes with any release, gold record or rule of scoring."""
    paths = [corpus / "eval/score.py", *(corpus / path for pair in SETS.values() for path in pair)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def _headline(score: dict[str, float]) -> float:
    return score["f1"] if "f1" in score else score["accuracy"]


def _change(field: str, old: dict[str, float] | None, new: dict[str, float]) -> float:
    """By how much a score rose or, below zero, fell; 0 where that says nothing."""
    change = _headline(new) - (_headline(old) if old else 0.0)
    return change if abs(change) > (TOLERANCE if field in BY_RULE or not old else MODEL_TOLERANCE) else 0.0


def compare(old: dict[str, Scores], new: dict[str, Scores]) -> tuple[list[str], list[str]]:
    """Lines of gains and of losses, by name."""
    gains: list[str] = []
    losses: list[str] = []
    for name, fields in new.items():
        for field, score in fields.items():
            before = old.get(name, {}).get(field)
            change = _change(field, before, score)
            line = f"{name} {field}: {_headline(before) if before else 0:.3f} → {_headline(score):.3f}"
            if change:
                (gains if change > 0 else losses).append(line)
    return gains, losses


def merge(old: dict[str, Scores], new: dict[str, Scores]) -> dict[str, Scores]:
    """The new scores where they say anything else than the old ones; those of other sets stay."""
    return old | {
        name: {
            field: score if _change(field, was := old.get(name, {}).get(field), score) or not was else was
            for field, score in fields.items()
        }
        for name, fields in new.items()
    }


def print_scores(scores: dict[str, Scores]) -> None:
    """A row for each field, a column for each set."""
    print(f"{'field':16}" + "".join(f"{name:>26}" for name in scores))
    for field in next(iter(scores.values())):
        cells = (fields.get(field) for fields in scores.values())
        print(f"{field:16}" + "".join(f"{_cell(cell):>26}" for cell in cells))


def _cell(score: dict[str, float] | None) -> str:
    if score is None:
        return "–"
    if "precision" in score:
        return f"P {score['precision']:.3f} R {score['recall']:.3f} F {score['f1']:.3f}"
    return f"{_headline(score):.3f}"


def main() -> int:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", type=Path)
    cli.add_argument("sets", nargs="*", metavar="set", default=list(SETS), help=f"any of {', '.join(SETS)}")
    cli.add_argument("--allow-regression", action="store_true", help="pin lower scores")
    args = cli.parse_args()
    if unknown := set(args.sets) - SETS.keys():
        cli.error(f"no set is named {', '.join(sorted(unknown))}; name any of {', '.join(SETS)}")
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        scores = {name: score_set(args.corpus, name, pool) for name in args.sets}
    print_scores(scores)
    pinned: dict[str, Any] = json.loads(PINNED.read_text(encoding="utf8")) if PINNED.exists() else {}
    fingerprint = corpus_hash(args.corpus)
    is_same = pinned.get("corpus") == fingerprint
    old = pinned.get("scores", {}) if is_same else {}
    gains, losses = compare(old, scores)
    print(f"\n{len(gains)} gains and {len(losses)} losses against {PINNED}")
    print("\n".join([*(f"+ {line}" for line in gains), *(f"- {line}" for line in losses)]))
    if losses and not args.allow_regression:
        print("A score fell: mend it, or pin the lower one with --allow-regression and say why in docs/quality.md.")
        return 1
    if not is_same and args.sets != list(SETS):
        print(f"{PINNED} is of another corpus or scorer: score all sets to pin them")
        return 1
    if gains or losses:
        PINNED.write_text(
            json.dumps({"corpus": fingerprint, "scores": merge(old, scores)}, indent=1) + "\n", encoding="utf8"
        )
        print(f"pinned in {PINNED}: commit it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
