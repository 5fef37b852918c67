"""Runs whose process is gone without a word: an automation that gives their place back.

After Prefect's documentation, "Detect zombie flows".
"""

import datetime as dt

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

NAME = "dateline: a run that gives no sign of life has crashed"
PROCESS_LABEL = "dateline.process"
"""Label of a run that says by which process it is done, so that `dateline serve` sees when that is gone."""
ATTEMPT_LABEL = "dateline.attempt"
"""Label of a run that says which attempt at it that process is."""
SILENCE = dt.timedelta(seconds=75)
"""Two heartbeats and a half: with the server's own checks less than two minutes, with one lost nothing happens."""
_ENDS = ("Completed", "PartlyFailed", "Failed", "Cancelled", "Crashed", "Cancelling", "Paused", "Suspended")
MESSAGE = "its process gave no sign of life for more than a minute: the next run takes its place, and nothing is lost"


def make_automation() -> AutomationCore:
    """The automation: after a heartbeat of one of our runs another has to come, or its end."""
    heartbeat = "prefect.flow-run.heartbeat"
    return AutomationCore(
        name=NAME,
        description="Made by `dateline deploy`. A run whose process and worker die together would stay Running.",
        trigger=EventTrigger(
            after={heartbeat},
            expect={heartbeat, *(f"prefect.flow-run.{state}" for state in _ENDS)},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            match_related=ResourceSpecification(
                {"prefect.resource.id": ["prefect.tag.dateline"], "prefect.resource.role": ["tag"]}
            ),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[ChangeFlowRunState(name=None, state=StateType.CRASHED, message=MESSAGE, force=False)],
    )


def ensure_automation(client: SyncPrefectClient) -> None:
    """Let there be the automation, as it is now."""
    wanted = make_automation()
    known = client.read_automations_by_name(NAME)
    if not known:
        client.create_automation(wanted)
    for automation in known:
        said = automation.model_dump(include={"trigger", "actions", "description"}, mode="json")
        if said != wanted.model_dump(include={"trigger", "actions", "description"}, mode="json"):
            client.update_automation(automation.id, wanted.model_copy(update={"enabled": automation.enabled}))
