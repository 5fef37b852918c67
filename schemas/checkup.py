"""What `dateline doctor` found."""

from typing import Literal

from pydantic import BaseModel

from schemas.values import FROZEN


class Finding(BaseModel):
    """One thing that was looked at."""

    model_config = FROZEN
    part: str
    """Of the installation: `database`, `archive`, `model`, …"""
    state: Literal["ok", "warn", "fail"]
    """fail: something does not work; warn: it works, but not for long, or not as was meant."""
    found: str
    """What was seen, and what that means."""
    todo: str = ""
    """What to do."""

    @classmethod
    def ok(cls, part: str, found: str) -> "Finding":
        """All is well."""
        return cls(part=part, state="ok", found=found)

    @classmethod
    def warn(cls, part: str, found: str, todo: str) -> "Finding":
        """Look at it when there is time."""
        return cls(part=part, state="warn", found=found, todo=todo)

    @classmethod
    def fail(cls, part: str, found: str, todo: str) -> "Finding":
        """Mend it."""
        return cls(part=part, state="fail", found=found, todo=todo)
