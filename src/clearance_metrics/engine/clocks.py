"""A Duration's cases as rows: value and end, in hours, working days or working hours, pauses taken
off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..domain.ends import BACKWARDS, ENDED, NO_CALENDAR, OPEN, UNKNOWN
from ..domain.instants import elapsed, fraction
from ..domain.metrics import Duration
from ..errors import LogError, closest
from . import conditions, endings
from .days import day_table, local_day, local_second
from .log import DAY_SUFFIX, EventLog
from .spells import clipped, opened

if TYPE_CHECKING:
    import ibis.expr.types as ir


def durations(
    log: EventLog, metric: Duration, cases: ir.Table, as_of: int, keep_open: bool
) -> tuple[ir.Table, ir.Column]:
    import ibis

    for end in (metric.start, metric.stop):
        if end in log.columns and end not in log.milestones:
            known = closest(end, sorted(log.milestones))
            raise LogError(f"{end!r} is an attribute of cases, no milestone", "clock", known)
    # a case of which the condition cannot be told is kept, to be counted as left out
    asked = cases.mutate(asked_=conditions.compiled(log, metric.where, cases, as_of))
    since, over = endings.watch(metric, log.timezone, as_of), endings.first_end(log, metric, asked)
    marks = {
        "finish_": ibis.coalesce(over.time, ibis.literal(as_of, "int64")),
        "ended_": over.time.notnull(),
    }
    told = {
        "coarse_": over.date_only,
        "unsure_": over.unsure,
        "way_": over.code if metric.other_ends else None,
    }
    exact = bool(log.fractions & {metric.start, metric.stop, *metric.other_ends})
    if exact:
        told["after_"] = over.fraction + ibis.literal(0, "int64")
    asked = asked.mutate(
        **marks, **{name: column for name, column in told.items() if column is not None}
    )
    started = asked.filter(asked[metric.start].notnull(), ibis.coalesce(asked.asked_, True))
    begin, finish, ended = started[metric.start], started.finish_, started.ended_
    flags = [started[metric.start + DAY_SUFFIX]] if metric.start in log.date_only else []
    flags += [started.coarse_] if "coarse_" in started.columns else []
    coarse = ibis.coalesce(flags[0], False) if flags else ibis.literal(False)
    for flag in flags[1:]:
        coarse = coarse | ibis.coalesce(flag, False)
    signed = log.is_signed(metric)
    seconds = (finish - begin).cast("int64")
    if flags and not signed:
        seconds = elapsed(begin, finish, coarse, log.shifts)
    early = seconds < 0
    if exact:
        # the tally has whole seconds: one that is begun counts, so that nothing beyond a limit by a
        # fraction lies within it; order is told by the fractions
        lead = ibis.ifelse(ended & ~coarse, started.after_ - fraction(started, metric.start), 0)
        early = early | ((seconds == 0) & (lead < 0))
        begun_second = ibis.ifelse(lead > 0, 1, 0)
        seconds = (seconds + begun_second).cast("int64")
    # only what the unit asks for: engines plan each column, also those that nobody reads
    columns = {"seconds": seconds, "ended": ended}
    if flags or metric.pause:
        columns["date_only"] = ibis.ifelse(coarse, 1, 0).cast("int64")
    if metric.unit != "hours":
        columns["start_day"], columns["finish_day"] = (
            local_day(time, log.shifts) for time in (begin, finish)
        )
    if metric.unit == "working_hours":
        columns["start_second"] = local_second(begin, log.shifts)
        columns["finish_second"] = local_second(finish, log.shifts)
        if exact:
            columns["finish_second"] = columns["finish_second"] + begun_second
    if exact and not signed:
        columns["early_"] = early
    rows = started.mutate(**columns)
    if metric.pause:
        rows = _paused(log, metric, rows, as_of)
    if metric.unit == "hours":
        step = 1 if metric.resolution == "second" else 60
        rounded = (
            {}
            if step == 1
            else {"value": (rows.seconds // step).cast("int64"), "total": rows.seconds}
        )
        rows = rows.mutate(**({"value": rows.seconds} | rounded))
        if since is not None:
            rows = rows.mutate(age=(since.second - rows[metric.start]) // step)
    else:
        rows = _worked(metric, rows, since)
    unknown = rows.asked_.isnull()
    if "unsure_" in rows.columns:
        unknown = unknown | rows.unsure_
    if metric.pause:
        unknown = unknown | rows.unmatched
    if metric.allowance:
        column, allowed = metric.allowance
        fits = ibis.cases(
            *((rows[column] == key, days) for key, days in allowed.items()), else_=None
        )
        unknown = unknown | fits.isnull()
        rows = rows.mutate(value=rows.value - ibis.coalesce(fits, 0).cast("int64"))
        rows = (
            rows
            if since is None
            else rows.mutate(age=rows.age - ibis.coalesce(fits, 0).cast("int64"))
        )
    # each test is made on every case: only those that this clock can fail
    tests = [] if metric.unit == "hours" else [(rows.value.isnull(), NO_CALENDAR)]
    tests += [] if signed else [(rows.early_ if exact else rows.seconds < 0, BACKWARDS)]
    tests += [(unknown, UNKNOWN), (rows.ended, rows.way_ if metric.other_ends else ENDED)]
    rows = rows.mutate(end=ibis.cases(*tests, else_=OPEN).cast("int64"))
    if since is not None:
        rows = endings.late(rows, metric.start, since)
    # one row per kind of left-out case: its value does not matter, but a missing year is named
    value = ibis.ifelse(rows.end < OPEN, 0, rows.value)
    if metric.unit != "hours":
        value = ibis.ifelse(rows.end == NO_CALENDAR, rows.year, value)
    told = (
        {"total": ibis.ifelse(rows.end < OPEN, 0, rows.total).cast("int64")}
        if "total" in rows.columns
        else {}
    )
    rows = rows.mutate(value=value.cast("int64"), **told)
    if metric.dated_by == "start":
        return rows, local_day(rows[metric.start], log.shifts)
    # dated by their end, open cases belong to no period: they are kept beside the periods, to be
    # counted
    if not keep_open:
        rows = rows.filter(rows.end != OPEN)
    day = local_day(rows.finish_, log.shifts)
    return rows, ibis.ifelse(rows.end == OPEN, ibis.null("int32"), day) if keep_open else day


def _paused(log: EventLog, metric: Duration, rows: ir.Table, as_of: int) -> ir.Table:
    """Beside each row what it stood still between its ends, in seconds, working seconds or working
    days.
    """
    import ibis

    by_day = metric.unit == "working_days"
    events = log.events_of(*metric.pause)
    events = events.filter(events.time <= as_of)
    # days look at days alone: of events on one day the raised come first, whatever their hour
    key = local_day(events.time, log.shifts).cast("int64") if by_day else events.time
    raised = ibis.ifelse(events.milestone == metric.pause[0], 1, 0).cast("int64")
    spells = opened(events.select("case_id", "day", key=key, raised=raised), ("case_id",))
    begun, done = (
        (rows.start_day, rows.finish_day) if by_day else (rows[metric.start], rows.finish_)
    )
    clocks = rows.select("case_id", begun=begun.cast("int64"), done=done.cast("int64"))
    spans = clipped(spells.inner_join(clocks, "case_id"))
    # an end without a beginning matters only if it came after the start of the clock
    spans = spans.mutate(unmatched=spans.unmatched & (spans.key > spans.begun))
    if metric.unit == "hours":
        spans = spans.mutate(value=spans.till - spans.since)
    elif by_day:
        spans = spans.mutate(start_day=spans.since, finish_day=spans.till)
        spans = _worked(replace(metric, start_day=0, pause=None), spans)
    else:
        shifts = log.shifts
        spans = spans.mutate(
            start_day=local_day(spans.since, shifts),
            start_second=local_second(spans.since, shifts),
            finish_day=local_day(spans.till, shifts),
            finish_second=local_second(spans.till, shifts),
        )
        spans = _worked(replace(metric, resolution="second", pause=None), spans)
    found = (
        spans.group_by("case_id")
        .agg(
            paused=ibis.ifelse(spans.open > 0, spans.value, 0).sum().cast("int64"),
            unmatched=spans.unmatched.any(),
            coarse=spans.day.max(),
        )
        .rename(paused_case="case_id")
    )
    joined = rows.left_join(found, rows.case_id == found.paused_case)
    joined = joined.mutate(
        paused=ibis.coalesce(joined.paused, 0),
        unmatched=ibis.coalesce(joined.unmatched, False),
        date_only=ibis.greatest(joined.date_only, ibis.coalesce(joined.coarse, 0)),
    )
    if metric.unit == "hours":
        joined = joined.mutate(seconds=joined.seconds - joined.paused)
    return joined


def _worked(metric: Duration, rows: ir.Table, since: endings.Watch | None = None) -> ir.Table:
    """Working days or working seconds between two instants, from running counts looked up by day.

    With `since` the column `age` holds the same up to the last second before the log starts.
    """
    import ibis

    days = day_table(metric.calendar).select("day", "ordinal", "working", "calendar_year")
    first = days.rename(
        first_day="day",
        first_ordinal="ordinal",
        first_working="working",
        first_year="calendar_year",
    )
    last = days.view().rename(
        last_day="day", last_ordinal="ordinal", last_working="working", last_year="calendar_year"
    )
    rows = rows.left_join(first, rows.start_day == first.first_day)
    rows = rows.left_join(last, rows.finish_day == last.last_day)
    missing = ibis.ifelse(rows.first_ordinal.isnull(), rows.first_year, rows.last_year)
    rows = rows.mutate(year=ibis.coalesce(missing, 0).cast("int64"))
    if metric.unit == "working_days":
        before = rows.first_ordinal - rows.first_working if metric.start_day else rows.first_ordinal
        value = rows.last_ordinal - before
        age = None if since is None else since.ordinal - before
    else:
        opens, closes = metric.day_window()

        def worked(ordinal: ir.Column, working: ir.Column, second: ir.Column) -> ir.Column:
            today = ibis.least(ibis.greatest(second - opens, 0), closes - opens)
            return (ordinal - working) * (closes - opens) + working * today

        value = worked(rows.last_ordinal, rows.last_working, rows.finish_second)
        begun = worked(rows.first_ordinal, rows.first_working, rows.start_second)
        value = value - begun
        age = None if since is None else since.ordinal * (closes - opens) - begun
    if "paused" in rows.columns:
        value = value - rows.paused
    if metric.unit == "working_hours" and metric.resolution == "minute":
        value, age = value // 60, None if age is None else age // 60
    rows = rows.mutate(value=value.cast("int64"))
    return rows if age is None else rows.mutate(age=age.cast("int64"))
