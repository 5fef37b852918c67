"""The digest: what came in lately and what is odd, as Markdown with a plot."""

import base64
import datetime as dt
from collections.abc import Sequence
from html import escape

from store.daily import Day, count_doubtful, load_days
from store.database import Store
from store.health import load_health
from store.status import load_status

DAYS = 30
_WIDTH, _HEIGHT, _LEFT, _TOP = 720, 150, 44, 22
"""Of one of the two plots, in pixels."""


def write_digest(store: Store, now: dt.datetime) -> str:
    """The last DAYS days of a store."""
    days = load_days(store, now.date(), DAYS)
    status = load_status(store, runs=0)
    healths = [load_health(store, source.name, now) for source in status.sources]
    alarms = [escape(alarm.message) for health in healths for alarm in health.alarms]
    doubtful = count_doubtful(store, now - dt.timedelta(days=DAYS))
    return "\n".join(
        [
            f"# Releases until {now:%Y-%m-%d %H:%M} UTC",
            "",
            f"**{days[-1].releases}** releases today, **{sum(day.releases for day in days[-7:])}** in seven days, "
            f"**{sum(day.releases for day in days)}** in {DAYS}; the store holds {status.counts['releases']:,}. "
            f"{doubtful:,} of those of {DAYS} days have an error to be expected and wait for review; "
            f"{status.counts['quarantine']:,} documents are in quarantine.",
            "",
            f"![Releases and checks per day: {_spark(days)}]({plot_address(days)})",
            "",
            "## What is odd",
            "",
            *([f"- {alarm}" for alarm in alarms] or ["Nothing."]),
            "",
            "## Sources",
            "",
            "| source | last success | releases a week | looks that failed in a row |",
            "|---|---|---|---|",
            *(
                f"| {health.source} | {_when(health.last_success)} | {health.releases_per_week:g} | {health.failures} |"
                for health in healths
            ),
        ]
    )


def _when(moment: dt.datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"


def _spark(days: Sequence[Day]) -> str:
    """Releases per day in one line, for those who do not see the picture.

    >>> _spark([Day(dt.date(2026, 5, day), day % 4, 0) for day in range(1, 9)])
    '▃▆█▁▃▆█▁'
    """
    most = max([1, *(day.releases for day in days)])
    return "".join("▁▂▃▄▅▆▇█"[round(7 * day.releases / most)] for day in days)


def plot_address(days: Sequence[Day]) -> str:
    """The plot as an address that holds it: Prefect's page shows pictures, and fetches none of ours."""
    picture = draw_days(days).encode()
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"


def draw_days(days: Sequence[Day]) -> str:
    """Releases per day and, below, checks per day, as SVG."""
    upper = _draw_bars([day.releases for day in days], "releases per day", "#3b6ea5", 0)
    lower = _draw_bars([day.checks for day in days], "checks per day", "#c0762b", _HEIGHT)
    step, base = _step(days), 2 * _HEIGHT + 14
    dates = "".join(
        f'<text x="{min(_LEFT + (number + 0.5) * step, _WIDTH - 22):.1f}" y="{base}" text-anchor="middle">'
        f"{day.day:%d %b}</text>"
        for number, day in enumerate(days)
        if (len(days) - 1 - number) % 5 == 0
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {base + 8}" width="{_WIDTH}" '
        f'height="{base + 8}" font-family="sans-serif" font-size="11" fill="#777">{upper}{lower}{dates}</svg>'
    )


def _draw_bars(values: Sequence[int], title: str, colour: str, top: int) -> str:
    most, step = max([1, *values]), _step(values)
    height, base = _HEIGHT - _TOP - 10, top + _HEIGHT - 4
    bars = "".join(
        f'<rect x="{_LEFT + number * step + 1:.1f}" y="{base - height * value / most:.1f}" width="{step - 2:.1f}" '
        f'height="{height * value / most:.1f}" fill="{colour}"/>'
        for number, value in enumerate(values)
    )
    axis = f'<path d="M{_LEFT} {base}H{_WIDTH - 4}" stroke="#999"/>'
    scale = f'<text x="{_LEFT - 6}" y="{base - height + 8}" text-anchor="end">{most:,}</text>'
    return f'<text x="{_LEFT}" y="{top + 12}" font-weight="bold">{title}</text>{bars}{axis}{scale}'


def _step(values: Sequence[object]) -> float:
    return (_WIDTH - _LEFT - 4) / max(1, len(values))
