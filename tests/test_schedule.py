"""Schedules of sources.toml: what is read, what is refused with its place, and the deployments that follow."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from flows.wishes import list_wishes
from schemas.schedule import read_every
from schemas.source import SourcesError, load_declared

SOURCE = '[[source]]\nname = "{0}"\nurl = "https://{0}.example/"\ndiscover = "auto"\n'
ACME = SOURCE.format("acme")
NOT_INTERVALS = ["soon", "", "0m", "-5m", "1.5h", "5 weeks", 90, None]
WRONG = [
    ('[[schedule]]\nname = "a"\nevery = "soon"\n', "schedule 0.every: .*such as"),  # no interval
    ('[[schedule]]\nname = "a"\nevery = "1h"\ncron = "0 6 * * *"\n', "not both"),
    ('[[schedule]]\nname = "a/b"\n', "schedule 0.name"),  # Prefect has / between flow and deployment
    ('[[schedule]]\nname = "a"\ncron = "0 6 * * *"\ntimezone = "Mars/Olympus"\n', "timezone 'Mars/Olympus'"),
    ('[[schedule]]\nname = "a"\ncrom = "0 6 * * *"\n', "crom"),  # misspelt
    ('[[schedule]]\nname = "a"\n[[schedule]]\nname = "a"\n', "two schedules are named 'a'"),
    ('schedule = "b"\n', "no \\[\\[schedule\\]\\] named 'b'; there are: default"),
]
UNUSABLE = [
    ('[[schedule]]\nname = "a"\n', "no source has schedule = 'a'"),  # nothing would follow it
    ('schedule = "canary"\n[[schedule]]\nname = "canary"\n', "'canary' is that of a flow"),
]


@pytest.mark.parametrize("words", NOT_INTERVALS)
def test_no_intervals(words: object) -> None:
    with pytest.raises(ValueError, match="write a number"):
        read_every(words)


@pytest.mark.parametrize(("more", "complaint"), WRONG)
def test_wrong(tmp_path: Path, more: str, complaint: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(ACME + more)
    with pytest.raises(SourcesError, match=complaint) as caught:
        load_declared(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(("more", "complaint"), UNUSABLE)
def test_unusable(tmp_path: Path, more: str, complaint: str) -> None:
    assert complaint in str(wishes(tmp_path, ACME + more))


def wishes(folder: Path, text: str, prefix: str = "") -> Any:
    """The deployments that a file asks for by name, or the error."""
    path = folder / "sources.toml"
    path.write_text(text)
    try:
        return {wish.name: wish for wish in list_wishes(path, load_declared(path), prefix)}
    except SourcesError as error:
        return error


def test_without_schedules(tmp_path: Path) -> None:
    made = wishes(tmp_path, ACME)
    assert list(made) == ["default", "canary", "batch", "reextract", "export", "digest"]
    assert made["default"].schedule.every == dt.timedelta(minutes=15)
    assert made["default"].parameters["options"]["only_due"] is True
    assert made["reextract"].schedule.words == "by hand"
    assert "acme" in made["default"].description


def test_groups_and_flows(tmp_path: Path) -> None:
    often = '[[schedule]]\nname = "often"\nevery = "5m"\n[[schedule]]\nname = "digest"\n'
    text = ACME + 'schedule = "often"\n' + SOURCE.format("other") + often
    made = wishes(tmp_path, text, "x-")
    assert list(made) == ["x-default", "x-often", "x-canary", "x-batch", "x-reextract", "x-export", "x-digest"]
    assert made["x-often"].parameters == {
        "sources_file": str(tmp_path / "sources.toml"),
        "schedule": "often",
        "options": {
            "limit": None,
            "since": None,
            "until": None,
            "backfill": False,
            "recheck": False,
            "only_due": False,
        },
    }
    assert made["x-digest"].schedule.words == "by hand"  # named without a time
