"""How far the review of each release is, after releases were saved anew."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, RowMapping, select

from schemas.record import Record
from schemas.review import Opinion, Review, ReviewStatus
from store import tables
from store.bulk import insert_rows
from store.carrying import Versions, find_again
from store.models import Item
from store.review_case import Case
from store.review_holding import Held
from store.review_load import load_decisions, load_texts
from store.review_rows import count_values, state_row
from store.review_tables import COUNTED
from store.rows import Row
from store.upsert import chunks, upsert

_OPINIONS: tuple[Opinion, ...] = (1, 2)
_Key = tuple[str, Opinion]
"""Release and opinion."""


def save_states(connection: Connection, items: Collection[Item], before: Mapping[str, str], at: dt.datetime) -> None:
    """Keep the states of releases whose current record these are now; `before` has the hashes of texts they had.

    A release that was done is reopened where its text has changed and a decision does not stand any more, or something
    stands in new words that nobody decided. Decisions are never touched.
    """
    states = _load_states(connection, {item.release.id for item in items})
    decided = _load_reviews(connection, {key for key, _ in states})
    rows = []
    new = [item for item in items if (item.release.id, 1) not in states]
    insert_rows(connection, tables.review_state, [_new_state(item, at) for item in new])
    for item in items:
        for opinion in _OPINIONS:
            key = item.release.id, opinion
            if key in states:
                case = _case(connection, item, decided[key], opinion)
                rows.append(_state(case, states[key], _load_text(connection, item, before), at))
    upsert(connection, tables.review_state, [row for row in rows if row is not None])


def _load_states(connection: Connection, ids: set[str]) -> dict[_Key, RowMapping]:
    table, found = tables.review_state, dict[_Key, RowMapping]()
    for chunk in chunks(sorted(ids)):
        rows = connection.execute(select(table).where(table.c.release_id.in_(chunk))).mappings()
        found |= {(row["release_id"], row["opinion"]): row for row in rows}
    return found


def _load_reviews(connection: Connection, ids: set[str]) -> dict[_Key, list[Review]]:
    found: dict[_Key, list[Review]] = defaultdict(list)
    for opinion in _OPINIONS:
        for review in load_decisions(connection, sorted(ids), opinion):
            found[review.release_id, opinion].append(review)
    return found


def _case(connection: Connection, item: Item, reviews: list[Review], opinion: Opinion) -> Case:
    return Case(
        release=item.release,
        record=item.record,
        old=load_texts(connection, reviews, item.release.text_sha256),
        reviews={(review.field, review.value_id): review for review in reviews},
        opinion=opinion,
    )


def _load_text(connection: Connection, item: Item, before: Mapping[str, str]) -> str | None:
    """The text that the release had before; None where it has not changed."""
    release_id, sha256 = item.release.id, before.get(item.release.id)
    if sha256 is None or sha256 == item.release.text_sha256:
        return None
    version = tables.release_version.c
    text = select(version.text).where(version.release_id == release_id, version.text_sha256 == sha256)
    return connection.execute(text).scalar_one_or_none()


def _state(case: Case, state: RowMapping, before: str | None, at: dt.datetime) -> Row | None:
    """The new row of a release; None where nothing of it has changed."""
    counts = count_values(case.held.values()) if case.reviews else _count_extracted(case.record)
    status: ReviewStatus = state["status"]
    if status == "done" and before is not None and any(is_to_do(one, case, before) for one in case.held.values()):
        status = "reopened"
    if all(state[name] == value for name, value in {**counts, "status": status}.items()):
        return None
    row = state_row((case.release.id, case.opinion), status, counts, at)
    return row | {"seen": state["seen"], "reviewers": state["reviewers"]}


def is_to_do(held: Held, case: Case, before: str) -> bool:
    """Whether a decision does not stand, or none of the words of an undecided value were there before."""
    if held.reopened is not None:
        return True
    if held.review is not None or held.machine is None:
        return False
    back = Versions(case.release.text, before)
    spots = held.machine.get("mentions") or [held.machine]
    return all(isinstance(find_again(back, spot["start"], spot["end"]), str) for spot in spots)


def _new_state(item: Item, at: dt.datetime) -> Row:
    return state_row((item.release.id, 1), "open", _count_extracted(item.record), at)


def _count_extracted(record: Record) -> Row:
    sizes = {f"open_{field}": len(getattr(record, field)) for field in COUNTED}
    return {"value_count": sum(sizes.values()), "decided": 0, **sizes}
