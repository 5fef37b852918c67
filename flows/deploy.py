"""Registering the flows with a Prefect server, as a sources.toml declares them."""

import flows.quiet  # noqa: F401  isort: skip  (settings that Prefect reads when it is first imported)

import datetime as dt
import hashlib
import json
import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from prefect import Flow, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentCreate, DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from flows.lifeless import ensure_automation
from flows.wishes import Wish, list_wishes
from schemas.problem import ToldError
from schemas.schedule import Schedule
from schemas.settings import Settings
from schemas.source import SourcesError, load_declared

POOL = "dateline"
TAG = "dateline"
FILE_LABEL, STATE_LABEL = "dateline.sources_file", "dateline.declaration"
"""Labels of a deployment: the file that declared it, and what that said, so that what is the same is left as it is."""
_ANCHOR = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
"""From which intervals are counted, so that deploying again moves none."""
HEARTBEAT_SECONDS = 30
"""The least that Prefect allows."""
_GRACE_SECONDS = 60
"""After which a run that never began gives its place back; the least that Prefect allows."""
_NOT_IN_NAMES = "/%&<>"
"""What Prefect allows in no name."""


class DeployError(ToldError):
    """Nothing can be deployed; the message says what to do."""


class Options(NamedTuple):
    """How to deploy."""

    pool: str = POOL
    prefix: str = ""
    """Before each name, so that a development copy leaves production's alone."""
    force: bool = False
    """Whether those of another file are taken over, and what was changed in Prefect's page is set back."""
    dry_run: bool = False


class Done(NamedTuple):
    """What was done to one deployment, or would be."""

    name: str
    """As Prefect shows it: flow and deployment."""
    action: str
    """`created`, `updated`, `unchanged`, `removed`."""
    schedule: str


