"""Days as the engine sees them: months, quarters and years, and running counts of working days."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import numpy as np

from ..domain.calendars import WorkCalendar, load_calendar
from ..domain.instants import local_day as local_day
from ..domain.instants import local_second as local_second
from ..domain.sql import value, when, whole
from ..domain.zones import EPOCH, FIRST_YEAR, LAST_YEAR
from .cells import PERIODS
from .query import Source

COLUMNS = {"day": "integer", "calendar_year": "integer", "ordinal": "integer", "working": "integer"}


def period_of(day: str, period: str) -> str:
    """The period that a day since 1970-01-01 falls into, counted from 1970 on; empty outside the
    years that days are known of.

    >>> period_of("day", "year")
    "CAST(year(DATE '1970-01-01' + day) - 1970 AS BIGINT)"
    """
    date = f"{value(EPOCH)} + {day}"
    if period == "year":
        return whole(f"year({date}) - {FIRST_YEAR}")
    months = f"12 * (year({date}) - {FIRST_YEAR}) + month({date}) - 1"
    return whole(f"({months}) // {PERIODS[period]}" if period == "quarter" else months)


def known_day(day: str) -> str:
    """The day as a 32-bit number, empty outside the years that days are known of."""
    last = np.datetime64(f"{LAST_YEAR}-12-31").astype("int64")
    return f"CAST({when((f'{day} BETWEEN 0 AND {last}', day))} AS INTEGER)"


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
        shown=lambda: _shown(calendar),
        rows=lambda: _rows(calendar),
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


def _shown(calendar: WorkCalendar) -> str:
    """The same table from the list of days, for whoever runs the text elsewhere."""
    known = calendar.day_table()["day"]
    first, last = int(known[0]), int(known[-1])
    year = f"year({value(EPOCH)} + day)"

    def listed(days: frozenset) -> str:
        numbers = sorted((day - EPOCH).days for day in days)
        return ", ".join(str(n) for n in numbers if first <= n <= last) or "NULL"

    usual = "CASE WHEN (day + 3) % 7 < 5 THEN 1 ELSE 0 END"
    last_day = (np.datetime64(f"{LAST_YEAR}-12-31")).astype("int64")
    return f"""SELECT day, {year} AS calendar_year, working,
  CASE WHEN working IS NOT NULL THEN sum(working) OVER (ORDER BY day) END AS ordinal
FROM (
  SELECT day, CASE
    WHEN day NOT BETWEEN {first} AND {last} THEN NULL
    WHEN day IN ({listed(calendar.on)}) THEN 1
    WHEN day IN ({listed(calendar.off)}) THEN 0
    ELSE {usual} END AS working
  FROM (SELECT unnest(range(0, {last_day + 1})) AS day)
)"""
