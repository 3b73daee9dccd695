"""How a case ends, and since when it was watched: SQL for a Duration's several ends and late
starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ..domain.calendars import WorkCalendar, load_calendar
from ..domain.ends import ENDED, LATE, OPEN
from ..domain.instants import dated, fraction, moments
from ..domain.metrics import Duration
from ..domain.sql import every, name, some, when
from ..domain.zones import HALF_DAY, day_number, last_second
from ..errors import CalendarError, LogError
from .query import Query

NO_END = 1 << 61  # later than any time: an end that is not there


@dataclass(frozen=True)
class FirstEnd:
    """The earliest end of each of `cases`: its time (null while open), code, whether it is a date
    only, and whether a date beside another end of the same day leaves open which came first; "" for
    what cannot be.
    """

    cases: Query
    time: str
    code: str
    date_only: str = ""
    unsure: str = ""
    fraction: str = "0"


def first_end(metric: Duration, cases: Query) -> FirstEnd:
    """The earliest of the stop and the other ends; at equal times the one that is named first."""
    names, columns = (metric.stop, *metric.other_ends), cases.columns
    flags = {m: dated(columns, m) for m in names if dated(columns, m) != "FALSE"}
    if not metric.other_ends:
        date_only = flags.get(metric.stop, "")
        after = fraction(columns, metric.stop)
        return FirstEnd(cases, name(metric.stop), str(ENDED), date_only, "", after)
    told, unit = moments(columns, *names)
    # an engine's least of several may or may not skip nulls: there are none here
    times = {f"end_{i}": f"coalesce({time}, {NO_END})" for i, time in enumerate(told)}
    ends = cases.then("ends", times)
    cases = ends.then("first_ends", {"first_": f"least({', '.join(times)})"})
    code = when(
        *((f"{t} = first_", ENDED + i) for i, t in enumerate(list(times)[:-1])),
        otherwise=ENDED + len(times) - 1,
    )
    there = f"first_ < {NO_END}"
    dates = [(t, flags[m]) for t, m in zip(times, names, strict=True) if m in flags]
    date_only = some(f"{flag} AND {t} = first_" for t, flag in dates) if dates else ""
    near = f"- first_ <= {HALF_DAY * unit}"
    close = " + ".join(when((f"{t} {near}", 1), otherwise=0) for t in times)
    dated_near = some(f"{flag} AND {t} {near}" for t, flag in dates)
    unsure = every([there, f"{close} > 1", f"({dated_near})"]) if dates else ""
    time, after = ("first_", "0") if unit == 1 else (f"first_ // {unit}", f"first_ % {unit}")
    return FirstEnd(cases, when((there, time)), code, date_only, unsure, after)


@dataclass(frozen=True)
class Watch:
    """The last second before a log starts, and how many working days the calendar has counted up to
    it.
    """

    second: int
    ordinal: int = 0


def watch(metric: Duration, timezone: str, as_of: int) -> Watch | None:
    """Since when cases are seen;

    None where the log holds them from their start. CalendarError on unknown years.
    """
    if metric.log_starts is None:
        return None
    eve = metric.log_starts - timedelta(days=1)
    second = last_second(eve, timezone)
    if second >= as_of:
        raise LogError(
            f"the log starts on {metric.log_starts}, after as_of",
            "log_starts",
            "give the log's first day",
        )
    if metric.unit == "hours":
        return Watch(second)
    work = load_calendar(metric.calendar) if isinstance(metric.calendar, str) else metric.calendar
    return Watch(second, _standing(work, eve, metric))


def _standing(work: WorkCalendar, day: date, metric: Duration) -> int:
    known = work.day_table()
    place = int(np.searchsorted(known["day"], day_number(day)))
    if place >= len(known["day"]) or known["day"][place] != day_number(day):
        raise CalendarError(
            f"the official working days of {day.year} are not known",
            f"log_starts of {metric.name}; calendar {work.name} knows {work.first_year} to"
            f" {work.last_year}",
            "name a later day, or supply the year's list: WorkCalendar.with_years(FILE)",
        )
    return int(known["ordinal"][place])


def late(rows: Query, start: str, since: Watch) -> Query:
    """The rows with the column `entry`: `age`, of cases begun before the log, at which they came
    under observation.

    A case at risk at v has entry < v, so one that ended or was last seen no later never was: it is
    left out.
    """
    entry = when((f"{name(start)} <= {since.second}", "age"))
    entered = rows.then("entered", {"entry": entry})
    never = f'"end" >= {OPEN} AND coalesce(entry >= value, FALSE)'
    watched = entered.then("watched", {"end": when((never, LATE), otherwise='"end"')})
    return watched.then("at_risk", {"entry": when((f'"end" >= {OPEN}', "entry"))})
