"""Releases in any number for measuring, by varying the structure of the samples; and a timed stand-in for the model."""

import random
import re
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from spacy.language import Language

import extractors.names
import flows.extraction
from extractors.files import FileEntry, read_file
from extractors.record import extractor_version
from extractors.tagger import Name
from schemas.evidence import Evidence
from schemas.record import Organisation, Record, ReleaseRef
from schemas.release import Release
from schemas.values import derive_id

_SITE = Path(__file__).parents[1] / "samples" / "site" / "releases"
_DIGITS = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)+")
_STEMS = (
    "Nor",
    "Har",
    "Alder",
    "Bor",
    "Vik",
    "Stel",
    "Mar",
    "Lind",
    "Oster",
    "Tam",
    "Quen",
    "Ros",
    "Fal",
    "Wes",
    "Kar",
    "Dun",
)
_ENDS = ("vik", "bury", "ton", "stad", "holm", "ford", "mere", "gate", "by", "wick", "haven", "dale")


def generate(number: int, seed: int = 0, paragraphs: int = 6) -> Iterator[Release]:
    """So many releases, always the same: paragraphs of samples, with other numbers and other names."""
    for index in range(number):
        chance = random.Random(f"{seed} {index}")  # noqa: S311
        parts = _samples()[index % len(_samples())]
        kept = [parts[0], *chance.sample(parts[1:], min(paragraphs, len(parts) - 1))]
        text = "\n\n".join(_vary(part, chance) for part in kept)
        yield Release(
            id=f"made-{seed}-{index:09}", source=f"made-{index % 200}", title=text.partition("\n")[0], text=text
        )


@cache
def _samples() -> list[list[str]]:
    files = (read_file(path.name, path.read_bytes()) for path in sorted(_SITE.rglob("*.html")))
    texts = (entry.release.text for entries in files for entry in entries if isinstance(entry, FileEntry))
    parts = ([part for part in text.split("\n\n") if part.strip()] for text in texts)
    return [some for some in parts if len(some) > 4]


def _vary(text: str, chance: random.Random) -> str:
    names: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        made = " ".join(chance.choice(_STEMS) + chance.choice(_ENDS) for _ in found[0].split())
        return names.setdefault(found[0], made)

    digits = _DIGITS.sub(lambda found: str(chance.randrange(1, 10 ** min(2, len(found[0])))).zfill(1), text)
    return _NAME.sub(name, digits)


def stand_in(seconds: float) -> None:
    """From now on, in this process, the shipped models find capitalised names and take that long for a text."""

    def find(text: str) -> list[Name]:
        time.sleep(seconds)
        return [Name(found.start(), found.end(), "ORG", 0.9) for found in _NAME.finditer(text)]

    extractors.names.load_tagger = lambda _model: find  # type: ignore[assignment, attr-defined]


def stand_in_for_all(seconds: float) -> None:
    """From now on, in this process, capitalised names are all that is extracted, and a text takes that long.

    For what reads, hands out and stores more releases than could be extracted while somebody waits.
    """

    def extract(nlp: Language, releases: Iterable[Release]) -> Iterator[Record]:
        for release in releases:
            time.sleep(seconds)
            yield _named(release, extractor_version(nlp.meta["names_model"]))

    flows.extraction.extract_records = extract  # type: ignore[attr-defined]


def _named(release: Release, version: str) -> Record:
    mentions: dict[str, list[Evidence]] = {}
    for found in _NAME.finditer(release.text):
        mentions.setdefault(found[0], []).append(Evidence(start=found.start(), end=found.end(), text=found[0]))
    reference = ReleaseRef(
        **release.model_dump(include={"id", "source", "url", "title", "published", "language"}),
        text_sha256=release.text_sha256,
    )
    organisations = (
        Organisation(id=derive_id(release.id, name), name=name, mentions=tuple(places), confidence=0.9)
        for name, places in mentions.items()
    )
    return Record(extractor_version=version, release=reference, organisations=tuple(organisations))
