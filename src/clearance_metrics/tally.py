"""The waist: a definition and a log become one engine query, and its answer a small exact tally.

The engine only takes minima and maxima, subtracts and compares whole numbers, joins and counts; every number
that needs more is made from the tally. This is the only module that asks an engine about values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from . import charges, conditions, endings
from .calendars import WorkCalendar, calendar
from .cells import PERIODS, Cell, cells_of, check_period
from .ends import BACKWARDS, ENDED, NO_CALENDAR, OPEN, UNKNOWN
from .errors import CalendarError, LogError
from .log import DAY_SUFFIX, EventLog
from .metrics import Duration, Fee, Flag, Metric, Share, needed_by
from .spells import clipped, opened
from .zones import FIRST_YEAR, LAST_YEAR, day_number, last_second, offsets, zone

if TYPE_CHECKING:
    import ibis.expr.types as ir

KEYS = ("cluster", "period", "weight", "currency", "entry", "value", "end")
# what a finding must be able to name of a case or charge line, beside its value
KEPT = ("weight", "currency", "line_id", "case_id", "item", "port", "bill", "charged_day", "amount_fen", "rule", "rate",
        "tariff_line", "entry")  # fmt: skip


def tally(
    log: EventLog,
    metric: Metric,
    *,
    as_of: int,
    as_of_day: int,
    by: tuple[str | Flag, ...] = (),
    period: str | None = None,
    cluster: str | None = None,
    tariff: Mapping = MappingProxyType({}),
) -> tuple[Cell, ...]:
    """One engine query; cells come sorted by group and period.

    `as_of` is the last UTC second that counts, `as_of_day` its local day number. CalendarError if a working-day
    clock meets a year whose official days are not known.
    """
    rows = outcomes(log, metric, as_of=as_of, as_of_day=as_of_day, by=by, period=period, cluster=cluster, tariff=tariff)
    table = log.engine.to_pyarrow(counted(rows))
    check(metric, table)
    return cells_of(table, len(by), period)


def counted(rows: ir.Table) -> ir.Table:
    """What `outcomes` gave, a row per distinct outcome: n cases, their exact total, how many are timed to the day."""
    keys = [c for c in rows.columns if c.startswith("by_") or c in KEYS]
    return rows.group_by(keys).agg(
        n=rows.count().cast("int64"), total=rows.total.sum().cast("int64"), date_only=rows.date_only.sum().cast("int64")
    )


def check(metric: Metric, table) -> None:
    """What a tally cannot carry: years without official working days, charges in several currencies."""
    if isinstance(metric, Duration):
        _check_calendar(metric, table)
    if isinstance(metric, Fee):
        charges.check_currency(table)


def outcomes(
    log: EventLog,
    metric: Metric,
    *,
    as_of: int,
    as_of_day: int,
    by: tuple[str | Flag, ...] = (),
    period: str | None = None,
    cluster: str | None = None,
    tariff: Mapping = MappingProxyType({}),
) -> ir.Table:
    """One row per case (or charge line) that the metric is about: value, end, total, and the group columns."""
    check_period(period)
    # the day that dates a case may be the cluster: it is no column
    column = None if cluster == "day" and "day" not in log.columns else cluster
    if isinstance(metric, Fee):
        rows, day = charges.fee_rows(
            log, metric, as_of=as_of, as_of_day=as_of_day, by=by, cluster=column, tariff=tariff
        )
    else:
        if isinstance(metric, Share) and metric.over == "lines":
            cases = charges.lines_with(log, metric, as_of, as_of_day, (*by, *({column} if column else ())))
            rows, day = _shares(log, metric, cases, as_of)
            return _dated(rows, day, metric, by, period, cluster)
        needed = metric.needs | needed_by(by) | ({column} if column else set())
        asked = metric.where if isinstance(metric, Duration) else metric.of
        # a case that begins later plays no part, unless it counts without any date
        until = as_of if isinstance(metric, Duration) or metric.dated_by else None
        cases = conditions.known_at(log, conditions.narrowed(log.case_table(needed, until), asked), needed, as_of)
        flags = {f.name: conditions.compiled(log, f.condition, cases, as_of) for f in by if isinstance(f, Flag)}
        cases, by = cases.mutate(**flags), tuple(f.name if isinstance(f, Flag) else f for f in by)
        if isinstance(metric, Duration):
            rows, day = _durations(log, metric, cases, as_of, keep_open=period is not None)
        else:
            rows, day = _shares(log, metric, cases, as_of)
    return _dated(rows, day, metric, by, period, cluster)


def _dated(
    rows: ir.Table, day, metric: Metric, by: tuple[str, ...], period: str | None, cluster: str | None
) -> ir.Table:
    """Only the columns of a tally, under its names, with the period each row falls into."""
    if cluster == "day" and "day" not in rows.columns:
        if day is None:
            raise LogError(f"{metric.name} has no date to cluster cases by", "cluster", "give the Share a dated_by")
        rows = rows.mutate(day=day)
        day = rows.day
    columns = {"value": rows.value, "end": rows.end, "total": rows.total, "date_only": rows.date_only}
    columns |= {c: rows[c] for c in KEPT if c in rows.columns}
    columns |= {f"by_{i}": rows[name] for i, name in enumerate(by)}
    columns |= {"cluster": rows[cluster]} if cluster else {}
    each = getattr(metric, "each", None)
    if each:
        columns["each_"] = rows[each]
    if period is None:
        return _per_value(rows.select(**columns)) if each else rows.select(**columns)
    if day is None:
        raise LogError(f"{metric.name} has no date to put cases into periods by", "period", "give the Share a dated_by")
    dated = _with_months(rows.select(**columns, day_=day))
    dated = dated.mutate(period=(dated.month_ // PERIODS[period]).cast("int32")).drop("day_", "march_", "month_")
    return _per_value(dated) if each else dated


def _with_months(rows: ir.Table) -> ir.Table:
    """Beside day_ the months since January 1970; empty outside the years that days are known of.

    Counted from March 1968 on, where each four years of 1461 days begin; no century breaks the rule until 2100.
    """
    import ibis

    known = rows.day_.between(0, day_number(date(LAST_YEAR + 1, 1, 1)) - 1)
    rows = rows.mutate(day_=ibis.ifelse(known, rows.day_.cast("int64"), ibis.null("int64")) + 671)
    rows = rows.mutate(march_=(4 * rows.day_ + 3) // 1461)
    return rows.mutate(month_=12 * rows.march_ + (5 * (rows.day_ - 1461 * rows.march_ // 4) + 2) // 153 - 22)


def _per_value(rows: ir.Table) -> ir.Table:
    """A row per value of the counted column (and group and period): it counts if any of its told cases does."""
    told = rows.filter(rows.end == ENDED, rows.each_.notnull())
    keys = [c for c in told.columns if c.startswith("by_") or c in ("each_", "period", "cluster")]
    made = told.group_by(keys).agg(value=told.value.max().cast("int64"), end=told.end.max().cast("int64"))
    return made.mutate(total=made.value, date_only=made.value * 0)


def _durations(
    log: EventLog, metric: Duration, cases: ir.Table, as_of: int, keep_open: bool
) -> tuple[ir.Table, ir.Column]:
    import ibis

    # a case of which the condition cannot be told is kept, to be counted as left out
    asked = cases.mutate(asked_=conditions.compiled(log, metric.where, cases, as_of))
    since, over = endings.watch(metric, log.timezone, as_of), endings.first_end(log, metric, asked)
    marks = {"finish_": ibis.coalesce(over.time, ibis.literal(as_of, "int64")), "ended_": over.time.notnull()}
    told = {"coarse_": over.date_only, "unsure_": over.unsure, "way_": over.code if metric.other_ends else None}
    asked = asked.mutate(**marks, **{name: column for name, column in told.items() if column is not None})
    started = asked.filter(asked[metric.start].notnull(), ibis.coalesce(asked.asked_, True))
    begin, finish, ended = started[metric.start], started.finish_, started.ended_
    seconds = (finish - begin).cast("int64")
    flags = [started[metric.start + DAY_SUFFIX]] if metric.start in log.date_only else []
    flags += [started.coarse_] if "coarse_" in started.columns else []
    coarse = ibis.coalesce(flags[0], False) if flags else ibis.literal(False)
    for flag in flags[1:]:
        coarse = coarse | ibis.coalesce(flag, False)
    signed = metric.signed if metric.signed is not None else log.vocabulary.is_signed(metric.start, metric.stop)
    if flags and not signed:
        # a date and a time of the same day cannot say which came first: no time has passed that can be shown
        same = local_day(begin, log.timezone) == local_day(finish, log.timezone)
        seconds = ibis.ifelse(coarse & (seconds < 0) & same, 0, seconds)
    # only what the unit asks for: engines plan each column, also those that nobody reads
    columns = {"seconds": seconds, "ended": ended, "date_only": ibis.ifelse(coarse, 1, 0).cast("int64")}
    if metric.unit != "hours" or metric.dated_by == "start":
        columns["start_day"] = local_day(begin, log.timezone)
    if metric.unit != "hours" or metric.dated_by == "end":
        columns["finish_day"] = local_day(finish, log.timezone)
    if metric.unit == "working_hours":
        columns["start_second"] = local_second(begin, log.timezone)
        columns["finish_second"] = local_second(finish, log.timezone)
    rows = started.mutate(**columns)
    if metric.pause:
        rows = _paused(log, metric, rows, as_of)
    if metric.unit == "hours":
        step = 1 if metric.resolution == "second" else 60
        value = rows.seconds if step == 1 else (rows.seconds // step).cast("int64")
        rows = rows.mutate(value=value, total=rows.seconds, year=ibis.literal(0))
        if since is not None:
            rows = rows.mutate(age=(since.second - rows[metric.start]) // step)
    else:
        rows = _worked(metric, rows, since)
    backwards = ibis.literal(False) if signed else rows.seconds < 0
    unknown = rows.asked_.isnull()
    if "unsure_" in rows.columns:
        unknown = unknown | rows.unsure_
    if metric.pause:
        unknown = unknown | rows.unmatched
    if metric.allowance:
        column, allowed = metric.allowance
        fits = ibis.cases(*((rows[column] == key, days) for key, days in allowed.items()), else_=None)
        unknown = unknown | fits.isnull()
        rows = rows.mutate(value=rows.value - ibis.coalesce(fits, 0).cast("int64"))
        rows = rows.mutate(total=rows.value)
        rows = rows if since is None else rows.mutate(age=rows.age - ibis.coalesce(fits, 0).cast("int64"))
    end = ibis.cases(
        (rows.value.isnull(), NO_CALENDAR),
        (backwards, BACKWARDS),
        (unknown, UNKNOWN),
        (rows.ended, rows.way_ if metric.other_ends else ENDED),
        else_=OPEN,
    ).cast("int64")
    rows = rows.mutate(end=end)
    if since is not None:
        rows = endings.late(rows, metric.start, since)
    # one row per kind of left-out case: its value does not matter, but a missing year is named
    value = ibis.cases((rows.end == NO_CALENDAR, rows.year), (rows.end < OPEN, 0), else_=rows.value)
    rows = rows.mutate(value=value.cast("int64"), total=ibis.ifelse(rows.end < OPEN, 0, rows.total).cast("int64"))
    if metric.dated_by == "start":
        return rows, rows.start_day
    # dated by their end, open cases belong to no period: they are kept beside the periods, to be counted
    if not keep_open:
        rows = rows.filter(rows.end != OPEN)
        return rows, rows.finish_day
    return rows, ibis.ifelse(rows.end == OPEN, ibis.null("int32"), rows.finish_day)


def _paused(log: EventLog, metric: Duration, rows: ir.Table, as_of: int) -> ir.Table:
    """Beside each row what it stood still between its ends, in seconds, working seconds or working days."""
    import ibis

    by_day = metric.unit == "working_days"
    events = log.events_of(*metric.pause)
    events = events.filter(events.time <= as_of)
    # days look at days alone: of events on one day the raised come first, whatever their hour
    key = local_day(events.time, log.timezone).cast("int64") if by_day else events.time
    raised = ibis.ifelse(events.milestone == metric.pause[0], 1, 0).cast("int64")
    spells = opened(events.select("case_id", "day", key=key, raised=raised), ("case_id",))
    begun, done = (rows.start_day, rows.finish_day) if by_day else (rows[metric.start], rows.finish_)
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
        zone_name = log.timezone
        spans = spans.mutate(
            start_day=local_day(spans.since, zone_name), start_second=local_second(spans.since, zone_name),
            finish_day=local_day(spans.till, zone_name), finish_second=local_second(spans.till, zone_name),
        )  # fmt: skip
        spans = _worked(replace(metric, resolution="second", pause=None), spans)
    found = spans.group_by("case_id").agg(
        paused=ibis.ifelse(spans.open > 0, spans.value, 0).sum().cast("int64"),
        unmatched=spans.unmatched.any(), coarse=spans.day.max(),
    ).rename(paused_case="case_id")  # fmt: skip
    joined = rows.left_join(found, rows.case_id == found.paused_case)
    joined = joined.mutate(
        paused=ibis.coalesce(joined.paused, 0), unmatched=ibis.coalesce(joined.unmatched, False),
        date_only=ibis.greatest(joined.date_only, ibis.coalesce(joined.coarse, 0)),
    )  # fmt: skip
    if metric.unit == "hours":
        joined = joined.mutate(seconds=joined.seconds - joined.paused)
    return joined


def _worked(metric: Duration, rows: ir.Table, since: endings.Watch | None = None) -> ir.Table:
    """Working days or working seconds between two instants, from running counts looked up by day.

    With `since` the column `age` holds the same up to the last second before the log starts.
    """
    import ibis

    days = _days(metric.calendar).select("day", "ordinal", "working", "calendar_year")
    first = days.rename(first_day="day", first_ordinal="ordinal", first_working="working", first_year="calendar_year")
    last = days.view().rename(last_day="day", last_ordinal="ordinal", last_working="working", last_year="calendar_year")
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

        def worked(ordinal, working, second):
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
    rows = rows if age is None else rows.mutate(age=age.cast("int64"))
    return rows.mutate(total=rows.value)


def _shares(log: EventLog, metric: Share, cases: ir.Table, as_of: int) -> tuple[ir.Table, ir.Column | None]:
    import ibis

    asked = cases.mutate(asked_=conditions.compiled(log, metric.of, cases, as_of))
    population = asked.filter(ibis.coalesce(asked.asked_, True))
    if metric.dated_by:
        population = population.filter(population[metric.dated_by].notnull())
    holds = conditions.compiled(log, metric.condition, population, as_of)
    rows = population.mutate(
        value=ibis.cases((holds, 1), else_=0).cast("int64"), told=holds.notnull() & population.asked_.notnull()
    )
    rows = rows.mutate(
        end=ibis.ifelse(rows.told, ENDED, UNKNOWN).cast("int64"), total=rows.value, date_only=ibis.literal(0, "int64")
    )
    if metric.over == "lines":
        return rows, rows.charged_day
    return rows, local_day(rows[metric.dated_by], log.timezone) if metric.dated_by else None


def local_second(seconds: ir.Column, timezone: str) -> ir.Column:
    """Second of the local day, 0 to 86399."""
    return ((seconds + _shift(seconds, offsets(timezone))) % 86400).cast("int64")


def local_day(seconds: ir.Column, timezone: str) -> ir.Column:
    """Local days since 1970-01-01 of instants given in epoch seconds."""
    return ((seconds + _shift(seconds, offsets(timezone))) // 86400).cast("int32")


def _shift(seconds: ir.Column, steps: tuple[tuple[int, int], ...]) -> ir.Column:
    """The zone's offset as nested comparisons: exact on any engine, a handful of tests deep."""
    import ibis

    if len(steps) == 1:
        return ibis.literal(steps[0][1], "int64")
    middle = len(steps) // 2
    return ibis.ifelse(seconds < steps[middle][0], _shift(seconds, steps[:middle]), _shift(seconds, steps[middle:]))


