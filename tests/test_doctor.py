"""The doctor: each ailment is found and named with its cure, and looking changes nothing."""

import json
import sqlite3
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text, update
from typer.testing import CliRunner

from cli.doctor import check_disk, check_names, check_private
from cli.main import build_app
from flows import checkup
from schemas.checkup import Finding
from schemas.page import FetchedPage, utc_now
from schemas.settings import Settings
from schemas.source import Link
from store import tables
from store.archive import save_bytes
from store.check_archive import check_archive
from store.check_database import check_database
from store.database import Store, writing
from store.models import Batch
from store.processes import this_process
from store.runs import start_run
from store.save import save_batch


def damage(path: Path) -> None:
    """Overwrite a page in the middle of the file."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 8192)


def as_of(revision: str) -> Callable[[Store], None]:
    def change(store: Store) -> None:
        with writing(store) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})

    return change


def kill_a_run(store: Store) -> None:
    machine = this_process().split("|")[0]
    run = start_run(store, utc_now())
    with writing(store) as connection:
        ended = {"process": f"{machine}|999999999|1"}
        connection.execute(update(tables.run).where(tables.run.c.id == run.id).values(ended))


AILMENTS: list[tuple[Callable[[Store], None], str, str]] = [
    (lambda _: None, "ok", "can be written"),
    (as_of("9999"), "fail", "is of a newer version"),
    (as_of("0009"), "warn", "is of an older version"),
    (kill_a_run, "warn", "1 runs count as running though their processes are gone"),
]


@pytest.mark.parametrize(("harm", "state", "said"), AILMENTS)
def test_a_database(harm: Callable[[Store], None], state: str, said: str, store: Store, database_url: str) -> None:
    harm(store)
    findings = list(check_database(database_url, utc_now()))
    assert [one.state for one in findings if said in one.found] == [state], findings
    assert all(one.todo for one in findings if one.state != "ok")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_damaged_locked_or_none(store: Store, database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "dateline.sqlite"
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert worst(check_database(database_url, utc_now())) == ("warn", "somebody has been writing")
        other.rollback()
    store.engine.dispose()
    damage(path)
    assert worst(check_database(database_url, utc_now()))[0] == "fail"
    path.write_bytes(b"no database" * 1000)
    assert worst(check_database(database_url, utc_now())) == ("fail", "cannot be opened")
    missing = tmp_path / "none" / "x.sqlite"
    assert worst(check_database(f"sqlite:///{missing}", utc_now()))[0] == "warn"
    assert not missing.parent.exists()
    for wrong in ("nosuch://x", "postgresql://u@host:port/db"):
        assert worst(check_database(wrong, utc_now())) == ("fail", "cannot be opened")


def worst(findings: object) -> tuple[str, str]:
    """The last finding that is not good, by its first words."""
    last = [one for one in list(findings) if one.state != "ok"][-1]  # type: ignore[call-overload]
    found = last.found.split(": ")[0] if "cannot" in last.found else " ".join(last.found.split()[:4])
    return last.state, found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_archive(store: Store, tmp_path: Path) -> None:
    url = (tmp_path / "archive").as_uri()
    link = Link(source="norvik", url="https://norvik.example/1")
    page = FetchedPage(link=link, final_url=link.url, status=200, fetched_at=utc_now(), content_type=None, body=b"body")
    sha256 = save_bytes(url, page.body)
    save_batch(store, Batch(seen_at=utc_now(), pages=(page,)))
    assert [one.state for one in check_archive(url, store)] == ["ok", "ok"]
    (tmp_path / "archive" / sha256[:2] / f"{sha256}.gz").unlink()
    findings = list(check_archive(url, store))
    assert [one.state for one in findings] == ["ok", "fail"]
    assert f"1 are lost or damaged: {url}: holds no {sha256}" in findings[1].found
    assert [path.name for path in (tmp_path / "archive").iterdir()] == [sha256[:2]]
    (tmp_path / "archive").rename(tmp_path / "elsewhere")
    assert [one.state for one in check_archive(url, None)] == ["ok"]
    assert [(one.state, "1 are lost" in one.found) for one in check_archive(url, store)] == [("fail", True)]
    assert not (tmp_path / "archive").exists()
    (tmp_path / "taken").write_text("a file, not a folder")
    assert [one.state for one in check_archive(str(tmp_path / "taken"), None)] == ["fail"]
    assert [one.state for one in check_archive("nosuch://x", None)] == ["fail"]


def test_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, strange = check_names({"DATELINE_ARCHIV": "x", "DATELINE_QQQ": "x", "DATELINE_MODEL": "fast", "HOME": "/"})
    assert (wrong.state, wrong.todo) == ("warn", "did you mean DATELINE_ARCHIVE?")
    assert (strange.state, "README.md" in strange.todo) == ("warn", True)
    assert [one.state for one in check_names({"DATELINE_MODEL": "fast"})] == ["ok"]
    secret = tmp_path / "review-secret"
    secret.touch(mode=0o600)
    assert list(check_private(tmp_path)) == []
    secret.chmod(0o644)
    assert [(one.state, one.todo) for one in check_private(tmp_path)] == [("fail", f"chmod 600 {secret}")]
    for free, state in ((10**7, "fail"), (10**9, "warn"), (10**11, "ok")):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: type("Usage", (), {"free": free}))
        assert [one.state for one in check_disk(Settings(data_dir=tmp_path / "not" / "yet"))] == [state]


def test_a_folder_that_cannot_be_reached(tmp_path: Path) -> None:
    overlong = tmp_path / ("x" * 300)
    assert list(check_private(overlong)) == []
    assert f"free at {tmp_path}" in next(check_disk(Settings(data_dir=overlong))).found
    assert worst(check_database(f"sqlite:///{overlong}/a.sqlite", utc_now())) == ("fail", "cannot be opened")
    assert worst([checkup.check_model(Settings(data_dir=overlong))])[0] == "fail"


def test_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.state for one in checkup.check_versions()] == ["ok"]
    wanted = ["sqlalchemy>=9", "nosuchpackage", "nosuchextra; extra == 'x'", "pydantic>=2"]
    monkeypatch.setattr("flows.checkup.requires", lambda _: wanted)
    old, missing = checkup.check_versions()
    assert "no scheduled run is ever made" in old.found
    assert (missing.found, missing.todo) == ("nosuchpackage is not installed", "pip install 'nosuchpackage'")


def test_model_and_browser(tmp_path: Path) -> None:
    good = checkup.check_model(Settings(data_dir=tmp_path))
    assert (good.state, "accurate" in good.found) == ("ok", True)
    assert checkup.check_model(Settings(model="nosuchmodel")).state == "fail"
    (tmp_path / "learned.json").write_text("{")
    assert "learn --forget" in checkup.check_model(Settings(data_dir=tmp_path)).found
    assert checkup.check_browser(Settings(), []).state == "ok"
    assert checkup.check_browser(Settings(browser=Path("/nosuch")), ["a"]).state == "fail"
    assert checkup.check_browser(Settings(browser=tmp_path), ["a"]).state == "ok"


class Server(BaseHTTPRequestHandler):
    """Answers as Prefect's server does, of another version."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps("2.0.1" if self.path.endswith("version") else True).encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(url: str | None) -> Finding:
        settings = type("S", (), {"api": type("A", (), {"url": url})})
        monkeypatch.setattr("flows.checkup.get_current_settings", lambda: settings)
        return checkup.check_server()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/api"
    assert (found(url).state, "2.0.1" in found(url).found) == ("warn", True)
    server.shutdown()
    server.server_close()
    assert found(url).state == "fail"
    assert found(None).state == "ok"


def test_the_command(tmp_path: Path) -> None:
    def run(**env: str) -> tuple[int, list[dict[str, str]]]:
        done = CliRunner().invoke(build_app(), ["doctor", "--json"], env={"DATELINE_DATA_DIR": str(tmp_path), **env})
        return done.exit_code, json.loads(done.stdout)

    code, findings = run()
    assert (code, {one["part"] for one in findings if one["state"] == "fail"}) == (0, set())
    assert {"settings", "disk", "database", "archive", "model", "packages", "prefect", "browser"} == {
        one["part"] for one in findings
    }
    assert list(tmp_path.iterdir()) == []
    assert run(DATELINE_ARCHIVE="nosuch://x")[0] == 1
    code, findings = run(DATELINE_BATCH_SIZE="many")
    assert (code, findings[-1]["found"].partition(":")[0]) == (1, "DATELINE_BATCH_SIZE=many")
