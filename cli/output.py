"""Where the command line prints: results on standard output, progress and complaints on standard error."""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TextIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from schemas.page import utc_now
from schemas.problem import Problem

PIPE_WIDTH = 200
"""Characters in a line that goes to a file or another program, where nothing says how wide it may be."""


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=PIPE_WIDTH)


out = _console(stderr=False)
err = _console(stderr=True)


class Rate(ProgressColumn):
    """Documents per second so far."""

    def render(self, task: Task) -> Text:
        """`12.3/s`, or nothing before the first document."""
        return Text(f"{task.speed:.1f}/s" if task.speed else "", style="dim")


class JsonLines(io.TextIOBase):
    """Standard error where the log is JSON: what is said to people becomes lines of the log as well."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Each line as a JSON object."""
        for line in filter(None, map(str.strip, text.splitlines())):
            said = {"time": utc_now().isoformat(timespec="milliseconds"), "level": "info", "event": "said"}
            self._stream.write(json.dumps({**said, "message": line}, ensure_ascii=False) + "\n")
        return len(text)

    def flush(self) -> None:
        """Hand over what waits."""
        self._stream.flush()


def progress_bar() -> Progress:
    """A bar with counts and rate on a terminal; nothing at all on a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def complain(problem: Problem) -> None:
    """One line on standard error: what, where, what to do."""
    place = "" if problem.message.startswith(problem.place) else f"{problem.place}: "
    err.print(f"[yellow]{problem.stage}[/] {escape(place + problem.message)}", soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON document on standard output, for programs."""
    out.file.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


@contextmanager
def output_file(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears under its name only when it is whole.

    Raises BadParameter where there can be none.
    """
    if path is None:
        yield out.file  # type: ignore[misc]  # rich types its file as IO[str]
        return
    if not os.path.isdir(path.absolute().parent):
        raise typer.BadParameter(f"{path.parent} is no folder; make it first or write somewhere else")
    if os.path.isdir(path):
        raise typer.BadParameter(f"{path} is a folder; name a file to write")
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf8", newline="\n") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
