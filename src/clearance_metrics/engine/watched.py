"""When a clock's cases began and were last seen, by day, as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain.metrics import Duration
from ..domain.sql import name
from . import conditions, endings
from .days import local_day
from .query import Query

if TYPE_CHECKING:
    from .log import EventLog


def watched(log: EventLog, metric: Duration, as_of: int, since: endings.Watch | None) -> Query:
    """The clock's cases: `begun`, `done` (of an open case `as_of`), and whether it is `open`.

    With `since`, those that ended by then are left out: they were over before the log starts.
    """
    begun, kinds = name(metric.start), {"open": "boolean"}
    cases = log.case_table(metric.needs, as_of, conditions.narrowed(log, metric.population))
    over = endings.first_end(metric, cases)
    told = {
        "begun": begun,
        "done": f"coalesce({over.time}, {as_of})",
        "open": f"{over.time} IS NULL",
    }
    tests = [f"{begun} IS NOT NULL"]
    if metric.where:
        tests.append(conditions.compiled(log, metric.where, over.cases, as_of))
    rows = over.cases.then("began", told, kinds=kinds, keep=(), where=tests)
    lasting = [] if log.is_signed(metric) else ["done >= begun"]
    lasting += [] if since is None else [f"done > {since.second}"]
    return rows.then("watched", where=lasting) if lasting else rows


def count_days(log: EventLog, rows: Query) -> Query:
    """What `watched` gave by the day that cases began: how many, how many are open, the first and
    the last beginning, the first end, and the longest time.
    """
    sums = {
        "n": "count(*)",
        "open": "count(*) FILTER (WHERE open)",
        "first": "min(begun)",
        "last": "max(begun)",
        "ended": "min(done)",
        "longest": "max(done - begun)",
    }
    return rows.then("by_day", {"day": local_day("begun", log.shifts)}).grouped(
        "days", ["day"], sums
    )


def glance(rows: Query, cases: int) -> Query:
    """The first end and the last beginning among some of the cases."""
    sums = {"ended": "min(done)", "last": "max(begun)"}
    return rows.then("some_cases", limit=cases).grouped("glance", (), sums)
