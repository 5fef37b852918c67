"""How this installation works: environment variables named DATELINE_…, each with a default that just works."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.keeping import Days, Keeping
from schemas.logs import LogFormat, LogLevel


class Settings(BaseSettings):
    """Read once by the command line and handed down; nothing below reads the environment."""

    model_config = SettingsConfigDict(env_prefix="DATELINE_", extra="forbid", frozen=True)
    data_dir: Path = Path("dateline-data")
    """Folder of the database and the archive; made when first written to."""
    database: str | None = None
    """SQLAlchemy URL; by default a SQLite file in `data_dir`."""
    archive: str | None = None
    """fsspec URL of the fetched bytes; by default a folder in `data_dir`."""
    contact: str | None = None
    """E-mail or web address in the user agent, for newsrooms that want to complain."""
    model: str = "accurate"
    """What finds names: `accurate`, `fast` (three layers for six) or an installed spaCy package of your own."""
    gazetteer: bool = False
    """Whether people and organisations that were confirmed in the store are found wherever a release names them."""
    batch_size: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Documents per batch: the unit of transactions and of Prefect tasks."""
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    """Processes on which `dateline batch` extracts, each on one core with its own model."""
    dask: str | None = None
    """Address of the Dask scheduler whose workers extract for `dateline batch`, such as `tcp://10.0.0.5:8786`."""
    connections: Annotated[int, Field(ge=1, le=64)] = 8
    """Requests at once, over all hosts, of all processes that work with the store; one host never gets two at once."""
    timeout_seconds: Annotated[float, Field(gt=0)] = 30.0
    """For a whole request, its redirects included."""
    max_bytes: Annotated[int, Field(ge=1)] = 20_000_000
    """Largest page or file that is read."""
    browser: Path | None = None
    """The Chromium that renders pages for sources with `render`; by default that of Playwright, else the system's."""
    retries: Annotated[int, Field(ge=0, le=10)] = 3
    """Further attempts after time-outs and answers of 429 or 5xx."""
    keep_pages: Days = 365
    """Days for which `dateline gc` leaves earlier bodies of an address, of releases that nobody reviewed."""
    keep_records: Days = 90
    """Days for which it leaves what earlier extractors made of a text that nobody reviewed, since that was found."""
    keep_quarantine: Days = 365
    """Days for which it leaves what could not be processed, since the last try."""
    keep_runs: Days = 365
    """Days for which it leaves runs that are over."""
    keep_caches: Days = 30
    """Days for which it leaves bodies of listings and robots.txt that nobody asked for again."""
    log: LogFormat | None = None
    """Writes what happens to standard error, one line each: `json` or `text`; by default nothing."""
    log_level: LogLevel = "info"
    """Least level of what is logged: `debug`, `info`, `warning`, `error`."""
    metrics_token: str | None = None
    """By which a monitoring system gets `/metrics` of a review desk that demands accounts."""

    reviewer: str | None = None
    """Whose decisions are made at a desk that only this computer reaches; by default this computer's user."""
    review_address: str | None = None
    """By which browsers reach the review desk, such as `https://review.example.org`: other names are refused."""
    review_secret: str | None = None
    """Signs the cookies of the review desk; by default made once and kept in `data_dir`."""
    review_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Of the releases, how many get a second opinion: 0 to 1."""
    review_trusted: str = "127.0.0.1 ::1"
    """Addresses of the reverse proxies whose `review_user_header` is believed."""
    review_user_header: str | None = None
    """Header in which a reverse proxy says who has logged in there, such as `X-Remote-User`."""

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the store, of a file with its whole path."""
        return absolute_database(self.database or f"sqlite:///{self.data_dir / 'dateline.sqlite'}")

    @property
    def archive_url(self) -> str:
        """fsspec URL of the archive, of a folder with its whole path."""
        return absolute_archive(self.archive or str(self.data_dir / "archive"))

    @property
    def learned_path(self) -> Path:
        """What `dateline learn` switched on."""
        return self.data_dir / "learned.json"

    @property
    def keeping(self) -> Keeping:
        """How long what is not needed any more is kept."""
        names = ("pages", "records", "quarantine", "runs", "caches")
        return Keeping(**{name: timedelta(days=getattr(self, f"keep_{name}")) for name in names})


def absolute_database(url: str) -> str:
    """A SQLAlchemy URL that means the same file in every folder.

    >>> absolute_database("sqlite:////srv/news.sqlite"), absolute_database("postgresql://db/news")
    ('sqlite:////srv/news.sqlite', 'postgresql://db/news')
    >>> absolute_database("sqlite:///news.sqlite") == f"sqlite:///{Path('news.sqlite').absolute()}"
    True
    """
    relative = re.fullmatch(r"(sqlite(?:\+\w+)?:///)((?!/|:memory:|file:).+)", url)
    return f"{relative[1]}{Path(relative[2]).absolute()}" if relative else url


def absolute_archive(url: str) -> str:
    """An fsspec URL that means the same folder in every folder; its path is as it is, for fsspec reads no `%20`.

    >>> absolute_archive("s3://news/archive"), absolute_archive("/srv/my archive")
    ('s3://news/archive', 'file:///srv/my archive')
    """
    return url if "://" in url else f"file://{Path(url).absolute()}"
