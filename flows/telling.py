"""What Prefect's event stream is told, so that automations can act on it."""

from collections.abc import Iterable

from prefect.events import emit_event

from store.health import Alarm

LAYOUT = frozenset({"no_dates", "no_amounts", "no_names", "unreadable", "fewer_links"})
"""Alarms that mean that a source's pages or listing are no longer what they were."""
REVIEW_NEEDED = "dateline.review.needed"


def name_event(alarm: Alarm) -> str:
    """The event of an alarm: what happened, not by what it was seen.

    >>> [name_event(Alarm(source="a", code=code, message="")) for code in ("failing", "no_dates", "silent")]
    ['dateline.source.failing', 'dateline.source.layout_changed', 'dateline.source.silent']
    """
    return f"dateline.source.{'layout_changed' if alarm.code in LAYOUT else alarm.code}"


def tell_alarms(alarms: Iterable[Alarm]) -> None:
    """One event for each alarm, of the resource `dateline.source.NAME`."""
    for alarm in alarms:
        resource = {"prefect.resource.id": f"dateline.source.{alarm.source}", "prefect.resource.name": alarm.source}
        emit_event(name_event(alarm), resource=resource, payload=alarm.model_dump())


def tell_review(waiting: int) -> None:
    """That a run brought releases which a person should look at."""
    if waiting:
        resource = {"prefect.resource.id": "dateline.review", "prefect.resource.name": "review"}
        words = f"{waiting} new release{'s' if waiting > 1 else ''} with an error to be expected"
        emit_event(REVIEW_NEEDED, resource=resource, payload={"releases": waiting, "message": words})
