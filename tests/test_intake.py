"""Taking files in: what is stored, what goes to quarantine, what a second or a killed run does not do again."""

import gzip
import io
import json
import os
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from flows.intake import Desk, list_inputs, take_in
from flows.process import read_paths
from flows.report import Report, add_reports
from flows.visit import Reading
from schemas.problem import Problem
from schemas.settings import Settings
from store.archive import save_bytes
from store.database import Store, close_store, open_store
from store.load import load_quarantine, load_release
from store.waiting import list_waiting
from tests.test_containers import HTML, make_warc


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(data_dir=tmp_path / "data", batch_size=3)
    store = open_store(settings.database_url)
    yield Desk(settings, store, "0.1.0+12345678.fast")
    close_store(store)


def lines(*numbers: int, words: str = "Words of") -> bytes:
    return b"".join(json.dumps({"id": str(n), "text": f"{words} {n}"}).encode() + b"\n" for n in numbers)


def take(desk: Desk, *paths: Path) -> Report:
    return add_reports(taken.report for taken in take_in(paths, desk))


def waiting(store: Store) -> list[str]:
    return sorted(one for page in list_waiting(store) for one in page)


def test_a_file_is_taken_in_once(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(1, 2, 3, 4) + b"{}\n"))
    first, second = take(desk, path), take(desk, path)
    assert (first.counts, first.saved["new"]) == ({"files": {"found": 4, "failed": 1}}, 4)
    assert (second.counts, second.saved["new"], len(second.notes)) == ({"files": {"known": 4, "failed": 1}}, 0, 1)
    assert waiting(desk.store) == ["1", "2", "3", "4"]
    path.write_bytes(gzip.compress(lines(1, 2, 3, 4, 5)))  # mended: read again, and the failure is forgotten
    assert take(desk, path).saved == {"new": 1, "changed": 0, "unchanged": 4}
    assert load_quarantine(desk.store) == []


def test_a_run_that_was_stopped_goes_on_behind_what_it_stored(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(*range(1, 11)))
    assert len(list(islice(take_in([path], desk), 2))) == 2  # two transactions of three, then nothing more is asked for
    report = take(desk, path)
    assert report.counts == {"files": {"known": 6, "found": 4}}
    assert len(waiting(desk.store)) == 10


def test_own_files_are_read_only_when_they_are_meant(desk: Desk, tmp_path: Path) -> None:
    inbox = desk.settings.data_dir / "inbox"
    inbox.mkdir()
    for path in (tmp_path / "a.jsonl", inbox / "b.jsonl"):
        path.write_bytes(lines(1))
    assert list(list_inputs([tmp_path], desk.settings)) == [tmp_path / "a.jsonl"]
    assert list(list_inputs([inbox], desk.settings)) == [inbox / "b.jsonl"]
    assert list(list_inputs([inbox / "b.jsonl"], desk.settings)) == [inbox / "b.jsonl"]


def test_an_id_that_stands_twice_in_a_file(desk: Desk, tmp_path: Path) -> None:
    path, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_bytes(lines(1, 2, 3, 4) + lines(1, 2, words="Other words of") + lines(3))  # the last says the same
    other.write_bytes(lines(4, words="Corrected words of"))
    report = take(desk, path, other)
    assert [(problem.code, problem.place) for problem in report.problems] == [
        ("duplicate_id", f"{path}#5"),
        ("duplicate_id", f"{path}#6"),
    ]
    assert (report.saved["new"], report.saved["changed"]) == (4, 1)
    assert take(desk, path).total("failed") == 2


def test_pages_of_a_crawl_are_found_by_their_addresses(desk: Desk, tmp_path: Path) -> None:
    texts = [
        f"<h1>Harbour grant</h1><p>The fund gave €{n} million to the school on the harbour today.</p>" for n in (1, 2)
    ]
    pages = [text.encode() for text in texts]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(make_warc(("200 OK", pages[0], HTML), ("200 OK", pages[1], HTML), is_packed=True))
    report = take(desk, path)
    assert (report.saved["new"], report.problems) == (2, ())
    release = load_release(desk.store, "https://norvik.example/0")
    assert release is not None
    assert "€1 million" in release.text


def test_a_damaged_crawl_is_gone_on_with_where_it_was_stopped(desk: Desk, tmp_path: Path) -> None:
    texts = [
        f"<h1>Grant {n}</h1><p>The fund gave €{n} million to the school on the harbour today.</p>" for n in range(9)
    ]
    members = [make_warc(("200 OK", text.encode(), HTML), is_packed=True) for text in texts]
    members[1] = members[1].replace(b"\x1f\x8b\x08", b"\0\0\0")
    members[5] = members[5][:100]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(members))
    assert len(list(islice(take_in([path], desk), 1))) == 1
    report = take(desk, path)
    assert report.counts == {"files": {"known": 2, "failed": 2, "found": 5}}
    assert sorted(row.problem.place for row in load_quarantine(desk.store)) == [f"{path}#2", f"{path}#6"]
    assert take(desk, path).counts == {"files": {"known": 7, "failed": 2}}


