"""Which value of a record each decision is about, after other extractions and other texts. Pure, no database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from schemas.record import Record
from schemas.review import Review, ReviewField
from schemas.values import derive_id
from store.carrying import Versions, carry_over, find_gap
from store.review_values import FIELDS, Value, dump, place


class Held(NamedTuple):
    """A value that was extracted, decided on, or both."""

    field: ReviewField
    value_id: str
    review: Review | None
    """As it was made."""
    moved: Review | None
    """With the places of the current text; None where nothing was decided or the decision does not stand."""
    reopened: str | None
    """Why the decision does not stand."""
    machine: Value | None
    """The value in the current record."""

    @property
    def stands(self) -> bool:
        """Whether it has words in the current text."""
        return self.moved is not None or self.machine is not None

    @property
    def holds(self) -> bool:
        """Whether it is a value of the release, as far as is known."""
        return self.stands and (self.moved is None or self.moved.verdict != "rejected")


class Text(NamedTuple):
    """The text that holds now, with its hash, and earlier ones by theirs."""

    now: str
    sha256: str
    old: Mapping[str, str]

    def since(self, sha256: str) -> Versions | None:
        """That text and this one; None for one that is not kept."""
        return Versions(self.old[sha256], self.now) if sha256 in self.old else None


def hold(record: Record, reviews: Iterable[Review], text: Text) -> list[Held]:
    """Every value of a release, field by field: those that were decided on, then those that were not."""
    decided = list(reviews)
    return [
        held
        for field in FIELDS
        for held in _hold(dump(record, field), [one for one in decided if one.field == field], text, field)
    ]


def _hold(machines: list[Value], reviews: list[Review], text: Text, field: ReviewField) -> Iterator[Held]:
    carried = [(review, _carry(review, text)) for review in reviews]
    matched = _match(carried, machines, text)
    taken = set()
    for number, (review, moved) in enumerate(carried):
        machine = machines[matched[number]] if number in matched else None
        if isinstance(moved, str):
            if review.verdict == "rejected":  # there is nothing left to reject
                continue
            yield Held(field, review.value_id, review, None, moved, machine)
        else:
            yield Held(field, review.value_id, review, moved, None, machine)
        taken.add(review.value_id)
    for number in sorted(set(range(len(machines))) - set(matched.values())):
        machine = machines[number]
        value_id = derive_id(machine["id"], text.sha256) if machine["id"] in taken else machine["id"]
        yield Held(field, value_id, None, None, None, machine)


def _carry(review: Review, text: Text) -> Review | str:
    if review.text_sha256 == text.sha256:
        return review
    versions = text.since(review.text_sha256)
    return carry_over(review, *versions) if versions else "it was decided on a text that is no longer kept"


_Carried = list[tuple[Review, Review | str]]
_Key = Callable[[Review], Any]


def _match(carried: _Carried, machines: list[Value], text: Text) -> dict[int, int]:
    """By the number of a review the number of its value; each value once: the surest ways come first."""
    found: dict[int, int] = {}
    known = {_known_by(machine): number for number, machine in reversed(list(enumerate(machines)))}
    for side in ("machine", "human"):
        for number, (review, moved) in enumerate(carried):
            value = getattr(review if isinstance(moved, str) and _is_entity(review) else moved, side, None)
            hit = known.get(_known_by(value)) if value else None
            if number not in found and hit is not None and hit not in found.values():
                found[number] = hit
    for number, (review, moved) in enumerate(carried):
        if number in found or review.verdict == "rejected" or review.machine is None:
            continue  # an added value is beside what it overlaps, by whoever added it
        left = {one: machines[one] for one in range(len(machines)) if one not in found.values()}
        hit = _in_place(review, left, text) if isinstance(moved, str) else _overlapping(moved, left)
        if hit is not None:
            found[number] = hit
    return found


def _is_entity(review: Review) -> bool:
    return review.field in ("people", "organisations")


def _known_by(value: Value) -> Any:
    return value["name"] if "mentions" in value and "name" in value else (value.get("start"), value.get("end"))


def _overlapping(moved: Review, machines: dict[int, Value]) -> int | None:
    own = [spot for value in (moved.human, moved.machine) if value for spot in _spots(value)]
    shared = {number: sum(map(_overlap(own), _spots(machine))) for number, machine in machines.items()}
    best = max(shared, key=lambda number: shared[number], default=None)
    return best if best is not None and shared[best] > 0 else None


def _spots(value: Value) -> list[tuple[int, int]]:
    spots = value["mentions"] if "name" in value else [value]
    return [(spot["start"], spot["end"]) for spot in spots if spot.get("start") is not None]


def _overlap(own: list[tuple[int, int]]) -> Callable[[tuple[int, int]], int]:
    return lambda spot: sum(max(0, min(end, spot[1]) - max(start, spot[0])) for start, end in own)


def _in_place(review: Review, machines: dict[int, Value], text: Text) -> int | None:
    """The value that stands now between the words that were around the reviewed one."""
    versions, value = text.since(review.text_sha256), review.human or review.machine
    if versions is None or value is None or _is_entity(review):
        return None
    behind, ahead = find_gap(versions, *place(value))
    for number, machine in machines.items():
        if machine["start"] == behind or machine["end"] == ahead:
            return number
    return None
