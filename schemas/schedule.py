"""When work is done by itself: a `[[schedule]]` table of `sources.toml`."""

import datetime as dt
import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from schemas.values import FROZEN

DEFAULT = "default"
"""The schedule of sources that name none."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_FORM = re.compile(r"(\d{1,6})\s*([smhd])(?:ec|ins?|inutes?|ours?|ays?|econds?)?")


def read_every(value: object) -> dt.timedelta:
    """An interval as people write it. Raises ValueError for anything else, and for less than a second.

    >>> [str(read_every(words)) for words in ("15m", "1h", "2 days", "90 minutes", "10s")]
    ['0:15:00', '1:00:00', '2 days, 0:00:00', '1:30:00', '0:00:10']
    """
    if isinstance(value, dt.timedelta):
        return value
    found = _FORM.fullmatch(str(value).strip().lower())
    if found is None or not int(found[1]):
        raise ValueError(f'write a number with s, m, h or d, such as "15m" or "1h", not {value!r}')
    return dt.timedelta(seconds=int(found[1]) * _UNITS[found[2]])


class Schedule(BaseModel):
    """When the sources that name it are looked at, or one of the other flows is run."""

    model_config = FROZEN
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=60)]
    every: Annotated[dt.timedelta, BeforeValidator(read_every)] | None = None
    """Interval: `15m`, `1h`, `2 days`."""
    cron: str | None = None
    """Minute, hour, day, month, weekday: `0 6 * * mon-fri`."""
    timezone: str = "UTC"
    """IANA name of the zone in which `cron` is read, such as `Europe/Warsaw`."""
    due: bool = False
    """Whether only sources whose time has come are looked at, by how much each publishes (`dateline ingest --due`)."""

    @model_validator(mode="before")
    @classmethod
    def _choose(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("every") is not None and given.get("cron") is not None:
            raise ValueError("write `every` or `cron`, not both")
        return given

    @model_validator(mode="after")
    def _has_zone(self) -> "Schedule":
        try:
            ZoneInfo(self.timezone)
        except (LookupError, ValueError, OSError) as error:
            raise ValueError(f"timezone {self.timezone!r} is not known; write one such as Europe/Warsaw") from error
        return self

    @property
    def words(self) -> str:
        """For people.

        >>> Schedule(name="a", every="1h").words, Schedule(name="a", cron="0 6 * * *").words, Schedule(name="a").words
        ('every 1:00:00', '0 6 * * * UTC', 'by hand')
        """
        if self.every is not None:
            return f"every {self.every}"
        return f"{self.cron} {self.timezone}" if self.cron else "by hand"