@cache
def _days(work: str | WorkCalendar) -> ir.Table:
    """Every day with its month, quarter and year, and the running count of working days where it is known."""
    import ibis
    import pyarrow as pa

    dates = np.arange(f"{FIRST_YEAR}-01-01", f"{LAST_YEAR + 1}-01-01", dtype="datetime64[D]")
    day = dates.astype("int64")
    month = dates.astype("datetime64[M]").astype(str)
    year = dates.astype("datetime64[Y]").astype("int64") + 1970
    quarter = [f"{y}-Q{(int(m[5:]) + 2) // 3}" for y, m in zip(year, month, strict=True)]
    known = (calendar(work) if isinstance(work, str) else work).day_table()
    place = np.asarray(known["day"], dtype="int64") - day[0]
    ordinal, working, told = np.zeros_like(day), np.zeros_like(day), np.zeros(len(day), bool)
    ordinal[place], working[place], told[place] = known["ordinal"], known["working"], True
    table = ibis.memtable(
        pa.table(
            {
                "day": pa.array(day, pa.int32()),
                "month": month.tolist(),
                "quarter": quarter,
                "year": year.astype(str).tolist(),
                "calendar_year": pa.array(year),
                "ordinal": pa.array(ordinal),
                "working": pa.array(working),
                "told": pa.array(told),
            }
        )
    )
    # no empty whole numbers in a table from memory: on its way to Spark they would turn into fractions
    empty = ibis.null("int64")
    return table.mutate(
        ordinal=ibis.ifelse(table.told, table.ordinal, empty), working=ibis.ifelse(table.told, table.working, empty)
    )


