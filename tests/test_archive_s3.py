"""The archive in an object store: a server that speaks S3, and one that breaks off, refuses, or is not there."""

import datetime as dt
import itertools
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import pytest

from schemas.page import FetchedPage, utc_now
from schemas.settings import Settings
from schemas.source import Link
from store.archive import ArchiveError, load_bytes, save_bytes
from store.archive_files import iter_files, remove_file
from store.backup import Kept, save_backup
from store.database import Store, close_store, open_store
from store.gc import GRACE, Archive, collect_garbage
from store.models import Batch, Item
from store.restore import restore_backup
from store.save import save_batch

moto = pytest.importorskip("moto.server", reason="no S3 server: install dateline[test]")
pytest.importorskip("s3fs", reason="no S3: install dateline[s3]")
BODY = bytes(range(256)) * 200
KEYS = {"AWS_ACCESS_KEY_ID": "norvik", "AWS_SECRET_ACCESS_KEY": "secret-of-norvik", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Address of an S3 server of these tests' own."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    started = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    forget()
    yield
    forget()


def forget() -> None:
    """File systems are kept for good, with the address that they were opened for."""
    fsspec.get_filesystem_class("s3").clear_instance_cache()


@pytest.fixture
def archive(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an archive, in a bucket that is there."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    files = fsspec.filesystem("s3")
    if not files.exists("kept"):
        files.mkdir("kept")
    return f"s3://kept/{next(_NUMBERS)}"


_NUMBERS = itertools.count(1)


def test_bytes_come_back(archive: str) -> None:
    for body in (b"", BODY):
        sha256 = save_bytes(archive, body)
        assert save_bytes(archive, body) == sha256
        assert load_bytes(archive, sha256) == body
    with pytest.raises(ArchiveError, match="holds no 0000"):
        load_bytes(archive, "0" * 64)


def test_what_was_taken_away_elsewhere_is_kept_again(archive: str, server: str) -> None:
    sha256 = save_bytes(archive, BODY)
    files = fsspec.filesystem("s3")
    path = f"{archive[5:]}/{sha256[:2]}/{sha256}.gz"
    assert files.ls(path.rpartition("/")[0])  # what was listed is remembered
    fsspec.filesystem("s3", skip_instance_cache=True).rm_file(path)  # as another process does
    save_bytes(archive, BODY)
    assert load_bytes(archive, sha256) == BODY


def test_a_damaged_object_is_found_and_mended(archive: str) -> None:
    sha256 = save_bytes(archive, BODY)
    fsspec.filesystem("s3").pipe_file(f"{archive[5:]}/{sha256[:2]}/{sha256}.gz", b"half")
    with pytest.raises(ArchiveError, match="is damaged"):
        load_bytes(archive, sha256)
    save_bytes(archive, BODY)
    assert load_bytes(archive, sha256) == BODY


def fill(store: Store, archive: str, make_item: Callable[..., Item]) -> str:
    """A release with its page, and bytes that belong to nothing; the hash of the page."""
    link = Link(source="norvik", url="https://norvik.example/1")
    page = FetchedPage(link=link, final_url=link.url, status=200, fetched_at=utc_now(), content_type=None, body=b"<p>")
    save_batch(store, Batch(seen_at=utc_now(), items=(make_item(page=page, release={"page_sha256": page.sha256}),)))
    save_bytes(archive, b"of nobody")
    return save_bytes(archive, page.body)


def test_backup_restore_and_gc(archive: str, make_item: Callable[..., Item], tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/dateline.sqlite")
    sha256 = fill(store, archive, make_item)
    manifest = save_backup(store, Kept(archive, tmp_path / "learned"), tmp_path / "b", utc_now())
    assert (manifest.files, manifest.missing_files) == (1, 0)
    restore_backup(store, Kept("s3://kept/after", tmp_path / "learned"), tmp_path / "b", replace=True)
    assert load_bytes("s3://kept/after", sha256) == b"<p>"
    (other,) = (file for file in iter_files(archive) if file.sha256 != sha256)
    listed = other._replace(written=other.written - dt.timedelta(hours=1))  # written anew since
    assert not remove_file(archive, listed, other.written - dt.timedelta(seconds=1))
    kept, later = Archive(archive, Settings().keeping), utc_now() + GRACE + dt.timedelta(minutes=1)
    assert collect_garbage(store, kept, utc_now())[-1].number == 0  # their rows may be on their way
    assert collect_garbage(store, kept, later)[-1].number == 1
    assert load_bytes(archive, sha256) == b"<p>"
    with pytest.raises(ArchiveError, match="holds no"):
        load_bytes(archive, other.sha256)
    assert not remove_file(archive, other, later)
    close_store(store)


def test_a_bucket_that_nobody_made_is_not_made(archive: str) -> None:
    with pytest.raises(ArchiveError, match=r"s3://nosuch/pages: cannot keep .*bucket"):
        save_bytes("s3://nosuch/pages", BODY)
    assert not fsspec.filesystem("s3").exists("nosuch")


ANSWERS = [
    ("no rights", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "Forbidden|denied"),
    ("breaks off", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nConnection: close\r\n\r\nhalf", "cannot read"),
    ("nothing", b"", "cannot read"),
]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A server that gives one answer to whatever is asked."""
    answers: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.recv(65536)
                client.sendall(answers[0])

    threading.Thread(target=answer, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    yield answers
    listener.close()


@pytest.mark.parametrize(("what", "answer", "said"), ANSWERS)
def test_what_goes_wrong_is_said(answering: list[bytes], what: str, answer: bytes, said: str) -> None:
    answering.append(answer)
    with pytest.raises(ArchiveError, match=said) as raised:
        load_bytes("s3://kept/pages", "0" * 64)
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in str(raised.value)
    if what != "breaks off":  # an answer to a question about a file is whole without a body
        with pytest.raises(ArchiveError, match="cannot keep"):
            save_bytes("s3://kept/pages", BODY)


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    with pytest.raises(ArchiveError, match=r"cannot keep .*connect.*check that it can be reached"):
        save_bytes("s3://kept/pages", BODY)


def test_without_keys(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with pytest.raises(ArchiveError, match=r"cannot keep .*credentials|cannot keep .*denied"):
        save_bytes("s3://kept/pages", BODY)
