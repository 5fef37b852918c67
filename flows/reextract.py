"""The flow `reextract`: the present extractor over stored texts, on a schedule."""

import flows.quiet  # noqa: F401  isort: skip  (settings that Prefect reads when it is first imported)

from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.progress import EVERY_SECONDS, Progress
from flows.pulse import pulse
from flows.reextraction import Order, reextract_stored
from schemas.comparison import Comparison
from schemas.selection import Selection
from schemas.settings import Settings
from store.comparison import list_rows


@flow(name="reextract")
def reextract(
    selection: Selection | None = None, apply: bool = False, workers: int | None = None
) -> State[dict[str, Any]]:
    """Show what the present extractor says otherwise of stored releases; with `apply` store it.

    The final state's data is a Comparison; the state is Failed when no release could be extracted, and named
    `PartlyFailed` when some could not.
    """
    settings = Settings()
    order = Order(selection or Selection(), apply, workers or settings.workers)
    found, progress = Comparison(applied=apply), Progress(key="reextract-progress")
    with pulse(progress.tell, EVERY_SECONDS):
        for found in reextract_stored(settings, order):
            progress.count(found.compared + found.unread + found.failed, found.due)
    progress.tell()
    create_table_artifact(table=table_rows(found), key="reextract-summary", description=summary_line(found))
    return _conclude(found)


def _conclude(found: Comparison) -> State[dict[str, Any]]:
    data, message = found.model_dump(mode="json"), summary_line(found)
    if not found.failed:
        return Completed(data=data, message=message)
    if not found.compared + found.unread:
        return Failed(data=data, message=message)
    return Completed(data=data, name="PartlyFailed", message=message)


def table_rows(found: Comparison) -> list[dict[str, Any]]:
    """A row for each field and attribute of which something is otherwise."""
    return [
        {"field": field, "attribute": attribute, **counts.model_dump()} for field, attribute, counts in list_rows(found)
    ]


def summary_line(found: Comparison) -> str:
    """What came of it, in a sentence.

    >>> summary_line(Comparison(applied=True, compared=10, differing=3, known=2, failed=1))
    '10 releases compared, 3 of them otherwise, new records stored; 2 were by this extractor already; 1 failed'
    """
    stored = "new records stored" if found.applied else "nothing stored"
    known = f"; {found.known} were by this extractor already" if found.known else ""
    failed = f"; {found.failed} failed" if found.failed else ""
    return f"{found.compared} releases compared, {found.differing} of them otherwise, {stored}{known}{failed}"
