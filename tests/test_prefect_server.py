"""The temporary server: in a process of its own, for as long as it is needed, and only where there is no other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

PROGRAM = """
import json, os, sys
from flows.prefect_server import start_server
start_server()
import httpx
from prefect.settings import PREFECT_API_URL
url = PREFECT_API_URL.value()
is_up = "elsewhere" in url or httpx.get(url + "/health").json()
loaded = [name for name in sys.modules if name.startswith("prefect.server.api")]
print(json.dumps({"url": url, "is_up": is_up, "loaded": loaded}))
"""


def ran(home: Path, **given: str) -> dict[str, object]:
    environment = {**os.environ, "PREFECT_HOME": str(home), **given}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def test_it_runs_elsewhere_and_ends_with_its_program(tmp_path: Path) -> None:
    said = ran(tmp_path)
    assert (said["is_up"], said["loaded"]) == (True, [])
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{said['url']}/health")


def test_none_is_started_where_there_is_one(tmp_path: Path) -> None:
    assert ran(tmp_path, PREFECT_API_URL="http://elsewhere.example/api")["url"] == "http://elsewhere.example/api"


def test_one_named_in_a_profile_counts(tmp_path: Path) -> None:
    profile = 'active = "mine"\n[profiles.mine]\nPREFECT_API_URL = "http://elsewhere.example/api"\n'
    (tmp_path / "profiles.toml").write_text(profile)
    assert ran(tmp_path)["url"] == "http://elsewhere.example/api"
