"""The archive: bytes come back whole or with a clear error, in a folder and in memory."""

import datetime as dt
import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import fsspec
import pytest

from schemas.page import FetchedPage
from schemas.settings import Settings
from schemas.source import Link
from store.archive import ArchiveError, load_bytes, load_page, save_bytes
from store.models import StoredPage

pack = partial(gzip.compress, mtime=0)
"""The same bytes in every process that collects these tests."""

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
BODIES = [
    b"",
    b"<p>harbour</p>" * 1000,
    bytes(range(256)),  # no text
    pack(b"already"),
]
NO_HASHES = ["", "../../etc/passwd", EMPTY[:-1], EMPTY.upper(), EMPTY + "\n"]
DAMAGES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("cut off", lambda packed: packed[:-9]),
    ("emptied", lambda packed: b""),
    ("not packed", lambda packed: b"<p>harbour</p>"),
    ("a bit changed", lambda packed: packed[:12] + bytes([packed[12] ^ 1]) + packed[13:]),
    ("other content", lambda packed: pack(b"other")),
]


@pytest.fixture(params=["folder", "file", "memory"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty archive."""
    kinds = {"folder": str(tmp_path), "file": (tmp_path / "a b").as_uri(), "memory": f"memory://{tmp_path.name}"}
    return kinds[request.param]


@pytest.mark.parametrize("body", BODIES)
def test_bytes_come_back(archive: str, body: bytes) -> None:
    sha256 = save_bytes(archive, body)
    assert save_bytes(archive, body) == sha256
    assert load_bytes(archive, sha256) == body


def test_a_folder_with_a_space_is_that_folder(tmp_path: Path) -> None:
    """No `%20` beside it."""
    for settings in (Settings(data_dir=tmp_path / "my data"), Settings(archive=str(tmp_path / "my archive"))):
        save_bytes(settings.archive_url, b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my archive", "my data"]


def test_names_are_made_of_hashes_and_the_same_everywhere(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        save_bytes(str(tmp_path / folder), b"")
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert files == [Path(folder, "e3", f"{EMPTY}.gz") for folder in ("one", "two")]
    assert (tmp_path / files[0]).read_bytes() == (tmp_path / files[1]).read_bytes()


@pytest.mark.parametrize("sha256", NO_HASHES)
def test_only_hashes_are_looked_up(archive: str, sha256: str) -> None:
    with pytest.raises(ArchiveError, match="is no SHA-256"):
        load_bytes(archive, sha256)


def test_missing_bytes(archive: str) -> None:
    with pytest.raises(ArchiveError, match=f"holds no {EMPTY}"):
        load_bytes(archive, EMPTY)


@pytest.mark.parametrize(("what", "damage"), DAMAGES)
def test_damage_is_found_and_mended(archive: str, what: str, damage: Callable[[bytes], bytes]) -> None:
    sha256 = save_bytes(archive, BODIES[1])
    files, root = fsspec.url_to_fs(archive)
    path = f"{root}/{sha256[:2]}/{sha256}.gz"
    packed = files.cat_file(path)
    files.pipe_file(path, damage(packed))
    with pytest.raises(ArchiveError, match="is damaged"):
        load_bytes(archive, sha256)
    if len(damage(packed)) != len(packed):
        save_bytes(archive, BODIES[1])
        assert load_bytes(archive, sha256) == BODIES[1], what


def test_an_address_that_cannot_be() -> None:
    with pytest.raises(ArchiveError, match="no archive can be there"):
        save_bytes("nosuch://x", b"")


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(ArchiveError, match="cannot keep"):
        save_bytes(str(tmp_path / "taken"), b"")


def test_a_killed_writer_leaves_no_file_under_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("killed")))
    with pytest.raises(ArchiveError):
        save_bytes(str(tmp_path), b"")
    assert not list(tmp_path.rglob("*.gz"))


def test_many_writers_of_the_same_bytes(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: save_bytes(str(tmp_path), BODIES[1]), range(50)))
    assert len(names) == 1
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_page_as_it_was_fetched(archive: str) -> None:
    link = Link(source="norvik", url="https://norvik.example/1")
    moment = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    page = FetchedPage(link=link, final_url=link.url, status=200, fetched_at=moment, content_type="a/b", body=b"<p>")
    kept = page.model_dump(include=set(StoredPage.model_fields))
    stored = StoredPage(id="p", sha256=save_bytes(archive, page.body), release_id=None, **kept)
    assert load_page(archive, stored) == page
