"""Deploying where it cannot be done: what is wrong is said, with what to do. On a server: test_serving.py."""

import re
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.deploy import DeployError, Options, deploy
from schemas.source import SourcesError

SOURCE = '[[source]]\nname = "a"\nurl = "https://a.example/"\ndiscover = "auto"\n'
NOWHERE = "http://127.0.0.1:9/api"
WRONG: list[tuple[str, str | None, type[Exception], str]] = [
    ("", None, DeployError, r"no Prefect server is named: set PREFECT_API_URL .* `dateline serve`"),
    ("", NOWHERE, DeployError, r"127\.0\.0\.1:9/api: Prefect's server does not answer"),
    (
        '[[schedule]]\nname = "default"\ncron = "every day"',
        NOWHERE,
        SourcesError,
        "'every day' is no cron line; write",
    ),
    ('[[schedule]]\nname = "x"\n', None, SourcesError, "no source has schedule = 'x'"),  # the file comes first
]


NAMES: list[tuple[Options, str]] = [
    (Options(prefix="staging/"), "--prefix staging/: "),
    (Options(prefix="50%-"), "--prefix 50%-: "),
    (Options(pool="a&b"), "--pool a&b: "),
    (Options(pool="<x>", dry_run=True), "--pool <x>: "),
    (Options(pool=""), "--pool : "),
]


@pytest.mark.parametrize(("options", "said"), NAMES)
def test_names_that_prefect_refuses(tmp_path: Path, options: Options, said: str) -> None:
    """They are said before a server is asked."""
    path = tmp_path / "sources.toml"
    path.write_text(SOURCE)
    with temporary_settings({PREFECT_API_URL: NOWHERE}), pytest.raises(DeployError, match=re.escape(said)):
        deploy(path, options)


def test_a_file_is_one_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(SOURCE)
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    told: list[Path] = []
    monkeypatch.setattr("flows.deploy._deploy", lambda _client, file, *_: told.append(file))
    with temporary_settings({PREFECT_API_URL: NOWHERE}):
        deploy(Path("../sources.toml"), Options())
    assert told == [path]


@pytest.mark.parametrize(("more", "server", "error", "said"), WRONG)
def test_wrong(tmp_path: Path, more: str, server: str | None, error: type[Exception], said: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(SOURCE + more)
    with temporary_settings({PREFECT_API_URL: server}), pytest.raises(error, match=said):
        deploy(path, Options())
