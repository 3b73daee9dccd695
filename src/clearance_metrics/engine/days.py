"""Days as the engine sees them: months, quarters and years, and running counts of working days."""

from __future__ import annotations

from datetime import date
from functools import cache, partial
from hashlib import sha256

from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar, load_calendar
from ..domain.instants import Shifts, recent
from ..domain.instants import local_day as local_day
from ..domain.instants import local_second as local_second
from ..domain.sql import value, when, whole
from ..domain.zones import EPOCH, FIRST_YEAR, LAST_YEAR, day_number
from .query import Source

LAST_DAY = day_number(date(LAST_YEAR, 12, 31))
COLUMNS = {"day": "integer", "calendar_year": "integer", "ordinal": "integer", "working": "integer"}


def period_of(date: str, period: str) -> str:
    """The period that a date falls into, counted from 1970 on.

    >>> period_of("day_", "year")
    'CAST(extract(year FROM day_) - 1970 AS BIGINT)'
    """
    if period == "year":
        return whole(f"extract(year FROM {date}) - {FIRST_YEAR}")
    years = f"extract(year FROM {date}) - {FIRST_YEAR}"
    if period == "quarter":
        return whole(f"4 * ({years}) + extract(quarter FROM {date}) - 1")
    return whole(f"12 * ({years}) + extract(month FROM {date}) - 1")


def within_years(shifts: Shifts, as_of: AsOf) -> bool:
    """Whether no time of a log up to `as_of` lies outside the years that days are known of."""
    return recent(shifts) and as_of.date.year <= LAST_YEAR


def known_date(day: str, sure: bool = False) -> str:
    """The date of a day since 1970-01-01, empty outside the years that days are known of; `sure`
    says that no day lies outside.

    >>> known_date("charged_day", sure=True)
    "DATE '1970-01-01' + CAST(charged_day AS INTEGER)"
    """
    inside = day if sure else when((f"{day} BETWEEN 0 AND {LAST_DAY}", day))
    return f"{value(EPOCH)} + CAST({inside} AS INTEGER)"


def in_window(day: str, between: Between, sure: bool = False) -> str:
    """Whether a day since 1970-01-01 lies within, both ends included.

    >>> in_window("charged_day", Between.of(("2022-04-01", None)), sure=True)
    "DATE '1970-01-01' + CAST(charged_day AS INTEGER) >= DATE '2022-04-01'"
    """
    day = known_date(day, sure)
    if between.first and between.last:
        return f"{day} BETWEEN {value(between.first)} AND {value(between.last)}"
    if between.first:
        return f"{day} >= {value(between.first)}"
    return f"{day} <= {value(between.last)}"


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
        made=True,
    )


@cache
def _shown(calendar: WorkCalendar) -> str:
    """From the calendar's list of days, by its number since 1970-01-01, a line per year."""
    known = calendar.day_table()["day"]
    first, last = int(known[0]), int(known[-1])

    def numbers(days: frozenset[date], weekend: bool) -> str:
        years: dict[int, list[str]] = {}
        for day in sorted(day for day in days if (day.weekday() > 4) is weekend):
            number = day_number(day)
            if first <= number <= last:
                years.setdefault(day.year, []).append(str(number))
        return ",\n      ".join(", ".join(year) for year in years.values()) or "NULL"

    year = f"extract(year FROM {value(EPOCH)} + CAST(day AS INTEGER))"
    return f"""SELECT day, {whole(year)} AS calendar_year, working,
  CASE WHEN working IS NOT NULL THEN {whole("sum(working) OVER (ORDER BY day)")} END AS ordinal
FROM (
  SELECT day, CASE
    WHEN day < {first} OR day > {last} THEN NULL
    WHEN day IN ({numbers(calendar.on, weekend=True)}) THEN 1
    WHEN day IN ({numbers(calendar.off, weekend=False)}) THEN 0
    WHEN (day + 3) % 7 < 5 THEN 1 ELSE 0 END AS working
  FROM (SELECT unnest(generate_series(0, {LAST_DAY})) AS day) AS days
) AS counted_days"""
