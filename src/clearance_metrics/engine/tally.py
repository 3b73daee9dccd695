"""The waist: a definition and a log become one engine query, and its answer a small exact tally.

The engine only takes minima and maxima, subtracts and compares whole numbers, joins and counts;
every number that needs more is made from the tally. This is the only module that asks an engine
about values.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import load_calendar
from ..domain.ends import ENDED, NO_CALENDAR, UNKNOWN
from ..domain.instants import FRACTION
from ..domain.metrics import (
    Deferral,
    Duration,
    Fee,
    Flag,
    Formalities,
    Metric,
    Share,
    needed_by,
)
from ..domain.sql import every, name, when, whole
from ..errors import CalendarError, LogError
from . import conditions
from .asking import counted_cells, noted_clock
from .case_rows import DAY_SUFFIX
from .cells import SUMS, Cell, array_of, cells_of, check_period
from .clocks import durations
from .days import in_window, known_date, local_day, period_of, within_years
from .query import KINDS, Query
from .standing import Timed
from .values import check_values

if TYPE_CHECKING:
    import pyarrow as pa

    from .log import EventLog

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
        "weight",
        *("asked_", "finish_", "coarse_", "unsure_", "way_", "after_", "lead_", "early_", "first_"),
        *("allowed_", "holds_", "day_", "each_", "reached_", "begun_", "left_", "kind_"),
        *("began_day", "left_day", "paid_", "worth_", "squared_"),
        *("done_", "alone_"),
    }
)
# what a case's date is needed for
DATED = {
    "cluster": "cluster cases by",
    "period": "put cases into periods by",
    "between": "keep cases of some days by",
}
# what a finding must be able to name of a case or charge line, beside its value
# of a clock with limits by group: the limit of a case, and the day on which it began
ALLOWED = ("allowed_", "start_day")
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
    "limit_fen",
    "waived",
    "quantity",
    "tariff_line",
    "entry",
    "paid_",
    "worth_",
    "squared_",
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
    between: Between | None = None,
    aside: bool = False,
) -> tuple[Cell, ...]:
    """One engine query; cells come sorted by group and period.

    CalendarError if a
    working-day clock meets a year whose official days are not known, LogError if the metric is
    about a value of a column that no case has. `aside` as of `rows_of`.
    """
    check_values(log, metric.population)
    rows = outcomes(
        log,
        metric,
        as_of=as_of,
        by=by,
        period=period,
        cluster=cluster,
        tariff=tariff,
        between=between,
    )
    table = log.rows_of(counted(rows), aside)
    check(metric, table)
    cells = cells_of(table, len(by), period, money_of(log, metric))
    counted_cells(int(cell.n.sum()) for cell in cells)
    return cells


def counted(rows: Query) -> Query:
    """What `outcomes` gave, a row per distinct outcome: n cases, their exact total, how many are
    timed to the day.
    """
    keys = [c for c in rows.columns if c.startswith("by_") or c in KEYS]
    summed = [c for c in ("total", "date_only", *SUMS) if c in rows.columns]
    sums = {"n": "count(*)"} | {c: whole(f"sum({c})") for c in summed}
    # what follows from value and n is not summed case by case: on many cases that is a third of the
    # work
    plain = {"total": "count(*) * value", "date_only": "0"}
    sums |= {c: whole(text) for c, text in plain.items() if c not in summed}
    return rows.grouped("counted", keys, sums)


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
    between: Between | None = None,
) -> Query:
    """One row per case (or charge line) that the metric is about: value, end, and the group
    columns.

    `total` stands beside a value that was rounded, `date_only` where some times are known to the
    day only. `between` keeps those dated within.
    """
    check_period(period)
    check_columns(log, metric.needs | needed_by(by) | {cluster})
    # the day that dates a case may be the cluster: it is no column
    column = None if cluster == "day" and "day" not in log.columns else cluster
    names = tuple(f.name if isinstance(f, Flag) else f for f in by)
    worth: dict[str, str] = {}
    sure = False
    # the one place where the kind of a metric decides: here it becomes its query
    match metric:
        case Fee():
            from . import charges

            rows, day = charges.fee_rows(
                log, metric, as_of=as_of, by=names, cluster=column, tariff=tariff
            )
        case Share(over="lines"):
            from . import charges

            keys = (*names, *({column} if column else ()))
            lines = charges.lines_with(log, metric, as_of, keys)
            rows, day = shares(log, metric, lines, as_of.second)
        case Duration():
            noted_clock(log, Timed.of(log, metric, as_of))
            cases = _cases(log, metric, by, column, as_of.second)
            rows, day, worth = durations(
                log, metric, cases, as_of.second, keep_open=period is not None
            )
            sure = within_years(log.shifts, as_of)
        case Deferral():
            from .deferrals import deferrals

            cases = _cases(log, metric, by, column, as_of.second)
            rows, day = deferrals(log, metric, cases, as_of.second)
        case Formalities():
            from .formalities import formalities

            cases = _cases(log, metric, by, column, as_of.second)
            rows, day, worth = formalities(log, metric, cases, as_of.second)
        case Share():
            # a case that begins later plays no part, unless it counts without any date
            every_case = not metric.dated_by
            cases = _cases(log, metric, by, column, as_of.second, every_case=every_case)
            rows, day = shares(log, metric, cases, as_of.second)
    if between is not None:
        rows = rows.then(
            "in_window", where=[in_window(_day(day, metric, "between"), between, sure)]
        )
    return _dated(rows, day, metric, names, period, cluster, worth, sure)


def check_columns(log: EventLog, needed: frozenset[str | None]) -> None:
    """LogError for a case column that a query would take for one of its own, or cannot read.

    Engines make no difference between upper and lower case.
    """
    kinds = {} if log.cases_table is None else log.cases_table.columns
    for column in sorted(needed.intersection(log.columns) - {None}):
        low = str(column).lower()
        flag = low.removesuffix(DAY_SUFFIX).removesuffix(FRACTION)
        clash = low in log.milestones and column not in log.milestones
        if low in OWN or clash or (flag != low and flag in log.milestones):
            raise LogError(
                f"a case column is called {column!r}, as one of our own",
                str(column),
                f"rename it, to my_{column} say",
            )
        if kinds.get(str(column), "text") not in KINDS:
            what = (
                f"column {column!r} holds {kinds[str(column)]}, by which nothing can be told apart"
            )
            raise LogError(what, str(column), "make it text, a number or true and false")


def _cases(
    log: EventLog,
    metric: Metric,
    by: tuple[str | Flag, ...],
    column: str | None,
    second: int,
    every_case: bool = False,
) -> Query:
    """A row per case of the population as it was known at that second, flags worked out."""
    beside = metric.also_reads & log.milestones
    needed = metric.needs | beside | needed_by(by) | ({column} if column else set())
    some = conditions.narrowed(log, metric.population)
    cases = log.case_table(needed, second, some, every_case)
    flags = {
        f.name: conditions.compiled(log, f.condition, cases, second)
        for f in by
        if isinstance(f, Flag)
    }
    return cases.then("flagged", flags, kinds=dict.fromkeys(flags, "boolean")) if flags else cases


def _dated(
    rows: Query,
    day: str | None,
    metric: Metric,
    by: tuple[str, ...],
    period: str | None,
    cluster: str | None,
    worth: Mapping[str, str],
    sure: bool,
) -> Query:
    """Only the columns of a tally, under its names, with the period each row falls into."""
    by_day = cluster == "day" and "day" not in rows.columns
    if by_day or period is not None:
        day = _day(day, metric, "cluster" if by_day else "period")
    kept = (*KEPT, *(ALLOWED if getattr(metric, "allowance", None) else ()))
    told = {c: name(c) for c in ("value", "end", "total", "date_only", *kept) if c in rows.columns}
    told |= worth
    told |= {f"by_{i}": name(group) for i, group in enumerate(by)}
    if cluster:
        told["cluster"] = str(day) if by_day else name(cluster)
    each = metric.distinct
    told |= {"each_": name(each)} if each else {}
    told |= {"day_": known_date(str(day), sure)} if period is not None else {}
    found = rows.then("outcomes", told, kinds={"day_": "date"}, keep=())
    if period is not None:
        found = found.then(
            "dated", {"period": period_of("day_", period)}, keep=[c for c in told if c != "day_"]
        )
    return _per_value(found) if each else found


def _day(day: str | None, metric: Metric, asked: str) -> str:
    """The day that dates a case as SQL; LogError where the metric has none to do as asked."""
    if day is None:
        what = f"{metric.name} has no date to {DATED[asked]}"
        raise LogError(what, asked, "give the Share a dated_by")
    return day


def _per_value(rows: Query) -> Query:
    """A row per value of the counted column (and group and period): it counts if any of its told
    cases does.
    """
    told = rows.then("told", where=[f'"end" = {ENDED}', "each_ IS NOT NULL"])
    keys = [c for c in told.columns if c.startswith("by_") or c in ("each_", "period", "cluster")]
    return told.grouped("per_value", keys, {"value": "max(value)", "end": 'max("end")'})


def shares(log: EventLog, metric: Share, cases: Query, as_of: int) -> tuple[Query, str | None]:
    """A row per case or line of the population: 1 where the condition holds, and the day that dates
    it as SQL.
    """
    kinds = {"asked_": "boolean", "holds_": "boolean"}
    told = {"holds_": conditions.compiled(log, metric.condition, cases, as_of)}
    kept = [f"{name(metric.dated_by)} IS NOT NULL"] if metric.dated_by else []
    known = ["holds_ IS NOT NULL"]
    if metric.of:
        cases = cases.then(
            "asked", {"asked_": conditions.compiled(log, metric.of, cases, as_of)}, kinds=kinds
        )
        kept.append("coalesce(asked_, TRUE)")
        known.append("asked_ IS NOT NULL")
    held = cases.then("held", told, kinds=kinds, where=kept)
    ends = {
        "value": when(("holds_", 1), otherwise=0),
        "end": when((every(known), ENDED), otherwise=UNKNOWN),
    }
    rows = held.then("shares", ends)
    if metric.over == "lines":
        return rows, "charged_day"
    return rows, local_day(name(metric.dated_by), log.shifts) if metric.dated_by else None


def _check_calendar(metric: Metric, table: pa.Table) -> None:
    if metric.unit == "hours":
        return
    years = np.unique(array_of(table["value"])[array_of(table["end"]) == NO_CALENDAR]).tolist()
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
