"""A reviewer at work, for tests: sees the sheet, does something, sees what became of it."""

import datetime as dt
import itertools
from typing import NamedTuple

from schemas.record import Record
from schemas.review import Act, Action, DeskSheet, Opinion, ReviewEvent, Shown, Target
from store.database import Store
from store.models import Batch, Item
from store.review_desk import load_reviewed, load_sheet
from store.review_events import act
from store.save import save_batch

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
_REQUESTS = itertools.count(1)


class Reviewer(NamedTuple):
    """Somebody before one release."""

    store: Store
    release_id: str
    name: str = "ana"
    opinion: Opinion = 1

    def sheet(self) -> DeskSheet:
        return load_sheet(self.store, self.release_id, self.name, NOW, self.opinion)

    def do(self, action: Action, seen: int | None = None, request_id: str | None = None) -> ReviewEvent:
        """Does something, having seen everything unless told otherwise."""
        request = Act(
            release_id=self.release_id,
            action=action,
            reviewer=self.name,
            at=NOW,
            seen=self.sheet().seen if seen is None else seen,
            request_id=request_id or f"request-{next(_REQUESTS)}",
            opinion=self.opinion,
        )
        return act(self.store, request)

    def shown(self, words: str, field: str = "") -> Shown:
        """The value of this name or these words."""
        fits = [one for one in self.sheet().values if called(one) == words and field in (one.field, "")]
        assert len(fits) == 1, (words, [called(one) for one in self.sheet().values])
        return fits[0]

    def target(self, words: str, field: str = "") -> Target:
        one = self.shown(words, field)
        return Target(field=one.field, value_id=one.value_id)

    def record(self) -> Record:
        record = load_reviewed(self.store, self.release_id)
        assert record is not None
        return record


def called(shown: Shown) -> str:
    """The name of a person or organisation, the words of anything else."""
    return str(shown.value.get("name") or shown.value["text"])


def start(store: Store, item: Item, name: str = "ana", opinion: Opinion = 1) -> Reviewer:
    """A reviewer before a release that has just been saved."""
    save_batch(store, Batch(seen_at=NOW, items=(item,)))
    return Reviewer(store, item.release.id, name, opinion)


def spot(text: str, words: str, number: int = 0) -> dict[str, int | str]:
    """Where some words stand, as evidence."""
    place = -1
    for _ in range(number + 1):
        place = text.index(words, place + 1)
    return {"start": place, "end": place + len(words), "text": words}
