"""Two records of one release side by side, and many such comparisons in one. Pure, no database."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from schemas.comparison import Comparison, Counts, Decisions, Example, What
from schemas.record import Record
from schemas.review import Snippet
from store.review_case import Case
from store.review_states import is_to_do
from store.reviewed import apply_reviews, list_values
from store.versions import Change, Pair, compare_records, list_pair_changes, pair_values

EXAMPLES = 3
"""Examples of one kind of change that are kept."""
PROBLEMS = 20
"""Problems that are kept."""
_NEAR = 40
"""Code points of the text on either side of some words."""
_LONGEST = 160
"""Code points of what an example quotes."""


def compare_cases(old: Case, new: Case, is_done: bool = False) -> Comparison:
    """What a release's new record says otherwise, and what that is to its reviews; `new` has the same reviews.

    `is_done` says whether its review was done.
    """
    kept = _kept_changes(old, new)
    numbers: Counter[tuple[str, str, str]] = Counter()
    examples: list[Example] = []
    for pair in pair_values(old.record, new.record):
        changes = list_pair_changes(pair)
        numbers.update((pair.field, *counted) for counted in _count(pair, changes, kept))
        examples += [_example(change, pair, (old, new), change in kept) for change in changes]
    is_other = old.release.text_sha256 != new.release.text_sha256
    return Comparison(
        compared=1,
        differing=bool(examples),
        unsure=not examples and not _is_same(old.record, new.record),
        reread=is_other,
        before={old.record.extractor_version: 1},
        counts=_as_counts(numbers),
        decisions=_count_decisions(old, new),
        reopened=is_done and is_other and any(is_to_do(one, new, old.release.text) for one in new.held.values()),
        examples=_choose(examples),
    )


def add_comparisons(comparisons: Iterable[Comparison]) -> Comparison:
    """All of them in one, of the same size however many there are."""
    total = Comparison()
    for one in comparisons:
        total = _add(total, one)
    return total


def list_rows(found: Comparison) -> list[tuple[str, str, Counts]]:
    """Field, attribute and counts of all of which something is otherwise, in the order of records."""
    order = ["release", *Record.model_fields]
    return [
        (field, attribute, counts)
        for field in sorted(found.counts, key=order.index)
        for attribute, counts in sorted(found.counts[field].items())
        if counts.added or counts.removed or counts.changed
    ]


def _add(total: Comparison, one: Comparison) -> Comparison:
    numbers = ("due", "known", "compared", "unread", "differing", "unsure", "reread", "failed", "reopened", "seconds")
    fields = {**total.counts, **one.counts}
    return Comparison(
        version=one.version or total.version,
        applied=one.applied or total.applied,
        **{name: getattr(total, name) + getattr(one, name) for name in numbers},
        before=dict(Counter(total.before) + Counter(one.before)),
        counts={name: _join(total.counts.get(name, {}), one.counts.get(name, {})) for name in fields},
        decisions=_join(total.decisions, one.decisions),
        examples=_choose([*total.examples, *one.examples]),
        problems=(*total.problems, *one.problems)[:PROBLEMS],
    )


_N = TypeVar("_N", Counts, Decisions)


def _join(rows: Mapping[str, _N], others: Mapping[str, _N]) -> dict[str, _N]:
    joined = {**rows, **others}
    return {**joined, **{name: _plus(rows[name], others[name]) for name in rows.keys() & others.keys()}}


def _plus(one: _N, other: _N) -> _N:
    return type(one)(**{name: getattr(one, name) + getattr(other, name) for name in type(one).model_fields})


def _as_counts(numbers: Counter[tuple[str, str, str]]) -> dict[str, dict[str, Counts]]:
    rows: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for (field, attribute, name), number in numbers.items():
        rows[field][attribute][name] = number
    return {field: {name: Counts(**row) for name, row in found.items()} for field, found in rows.items()}


def _kept_changes(old: Case, new: Case) -> list[Change]:
    """Changes that readers of the reviewed record do not see."""
    if not new.reviews:
        return []
    seen = compare_records(_reviewed(old), _reviewed(new))
    return [change for change in compare_records(old.record, new.record) if change not in seen]


def _reviewed(case: Case) -> Record:
    return apply_reviews(case.record, case.reviews.values(), case.release.text, case.old)


def _count(pair: Pair, changes: list[Change], kept: list[Change]) -> Iterator[tuple[str, str]]:
    """Attribute ("" for the value itself) and column of `Counts` for each 1 that is to be added."""
    if pair.old is None or pair.new is None:
        yield from _mark("", "removed" if pair.new is None else "added", changes[0] in kept)
        return
    if pair.field != "release":
        yield from _mark("", "changed" if changes else "same", bool(changes) and all(one in kept for one in changes))
    changed = {change.attribute: change for change in changes}
    for name in pair.attributes:
        if (change := changed.get(name)) is not None:
            yield from _mark(name, _what(change), change in kept)
        elif pair.say(name)[1] is not None:
            yield name, "same"


def _mark(attribute: str, column: str, kept: bool) -> Iterator[tuple[str, str]]:
    yield attribute, column
    if kept:
        yield attribute, "kept"


def _what(change: Change) -> What:
    """An attribute that was not known before is added, not changed."""
    if change.attribute is None or (change.old is not None and change.new is not None):
        return change.what
    return "added" if change.old is None else "removed"


def _example(change: Change, pair: Pair, cases: tuple[Case, Case], kept: bool) -> Example:
    value, case = (pair.new, cases[1]) if pair.new is not None else (pair.old, cases[0])
    return Example(
        release_id=case.release.id,
        field=change.field,
        attribute=change.attribute,
        what=_what(change),
        value=_short(change.value),
        old=change.old and _short(change.old),
        new=change.new and _short(change.new),
        words=_quote(value, case),
        kept=kept,
    )


def _quote(value: Any, case: Case) -> Snippet | None:
    spot = _spot(value, case.record)
    if spot is None:
        return None
    text, (start, end) = case.release.text, spot
    before = re.sub(r"\s+", " ", text[max(0, start - _NEAR) : start])
    words = _short(re.sub(r"\s+", " ", text[start:end]))
    after = re.sub(r"\s+", " ", text[end : end + _NEAR])
    return Snippet(text=before + words + after, marks=((len(before), len(before) + len(words)),))


def _spot(value: Any, record: Record) -> tuple[int, int] | None:
    if amounts := getattr(value, "amounts", None):  # a payment stands where its sum does
        value = next(amount for amount in record.amounts if amount.id == amounts[0])
    spots = getattr(value, "mentions", None) or [value]
    start, end = (getattr(spots[0], name, None) for name in ("start", "end"))
    return None if start is None or end is None else (start, end)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _choose(examples: Iterable[Example]) -> tuple[Example, ...]:
    """A few of each kind, from as many releases as there are, the same whatever order they came in."""
    kinds: dict[tuple[str, str, str], list[Example]] = defaultdict(list)
    for one in examples:
        kinds[one.field, one.attribute or "", one.what].append(one)
    return tuple(one for kind in sorted(kinds) for one in _spread(kinds[kind]))


def _spread(examples: list[Example]) -> list[Example]:
    turn: Counter[str] = Counter()
    ranked = []
    for one in sorted(examples, key=lambda one: (one.release_id, one.value, one.old or "", one.new or "")):
        ranked.append((turn[one.release_id], one.release_id, one))
        turn[one.release_id] += 1
    return [one for _, _, one in sorted(ranked, key=lambda entry: entry[:2])[:EXAMPLES]]


def _is_same(old: Record, new: Record) -> bool:
    return old.model_copy(update={"extractor_version": new.extractor_version}) == new


def _count_decisions(old: Case, new: Case) -> dict[str, Decisions]:
    before = {key for key, held in old.held.items() if held.reopened is not None}
    shown = {
        (one.field, one.value_id): one
        for one in list_values(new.record, new.reviews.values(), new.release.text, new.old)
        if one.review is not None
    }
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    for key in new.reviews:
        one = shown.get(key)  # a rejected value whose words are gone is not shown: nothing is left to decide
        reopened = one is not None and one.reopened is not None
        numbers[key[0]]["kept"] += not reopened
        numbers[key[0]]["otherwise"] += one is not None and not reopened and one.machine_now is not None
        numbers[key[0]]["reopened"] += reopened and key not in before
    return {field: Decisions(**found) for field, found in numbers.items()}
