"""Days as the engine sees them: months, quarters and years, and running counts of working days."""

from __future__ import annotations

from datetime import date
from functools import cache, partial
from hashlib import sha256

import numpy as np

from ..domain.calendars import WorkCalendar, load_calendar
from ..domain.instants import local_day as local_day
from ..domain.instants import local_second as local_second
from ..domain.instants import recent as recent
from ..domain.sql import value, when, whole
from ..domain.zones import EPOCH, FIRST_YEAR, LAST_YEAR, day_number
from .cells import PERIODS
from .query import Source

LAST_DAY = day_number(date(LAST_YEAR, 12, 31))
COLUMNS = {"day": "integer", "calendar_year": "integer", "ordinal": "integer", "working": "integer"}


def period_of(date: str, period: str) -> str:
    """The period that a date falls into, counted from 1970 on.

    >>> period_of("day_", "year")
    'CAST(year(day_) - 1970 AS BIGINT)'
    """
    if period == "year":
        return whole(f"year({date}) - {FIRST_YEAR}")
    months = f"12 * (year({date}) - {FIRST_YEAR}) + month({date}) - 1"
    return whole(f"({months}) // {PERIODS[period]}" if period == "quarter" else months)


def known_date(day: str, sure: bool = False) -> str:
    """The date of a day since 1970-01-01, empty outside the years that days are known of; `sure`
    says that no day lies outside.

    >>> known_date("charged_day", sure=True)
    "DATE '1970-01-01' + CAST(charged_day AS INTEGER)"
    """
    inside = day if sure else when((f"{day} BETWEEN 0 AND {LAST_DAY}", day))
    return f"{value(EPOCH)} + CAST({inside} AS INTEGER)"


@cache
def day_table(work: str | WorkCalendar) -> Source:
    """Every day with its year, and where the calendar knows them whether it is a working day and
    the running count of working days.
    """
    calendar = load_calendar(work) if isinstance(work, str) else work
    told = repr((calendar.years, sorted(calendar.off), sorted(calendar.on)))
    called = f"working_days_{sha256(told.encode()).hexdigest()[:12]}"
    return Source(
        "working_days" if work == "CN" else called,
        COLUMNS,
        called,
        shown=partial(_shown, calendar),
        rows=partial(_rows, calendar),
    )


def _rows(calendar: WorkCalendar) -> object:
    import pyarrow as pa

    dates = np.arange(f"{FIRST_YEAR}-01-01", f"{LAST_YEAR + 1}-01-01", dtype="datetime64[D]")
    day = dates.astype("int64")
    known = calendar.day_table()
    place = np.asarray(known["day"], dtype="int64") - day[0]
    ordinal, working, told = np.zeros_like(day), np.zeros_like(day), np.zeros(len(day), bool)
    ordinal[place], working[place], told[place] = known["ordinal"], known["working"], True
    return pa.table(
        {
            "day": day,
            "calendar_year": dates.astype("datetime64[Y]").astype("int64") + FIRST_YEAR,
            "ordinal": pa.array(ordinal, mask=~told),
            "working": pa.array(working, mask=~told),
        }
    )


@cache
def _shown(calendar: WorkCalendar) -> str:
    """The same table from the list of days, for whoever runs the text elsewhere."""
    known = calendar.day_table()["day"]
    first, last = int(known[0]), int(known[-1])
    year = f"year({value(EPOCH)} + day)"

    def listed(days: frozenset[date], weekend: bool) -> str:
        years: dict[int, list[str]] = {}
        for day in sorted(day for day in days if (day.weekday() > 4) is weekend):
            number = day_number(day)
            if first <= number <= last:
                years.setdefault(day.year, []).append(str(number))
        return ",\n      ".join(", ".join(numbers) for numbers in years.values()) or "NULL"

    usual = "CASE WHEN (day + 3) % 7 < 5 THEN 1 ELSE 0 END"
    return f"""SELECT day, {year} AS calendar_year, working,
  CASE WHEN working IS NOT NULL THEN sum(working) OVER (ORDER BY day) END AS ordinal
FROM (
  SELECT day, CASE
    WHEN day NOT BETWEEN {first} AND {last} THEN NULL
    WHEN day IN ({listed(calendar.on, True)}) THEN 1
    WHEN day IN ({listed(calendar.off, False)}) THEN 0
    ELSE {usual} END AS working
  FROM (SELECT unnest(range(0, {LAST_DAY + 1})) AS day)
)"""
