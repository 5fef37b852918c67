"""`dateline link` and `dateline find`, started as a user would start them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli import dateline


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> Path:
    """A folder in which the samples were ingested and linked once."""
    folder = tmp_path_factory.mktemp("desk")
    dateline("ingest", cwd=folder, PREFECT_API_URL=prefect_server)
    done = dateline("find", "Norvik", cwd=folder)
    assert done.returncode == 1
    assert "18 releases are not linked yet and cannot be found: run `dateline link`" in done.stderr
    done = dateline("link", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert re.search(r"releases +18", done.stdout)
    assert re.search(r"organisations +\d+", done.stdout)
    assert done.stderr == ""
    return folder


def test_linking_again_finds_nothing_to_do(linked: Path) -> None:
    counts = json.loads(dateline("link", "--json", cwd=linked).stdout)
    assert counts["releases"] == counts["names"] == 0
    assert counts["organisations"] > 10
    again = json.loads(dateline("link", "--again", "--json", cwd=linked).stdout)
    assert again["releases"] == 18
    assert {**again, "releases": 0, "names": 0} == counts


def records(folder: Path) -> list[dict[str, Any]]:
    """What was extracted."""
    assert dateline("export", cwd=folder).returncode == 0
    return [json.loads(line) for line in (folder / "dateline-export.jsonl").read_text().splitlines()]


def test_find(linked: Path) -> None:
    wanted = next(person for record in records(linked) for person in record["people"] if " " in person["name"])
    done = dateline("find", wanted["name"].upper(), cwd=linked)
    assert done.returncode == 0, done.stderr
    assert wanted["name"] in done.stdout
    (first, *_) = json.loads(dateline("find", wanted["name"], "--kind", "person", "--json", cwd=linked).stdout)
    assert first["kind"] == "person"
    assert first["score"] == 1
    assert first["releases"]
    assert json.loads(dateline("find", first["id"], "--json", cwd=linked).stdout)[0]["id"] == first["id"]


def test_nothing_found_is_said_and_told_by_the_exit_code(linked: Path) -> None:
    done = dateline("find", "Zyxwvut Qponm", cwd=linked)
    assert (done.returncode, done.stdout) == (1, "")
    assert "No person or organisation in the store is named like 'Zyxwvut Qponm'." in done.stderr
    assert dateline("find", "Zyxwvut Qponm", "--json", cwd=linked).stdout == "[]\n"


def test_a_decision_from_review_to_undo(linked: Path) -> None:
    names = list(dict.fromkeys(one["name"] for record in records(linked) for one in record["organisations"]))
    ids = [json.loads(dateline("find", name, "--json", cwd=linked).stdout)[0]["id"] for name in names[:2]]
    merged = dateline("link", "merge", *ids, "--by", "Ana", "--comment", "the same", cwd=linked)
    assert merged.returncode == 0, merged.stderr
    assert "`dateline link undo 1` takes it back" in merged.stderr
    assert json.loads(dateline("find", names[1], "--json", cwd=linked).stdout)[0]["id"] == ids[0]
    shown = dateline("link", "show", ids[0][:8], cwd=linked)
    assert "review" in shown.stdout
    assert "confirmed" in shown.stdout
    (decision,) = json.loads(dateline("link", "log", "--json", cwd=linked).stdout)
    assert (decision["action"], decision["by"], decision["comment"]) == ("merge", "Ana", "the same")
    assert dateline("link", "undo", "1", cwd=linked).returncode == 0
    assert json.loads(dateline("find", names[1], "--json", cwd=linked).stdout)[0]["id"] == ids[1]
    assert "merge" in dateline("link", "log", cwd=linked).stdout


def test_review_lists_open_questions(linked: Path) -> None:
    questions = json.loads(dateline("link", "review", "--json", cwd=linked).stdout)
    counts = json.loads(dateline("link", "--json", cwd=linked).stdout)
    assert len(questions) == min(50, counts["proposed"])
    assert "Open questions" in dateline("link", "review", "--limit", "1", cwd=linked).stdout


WRONG = [
    (["find"], "name"),
    (["find", "Norvik", "--kind", "place"], "place"),
    (["link", "accept"], "targets"),
    (["link", "accept", "nothing"], "no entity has an id that begins with 'nothing'; `dateline find NAME` shows ids"),
    (["link", "reject", "nothing"], "`dateline link review` shows ids"),
    (["link", "merge", "one"], "others"),
    (["link", "split", "one"], "--release"),
    (["link", "undo", "x"], "number"),
    (["link", "undo", "99"], "there is no decision 99"),
    (["link", "show", "nothing"], "`dateline find NAME` shows ids"),
    (["link", "review", "--limit", "0"], "--limit"),
    (["link", "nonsense"], "nonsense"),
]


@pytest.mark.parametrize(
    ("args", "complaint"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_wrong_usage(args: list[str], complaint: str, tmp_path: Path) -> None:
    done = dateline(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
