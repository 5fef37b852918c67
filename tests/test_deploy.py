"""Deploying where it cannot be done: what is wrong is said, with what to do. On a server: test_serving.py."""

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


@pytest.mark.parametrize(("more", "server", "error", "said"), WRONG)
def test_wrong(tmp_path: Path, more: str, server: str | None, error: type[Exception], said: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(SOURCE + more)
    with temporary_settings({PREFECT_API_URL: server}), pytest.raises(error, match=said):
        deploy(path, Options())
