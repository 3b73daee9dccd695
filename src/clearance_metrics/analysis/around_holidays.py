"""around_holidays(): cases begun near the Spring Festival, or on the last working day before any
holiday, beside those begun on the same weekdays of other times.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from ..domain.arguments import check_count, check_level, check_limit, check_many
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar, load_calendar, spring_festivals
from ..domain.ends import ENDED, OPEN
from ..domain.metrics import Condition
from ..domain.zones import EPOCH, day_number
from ..engine.asking import asked_of_log
from ..engine.cells import array_of
from ..engine.log import EventLog
from ..engine.tally import check
from ..engine.waiting import begun, cases_in_time
from ..results.words import has
from ..statistics.ageing import exact_percentile
from ..statistics.daily import beside_same_weekdays
from ..statistics.reasons import Reason
from .around_holidays_records import AFTER, BEFORE, DURING, EVE, SPANS, HolidayRow, Holidays
from .doubts import found_doubts
from .waiting import asked_clock, with_reasons

CAP = 99  # the percentile of finished cases beyond which a time counts no further


@asked_of_log
def around_holidays(
    log: EventLog,
    clock: Any,
    *,
    days: int = 7,
    cap: float | None = None,
    as_of: object = None,
    where: Condition | None = None,
    between: Any = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Holidays:
    """Mean times of cases begun within `days` days before, during and after the Spring Festival,
    and on the last working day before any holiday, beside those of cases begun on the same weekdays
    of other days (no holiday, none of these).

    A case counts up to `cap` units, without one up to the 99th percentile of the finished cases,
    so that a few endless ones decide nothing; days are left out from the first on which a case
    began that is open below the cap, so that every case is known up to it. A stop before the start
    keeps its sign. Each day is a cluster: the intervals hold if days are independent, which the
    days of one festival are not quite. Festivals are those of the official lists: of years without
    one nothing is said. It is a difference, and no effect of the holiday: other goods may come.
    LogError for names that the log does not have, CalendarError for a clock of working days and
    years without them.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, around_holidays
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200],
    ...     "milestone": ["declared", "customs_released"]})
    >>> clock = Duration("declared", "customs_released")
    >>> around_holidays(EventLog(events), clock, as_of="1970-01-02").rows
    ()
    """
    check_many(days, "days")
    check_count(days, "days")
    check_level(level)
    asked, told = asked_clock(log, clock, where, calendar)
    if cap is not None:
        check_limit(cap, "cap")
    when, work = AsOf.of(as_of, log.timezone), calendar or load_calendar("CN")
    rows = cases_in_time(log, asked, as_of=when)
    table = log.rows_of(begun(log, rows, Between.of(between), when))
    check(asked, table)
    made: dict[str, Any] = {"as_of": when.text, "metric": asked.name, "unit": asked.unit_of()}
    made |= {"around": days}

    def none(why: Reason) -> Holidays:
        found = Holidays(rows=(), cap=None, years=(), **made)
        return found._with(_why=why, **told)

    day, value, end, n = (array_of(table[c]) for c in ("began_day", "value", "end", "n"))
    kept = end >= OPEN
    if not kept.any():
        return none(Reason("no_cases"))
    day, value, end, n = day[kept], value[kept], end[kept], n[kept]
    limit = _cap(value, end, n) if cap is None else round(cap * asked.scale)
    if limit is None:
        return none(Reason("waiting.none_finished"))
    early = (end == OPEN) & (value < limit)
    known = day < (day[early].min() if early.any() else day.max() + 1)
    if not known.any():
        return none(Reason("waiting.none_known"))
    spans, years, unknown = _spans(day[known], work, days)
    if not any(spans.values()):
        return none(Reason("waiting.no_years", years=tuple(map(str, unknown))))
    told_rows = _rows(day[known], np.minimum(value, limit)[known], n[known], spans, level, asked)
    everything: Any = (n,)
    doubts = found_doubts(log, asked, everything, when, Between(None, when.date))
    counted = f"unit_counted.{asked.unit}"
    unit = Reason(counted if has(counted) else f"unit.{asked.unit}")
    remarks = [Reason("waiting.capped", cap=limit / asked.scale, unit=unit)]
    if years:
        remarks.append(Reason("waiting.of_years", n=len(years), years=tuple(map(str, years))))
    if unknown:
        remarks.append(Reason("waiting.unknown_years", years=tuple(map(str, unknown))))
    if left := int(n[~known].sum()):
        remarks.append(Reason("waiting.not_followed", n=left))
    remarks.append(Reason("waiting.no_effect"))
    remarks += with_reasons((*doubts.snapshot, *doubts.warning))
    found = Holidays(rows=told_rows, cap=limit / asked.scale, years=tuple(years), **made)
    return found._with(_remarks=tuple(remarks), _level=level, **told)


def _cap(value: np.ndarray, end: np.ndarray, n: np.ndarray) -> int | None:
    """The 99th percentile of the finished cases, up to a whole step of the tally."""
    done = end == ENDED
    if not done.any():
        return None
    order = np.argsort(value[done])
    return -(-exact_percentile(value[done][order], n[done][order], CAP) // 100)


Spans = dict[str, set[int]]


def _spans(day: np.ndarray, work: WorkCalendar, around: int) -> tuple[Spans, list[int], list[int]]:
    """The days of each span as numbers, "other" among them, with the years whose festival is in
    them and those that nothing is known of.
    """
    first, last = (EPOCH + timedelta(days=int(d)) for d in (day.min(), day.max()))
    span = range(first.year, last.year + 1)
    festivals = spring_festivals()
    known = [y for y in span if y in work.years and y in festivals and festivals[y][0] in work.off]
    found: Spans = {name: set() for name in (*SPANS, "other")}
    begun_on, seen = np.unique(day), []
    for year in known:
        begins, ends = map(day_number, festivals[year])
        if np.any((begun_on >= begins - around) & (begun_on <= ends + around)):
            seen.append(year)
        found[BEFORE] |= set(range(begins - around, begins))
        found[DURING] |= set(range(begins, ends + 1))
        found[AFTER] |= set(range(ends + 1, ends + 1 + around))
    off = {day_number(d) for d in work.off if d.year in known}
    found[EVE] = _eves(off, work)
    taken = off.union(*(found[name] for name in SPANS))
    for number in begun_on.tolist():
        if (EPOCH + timedelta(days=number)).year in known and number not in taken:
            found["other"].add(number)
    return found, seen, [year for year in span if year not in known]


def _eves(off: set[int], work: WorkCalendar) -> set[int]:
    """The last working day before each run of days off."""
    found = set()
    for number in off:
        if number - 1 in off:
            continue
        eve = EPOCH + timedelta(days=number - 1)
        while eve.year in work.years and not work.is_working(eve):
            eve -= timedelta(days=1)
        if eve.year in work.years:
            found.add(day_number(eve))
    return found


def _rows(
    day: np.ndarray,
    value: np.ndarray,
    n: np.ndarray,
    spans: Spans,
    level: float,
    clock: Any,
) -> tuple[HolidayRow, ...]:
    """The spans, each beside the other days."""
    days, place = np.unique(day, return_inverse=True)
    cases = np.bincount(place, n, len(days)).astype("int64")
    # whole numbers, summed as such
    total = np.zeros(len(days), "int64")
    np.add.at(total, place, value * n)
    weekday = (days + 3) % 7
    other = np.isin(days, sorted(spans["other"]))
    rows = []
    for name in SPANS:
        near = np.isin(days, sorted(spans[name]))
        found = beside_same_weekdays(weekday, cases, total, near, other, level)
        scaled = [_unit(x, clock) for x in _values(found)]
        years = {(EPOCH + timedelta(days=int(d))).year for d in days[near]}
        rows.append(
            HolidayRow(
                span=name,
                **dict(
                    zip(("mean", "other_mean", "difference", "low", "high"), scaled, strict=True)
                ),
                n=found.n,
                n_other=found.n_other,
                days=found.days,
                years=len(years),
                unit=clock.unit_of(),
                reasons=found.difference.reasons,
            )
        )
    return tuple(rows)


def _values(found: Any) -> Sequence[float | None]:
    gap = found.difference
    return (found.mean, found.other, gap.value, gap.low, gap.high)


def _unit(value: float | None, clock: Any) -> float | None:
    return None if value is None else value / clock.scale


__all__ = ["HolidayRow", "Holidays", "around_holidays"]
