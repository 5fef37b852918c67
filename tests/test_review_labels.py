"""What values, states and actions are called."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from review.labels import differences, facts, headline, tell
from schemas.review import (
    Accept,
    Action,
    Add,
    Change,
    Comment,
    Correct,
    Merge,
    Reject,
    Restore,
    Review,
    ReviewEvent,
    ReviewField,
    SetStatus,
    Split,
    Target,
    Undo,
)

AT = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
TARGET = Target(field="people", value_id="p")

HEADLINES: list[tuple[ReviewField, Mapping[str, Any], str]] = [
    ("people", {"name": "Ana Reis"}, "Ana Reis"),
    (
        "amounts",
        {"value": "1000000", "maximum": "2000000", "currency": "USD", "qualifier": "range"},
        "1,000,000–2,000,000 USD",
    ),
    ("amounts", {"value": "0.25", "currency": None, "qualifier": "exact"}, "0.25"),  # a currency that nobody knows
    ("amounts", {"value": "lots", "currency": "EUR"}, "lots EUR"),  # what somebody typed is shown as it is
    ("dates", {"value": "2026-05", "text": "May"}, "2026-05"),
    ("quotes", {"text": "We\nwaited"}, "“We waited”"),
]


@pytest.mark.parametrize(("field", "value", "expected"), HEADLINES)
def test_headline(field: ReviewField, value: Mapping[str, Any], expected: str) -> None:
    assert headline(field, value) == expected


def test_facts_leave_out_what_is_unknown() -> None:
    value = {"kind": "commitment", "payer": "Norvik", "payee": None, "purpose": {"text": "a school"}, "period": None}
    assert facts("amounts", value) == [("kind", "commitment"), ("paid by", "Norvik"), ("purpose", "a school")]


def test_differences_are_in_words() -> None:
    old = {"name": "Ana", "mentions": [{"text": "Ana", "start": 0}], "confidence": 0.4, "rule": "a"}
    new = {"name": "Ana Reis", "mentions": [{"text": "Ana", "start": 0}, {"text": "Reis", "start": 9}], "confidence": 1}
    assert differences(old, new) == [("name", "Ana", "Ana Reis"), ("places", "1: Ana", "2: Ana, Reis")]
    assert differences(None, new) == []


def _review(verdict: Any, name: str) -> Review:
    value = {"name": name}
    return Review(id="r", release_id="1", field="people", value_id="p", verdict=verdict, machine=value,
                  human=None if verdict == "rejected" else value, reviewer="ana", reviewed_at=AT,
                  extractor_version="1", text_sha256="0")  # fmt: skip


TOLD: list[tuple[Action, str]] = [
    (Accept(targets=(TARGET,)), "accepted: person Ana"),
    (Reject(targets=(TARGET,)), "rejected: person Ana"),
    (Correct(target=TARGET, changes={"name": "Ana"}), "corrected: person Ana"),
    (Add(field="people", value={}), "added: person Ana"),
    (Merge(field="people", value_ids=("p", "q")), "merged: person Ana"),
    (Split(field="people", value_id="p", mentions=(1,), name="Eva"), "split off Eva: person Ana"),
    (Comment(text="why?"), "commented: why?"),
    (SetStatus(status="done"), "marked it done"),
    (SetStatus(status="skipped"), "put it aside"),
    (SetStatus(status="started"), "took it up again"),
    (Undo(number=3), "took back action 3: person Ana"),
    (Restore(number=0), "restored what was extracted: person Ana"),
    (Restore(number=2), "restored the state after 2: person Ana"),
]


@pytest.mark.parametrize(("action", "expected"), TOLD)
def test_events_are_told(action: Action, expected: str) -> None:
    verdict = "rejected" if action.kind == "reject" else "accepted"
    change = Change(field="people", value_id="p", before=None, after=_review(verdict, "Ana"))
    event = ReviewEvent(release_id="1", number=1, opinion=1, action=action, reviewer="ana", at=AT, changes=(change,),
                        status=("open", "started"), request_id="12345678")  # fmt: skip
    assert tell(event) == expected
