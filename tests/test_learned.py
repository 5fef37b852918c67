"""The file of what was learnt: written whole, read again, refused where it is none, taken away."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.learned import Curve, Learned
from store.learned import LearnedError, forget_learned, load_learned, save_learned

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
LEARNED = Learned(
    made_at=NOW,
    extractor_version="1",
    releases=40,
    held_back=10,
    curves={"dates": Curve(slope=0.9, offset=-0.5, rules={"interval": 0.25})},
    known=(("Orbital Harvest", "ORG"),),
    rejected=(("Harvest Fair", "ORG"),),
)

BROKEN = [
    ("", "the document"),
    ("{", "the document"),
    ("[]", "the document"),
    (LEARNED.model_dump_json().replace('"schema_version":"1"', '"schema_version":"2"'), "schema_version"),
    (LEARNED.model_dump_json().replace('"slope":0.9', '"slope":-1'), "curves.dates.slope"),
    (LEARNED.model_dump_json().replace('"ORG"', '"PLACE"', 1), "known.0.1"),
    (LEARNED.model_dump_json().replace('"known"', '"names"'), "names"),
]


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "data" / "learned.json"
    assert load_learned(path) is None
    save_learned(path, LEARNED)
    assert load_learned(path) == LEARNED
    assert [file.name for file in path.parent.iterdir()] == ["learned.json"]
    assert (forget_learned(path), forget_learned(path)) == (True, False)
    assert load_learned(path) is None


@pytest.mark.parametrize(("content", "where"), BROKEN)
def test_what_is_none_is_refused(tmp_path: Path, content: str, where: str) -> None:
    path = tmp_path / "learned.json"
    path.write_text(content)
    with pytest.raises(LearnedError, match=rf"learned\.json: .*\({where}: .*dateline learn --forget"):
        load_learned(path)
    assert forget_learned(path)  # whatever it is


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(LearnedError, match="cannot be read"):
        load_learned(tmp_path)
    with pytest.raises(LearnedError, match="cannot be taken away"):
        forget_learned(tmp_path)


SAME: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    # when it was learnt and from how much does not change what it does
    ({"made_at": NOW + dt.timedelta(days=1), "releases": 41, "rules": {"dates": {}}}, True),
    ({"known": ()}, False),
    ({"rejected": ()}, False),
    ({"curves": {}}, False),
    ({"curves": {"dates": Curve(slope=0.9, offset=-0.5)}}, False),
]


@pytest.mark.parametrize(("fields", "same"), SAME)
def test_the_fingerprint_tells_what_acts_otherwise(fields: dict[str, Any], same: bool) -> None:
    assert (LEARNED.model_copy(update=fields).fingerprint == LEARNED.fingerprint) is same


def test_a_curve_must_not_fall() -> None:
    with pytest.raises(ValidationError):
        Curve(slope=-0.1)
