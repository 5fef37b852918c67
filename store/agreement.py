"""How far two opinions on a release agree, and on what they differ. Pure, no database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from schemas.review import Accept, Action, Add, Correct, Opinion, Reject, ReviewField, Target
from schemas.review_work import Agreement, Difference, Kappa, Tally
from store.review_case import Case, Key
from store.review_holding import Held
from store.review_values import EDITABLE, FIELDS, Value, content

_CHOICES: dict[ReviewField, tuple[str, ...]] = {
    "organisations": ("kind",),
    "dates": ("role",),
    "amounts": ("kind", "qualifier"),
}
"""Attributes that are one of a few words."""
Choice = tuple[str | None, str | None]


class Pair(NamedTuple):
    """A value in the first and in the second opinion; None where that opinion does not know it, or says it is none."""

    field: ReviewField
    held: tuple[Held | None, Held | None]
    values: tuple[Value | None, Value | None]

    def same(self) -> bool:
        """Whether both have it and say the same of it."""
        one, other = self.values
        return one is not None and other is not None and content(self.field, one) == content(self.field, other)


def pair_values(first: Case, second: Case) -> list[Pair]:
    """The values that one opinion has at least, field by field; known again by id, then by place or name."""
    one, other = _holding(first), _holding(second)
    matches = {key: key for key in one if key in other}
    spare = {_known_by(key[0], other[key]): key for key in other.keys() - matches.keys()}
    for key in sorted(one.keys() - matches.keys()):
        if (match := spare.pop(_known_by(key[0], one[key]), None)) is not None:
            matches[key] = match
    alone = sorted(other.keys() - set(matches.values()))
    pairs = [(key, matches.get(key, key)) for key in one] + [(key, key) for key in alone]
    return [
        Pair(a[0], (first.held.get(a), second.held.get(b)), (one.get(a), other.get(b)))
        for a, b in sorted(pairs, key=lambda pair: FIELDS.index(pair[0][0]))
    ]


def tally_opinions(first: Case, second: Case) -> list[Tally]:
    """What two opinions on a release say, by field; what nobody touched is accepted."""
    pairs: dict[ReviewField, list[Pair]] = defaultdict(list)
    verdicts: dict[ReviewField, list[Choice]] = defaultdict(list)
    for pair in pair_values(first, second):
        pairs[pair.field].append(pair)
    for key, held in first.held.items():
        if held.machine is not None and key in second.held:
            verdicts[key[0]].append((_verdict(held), _verdict(second.held[key])))
    return [_tally(field, pairs[field], verdicts[field]) for field in FIELDS]


def measure_agreement(tallies: Iterable[Tally]) -> list[Agreement]:
    """How far first and second opinions agree over all that was tallied, by field."""
    by_field: dict[ReviewField, list[Tally]] = defaultdict(list)
    for one in tallies:
        by_field[one.field].append(one)
    return [_agreement(field, by_field[field]) for field in FIELDS]


def list_differences(first: Case, second: Case, decided: set[Key]) -> Iterator[Difference]:
    """On what the opinions differ; settled is what is among those that were decided since."""
    for pair in pair_values(first, second):
        if not pair.same():
            targets = _target(pair.held[0]), _target(pair.held[1])
            machine = next((held.machine for held in pair.held if held and held.machine), None)
            yield Difference(
                field=pair.field,
                targets=targets,
                machine=machine,
                first=pair.values[0],
                second=pair.values[1],
                attributes=_differing(pair.field, *pair.values),
                settled=targets[0] is not None and (targets[0].field, targets[0].value_id) in decided,
            )


def choose(difference: Difference, opinion: Opinion) -> tuple[Opinion, Action]:
    """The action that settles a difference in favour of the first or the second opinion, and in which it is made.

    It is made in the first, which counts; but where only the second has a value that was not extracted, and it is to be
    none, there is nothing in the first to decide on: it leaves the second.
    """
    own, others = difference.targets
    if opinion == 1:
        if own is None:
            assert others is not None  # noqa: S101 - one of both has it
            return 2, Reject(targets=(others,))
        return 1, Reject(targets=(own,)) if difference.first is None else Accept(targets=(own,))
    if difference.second is None:
        assert own is not None  # noqa: S101
        return 1, Reject(targets=(own,))
    if own is None:
        given = {name: difference.second.get(name) for name in EDITABLE[difference.field]}
        said = {name: value for name, value in given.items() if value is not None}
        return 1, Add(field=difference.field, value=said)
    names = _differing(difference.field, difference.first or difference.machine, difference.second)
    changes = {name: difference.second.get(name) for name in names}
    return 1, Correct(target=own, changes=changes) if changes else Accept(targets=(own,))


def measure_kappa(choices: Sequence[Choice]) -> Kappa:
    """Cohen's kappa: A coefficient of agreement for nominal scales (1960).

    >>> measure_kappa([("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15)
    Kappa(count=50, agreed=0.7, kappa=0.4)
    """
    count = len(choices)
    if not count:
        return Kappa(count=0, agreed=None, kappa=None)
    agreed = sum(one == other for one, other in choices) / count
    ones, others = Counter(one for one, _ in choices), Counter(other for _, other in choices)
    chance = sum(ones[choice] * others[choice] for choice in ones) / count**2
    kappa = None if chance == 1 else round((agreed - chance) / (1 - chance), 12)
    return Kappa(count=count, agreed=agreed, kappa=kappa)


def _tally(field: ReviewField, pairs: Sequence[Pair], verdicts: Sequence[Choice]) -> Tally:
    both = [(one, other) for one, other in (pair.values for pair in pairs) if one is not None and other is not None]
    return Tally(
        field=field,
        values=(sum(pair.values[0] is not None for pair in pairs), sum(pair.values[1] is not None for pair in pairs)),
        found=len(both),
        same=sum(pair.same() for pair in pairs),
        verdicts=tuple(verdicts),
        attributes={
            name: tuple((one.get(name), other.get(name)) for one, other in both) for name in _CHOICES.get(field, ())
        },
    )


def _agreement(field: ReviewField, tallies: Sequence[Tally]) -> Agreement:
    sizes = (sum(one.values[0] for one in tallies), sum(one.values[1] for one in tallies))
    shared = {
        name: measure_kappa([choice for one in tallies for choice in one.attributes.get(name, ())])
        for name in _CHOICES.get(field, ())
    }
    return Agreement(
        field=field,
        values=sizes,
        found=_f1(sum(one.found for one in tallies), sizes),
        same=_f1(sum(one.same for one in tallies), sizes),
        verdicts=measure_kappa([choice for one in tallies for choice in one.verdicts]),
        attributes=shared,
    )


def _f1(common: int, sizes: tuple[int, int]) -> float | None:
    return 2 * common / sum(sizes) if sum(sizes) else None


def _holding(case: Case) -> dict[Key, Value]:
    return {key: case.value(held) for key, held in case.held.items() if held.holds}


def _known_by(field: ReviewField, value: Value) -> tuple[object, ...]:
    if "mentions" in value:
        return field, str(value.get("name")).casefold()
    return field, value.get("start"), value.get("end")


def _verdict(held: Held) -> str:
    return held.moved.verdict if held.moved else "accepted"


def _target(held: Held | None) -> Target | None:
    return Target(field=held.field, value_id=held.value_id) if held else None


def _differing(field: ReviewField, one: Value | None, other: Value | None) -> tuple[str, ...]:
    if one is None or other is None:
        return ()
    said, also = content(field, one), content(field, other)
    return tuple(name for name in said if said[name] != also[name])
