"""`dateline` in a process of its own that need not import everything anew: forked from one that has done so.

Arguments, environment, folder, output and exit code are those of a program that a user starts; what is missing is the
second or more in which Python reads libraries. Commands that run a flow are started anew, as whole programs.
"""

import atexit
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

_LIBRARIES = ("spacy.lang.en", "typer", "rich.progress", "sqlalchemy.dialects.postgresql", "alembic.command",
              "store.save", "store.export", "store.review_events", "store.links")  # fmt: skip
"""What takes long to import, starts no thread (which a fork would lose) and does not look at the environment."""


def run_forked(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """What `dateline` with these arguments did."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        asked = {"arguments": list(arguments), "cwd": str(cwd), "environment": dict(environment)}
        parent = _start()
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(json.dumps(asked | {"out": str(out), "err": str(err)}) + "\n")
        parent.stdin.flush()
        code = int(parent.stdout.readline())
        return subprocess.CompletedProcess(list(arguments), code, out.read_text("utf8"), err.read_text("utf8"))


@cache
def _start() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.forked"]
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    root = Path(__file__).parents[1]
    parent = subprocess.Popen(command, cwd=root, env=alone, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(parent.kill)
    return parent


def serve() -> None:
    """Fork a process for each line that comes, and answer with its exit code."""
    for name in _LIBRARIES:
        import_module(name)
    gc.freeze()
    assert threading.active_count() == 1
    while line := sys.stdin.readline():
        asked = json.loads(line)
        if not (child := os.fork()):
            become(**asked)
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def become(arguments: list[str], cwd: str, environment: dict[str, str], out: str, err: str) -> None:
    """Be the program."""
    for number, place in enumerate((os.devnull, out, err)):
        file = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["dateline", *arguments]
    main = import_module("cli.main").main
    main()


if __name__ == "__main__":
    serve()
