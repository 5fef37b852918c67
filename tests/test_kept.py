"""Parts that are kept running: what they print, that they come again when they die, and that they end."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.kept import LONGEST_LINE, Part, end_part, look_after, start_part

PROGRAM = """
import os, signal, sys, time

def lively():
    print("here", os.getpid(), "x" * 500, flush=True)
    time.sleep(60)

def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    lively()

def weak():
    sys.exit(3)
"""


@pytest.fixture
def make_part(tmp_path: Path) -> Callable[[str], Part]:
    (tmp_path / "tried.py").write_text(PROGRAM)
    path = os.pathsep.join([str(tmp_path), os.getcwd()])
    return lambda name: Part(name, (f"tried:{name}",), {**os.environ, "PYTHONPATH": path})


def wait_for(lines: list[str], number: int) -> None:
    until = time.monotonic() + 60
    while len(lines) < number and time.monotonic() < until:
        time.sleep(0.05)
    assert len(lines) >= number


def test_it_comes_again_and_ends(make_part: Callable[[str], Part]) -> None:
    part, lines = make_part("lively"), list[str]()
    start_part(part, lambda name, line: lines.append(f"{name}: {line}"))
    wait_for(lines, 1)
    assert lines[0].startswith(f"lively: here {part.process and part.process.pid} xxx")
    assert len(lines[0]) == len("lively: ") + LONGEST_LINE
    assert part.process
    part.process.kill()
    part.process.wait()
    look_after(part, time.monotonic(), lambda name, line: lines.append(f"{name}: {line}"))
    assert "lively: ended (killed by SIGKILL); started again" in lines
    assert part.process.poll() is None
    end_part(part)
    assert part.process.poll() == -signal.SIGTERM


def test_one_that_does_not_want_to_end_is_made_to(
    make_part: Callable[[str], Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.kept.END_SECONDS", 0.2)
    part, lines = make_part("stubborn"), list[str]()
    start_part(part, lambda _, line: lines.append(line))
    wait_for(lines, 1)
    end_part(part)
    assert part.process
    assert part.process.poll() == -signal.SIGKILL


def test_one_that_dies_again_and_again_waits_ever_longer(make_part: Callable[[str], Part]) -> None:
    part, lines, now = make_part("weak"), list[str](), time.monotonic()
    start_part(part, lambda _, line: lines.append(line))
    for _ in range(3):
        assert part.process
        part.process.wait()
        look_after(part, now, lambda _, line: lines.append(line))
        now = part.again_at
        look_after(part, now, lambda _, line: lines.append(line))
    assert lines == [f"ended (exit code 3); started again{pause}" for pause in ("", " in 1 s", " in 2 s")]
    end_part(part)