def periods(period: str) -> ir.Table:
    """Every day (p_day) with the name of its month, quarter or year (p_name)."""
    check_period(period)
    return _days("CN").select(p_day="day", p_name=period)


def _check_calendar(metric: Duration, table) -> None:
    if metric.unit == "hours":
        return
    years = np.unique(table["value"].to_numpy()[table["end"].to_numpy() == NO_CALENDAR]).tolist()
    if years:
        work = calendar(metric.calendar) if isinstance(metric.calendar, str) else metric.calendar
        raise CalendarError(
            f"the official working days of {', '.join(map(str, years))} are not known",
            f"{metric.name}; calendar {work.name} knows {work.first_year} to {work.last_year}",
            "restrict the cases to known years, or supply the year's list: WorkCalendar.with_years(FILE) in Python,"
            " --calendar FILE at the command line (a CSV with date,type; type is holiday_off or makeup_workday)",
        )


def as_of_parts(as_of, timezone: str) -> tuple[int, int]:
    """The last second and the local day that an as-of date stands for: the whole of that day counts."""
    if isinstance(as_of, str):
        try:
            as_of = date.fromisoformat(as_of)
        except ValueError:
            raise LogError(f"as_of {as_of!r} is not a date", "as_of", "write it as 2022-12-31") from None
    if isinstance(as_of, datetime):
        moment = as_of if as_of.tzinfo else as_of.replace(tzinfo=zone(timezone))
        return int(moment.timestamp()), day_number(moment.astimezone(zone(timezone)).date())
    if not isinstance(as_of, date):
        raise LogError(f"as_of {as_of!r} is not a date", "as_of", "give the day up to which the log is complete")
    return last_second(as_of, timezone), day_number(as_of)
