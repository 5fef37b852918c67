"""Runs seen from outside: those whose process is gone are marked, those that ended are told."""

import flows.quiet  # noqa: F401  isort: skip  (settings that Prefect reads when it is first imported)

import datetime as dt
from collections.abc import Iterator

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Crashed

from flows.lifeless import ATTEMPT_LABEL, PROCESS_LABEL
from store.processes import has_ended

_OURS = FlowRunFilterTags(all_=["dateline"])
NEVER_BEGUN = dt.timedelta(minutes=5)
"""A run that waits for its process for longer has none any more; its place it gave back after a minute."""
_PAGE = 200
GONE = "its process is gone: the next run takes its place, and nothing is lost"


def mark_lifeless(client: SyncPrefectClient, now: dt.datetime, patience: dt.timedelta = NEVER_BEGUN) -> list[str]:
    """Mark as crashed the runs whose process on this machine is gone, or never came; their names."""
    gone = [run for run in _list_open(client) if _is_gone(run, now - patience)]
    for run in gone:
        client.set_flow_run_state(run.id, Crashed(message=GONE))
    return [run.name for run in gone]


def list_processes(client: SyncPrefectClient) -> list[int]:
    """The processes of this machine that are doing runs."""
    said = (run.labels.get(PROCESS_LABEL) for run in _list_open(client))
    return [int(str(process).rsplit("|", 2)[1]) for process in said if process and has_ended(str(process)) is False]


def _list_open(client: SyncPrefectClient) -> list[FlowRun]:
    types = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
    wanted = FlowRunFilter(tags=_OURS, state=FlowRunFilterState(type=types))
    return client.read_flow_runs(flow_run_filter=wanted, limit=_PAGE)


def _is_gone(run: FlowRun, since: dt.datetime) -> bool:
    if run.state is None:
        return False
    is_pending = run.state.type == StateType.PENDING
    process = run.labels.get(PROCESS_LABEL)
    if process and not is_pending and run.labels.get(ATTEMPT_LABEL) == run.run_count:
        return bool(has_ended(str(process)))
    # What is named is the process of an earlier attempt: somebody pressed "Retry".
    return (is_pending or bool(process)) and run.state.timestamp < since


def tell_ended(client: SyncPrefectClient, since: dt.datetime) -> Iterator[str]:
    """A line for each run that ended since then, but for those that were skipped."""
    types = FlowRunFilterStateType(any_=[StateType.COMPLETED, StateType.FAILED, StateType.CRASHED])
    ended = FlowRunFilter(
        tags=_OURS,
        state=FlowRunFilterState(type=types),
        end_time=FlowRunFilterEndTime(after_=since),  # type: ignore[arg-type]  # as it wants it
    )
    for run in client.read_flow_runs(flow_run_filter=ended, limit=_PAGE):
        if run.state and run.end_time and run.end_time > since:
            yield f"{run.name}: {run.state.name}{f', {run.state.message}' if run.state.message else ''}"
