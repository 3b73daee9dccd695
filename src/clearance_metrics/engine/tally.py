"""The waist: a definition and a log become one engine query, and its answer a small exact tally.

The engine only takes minima and maxima, subtracts and compares whole numbers, joins and counts;
every number that needs more is made from the tally. This is the only module that asks an engine
about values.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ..domain.as_of import AsOf
from ..domain.calendars import load_calendar
from ..domain.ends import ENDED, NO_CALENDAR, UNKNOWN
from ..domain.metrics import Duration, Fee, Flag, Metric, Share, needed_by
from ..domain.zones import LAST_YEAR, day_number
from ..errors import CalendarError, LogError
from . import conditions
from .cells import PERIODS, Cell, cells_of, check_period
from .clocks import durations
from .days import local_day
from .log import EventLog

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

KEYS = ("cluster", "period", "weight", "currency", "entry", "value", "end")
# names that rows of cases get on the way to a tally
OWN = frozenset(
    {
        "value",
        "end",
        "total",
        "date_only",
        "seconds",
        "ended",
        "year",
        "start_day",
        "finish_day",
        "start_second",
        "finish_second",
        "entry",
        "age",
        "told",
        "paused",
        "unmatched",
        "coarse",
    }
)
# what a finding must be able to name of a case or charge line, beside its value
KEPT = (
    "weight",
    "currency",
    "line_id",
    "case_id",
    "item",
    "port",
    "bill",
    "charged_day",
    "amount_fen",
    "rule",
    "rate",
    "tariff_line",
    "entry",
)


def tally(
    log: EventLog,
    metric: Metric,
    *,
    as_of: AsOf,
    by: tuple[str | Flag, ...] = (),
    period: str | None = None,
    cluster: str | None = None,
    tariff: Mapping = MappingProxyType({}),
) -> tuple[Cell, ...]:
    """One engine query; cells come sorted by group and period.

    CalendarError if a
    working-day clock meets a year whose official days are not known.
    """
    rows = outcomes(
        log,
        metric,
        as_of=as_of,
        by=by,
        period=period,
        cluster=cluster,
        tariff=tariff,
    )
    table = log.rows_of(counted(rows), nested=log.small)
    check(metric, table)
    return cells_of(table, len(by), period, money_of(log, metric))


def counted(rows: ir.Table) -> ir.Table:
    """What `outcomes` gave, a row per distinct outcome: n cases, their exact total, how many are
    timed to the day.
    """
    import ibis

    keys = [c for c in rows.columns if c.startswith("by_") or c in KEYS]
    summed = {c: rows[c].sum().cast("int64") for c in ("total", "date_only") if c in rows.columns}
    table = rows.group_by(keys).agg(n=rows.count().cast("int64"), **summed)
    # what follows from value and n is not summed case by case: on many cases that is a third of the
    # work
    plain = {"total": table.n * table.value, "date_only": ibis.literal(0, "int64")}
    table = table.mutate(**{c: column for c, column in plain.items() if c not in summed})
    return table.select(*keys, "n", "total", "date_only")


def money_of(log: EventLog, metric: Metric) -> str | None:
    """The currency of a metric's values, None where they are no money or the log does not tell."""
    if metric.kind != "fee":
        return None
    from . import charges

    return charges.currency_of(log, metric)


def check(metric: Metric, table: pa.Table) -> None:
    """What a tally cannot carry: years without official working days."""
    if metric.is_time:
        _check_calendar(metric, table)


def outcomes(
    log: EventLog,
    metric: Metric,
    *,
    as_of: AsOf,
    by: tuple[str | Flag, ...] = (),
    period: str | None = None,
    cluster: str | None = None,
    tariff: Mapping = MappingProxyType({}),
) -> ir.Table:
    """One row per case (or charge line) that the metric is about: value, end, and the group
    columns.

    `total` stands beside a value that was rounded, `date_only` where some times are known to the
    day only.
    """
    from . import charges  # it loads Ibis, which the import of this module does not

    check_period(period)
    for name in sorted(OWN.intersection(log.columns)):
        if name in metric.needs | needed_by(by) | {cluster}:
            raise LogError(
                f"a case column is called {name!r}, as one of our own",
                name,
                f"rename it, to my_{name} say",
            )
    # the day that dates a case may be the cluster: it is no column
    column = None if cluster == "day" and "day" not in log.columns else cluster
    names = tuple(f.name if isinstance(f, Flag) else f for f in by)
    # the one place where the kind of a metric decides: here it becomes its query
    match metric:
        case Fee():
            rows, day = charges.fee_rows(
                log, metric, as_of=as_of, by=names, cluster=column, tariff=tariff
            )
        case Share(over="lines"):
            keys = (*names, *({column} if column else ()))
            lines = charges.lines_with(log, metric, as_of, keys)
            rows, day = _shares(log, metric, lines, as_of.second)
        case Duration():
            cases = _cases(log, metric, by, column, as_of.second, as_of.second)
            rows, day = durations(log, metric, cases, as_of.second, keep_open=period is not None)
        case Share():
            # a case that begins later plays no part, unless it counts without any date
            until = as_of.second if metric.dated_by else None
            cases = _cases(log, metric, by, column, as_of.second, until)
            rows, day = _shares(log, metric, cases, as_of.second)
    return _dated(rows, day, metric, names, period, cluster)


