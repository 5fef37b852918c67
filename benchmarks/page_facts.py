"""Titles and dates of a newsroom's pages: Dateline beside trafilatura's and htmldate's own.

python -m benchmarks.page_facts PAGES.jsonl PAGES.tar.xz [--limit N]: each line of the first names a `file` of the
second, with its `url`, and the `title` and the day on which it was `published` as the newsroom's own database has them.
"""

import argparse
import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from htmldate import find_date
from trafilatura import extract_metadata

from extractors.page import Origin, PageError, make_title, read_document
from schemas.source import Source

_SOURCE = Source.model_validate(
    {"name": "pages", "url": "https://pages.invalid/", "discover": "listing", "country": "US"}
)


def load(facts: Path, archive: Path, limit: int) -> Iterator[tuple[dict[str, Any], bytes]]:
    """What is known of each page, and the page."""
    known = {row["file"]: row for row in map(json.loads, facts.read_text(encoding="utf8").splitlines()[:limit])}
    with tarfile.open(archive) as files:
        for member in files:
            stream = files.extractfile(member) if member.name in known else None
            if stream:
                yield known[member.name], stream.read()


def answers(body: bytes, url: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Title and day that each tool gives."""
    try:
        release = read_document(body, Origin(url, url, "text/html"), _SOURCE)
        yield "Dateline", release.title, str(release.published)
    except PageError as error:
        yield "Dateline", error.code, None
    metadata = extract_metadata(body, default_url=url)
    yield "trafilatura", make_title(getattr(metadata, "title", "") or ""), getattr(metadata, "date", None)
    yield "htmldate", None, find_date(body, url=url, original_date=True)


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("facts", type=Path)
    cli.add_argument("archive", type=Path)
    cli.add_argument("--limit", type=int, default=None)
    args = cli.parse_args()
    right: Counter[tuple[str, str]] = Counter()
    count = 0
    for fact, body in load(args.facts, args.archive, args.limit):
        count += 1
        for name, title, day in answers(body, fact["url"]):
            right[name, "titles"] += title == make_title(fact["title"])
            right[name, "days"] += day == fact["published"]
    for (name, what), number in right.items():
        if (name, what) != ("htmldate", "titles"):
            print(f"{name:12} {what:7} {number:5,} of {count:,}")


if __name__ == "__main__":
    main()