def deploy(path: Path, options: Options) -> list[Done]:
    """Let there be what the file declares, and remove what it declared once.

    Raises SourcesError for the file, DeployError where there is no server, or a name is none or another file's.
    """
    path = Path(os.path.abspath(path))
    _check_names(options)
    wishes = list_wishes(path, load_declared(path), options.prefix)
    for wish in wishes:
        _schedules(wish.schedule, path)  # what is wrong with the file is said before a server is asked
    url = get_current_settings().api.url
    if not url:
        raise DeployError(
            "no Prefect server is named: set PREFECT_API_URL (for `prefect server start` on this machine: "
            "http://127.0.0.1:4200/api), or let `dateline serve` do everything on this machine"
        )
    try:
        with get_client(sync_client=True) as client:
            return _deploy(client, path, wishes, options)
    except (httpx.TransportError, httpx.HTTPStatusError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DeployError(f"{url}: Prefect's server does not answer as it should ({reason}); is it running?") from error


def _check_names(options: Options) -> None:
    for option, name in (("--prefix", options.prefix), ("--pool", options.pool)):
        if bad := [character for character in _NOT_IN_NAMES if character in name]:
            raise DeployError(
                f"{option} {name}: Prefect allows no {' '.join(bad)} in names; take another, such as a dash"
            )
    if not options.pool.strip("' \""):
        raise DeployError(
            f"--pool {options.pool}: is no name; leave it out, or name the pool that your workers look at"
        )


def _deploy(client: SyncPrefectClient, path: Path, wishes: Sequence[Wish], options: Options) -> list[Done]:
    client.hello().raise_for_status()
    flows = {wish.name: _load_flow(wish.entrypoint) for wish in wishes}
    made = {wish.name: _declare(wish, flows[wish.name], path, options.pool) for wish in wishes}
    known = {(known.entrypoint or "", known.name): known for known in _list_known(client)}
    theirs = [known[key] for key in _keys(wishes) if key in known and known[key].labels.get(FILE_LABEL) != str(path)]
    if theirs and not options.force:
        raise DeployError(
            f"{theirs[0].name}: was deployed from {theirs[0].labels.get(FILE_LABEL)}; take another name with --prefix, "
            "or take it over with --force"
        )
    if not options.dry_run:
        _ensure_pool(client, options.pool)
        ensure_automation(client)
    done = [
        _put(client, (wish, flows[wish.name], made[wish.name]), known.get((wish.entrypoint, wish.name)), options)
        for wish in wishes
    ]
    mine = [one for one in known.values() if one.labels.get(FILE_LABEL) == str(path)]
    prefixed = [one for one in mine if one.labels.get("dateline.prefix", "") == options.prefix]
    gone = [one for one in prefixed if (one.entrypoint or "", one.name) not in _keys(wishes)]
    return done + [_remove(client, one, options) for one in gone]


def _keys(wishes: Sequence[Wish]) -> list[tuple[str, str]]:
    return [(wish.entrypoint, wish.name) for wish in wishes]


def _load_flow(entrypoint: str) -> Flow[..., Any]:
    module, _, name = entrypoint.rpartition(".")
    found: Flow[..., Any] = getattr(import_module(module), name)
    return found


def _list_known(client: SyncPrefectClient) -> list[DeploymentResponse]:
    ours = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    found: list[DeploymentResponse] = []
    while page := client.read_deployments(deployment_filter=ours, limit=200, offset=len(found)):
        found += page
    return found


def _declare(wish: Wish, flow: Flow[..., Any], path: Path, pool: str) -> dict[str, Any]:
    """The deployment as it is sent, but for what only the server knows."""
    data_dir = str(Settings().data_dir.absolute())
    environment = {"DATELINE_DATA_DIR": data_dir, "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS)}
    made: dict[str, Any] = {
        "name": wish.name,
        "tags": list(wish.tags),
        "description": wish.description,
        "parameters": wish.parameters,
        "parameter_openapi_schema": parameter_schema(flow).model_dump_for_openapi(),
        "enforce_parameter_schema": True,
        "entrypoint": wish.entrypoint,
        "work_pool_name": pool,
        "job_variables": {"env": environment},
        "concurrency_limit": 1,
        "concurrency_options": ConcurrencyOptions(
            collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=_GRACE_SECONDS
        ).model_dump(mode="json"),
        "schedules": _schedules(wish.schedule, path),
    }
    state = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:16]
    prefix = wish.name.removesuffix(wish.schedule.name)
    return made | {"labels": {FILE_LABEL: str(path), STATE_LABEL: state, "dateline.prefix": prefix}}


def _schedules(schedule: Schedule, path: Path) -> list[dict[str, Any]]:
    """As they are sent; none for what is started by hand. Raises SourcesError for what is no cron line."""
    if not schedule.every and not schedule.cron:
        return []
    try:
        when = (
            IntervalSchedule(interval=schedule.every, anchor_date=_ANCHOR)
            if schedule.every
            else CronSchedule(cron=str(schedule.cron), timezone=schedule.timezone)
        )
    except ValueError as error:
        raise SourcesError(
            f"{path}: schedule {schedule.name}: {schedule.cron!r} is no cron line; write minute, hour, day, month and "
            'weekday, such as "0 6 * * mon-fri"'
        ) from error
    return [DeploymentScheduleCreate(schedule=when).model_dump(mode="json")]


def _ensure_pool(client: SyncPrefectClient, name: str) -> None:
    try:
        client.read_work_pool(name)
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        words = "Where Dateline's runs wait for a worker: `prefect worker start --pool " + name + "`"
        pool = WorkPoolCreate(name=name, type="process", base_job_template=template, description=words)
        client.create_work_pool(pool)


def _put(
    client: SyncPrefectClient,
    what: tuple[Wish, Flow[..., Any], dict[str, Any]],
    known: DeploymentResponse | None,
    options: Options,
) -> Done:
    wish, flow, made = what
    name, when = f"{flow.name}/{wish.name}", wish.schedule.words
    if known and known.labels.get(STATE_LABEL) == made["labels"][STATE_LABEL] and not options.force:
        return Done(name, "unchanged", when + (" (paused in Prefect)" if known.paused else ""))
    if not options.dry_run:
        pause = bool(known and known.paused and not options.force)
        active = not known or options.force or all(schedule.active for schedule in known.schedules)
        schedules = [schedule | {"active": active} for schedule in made["schedules"]]
        given = made | {"flow_id": client.create_flow(flow), "paused": pause, "schedules": schedules}
        sent = DeploymentCreate.model_validate(given).model_dump(mode="json", exclude_unset=True)
        client.request("POST", "/deployments/", json=sent)
    return Done(name, "updated" if known else "created", when)


def _remove(client: SyncPrefectClient, known: DeploymentResponse, options: Options) -> Done:
    name = f"{client.read_flow(known.flow_id).name}/{known.name}"
    if not options.dry_run:
        client.delete_deployment(known.id)
    return Done(name, "removed", "")
