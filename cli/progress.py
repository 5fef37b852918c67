"""How far a long command is: a bar on a terminal, a line now and then elsewhere."""

import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from cli.output import Rate, err

_EVERY = 30
"""Seconds between two lines about how far a run is, where there is no terminal."""


class Watch:
    """Shows how far the run is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, waiting: str) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate())
        times = (TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
        self.progress = Progress(*columns, *times, console=err, transient=True, disable=not err.is_terminal)
        self._task = self.progress.add_task(waiting, total=None)
        self._began: float | None = None
        self._told = time.monotonic()
        self._first = 0
        if not err.is_terminal:
            err.print(waiting + " …")

    def __call__(self, stage: str, done: int, total: int | None, known: int = 0) -> None:
        """As `flows.report.Listener`."""
        now, own = time.monotonic(), done - known
        if self._began is None:
            self._began, self._first = now, own
        self.progress.update(self._task, description=stage, completed=done, total=total)
        if not err.is_terminal and now - self._told >= _EVERY and now > self._began:
            self._told = now
            rate = (own - self._first) / max(now - self._began, 1e-3)
            err.print(progress_line(done, total, rate), soft_wrap=True)


def progress_line(done: int, total: int | None, rate: float) -> str:
    """How far a run is, how fast, and how long it will take.

    >>> progress_line(1200, 30000, 4.0)
    '1,200 of about 30,000 releases, 4.0/s, about 2:00:00 left'
    """
    of = f" of about {total:,}" if total else ""
    if not total or rate <= 0:
        return f"{done:,}{of} releases"
    seconds = round((total - done) / rate)
    left = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{done:,}{of} releases, {rate:.1f}/s, about {left} left"
