"""The command line, started as a user would start it."""

import contextlib
import csv
import json
import os
import pty
import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import build_app
from schemas.record import Record
from store import tables
from tests.forked import run_forked

DATELINE = [sys.executable, "-c", "from cli.main import main; main()"]
RELEASE = """---
title: Grant for the harbour school
date: 2025-04-11
---
Norvik Foundation gave the Harbour School €2.5 million on Friday.

The money is for 2025-2027.
"""


WITH_PREFECT = ("ingest", "batch", "reextract", "serve", "deploy")


def dateline(*args: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """What the program did, started anew or, where that makes no difference, forked."""
    words, environment = list(map(str, args)), {**os.environ, **env}
    if words and words[0] not in WITH_PREFECT:
        return run_forked(words, cwd, environment)
    return subprocess.run([*DATELINE, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder in which `dateline ingest` ran once, and what it printed."""
    folder = tmp_path_factory.mktemp("desk")
    return folder, dateline("ingest", cwd=folder)


def test_ingest_shows_what_it_found(ingested: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = ingested
    assert done.returncode == 0, done.stderr
    assert "Starting Prefect" in done.stderr  # says what it waits for
    for words in ("Stored releases", "sample-wire", "sample-club", "18 new, 0 changed, 0 unchanged"):
        assert words in done.stdout
    assert "\x1b[" not in done.stdout + done.stderr  # a pipe gets no colours and no bars
    said = [line for line in done.stderr.splitlines() if " releases, " not in line]  # how far a long run is
    assert said == [line for line in said if line.startswith("Starting Prefect")]


def test_ingest_on_a_terminal_says_nothing_of_prefects(tmp_path: Path, prefect_server: str) -> None:
    """Prefect tells terminals, and only them, of the usage data that it would like to collect."""
    terminal, inside = pty.openpty()
    command = [*DATELINE, "ingest", "--source", "sample-club"]
    environment = {**os.environ, "PREFECT_API_URL": prefect_server}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=inside, stdout=inside, stderr=inside)
    os.close(inside)
    said = b""
    with contextlib.suppress(OSError):  # how the end of a terminal shows
        while piece := os.read(terminal, 10_000):
            said += piece
    os.close(terminal)
    assert process.wait() == 0
    assert b"\x1b[" in said  # colours and a bar
    assert b"Marlin" in said
    assert said.lower().replace(b"reporting to prefect", b"").count(b"prefect") == 0


def test_second_ingest_stores_nothing(
    ingested: tuple[Path, subprocess.CompletedProcess[str]], prefect_server: str
) -> None:
    folder, _ = ingested
    done = dateline("ingest", cwd=folder, PREFECT_API_URL=prefect_server)
    assert done.returncode == 0, done.stderr
    assert "Nothing new: all 18 listed releases are in the store already." in done.stdout


def test_stored_values_can_be_queried(ingested: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = ingested
    with sqlite3.connect(folder / "dateline-data" / "dateline.sqlite") as database:
        currencies = {row[0] for row in database.execute("select distinct currency from amount")}
    assert len(currencies) >= 6


def test_status(ingested: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = ingested
    state = json.loads(dateline("status", "--json", cwd=folder).stdout)
    assert (state["counts"]["releases"], state["counts"]["records"], state["counts"]["quarantine"]) == (18, 18, 0)
    assert {run["state"] for run in state["runs"]} == {"finished"}
    assert state["quarantine"] == []
    shown = dateline("status", cwd=folder).stdout
    assert "sample-hospital" in shown
    assert re.search(r"^releases +18$", shown, re.M)
    inner = {table.name for table in tables.metadata.sorted_tables} - {"release", "event", "source", "quarantine"}
    assert not inner & set(re.findall(r"^\w+", shown, re.M))
    assert not inner & (state.keys() | state["counts"].keys())


def test_show(ingested: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = ingested
    dateline("export", "-o", "all.jsonl", cwd=folder)
    records = [Record.model_validate_json(line) for line in (folder / "all.jsonl").read_text().splitlines()]
    assert len(records) == 18
    wanted = next(record for record in records if "Korea" in record.release.title)
    by_prefix = dateline("show", wanted.release.id[:8], cwd=folder)
    assert by_prefix.returncode == 0, by_prefix.stderr
    assert "2,800,000" in by_prefix.stdout
    assert "Park Il-Hoon" in by_prefix.stdout
    as_json = dateline("show", wanted.release.url, "--json", cwd=folder)
    assert Record.model_validate_json(as_json.stdout) == wanted
    assert dateline("show", "no-such-id", cwd=folder).returncode == 2


def test_show_why(ingested: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Each value leads to the rule that gave it, in the terminal and as JSON."""
    folder, _ = ingested
    dateline("export", "-o", "all.jsonl", cwd=folder)
    lines = (folder / "all.jsonl").read_text().splitlines()
    wanted = next(record["release"] for record in map(json.loads, lines) if "Korea" in record["release"]["title"])
    shown = dateline("show", wanted["id"], "--why", cwd=folder)
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"← month_day_year [01]\.\d\d  extractors/data/date_forms\.txt:\d+\n +….*«.*».*…", shown.stdout)
    explained = json.loads(dateline("show", wanted["id"], "--why", "--json", cwd=folder).stdout)
    written = {said["written_in"] for value in explained for said in value["attributes"] if said["rule"]}
    assert None not in written
    assert any(str(place).startswith("extractors/amount_parts.py:") for place in written)


def test_export_csv(ingested: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = ingested
    assert dateline("export", "--format", "csv", cwd=folder).returncode == 0
    with (folder / "dateline-export" / "amounts.csv").open(newline="") as stream:
        amounts = list(csv.DictReader(stream))
    assert any(row["value"] == "2800000" and row["currency"] == "USD" for row in amounts)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder with one good release and everything that a folder should not hold."""
    folder = tmp_path / "hostile"
    (folder / "locked").mkdir(parents=True)
    (folder / "good.md").write_text(RELEASE)
    (folder / "empty.html").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 50)
    (folder / "huge.txt").write_bytes(b"word " * 10_000_000)
    (folder / "wrong.html").write_bytes("<meta charset=utf-8><p>Köln – Über 5 Mio. €</p>".encode("cp1252"))
    (folder / "broken.html").write_bytes(b"<html><body><div><p <<<a href='")
    (folder / "nested.html").write_bytes(b"<div>" * 10_000)
    line = json.dumps(
        {"id": "ready-1", "title": "T", "published": "2025-04-11", "text": "The city got €3 million today."}
    )
    (folder / "cut.jsonl").write_text(line + "\n" + line.replace("ready-1", "ready-2")[:60])
    return folder


def test_hostile_files(hostile: Path, tmp_path: Path, prefect_server: str) -> None:
    """Each gets one clear line and its place in quarantine; the rest is stored; exit code 1."""
    locked = hostile / "locked"
    locked.chmod(0)
    readable = os.access(locked, os.R_OK)  # a superuser reads everything
    done = dateline("ingest", hostile, cwd=tmp_path, PREFECT_API_URL=prefect_server)
    locked.chmod(stat.S_IRWXU)
    assert done.returncode == 1
    bad = {"empty.html", "binary.txt", "huge.txt", "broken.html", "nested.html", "cut.jsonl#2"} | (
        set() if readable else {"locked"}
    )
    lines = [line for line in done.stderr.splitlines() if "hostile/" in line]
    assert {name for name in bad if sum(f"hostile/{name}" in line for line in lines) == 1} == bad
    state = json.loads(dateline("status", "--json", cwd=tmp_path).stdout)
    kept = {Path(entry["problem"]["place"]).name for entry in state["quarantine"]}
    assert bad <= kept
    assert state["counts"]["releases"] >= 2
    assert "Traceback" not in done.stderr


def test_extract_goes_on_after_a_bad_file(hostile: Path, tmp_path: Path) -> None:
    done = dateline("extract", hostile, "--format", "jsonl", cwd=tmp_path)
    assert done.returncode == 1
    records = [Record.model_validate_json(line) for line in done.stdout.splitlines()]
    good = next(record for record in records if record.release.title == "Grant for the harbour school")
    assert [(str(a.value), a.currency) for a in good.amounts] == [("2500000", "EUR")]
    assert {d.value for d in good.dates} == {"2025-04-11", "2025/2027"}
    assert not (tmp_path / "dateline-data").exists()  # nothing is stored


def test_extract_formats(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(RELEASE)
    assert "2,500,000" in dateline("extract", "a.md", cwd=tmp_path).stdout
    (record,) = json.loads(dateline("extract", "a.md", "--format", "json", cwd=tmp_path).stdout)
    assert record["release"]["published"] == "2025-04-11"
    assert dateline("extract", "a.md", "-o", "out.jsonl", cwd=tmp_path).stdout == ""
    assert Record.model_validate_json((tmp_path / "out.jsonl").read_text()).model_dump(mode="json") == record


def test_published_is_for_files_that_tell_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A title\n\nThe school opened yesterday.")
    done = dateline("extract", "a.txt", "--published", "2025-04-11", "--format", "json", cwd=tmp_path)
    assert [d["value"] for d in json.loads(done.stdout)[0]["dates"]] == ["2025-04-10"]


USAGE = [
    (["ingest", "nothing.toml"], "nothing.toml"),
    (["ingest", "--source", "nobody"], "no source is named"),
    (["ingest", "--limit", "0"], "--limit"),
    (["ingest", "--since", "yesterday"], "--since"),
    (["ingest", "--published", "2025-01-01"], "--published"),
    (["ingest", ".", "--due"], "the rest is for a sources.toml"),
    (["source", "add", "ftp://acme.example"], "not an http(s) address"),
    (["source", "test"], "sources.toml: cannot be read"),
    (["source", "test", "--file", "none.toml"], "none.toml"),
    (["extract"], "paths"),
    (["extract", "nothing"], "does not exist"),
    (["extract", ".", "-o", "none/out.jsonl"], "is no folder"),
    (["show", "x"], "no stored release"),
    (["export", "--format", "xml"], "xml"),
    (["no-such-command"], "no-such-command"),
]


@pytest.mark.parametrize(
    ("args", "complaint"), USAGE, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_wrong_usage(args: list[str], complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(build_app(), args, env={"COLUMNS": "200", "NO_COLOR": "1"})
    said = result.output + str(result.exception or "")
    assert complaint in said
    assert result.exit_code == 2 or type(result.exception).__name__ in {"SourcesError"}


@pytest.mark.parametrize(
    ("variable", "value"), [("BATCH_SIZE", "many"), ("MAX_BYTES", "-1"), ("DATABASE", "nosuchdatabase://x")]
)
def test_wrong_settings_are_named(tmp_path: Path, variable: str, value: str) -> None:
    done = dateline("status", cwd=tmp_path, **{f"DATELINE_{variable}": value})
    assert done.returncode == 2
    assert value.partition(":")[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_that_need_no_spacy_do_not_wait_for_it() -> None:
    program = "import sys; from cli.main import build_app; build_app(sys.argv[1:]); print(*sys.modules)"
    quick = ("status", "show", "find", "link", "export", "review", "schema")
    loaded = subprocess.run([sys.executable, "-c", program, *quick], capture_output=True, text=True, check=True).stdout
    assert "store.status" in loaded
    assert {"spacy", "prefect", "onnxruntime", "trafilatura"}.isdisjoint(loaded.split())


def test_schema_is_the_models(tmp_path: Path) -> None:
    schema: dict[str, Any] = json.loads(dateline("schema", cwd=tmp_path).stdout)
    assert schema == Record.model_json_schema(mode="serialization")
    assert set(schema["properties"]) == set(Record.model_fields)
    assert schema["additionalProperties"] is False
