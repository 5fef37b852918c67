"""How much of a page's main text is found, and how little else: Dateline beside trafilatura alone.

python -m benchmarks.main_text ARTICLES [--worst N] reads `ground-truth.json` and `html/*.html.gz` of Scrapinghub's
article-extraction-benchmark and scores as it does: shingles of four words, each page of the same weight.
"""

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import trafilatura

from extractors.encoding import decode
from extractors.page import Origin, PageError, read_document
from schemas.source import Source

_SOURCE = Source.model_validate({"name": "pages", "url": "https://pages.invalid/", "discover": "listing"})
_WORD = re.compile(r"\w+")
_SHINGLE = 4
"""Words."""


class Score(NamedTuple):
    """Of one page, or the means of many: 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean."""
        return 2 * self.precision * self.recall / (self.precision + self.recall) if sum(self) else 0.0


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return (
        Counter(tuple(words[n : n + _SHINGLE]) for n in range(max(1, len(words) - _SHINGLE + 1)))
        if words
        else Counter()
    )


def rate(found: str, right: str) -> Score:
    """Precision and recall of the shingles of a text.

    >>> rate("the rope works will open today", "the rope works will open in May")
    Score(precision=0.6666666666666666, recall=0.5)
    """
    ours, gold = _shingles(found), _shingles(right)
    both = (ours & gold).total()
    return Score(both / ours.total() if ours else float(not gold), both / gold.total() if gold else 1.0)


def mean(scores: list[Score]) -> Score:
    """The mean precision and recall."""
    return Score(sum(s.precision for s in scores) / len(scores), sum(s.recall for s in scores) / len(scores))


def dateline(body: bytes, url: str) -> str:
    """The text of a release without its title."""
    try:
        release = read_document(body, Origin(url, url, "text/html"), _SOURCE)
    except PageError:
        return ""
    return release.text.removeprefix(release.title)


def alone(body: bytes, url: str) -> str:
    """What trafilatura gives by itself."""
    return trafilatura.extract(decode(body), url=url, include_comments=False) or ""


TOOLS: dict[str, Callable[[bytes, str], str]] = {"Dateline": dateline, "trafilatura": alone}


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("articles", type=Path)
    cli.add_argument("--worst", type=int, default=0, help="name the pages where Dateline is most behind")
    args = cli.parse_args()
    truth = json.loads((args.articles / "ground-truth.json").read_text(encoding="utf8"))
    pages = {key: gzip.decompress((args.articles / "html" / f"{key}.html.gz").read_bytes()) for key in truth}
    scores: dict[str, list[Score]] = {}
    for name, tool in TOOLS.items():
        start = time.perf_counter()
        found = [tool(pages[key], truth[key]["url"]) for key in truth]
        seconds = time.perf_counter() - start
        scores[name] = [rate(text, page["articleBody"]) for text, page in zip(found, truth.values(), strict=True)]
        total = mean(scores[name])
        print(
            f"{name:12} F1 {total.f1:.3f}  precision {total.precision:.3f}  recall {total.recall:.3f}  {seconds:.1f} s"
        )
    behind = sorted(zip(truth, *scores.values(), strict=True), key=lambda row: row[1].f1 - row[2].f1)
    for key, ours, theirs in behind[: args.worst]:
        print(f"{key[:12]}  {ours.f1:.2f}, {theirs.f1:.2f}  {truth[key]['url'][:90]}")


if __name__ == "__main__":
    main()