def test_what_is_in_a_folder(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../out.txt", "x")
        archive.writestr("one.txt", "Harbour grant\n\nThe fund gave much.")
    (folder / "a.zip").write_bytes(packed.getvalue())
    (folder / "b.mbox").write_bytes(b"From a\nSubject: Harbour\nDate: Mon, 4 May 2026 10:00 +0000\n\nThe fund gave.\n")
    (folder / "c.html").write_bytes(b"<h1>Harbour school opens</h1><p>The school on the harbour opens today.</p>")
    (folder / "d.jsonl").write_bytes(b"")
    (folder / "e.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    report = take(desk, tmp_path)  # the store itself lies in there too
    assert report.saved["new"] == 3
    assert sorted(problem.code for problem in report.problems) == ["empty", "unsafe_name", "unsupported_type"]


def test_names_that_are_no_utf8(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("Harbour grant\n\nThe fund gave much.")
    (folder / os.fsdecode(b"th\xe9.png")).write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    (folder / "z.txt").write_text("Harbour school\n\nIt opened.")
    report = take(desk, folder)
    assert (report.saved["new"], [one.place for one in report.problems]) == (2, [f"{folder}/th\\udce9.png"])
    assert take(desk, folder).counts == {"files": {"known": 2, "failed": 1}}
    read = list(read_paths([folder], 1000, None))
    assert [one.place.removeprefix(f"{folder}/") for one in read] == ["caf\\udce9.txt", "th\\udce9.png", "z.txt"]
    assert {one.release.id for one in read if isinstance(one, Reading)} == set(waiting(desk.store))


def test_a_file_is_one_however_it_is_named(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, inside = tmp_path / "inbox", desk.settings.data_dir / "inside"
    for folder in (inbox, inside):
        folder.mkdir()
    (inbox / "a.txt").write_text("Harbour grant\n\nThe fund gave much.")
    (inbox / "b.txt").write_bytes(b"")
    monkeypatch.chdir(inside)
    assert take(desk, Path("../../inbox")).saved["new"] == 1
    assert take(desk, inbox).counts == {"files": {"known": 1, "failed": 1}}
    assert {one.place.partition("#")[0] for one in read_paths([Path("../../inbox")], 1000, None)} == {
        str(inbox / "a.txt"),
        str(inbox / "b.txt"),
    }
    monkeypatch.chdir(inbox)  # the store itself lies beside it
    assert [path for path in list_inputs([Path("..")], desk.settings) if "data" in str(path)] == []


def test_paths_that_cannot_be_reached_cost_themselves(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Harbour grant\n\nThe fund gave much.")
    overlong = tmp_path / ("x" * 300) / "b.txt"
    report = take(desk, overlong, tmp_path / "a.txt")
    assert (report.saved["new"], [one.code for one in report.problems]) == (1, ["unreadable"])
    read = list(read_paths([overlong, tmp_path / "a.txt"], 1000, None))
    assert [isinstance(one, Problem) for one in read] == [True, False]


def test_a_folder_that_may_be_read_and_not_entered(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_text(f"Harbour grant {name}\n\nThe fund gave much.")
    real = os.stat

    def stat(path: Any, *args: Any, **options: Any) -> os.stat_result:
        if str(path).endswith("a.txt"):
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **options)

    monkeypatch.setattr(os, "stat", stat)
    report = take(desk, tmp_path / "in")
    assert (report.saved["new"], [one.code for one in report.problems]) == (1, ["unreadable"])


def test_what_nobody_foresaw_costs_its_document(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("x")

    for name, data in {"a.html": b"<p>x", "b.zip": b"PK\x03\x04", "c.txt": b"Harbour school\n\nIt opened."}.items():
        (tmp_path / name).write_bytes(data)
    paths = [tmp_path / name for name in ("a.html", "b.zip", "c.txt")]
    monkeypatch.setattr("extractors.files.read_document", fail)
    monkeypatch.setattr("zipfile.ZipFile", fail)
    report = take(desk, *paths)
    assert (report.saved["new"], [one.code for one in report.problems]) == (1, ["reader", "reader"])
    assert [one.code for one in read_paths([paths[0]], 1000, None) if isinstance(one, Problem)] == ["reader"]


def test_the_bytes_of_a_list_are_kept_once(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{}, {"text": "The fund gave much."}, *[{}] * 20]))
    kept: list[bytes] = []

    def save(url: str, data: bytes) -> str:
        kept.append(data)
        return save_bytes(url, data)

    monkeypatch.setattr("flows.files.save_bytes", save)
    problems = take(desk, path).problems
    assert (len(problems), kept) == (21, [path.read_bytes()])
    assert {problem.page_sha256 for problem in problems} == {sha256(path.read_bytes()).hexdigest()}
    read = list(read_paths([path], 10_000, None, desk.settings.archive_url))
    assert [one.page_sha256 for one in read if isinstance(one, Problem)] == [one.page_sha256 for one in problems]
    assert len(kept) == 2
    assert len(kept) == 2


def test_a_failure_counts_for_the_file_that_it_is_in(desk: Desk, tmp_path: Path) -> None:
    path, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    path.write_bytes(lines(1))
    packed.write_bytes(gzip.compress(lines(2) + lines(2, words="Other words of")))
    assert take(desk, path, packed).total("failed") == 1
    assert take(desk, path).counts == {"files": {"known": 1}}
    assert take(desk, packed).counts == {"files": {"known": 1, "failed": 1}}
