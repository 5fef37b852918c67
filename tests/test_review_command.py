"""`dateline review` and its accounts on the command line."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build_app
from review.accounts import check_password, load_users
from tests.forked import run_forked

PASSWORD = "a long password"  # noqa: S105 - a test's


def _user(folder: Path, *words: str, typed: str = f"{PASSWORD}\n{PASSWORD}\n") -> tuple[int, str]:
    environment = {"DATELINE_DATA_DIR": str(folder)}
    done = CliRunner().invoke(build_app(), ["review", "user", *words], input=typed, env=environment)
    return done.exit_code, done.output


def test_accounts(tmp_path: Path) -> None:
    path = tmp_path / "review-users.json"
    assert _user(tmp_path, "add", "ana", "--role", "admin")[0] == 0
    assert _user(tmp_path, "add", "ben", "--no-password")[0] == 0
    users = load_users(path)
    assert [(user.name, user.role) for user in users.values()] == [("ana", "admin"), ("ben", "reviewer")]
    assert check_password(users, "ana", PASSWORD)
    assert "reviewer (by the proxy)" in _user(tmp_path, "list")[1]
    assert _user(tmp_path, "remove", "ana")[0] == 0
    assert list(load_users(path)) == ["ben"]


WRONG = [
    (("add", "ana"), "short\nshort\n", "10 characters"),
    (("add", "ana", "--role", "king"), f"{PASSWORD}\n{PASSWORD}\n", "no role"),
    (("remove", "eve"), "", "nobody is called"),
]


@pytest.mark.parametrize(("words", "typed", "said"), WRONG)
def test_wrong_accounts(tmp_path: Path, words: tuple[str, ...], typed: str, said: str) -> None:
    code, output = _user(tmp_path, *words, typed=typed)
    assert (code, said in output) == (2, True)
    assert not (tmp_path / "review-users.json").exists()


def _serve(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {"DATELINE_DATA_DIR": str(folder), "PATH": ""}
    return run_forked(["review", "--no-open", *options], folder, environment)


def test_other_computers_are_not_let_in_without_accounts(tmp_path: Path) -> None:
    done = _serve(tmp_path, "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    assert done.returncode == 2
    assert "dateline review user add NAME --role admin" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = _serve(tmp_path, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "--port 0" in done.stderr


def test_the_desk_needs_neither_spacy_nor_prefect() -> None:
    """They take seconds to load, which a page need not wait for."""
    look = "import cli.review, sys; print(sorted({'spacy', 'prefect', 'numpy', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
