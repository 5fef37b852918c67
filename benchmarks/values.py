"""Milliseconds per 1,000 words for dates and amounts, marked and read on one core, beside other libraries.

python -m benchmarks.values RELEASES.jsonl [--limit N] [--peers N]

Dateline goes five times over all releases (the best time counts, and the peak of memory after the first time and the
last), the others once over the first few of them: one takes seconds for a release.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import spacy
from rich.console import Console
from rich.progress import track
from rich.table import Table
from spacy.tokens import Doc

from benchmarks.peer_cases import Case, Kind
from benchmarks.peer_tools import load_tool
from benchmarks.words import load_releases
from extractors.amounts import extract_amounts, mark_amounts
from extractors.dates import extract_dates, mark_dates
from extractors.tokenizer import Tokenizer
from schemas.release import Release

PEERS: tuple[tuple[str, Kind], ...] = (
    ("dateparser", "dates"),
    ("Recognizers-Text", "dates"),
    ("Recognizers-Text", "amounts"),
    ("quantulum3", "amounts"),
)
PASSES = 5


def count_words(releases: Iterable[Release]) -> int:
    """Words between white space."""
    return sum(len(release.text.split()) for release in releases)


def time_once(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _pass(tokenizer: Tokenizer, releases: list[Release]) -> dict[str, float]:
    """Seconds by stage, one release after the other, as a run reads them."""
    spent = dict.fromkeys(("tokens", "dates", "amounts"), 0.0)
    for release in releases:
        docs: list[Doc] = []
        stages: dict[str, Callable[[], object]] = {
            "tokens": lambda: docs.append(tokenizer(release.text)),  # noqa: B023 (called at once)
            "dates": lambda: extract_dates(mark_dates(docs[0]), release),  # noqa: B023
            "amounts": lambda: extract_amounts(mark_amounts(docs[0]), release),  # noqa: B023
        }
        for name, work in stages.items():
            spent[name] += time_once(work)
    return spent


def measure_dateline(releases: list[Release]) -> tuple[dict[str, float], float, float]:
    """Seconds by stage in the best of the passes, and the peak of memory in MB after the first pass and the last."""
    tokenizer = Tokenizer(spacy.blank("en").vocab)
    passes, peaks = [], []
    for _ in range(PASSES):
        passes.append(_pass(tokenizer, releases))
        peaks.append(_peak_mb())
    return {stage: min(one[stage] for one in passes) for stage in passes[0]}, peaks[0], peaks[-1]


def measure_peer(name: str, kind: Kind, releases: list[Release]) -> float | None:
    """Seconds for all releases, or None where the library is not installed."""
    tool = load_tool(name, kind)
    if tool is None:
        return None
    cases = [Case(release.text, published=release.published) for release in releases]
    return sum(time_once(lambda case=case: tool(case)) for case in track(cases, f"{name}, {kind}"))  # type: ignore[misc]


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", type=Path)
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--peers", type=int, default=4, help="releases that the other libraries read")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    releases = load_releases(arguments.releases, arguments.limit)
    seconds, first, last = measure_dateline(releases)
    words = count_words(releases)
    table = Table("library", "what", "ms per 1,000 words", "times Dateline's")
    for stage, spent in seconds.items():
        table.add_row("Dateline", stage, f"{spent / words * 1e6:.2f}", "1" if stage != "tokens" else "")
    few = releases[: arguments.peers]
    for name, kind in PEERS:
        spent_by_peer = measure_peer(name, kind, few)
        if spent_by_peer is None:
            table.add_row(name, kind, "-", "not installed")
            continue
        rate = spent_by_peer / count_words(few)
        table.add_row(name, kind, f"{rate * 1e6:,.0f}", f"{rate / (seconds[kind] / words):,.0f}")
    Console().print(table)
    print(f"Peak of memory after the first pass {first:.0f} MB, after the last {last:.0f} MB.")


if __name__ == "__main__":
    main()
