"""Processes that are kept running: each is started again when it dies, and what they print bears their name."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from signal import Signals

Say = Callable[[str, str], None]
"""Told the name of a part and a line."""
STEADY_SECONDS = 60
"""A part that ran for so long and then dies is started again at once; others wait ever longer."""
LONGEST_PAUSE = 30.0
END_SECONDS = 15.0
"""How long a part that was asked to end may take."""


LONGEST_LINE = 300
"""Characters; a part that tells more has its own page for it."""


@dataclass
class Part:
    """A process to be kept running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    kept_open: Sequence[int] = ()
    """Files that stay open as long as any part lives."""
    process: "subprocess.Popen[bytes] | None" = None
    began: float = 0.0
    deaths: int = 0
    again_at: float = field(default=0.0)


def start_part(part: Part, say: Say) -> None:
    """Start it, and hand on what it prints."""
    part.process = subprocess.Popen(  # noqa: S603  (our own programs)
        [sys.executable, "-P", "-m", "flows.leash", *part.command],  # -P: without the folder that the user is in
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(part.environment),
        pass_fds=part.kept_open,
        start_new_session=True,  # Ctrl+C is for us to hand on, in good order
    )
    part.began = time.monotonic()
    threading.Thread(target=_hand_on, args=(part, part.process, say), daemon=True).start()


def _hand_on(part: Part, process: "subprocess.Popen[bytes]", say: Say) -> None:
    for line in process.stdout or ():
        if text := line.decode("utf8", "replace").rstrip():
            say(part.name, text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…")


def look_after(part: Part, now: float, say: Say) -> None:
    """Start a part again that has died: at once, or, where it dies again and again, after a pause."""
    if part.process is not None and (code := part.process.poll()) is not None:
        part.deaths = 1 if now - part.began > STEADY_SECONDS else part.deaths + 1
        pause = read_pause(part.deaths)
        part.process, part.again_at = None, now + pause
        say(part.name, f"ended ({_how(code)}); started again{f' in {pause:g} s' if pause else ''}")
    if part.process is None and now >= part.again_at:
        start_part(part, say)


def read_pause(deaths: int) -> float:
    """Seconds before a part is started again that died so often in a row.

    >>> [read_pause(deaths) for deaths in (1, 2, 3, 4, 10)]
    [0.0, 1.0, 2.0, 4.0, 30.0]
    """
    return 0.0 if deaths < 2 else min(LONGEST_PAUSE, 2.0 ** min(deaths - 2, 10))


def _how(code: int) -> str:
    """How a process ended.

    >>> _how(-9), _how(1)
    ('killed by SIGKILL', 'exit code 1')
    """
    return f"killed by {Signals(-code).name}" if code < 0 else f"exit code {code}"


def end_part(part: Part) -> None:
    """Ask it to end, and make it end where it takes too long."""
    if part.process is None or part.process.poll() is not None:
        return
    part.process.terminate()
    try:
        part.process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        part.process.kill()
        part.process.wait()