def _cases(
    log: EventLog,
    metric: Metric,
    by: tuple[str | Flag, ...],
    column: str | None,
    second: int,
    until: int | None,
) -> ir.Table:
    """A row per case of the population as it was known at that second, flags worked out."""
    needed = metric.needs | needed_by(by) | ({column} if column else set())
    table = conditions.narrowed(log.case_table(needed, until), metric.population)
    cases = conditions.known_at(log, table, needed, second)
    flags = {
        f.name: conditions.compiled(log, f.condition, cases, second)
        for f in by
        if isinstance(f, Flag)
    }
    return cases.mutate(**flags)


def _dated(
    rows: ir.Table,
    day: ir.Column | None,
    metric: Metric,
    by: tuple[str, ...],
    period: str | None,
    cluster: str | None,
) -> ir.Table:
    """Only the columns of a tally, under its names, with the period each row falls into."""
    if cluster == "day" and "day" not in rows.columns:
        if day is None:
            raise LogError(
                f"{metric.name} has no date to cluster cases by",
                "cluster",
                "give the Share a dated_by",
            )
        rows = rows.mutate(day=day)
        day = rows.day
    columns = {"value": rows.value, "end": rows.end}
    columns |= {c: rows[c] for c in ("total", "date_only", *KEPT) if c in rows.columns}
    columns |= {f"by_{i}": rows[name] for i, name in enumerate(by)}
    columns |= {"cluster": rows[cluster]} if cluster else {}
    each = metric.distinct
    if each:
        columns["each_"] = rows[each]
    if period is None:
        return _per_value(rows.select(**columns)) if each else rows.select(**columns)
    if day is None:
        raise LogError(
            f"{metric.name} has no date to put cases into periods by",
            "period",
            "give the Share a dated_by",
        )
    dated = _with_months(rows.select(**columns, day_=day))
    dated = dated.mutate(period=(dated.month_ // PERIODS[period]).cast("int32")).drop(
        "day_", "march_", "month_"
    )
    return _per_value(dated) if each else dated


def _with_months(rows: ir.Table) -> ir.Table:
    """Beside day_ the months since January 1970; empty outside the years that days are known of.

    Counted from March 1968 on, where each four years of 1461 days begin; no century breaks the rule
    until 2100.
    """
    import ibis

    known = rows.day_.between(0, day_number(date(LAST_YEAR + 1, 1, 1)) - 1)
    rows = rows.mutate(day_=ibis.ifelse(known, rows.day_.cast("int64"), ibis.null("int64")) + 671)
    rows = rows.mutate(march_=(4 * rows.day_ + 3) // 1461)
    return rows.mutate(
        month_=12 * rows.march_ + (5 * (rows.day_ - 1461 * rows.march_ // 4) + 2) // 153 - 22
    )


def _per_value(rows: ir.Table) -> ir.Table:
    """A row per value of the counted column (and group and period): it counts if any of its told
    cases does.
    """
    told = rows.filter(rows.end == ENDED, rows.each_.notnull())
    keys = [c for c in told.columns if c.startswith("by_") or c in ("each_", "period", "cluster")]
    return told.group_by(keys).agg(
        value=told.value.max().cast("int64"), end=told.end.max().cast("int64")
    )


def _shares(
    log: EventLog, metric: Share, cases: ir.Table, as_of: int
) -> tuple[ir.Table, ir.Column | None]:
    import ibis

    asked = cases.mutate(asked_=conditions.compiled(log, metric.of, cases, as_of))
    population = asked.filter(ibis.coalesce(asked.asked_, True))
    if metric.dated_by:
        population = population.filter(population[metric.dated_by].notnull())
    holds = conditions.compiled(log, metric.condition, population, as_of)
    rows = population.mutate(
        value=ibis.cases((holds, 1), else_=0).cast("int64"),
        told=holds.notnull() & population.asked_.notnull(),
    )
    rows = rows.mutate(end=ibis.ifelse(rows.told, ENDED, UNKNOWN).cast("int64"))
    if metric.over == "lines":
        return rows, rows.charged_day
    return rows, local_day(rows[metric.dated_by], log.shifts) if metric.dated_by else None


def _check_calendar(metric: Metric, table: pa.Table) -> None:
    if metric.unit == "hours":
        return
    years = np.unique(table["value"].to_numpy()[table["end"].to_numpy() == NO_CALENDAR]).tolist()
    if years:
        work = (
            load_calendar(metric.calendar) if isinstance(metric.calendar, str) else metric.calendar
        )
        raise CalendarError(
            f"the official working days of {', '.join(map(str, years))} are not known",
            f"{metric.name}; calendar {work.name} knows {work.first_year} to {work.last_year}",
            "restrict the cases to known years, or supply the year's list:"
            " WorkCalendar.with_years(FILE) in Python, --calendar FILE at the command line (a CSV"
            " with date,type; type is holiday_off or makeup_workday)",
        )


__all__ = ["money_of", "check", "counted", "outcomes", "tally"]
