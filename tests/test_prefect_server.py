"""The temporary server: in a process of its own, for as long as it is needed, and only where there is no other."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

PROGRAM = """
import json, os, sys
from flows.prefect_server import start_server
start_server()()
import httpx
import pytest
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


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prefect's folder; its database takes longest to make, so there is one."""
    return tmp_path_factory.mktemp("prefect")


def is_up(url: object) -> bool:
    address = httpx.URL(str(url))
    with socket.socket() as asking:
        return asking.connect_ex((address.host, address.port)) == 0


def test_it_runs_elsewhere_and_ends_with_its_program(home: Path) -> None:
    said = ran(home)
    assert (said["is_up"], said["loaded"]) == (True, [])
    assert not is_up(said["url"])


def test_it_ends_with_a_program_that_is_killed(home: Path) -> None:
    program = PROGRAM + "sys.stdout.flush(); os.kill(os.getpid(), 9)"
    environment = {**os.environ, "PREFECT_HOME": str(home)}
    killed = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert killed.returncode == -9
    url, until = json.loads(killed.stdout)["url"], time.monotonic() + 20
    while is_up(url) and time.monotonic() < until:
        time.sleep(0.1)
    assert not is_up(url)


def test_none_is_started_where_there_is_one(tmp_path: Path) -> None:
    assert ran(tmp_path, PREFECT_API_URL="http://elsewhere.example/api")["url"] == "http://elsewhere.example/api"


def test_one_named_in_a_profile_counts(tmp_path: Path) -> None:
    profile = 'active = "mine"\n[profiles.mine]\nPREFECT_API_URL = "http://elsewhere.example/api"\n'
    (tmp_path / "profiles.toml").write_text(profile)
    assert ran(tmp_path)["url"] == "http://elsewhere.example/api"
