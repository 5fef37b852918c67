"""Which runs are taken for dead: never one that is alive."""

import datetime as dt
import subprocess
import sys
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State, StateType

from flows.lifeless import ATTEMPT_LABEL, PROCESS_LABEL
from flows.watch import _is_gone
from store.processes import this_process

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
_TELL = "from store.processes import this_process; print(this_process())"


@pytest.fixture(scope="module")
def dead() -> str:
    """The name of a process that is over."""
    done = subprocess.run([sys.executable, "-c", _TELL], capture_output=True, text=True, check=True)
    return done.stdout.strip()


RUNS = [
    # state, whose process is named, attempt that it is, attempts so far, minutes in this state; gone or not
    (StateType.RUNNING, "dead", 1, 1, 0, True),
    (StateType.RUNNING, "own", 1, 1, 60, False),
    (StateType.CANCELLING, "dead", 1, 1, 0, True),
    (StateType.RUNNING, None, None, 1, 60, False),  # another machine's, or not begun: its heartbeat tells
    (StateType.PENDING, None, None, 0, 1, False),
    (StateType.PENDING, None, None, 0, 6, True),  # its process never came
    (StateType.PENDING, "dead", 1, 1, 1, False),  # "Retry" was pressed, and the new process starts
    (StateType.RUNNING, "dead", 1, 2, 1, False),  # it has not yet said who it is
    (StateType.RUNNING, "dead", 1, 2, 6, True),  # nor will it
    (StateType.RUNNING, "dead", 2, 2, 0, True),
]


@pytest.mark.parametrize(("state", "process", "attempt", "attempts", "minutes", "is_gone"), RUNS)
def test_runs_without_a_process(  # noqa: PLR0913 - the columns
    state: StateType, process: str | None, attempt: int | None, attempts: int, minutes: int, is_gone: bool, dead: str
) -> None:
    labels = {PROCESS_LABEL: dead if process == "dead" else this_process(), ATTEMPT_LABEL: attempt}
    run = FlowRun(
        flow_id=uuid4(),
        state=State(type=state, timestamp=NOW - dt.timedelta(minutes=minutes)),
        run_count=attempts,
        labels={name: value for name, value in labels.items() if value is not None} if process else {},
    )
    assert _is_gone(run, NOW - dt.timedelta(minutes=5)) is is_gone
