import datetime as dt

import pytest

from extractors.named_days import NAMES, read_named_day

EXAMPLES = [
    ("Christmas Eve", 2024, None, "2024-12-24"),  # the same day of every year
    ("new year’s  eve", 2024, None, "2024-12-31"),  # in small letters, with another apostrophe and two blanks
    ("Thanksgiving", 2025, "US", "2025-11-27"),  # the fourth Thursday of a month
    ("Thanksgiving", 2025, "CA", "2025-10-13"),  # another day in another country
    ("Giving Tuesday", 2025, None, "2025-12-02"),  # days after such a day
    ("Memorial Day", 2025, None, "2025-05-26"),  # the last Monday of a month
    ("Victoria Day", 2026, None, "2026-05-18"),  # the last Monday before the 25th
    ("Good Friday", 2026, None, "2026-04-03"),  # days before Easter
    ("Mother's Day", 2025, "GB", "2025-03-30"),  # in Britain a Sunday of Lent
    ("Orthodox Easter", 2018, None, "2018-04-08"),  # by the other calendar
    ("Lunar New Year", 2025, None, "2025-01-29"),  # by the moon
    ("Eid al-Fitr", 2030, None, "2030-02-04"),  # an estimate
    ("Hanukkah", 2025, None, "2025-12-15"),  # the first of eight days, not the last of those that began the year before
    ("Independence Day", 2025, "IN", "2025-08-15"),  # a country's own
    ("Independence Day", 2025, "US", "2025-07-04"),
    ("Independence Day", 2025, None, None),  # nobody says whose
    ("Independence Day", 2025, "ZZ", None),  # no such country
    ("Harbour Day", 2025, None, None),  # no such day
    ("Easter", 0, None, None),  # no such year
]


@pytest.mark.parametrize(("name", "year", "country", "day"), EXAMPLES)
def test_examples(name: str, year: int, country: str | None, day: str | None) -> None:
    assert read_named_day(name, year, country) == (dt.date.fromisoformat(day) if day else None)


def test_every_name_has_a_day() -> None:
    """A renamed holiday in the library would show here."""
    places = [(year, country) for year in range(2016, 2028) for country in ("IN", "SG")]
    silent = [name for name in NAMES if not any(read_named_day(name, *place) for place in places)]
    assert silent == []
