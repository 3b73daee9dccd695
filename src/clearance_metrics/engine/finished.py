"""Cases that reached both ends of a clock, with their groups and the period of their end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.metrics import Condition, condition_columns
from ..domain.sql import name, some
from . import conditions
from .asking import noted_clock
from .case_rows import DAY_SUFFIX
from .days import in_window, known_date, local_day, period_of, within_years
from .query import Query
from .standing import Timed
from .values import check_values

if TYPE_CHECKING:
    from .log import EventLog

EXACT = "DECIMAL(18, 0)"  # whole seconds, whose squares no integer of 64 bits holds


def finished(
    log: EventLog,
    milestones: tuple[str, ...],
    as_of: AsOf,
    where: Condition,
    by: tuple[str, ...],
    between: Between | None = None,
    either: bool = False,
) -> Query:
    """The cases that have the first and the last of these milestones: these, whether
    they are known to the day only, and the groups as by_0, by_1… `between` keeps those whose last
    lies within. With `either`, the cases that have one of the two as well.
    """
    needed = frozenset({*milestones, *by, *condition_columns(where)})
    check_values(log, where)
    noted_clock(log, Timed(milestones[0], milestones[-1], where, as_of))
    cases = log.case_table(needed, as_of.second, conditions.narrowed(log, where))
    ends = [f"{name(end)} IS NOT NULL" for end in (milestones[0], milestones[-1])]
    tests = [some(ends)] if either else ends
    if where:
        tests.append(conditions.compiled(log, where, cases, as_of.second))
    if between is not None:
        day = local_day(name(milestones[-1]), log.shifts)
        inside = in_window(day, between, within_years(log.shifts, as_of))
        tests.append(some([f"{name(milestones[-1])} IS NULL", inside]) if either else inside)
    flags = [m + DAY_SUFFIX for m in milestones if m in log.date_only]
    groups = {f"by_{i}": name(group) for i, group in enumerate(by)}
    step = "begun_or_done" if either else "finished"
    return cases.then(step, groups, keep=["case_id", *milestones, *flags], where=tests)


def in_periods(log: EventLog, rows: Query, time: str, period: str | None, as_of: AsOf) -> Query:
    """The rows with the `period` that a time of theirs falls into; as they are where none is asked
    for.
    """
    if period is None:
        return rows
    day = known_date(local_day(time, log.shifts), within_years(log.shifts, as_of))
    dated = rows.then("dated", {"day_": day}, kinds={"day_": "date"})
    return dated.then("in_periods", {"period": period_of("day_", period)}, keep=rows.columns)


def grouped_by(rows: Query) -> list[str]:
    """The columns that rows of `finished` are grouped by."""
    return [column for column in rows.columns if column.startswith("by_") or column == "period"]


def products(parts: Iterable[str], whole: str = "whole") -> dict[str, str]:
    """Sums of the squares of some columns, of the whole, and of the products of each with the
    whole, as exact numbers: no integer of 64 bits holds them.
    """
    parts = tuple(parts)
    pairs = (*((p, p) for p in parts), *((p, whole) for p in (*parts, whole)))
    exact = "CAST({} AS " + EXACT + ")"
    return {
        f"{a}_by_{b}": f"CAST(sum({exact.format(a)} * {exact.format(b)}) AS DECIMAL(38, 0))"
        for a, b in pairs
    }
