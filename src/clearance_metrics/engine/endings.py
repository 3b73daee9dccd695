"""How a case ends, and since when it was watched: engine expressions for a Duration's several ends
and late starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING

import numpy as np

from ..domain.calendars import WorkCalendar, load_calendar
from ..domain.ends import ENDED, LATE, OPEN
from ..domain.instants import fraction, moments
from ..domain.metrics import Duration
from ..domain.zones import HALF_DAY, day_number, last_second
from ..errors import CalendarError, LogError
from .log import DAY_SUFFIX, EventLog

if TYPE_CHECKING:
    import ibis.expr.types as ir

NO_END = 1 << 61  # later than any time: an end that is not there


@dataclass(frozen=True)
class FirstEnd:
    """The earliest end of each case: its time (null while open), code, whether it is a date only,
    and whether a date beside another end of the same day leaves open which came first."""

    time: ir.Column
    code: ir.Column
    date_only: ir.Column | None
    unsure: ir.Column | None
    fraction: ir.Column | int = 0


def first_end(log: EventLog, metric: Duration, cases: ir.Table) -> FirstEnd:
    """The earliest of the stop and the other ends; at equal times the one that is named first."""
    import ibis

    def flag(name: str) -> ir.Column | None:
        return ibis.coalesce(cases[name + DAY_SUFFIX], False) if name in log.date_only else None

    if not metric.other_ends:
        after = fraction(cases, metric.stop)
        return FirstEnd(cases[metric.stop], ibis.literal(ENDED), flag(metric.stop), None, after)
    names = (metric.stop, *metric.other_ends)
    told, unit = moments(cases, *names)
    half_day = HALF_DAY * unit
    # an engine's least of several may or may not skip nulls: there are none here
    times = [ibis.coalesce(time, ibis.literal(NO_END, "int64")) for time in told]
    first = ibis.least(*times)
    code = ibis.cases(
        *((t == first, ENDED + i) for i, t in enumerate(times[:-1])), else_=ENDED + len(times) - 1
    )
    flags = [flag(name) for name in names]
    dated = [(t, f) for t, f in zip(times, flags, strict=True) if f is not None]
    date_only = unsure = None
    if dated:
        date_only = reduce(or_, (f & (t == first) for t, f in dated))
        near = [(t - first) <= half_day for t in times]
        several = reduce(add, (ibis.ifelse(n, 1, 0) for n in near)) > 1
        unsure = (
            several
            & reduce(or_, (f & ((t - first) <= half_day) for t, f in dated))
            & (first < NO_END)
        )
    time, after = (first, 0) if unit == 1 else (first // unit, (first % unit).cast("int64"))
    time = ibis.ifelse(first < NO_END, time, ibis.null("int64")).cast("int64")
    return FirstEnd(time, code, date_only, unsure, after)


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


def late(rows: ir.Table, start: str, since: Watch) -> ir.Table:
    """The rows with the column `entry`: `age`, of cases begun before the log, at which they came
    under observation.

    A case at risk at v has entry < v, so one that ended or was last seen no later never was: it is
    left out.
    """
    import ibis

    entry = ibis.ifelse(rows[start] <= since.second, rows.age, ibis.null("int64")).cast("int64")
    rows = rows.mutate(entry=entry)
    never = (rows.end >= OPEN) & ibis.coalesce(rows.entry >= rows.value, False)
    rows = rows.mutate(end=ibis.ifelse(never, LATE, rows.end).cast("int64"))
    return rows.mutate(entry=ibis.ifelse(rows.end < OPEN, ibis.null("int64"), rows.entry))
