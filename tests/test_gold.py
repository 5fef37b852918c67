"""Reviewed records as annotations: the whole object, and what holds of every one of them."""

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from extractors.files import FileEntry, read_file
from extractors.gold import gold_record, gold_release, left_out
from extractors.record import extract_record
from schemas.evidence import Evidence
from schemas.record import Amount, Organisation, Person, Record
from schemas.release import Release
from store.models import Item
from tests.conftest import CORPUS
from tests.pipelines import pipeline

MakeItem = Callable[..., Item]
TEXT = "Kim Da-som of the Quay Works Board (QWB) met Quay Works. Da-som paid $5 and then $5 to QWB."


def at(words: str, text: str = TEXT, after: int = 0) -> Any:
    start = text.index(words, after)
    return {"start": start, "end": start + len(words), "text": words}


def place(words: str) -> Evidence:
    return Evidence(**at(words))


def test_all_of_a_record(make_item: MakeItem) -> None:
    item = make_item()
    assert gold_record(item.release, item.record) == {
        "id": item.release.id,
        "published": "2026-05-04",
        "place": "Lisbon",
        "issuer": "Norvik Foundation",
        "people": [
            {"name": "Ana Reis", "mentions": ["Ana Reis"], "title": "head", "organisation": "Harbour School"},
        ],
        "organisations": [
            {"name": name, "acronym": None, "mentions": [name], "kind": "ngo"}
            for name in ("Norvik Foundation", "Harbour School")
        ],
        "programmes": [],
        "places": [],
        "other_names": [],
        "dates": [{"text": "May 4, 2026", "value": "2026-05-04"}, {"text": "FY2027", "value": "FY2027"}],
        "amounts": [
            {
                "text": "€2.50 million",
                "value": 2500000,
                "max": None,
                "currency": "EUR",
                "qualifier": "up_to",
                "kind": "commitment",
                "payer": "Norvik Foundation",
                "payee": "Harbour School",
            }
        ],
        "quotes": [{"speaker": "Ana Reis", "start": "We have waited a long", "end": "long time for this,"}],
        "reviewed": ["people", "organisations", "dates", "amounts", "quotes"],
    }


def odd() -> tuple[Release, Record]:
    """What people may leave: a name turned round, one form of two bodies, a sum said twice, one without a currency."""
    release = Release(id="1", source="mine", text=TEXT)
    reference = extract_record(pipeline(), release).release.model_copy(update={"issuer": "Da-som Kim"})
    kim = Person(
        id="k",
        name="Da-som Kim",
        organisation="Elsewhere",
        mentions=(place("Kim Da-som"), place("Da-som")),
        confidence=1,
    )
    board = Organisation(
        id="b", name="Quay Works Board", acronym="QWB", mentions=(place("Quay Works Board"), place("QWB")), confidence=1
    )
    works = Organisation(id="w", name="Quay Works", mentions=(place("Quay Works"), place("QWB")), confidence=1)
    paid: dict[str, Any] = {"rule": "r", "confidence": 1, "payer": "Da-som Kim", "payee": "Nobody"}
    five = Amount(id="1", value=Decimal(5), currency="USD", **at("$5"), **paid)
    same = Amount(id="2", value=Decimal(5), currency="USD", **at("$5", after=75), **paid)
    bare = Amount(id="3", value=Decimal(5), currency=None, **at("5"), **paid)
    return release, Record(
        extractor_version="1",
        release=reference,
        people=(kim,),
        organisations=(board, works),
        amounts=(five, same, bare),
    )


def test_every_reference_is_a_name_of_the_text() -> None:
    release, record = odd()
    gold = gold_record(release, record)
    assert gold["issuer"] == gold["amounts"][0]["payer"] == gold["people"][0]["name"] == "Kim Da-som"
    assert (gold["people"][0]["organisation"], gold["amounts"][0]["payee"]) == (None, None)  # no name of the record
    assert [body["mentions"] for body in gold["organisations"]] == [["Quay Works Board", "QWB"], ["Quay Works"]]
    assert [amount["text"] for amount in gold["amounts"]] == ["$5"]  # once for one meaning
    assert left_out(record) == ["5"]


RELEASES = [
    ("A title", "A title\n\nIts text.\n\nMore.", ("A title", "Its text.\n\nMore.")),
    ("Another title", "First line\n\nIts text.", ("", "First line\n\nIts text.")),  # the title is not in the text
    ("", "Only text.", ("", "Only text.")),
    ("Only a title", "Only a title", ("", "Only a title")),
]


@pytest.mark.parametrize(("title", "text", "parts"), RELEASES)
def test_release(title: str, text: str, parts: tuple[str, str]) -> None:
    written = gold_release(Release(id="1", source="mine", title=title, text=text))
    assert (written["title"], written["text"]) == parts
    (entry,) = read_file("x.jsonl", json.dumps(written).encode())
    assert isinstance(entry, FileEntry)
    assert (entry.release.id, entry.release.source, entry.release.text) == ("1", "mine", text)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus at hand; DATELINE_CORPUS names its folder")
def test_records_scored_against_themselves_are_without_fault(tmp_path: Path) -> None:
    """By the scorer and the checker of the corpus, whatever the extractor found in releases written by people."""
    nlp, entries = pipeline(), read_file("d.jsonl", (CORPUS / "press/dev.releases.jsonl").read_bytes())
    releases = islice((entry.release for entry in entries if isinstance(entry, FileEntry)), 6)
    pairs = [(release, extract_record(nlp, release)) for release in releases]
    files = [tmp_path / name for name in ("releases", "gold", "records")]
    for path, rows in zip(
        files,
        (
            [json.dumps(gold_release(release)) for release, _ in pairs],
            [json.dumps(gold_record(*pair)) for pair in pairs],
            [record.model_dump_json() for _, record in pairs],
        ),
        strict=True,
    ):
        path.write_text("\n".join(rows), encoding="utf8")
    tools = CORPUS.parent / "eval"
    said = subprocess.run(
        [sys.executable, tools / "check_gold.py", *files[:2]], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"{len(pairs)} annotated, 0 problems\n"
    said = subprocess.run(
        [sys.executable, tools / "score.py", *files, "--json"], capture_output=True, text=True, check=True
    )
    scores = json.loads(said.stdout)
    assert {field: score for field, score in scores.items() if score.get("f1", score.get("accuracy")) != 1.0} == {}
