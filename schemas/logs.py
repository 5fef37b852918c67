"""Structured logs: one line for each thing that happened, for programs (JSON) or people.

A line has no other fields than `Fields`, so that no text of a release, no address and no secret gets into it.
"""

import datetime as dt
import json
import logging
import sys
from typing import Literal, TypedDict, Unpack

LogFormat = Literal["json", "text"]
LogLevel = Literal["debug", "info", "warning", "error"]
_LOGGER = logging.getLogger("dateline")
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False


class Fields(TypedDict, total=False):
    """What a line may tell beside its event."""

    run: str | None
    kind: str
    source: str
    release: str
    stage: str
    seconds: float
    code: str
    state: str
    number: int
    method: str
    path: str
    status: int


def configure_logs(form: LogFormat | None, level: LogLevel = "info") -> None:
    """Send the log of this process to standard error; None switches it off."""
    if form is None:
        _LOGGER.handlers = [logging.NullHandler()]
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    _LOGGER.handlers = [handler]
    _LOGGER.setLevel(level.upper())


def log(event: str, level: LogLevel = "info", **fields: Unpack[Fields]) -> None:
    """Write one line, where the settings want logs."""
    number = logging.getLevelNamesMapping()[level.upper()]
    if _LOGGER.isEnabledFor(number):
        known = {key: round(value, 4) if isinstance(value, float) else value for key, value in fields.items()}
        _LOGGER.log(number, event, extra={"fields": {key: value for key, value in known.items() if value is not None}})


class _Json(logging.Formatter):
    """One JSON object in a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time in UTC, level, event, then its fields."""
        head = {"time": _time(record), "level": record.levelname.lower(), "event": record.getMessage()}
        return json.dumps({**head, **getattr(record, "fields", {})}, ensure_ascii=False)


class _Text(logging.Formatter):
    """The same for people: `key=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """Time in UTC, level, event, then its fields."""
        given = getattr(record, "fields", {}).items()
        fields = " ".join(f"{key}={json.dumps(value) if isinstance(value, str) else value}" for key, value in given)
        return f"{_time(record)} {record.levelname.lower()} {record.getMessage()} {fields}".rstrip()


def _time(record: logging.LogRecord) -> str:
    return dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
