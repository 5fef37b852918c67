"""Processes of their own that need not import everything anew: forked from one that has done so.

Arguments, environment, folder, output and exit code are those of a program that a user starts, and it can be killed as
one; what is missing is the second or more in which Python reads libraries. Commands that run a flow are started anew,
as whole programs.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 300
"""Seconds for which the end of a process is waited for."""
LIBRARIES = ("spacy.lang.en", "typer", "rich.progress", "sqlalchemy.dialects.postgresql", "psycopg", "alembic.command",
             "store.save", "store.export", "store.review_events", "store.links", "uvicorn.logging",
             "uvicorn.protocols.http.auto", "uvicorn.lifespan.on", "review.app")  # fmt: skip
"""What takes long to import, starts no thread (which a fork would lose) and does not look at the environment."""


class Forked:
    """A process that was forked, with as much of `subprocess.Popen` as tests need."""

    def __init__(self, **asked: Any) -> None:
        """Start `dateline` with `arguments`, or a `program` of Python with them, in `cwd` with `environment`."""
        self.returncode: int | None = None
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            os.mkfifo(out)
            os.mkfifo(err)
            self.pid = _ask(asked | {"streams": [str(out), str(err)]})
            self.stdout, self.stderr = out.open(encoding="utf8"), err.open(encoding="utf8")

    def kill(self) -> None:
        """End it at once, as a loss of power would."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code, once it has ended; negative, the signal that ended it."""
        if self.returncode is None:
            with self._at_most():
                self.returncode = _ask({"wait": self.pid})
        return self.returncode

    def communicate(self) -> tuple[str, str]:
        """All that it still says, and its end."""
        with self._at_most(), self.stdout, self.stderr:
            said: list[str] = []
            reader = threading.Thread(target=lambda: said.append(self.stderr.read()))
            reader.start()
            out = self.stdout.read()
            reader.join()
        self.wait()
        return out, said[0]

    @contextmanager
    def _at_most(self) -> Iterator[None]:
        """A process that does not end is killed, so that its test fails and the others go on."""
        timer = threading.Timer(PATIENCE, self.kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def start_program(program: str, *arguments: str) -> Forked:
    """A process that does what `python -c PROGRAM ARGUMENT…` would, in the folder of the project."""
    return Forked(program=program, arguments=list(arguments), cwd=str(ROOT), environment=dict(os.environ))


def run_forked(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """What `dateline` with these arguments did."""
    process = Forked(arguments=list(arguments), cwd=str(cwd), environment=dict(environment))
    out, err = process.communicate()
    return subprocess.CompletedProcess(list(arguments), process.wait(), out, err)


_asking = threading.Lock()


def _ask(question: Mapping[str, Any]) -> int:
    with _asking:
        parent = _start()
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(json.dumps(question) + "\n")
        parent.stdin.flush()
        return int(parent.stdout.readline())


@cache
def _start() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.forked"]
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    parent = subprocess.Popen(command, cwd=ROOT, env=alone, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(parent.kill)
    return parent


def serve() -> None:
    """Fork a process for each question that comes and answer with its number; or with its exit code, asked for that."""
    for name in LIBRARIES:
        import_module(name)
    gc.freeze()
    assert threading.active_count() == 1
    while line := sys.stdin.readline():
        asked = json.loads(line)
        if "wait" in asked:
            _, status = os.waitpid(asked["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
        elif child := os.fork():
            print(child, flush=True)
        else:
            become(asked)
            return


def become(asked: Mapping[str, Any]) -> None:
    """Be the program."""
    for number, place in enumerate((os.devnull, *asked["streams"])):
        file = os.open(place, os.O_WRONLY if number else os.O_RDONLY)
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["dateline", *asked["arguments"]]
    if "program" in asked:
        exec(compile(asked["program"], "program", "exec"), {"__name__": "__main__"})  # noqa: S102 - a test's own
    else:
        import_module("cli.main").main()


if __name__ == "__main__":
    serve()
