"""A Duration's cases as rows: value and end, in hours, working days or working hours, pauses taken
off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain.ends import BACKWARDS, ENDED, NO_CALENDAR, OPEN, UNKNOWN
from ..domain.instants import dated, elapsed, fraction
from ..domain.metrics import Duration
from ..domain.sql import every, floored, name, some, value, when
from ..errors import LogError, closest
from . import conditions, endings
from .days import local_day, local_second
from .pauses import paused
from .query import Query
from .worked import worked

if TYPE_CHECKING:
    from .log import EventLog


def durations(
    log: EventLog, metric: Duration, cases: Query, as_of: int, keep_open: bool
) -> tuple[Query, str, dict[str, str]]:
    """The rows of a clock, and as SQL the day that dates them and what they are worth."""
    for end in (metric.start, metric.stop):
        if end in log.columns and end not in log.milestones:
            known = closest(end, sorted(log.milestones))
            raise LogError(f"{end!r} is an attribute of cases, no milestone", "clock", known)
    since = endings.watch(metric, log.timezone, as_of)
    rows = _timed(log, metric, _asked(log, metric, cases, as_of), as_of)
    if metric.pause:
        rows = paused(log, metric, rows, as_of)
    rows = _valued(log, metric, rows, since)
    rows = _judged(log, metric, rows)
    if since is not None:
        rows = endings.late(rows, metric.start, since)
    worth = _worth(metric, rows)
    if metric.dated_by == "start":
        return rows, local_day(name(metric.start), log.shifts), worth
    # dated by their end, open cases belong to no period: they are kept beside the periods, to be
    # counted
    day = local_day("finish_", log.shifts)
    if keep_open:
        return rows, when((f'"end" <> {OPEN}', day)), worth
    return rows.then("ended_cases", where=[f'"end" <> {OPEN}']), day, worth


def _asked(log: EventLog, metric: Duration, cases: Query, as_of: int) -> Query:
    """Whether each case is asked for, when it ended, and how: an open one at `as_of`."""
    asked = conditions.compiled(log, metric.where, cases, as_of)
    over = endings.first_end(metric, cases)
    told = {"asked_": asked} if metric.where else {}
    told |= {"finish_": f"coalesce({over.time}, {as_of})", "ended": f"{over.time} IS NOT NULL"}
    told |= {"coarse_": over.date_only} if over.date_only else {}
    told |= {"unsure_": over.unsure} if over.unsure else {}
    told |= {"way_": over.code} if metric.other_ends else {}
    told |= {"after_": over.fraction} if _exact(log, metric) else {}
    kinds = dict.fromkeys(("asked_", "ended", "coarse_", "unsure_"), "boolean")
    return over.cases.then("asked", told, kinds=kinds)


def _exact(log: EventLog, metric: Duration) -> bool:
    """Whether the log knows an end of the clock more finely than to the second."""
    return bool(log.fractions & {metric.start, metric.stop, *metric.other_ends})


def _timed(log: EventLog, metric: Duration, asked: Query, as_of: int) -> Query:
    """The cases that began, and the seconds that passed; only the columns that the unit needs."""
    begin, exact, signed = name(metric.start), _exact(log, metric), log.is_signed(metric)
    # a case of which the condition cannot be told is kept, to be counted as left out
    kept = [f"{begin} IS NOT NULL", *(["coalesce(asked_, TRUE)"] if metric.where else [])]
    flags = [f for f in (dated(asked.columns, metric.start),) if f != "FALSE"]
    flags += ["coarse_"] if "coarse_" in asked.columns else []
    coarse = some(flags)
    seconds = f"finish_ - {begin}"
    if flags and not signed:
        seconds = elapsed(begin, "finish_", coarse, log.shifts)
    told, kinds = {"seconds": seconds}, {"early_": "boolean"}
    begun_second = ""
    if exact:
        # the tally has whole seconds: one that is begun counts, so that nothing beyond a limit by a
        # fraction lies within it; order is told by the fractions
        sure = every(["ended", *([f"NOT ({coarse})"] if flags else [])])
        asked = asked.then(
            "in_order",
            {
                "lead_": when(
                    (sure, f"after_ - {fraction(asked.columns, metric.start)}"), otherwise=0
                )
            },
        )
        begun_second = f" + {when(('lead_ > 0', 1), otherwise=0)}"
        told["seconds"] = f"{seconds}{begun_second}"
        if not signed:
            told["early_"] = some([f"{seconds} < 0", f"({seconds} = 0 AND lead_ < 0)"])
    if flags or metric.pause:
        told["date_only"] = when((coarse, 1), otherwise=0) if flags else "0"
    if metric.unit != "hours":
        told["start_day"] = local_day(begin, log.shifts)
        told["finish_day"] = local_day("finish_", log.shifts)
    if metric.unit == "working_hours":
        told["start_second"] = local_second(begin, log.shifts)
        told["finish_second"] = local_second("finish_", log.shifts) + begun_second
    return asked.then("timed", told, kinds=kinds, where=kept)


def _valued(log: EventLog, metric: Duration, rows: Query, since: endings.Watch | None) -> Query:
    """The value in the unit of the metric, less what is allowed, and with `since` the age at which
    the log starts.
    """
    if metric.unit != "hours":
        rows = worked(metric, rows, since, signed=log.is_signed(metric))
    else:
        told = {}
        if metric.resolution == "minute":
            minutes = floored("seconds", 60) if log.is_signed(metric) else "seconds // 60"
            told = {"value": minutes, "total": "seconds"}
        elif since is not None or metric.allowance:
            told = {"value": "seconds"}
        if since is not None:
            age = f"{since.second} - {name(metric.start)}"
            told["age"] = f"({age}) // 60" if metric.resolution == "minute" else age
        rows = rows.then("valued", told) if told else rows
    if not metric.allowance:
        return rows
    column, allowed = metric.allowance
    fits = when(*((f"{name(column)} = {value(key)}", days) for key, days in allowed.items()))
    rows = rows.then("allowed", {"allowed_": fits})
    told = {c: f"{c} - coalesce(allowed_, 0)" for c in ("value", "age") if c in rows.columns}
    return rows.then("in_excess", told)


def _judged(log: EventLog, metric: Duration, rows: Query) -> Query:
    """How each case stands in the tally: only the tests that this clock can fail."""
    unknown = ["asked_ IS NULL"] if metric.where else []
    unknown += ["coalesce(unsure_, FALSE)"] if "unsure_" in rows.columns else []
    unknown += ["unmatched"] if metric.pause else []
    unknown += ["allowed_ IS NULL"] if metric.allowance else []
    tests: list[tuple[str, object]] = []
    tests += [] if metric.unit == "hours" else [("value IS NULL", NO_CALENDAR)]
    if not log.is_signed(metric):
        tests += [("early_" if "early_" in rows.columns else "seconds < 0", BACKWARDS)]
    tests += [(some(unknown), UNKNOWN)] if unknown else []
    tests += [("ended", "way_" if metric.other_ends else ENDED)]
    return rows.then("judged", {"end": when(*tests, otherwise=OPEN)})


def _worth(metric: Duration, rows: Query) -> dict[str, str]:
    """One row per kind of left-out case: its value does not matter, but a missing year is named."""
    left_out: list[tuple[str, object]] = [(f'"end" < {OPEN}', 0)]
    years = [] if metric.unit == "hours" else [(f'"end" = {NO_CALENDAR}', "year")]
    own = "value" if "value" in rows.columns else "seconds"
    told = {"value": when(*years, *left_out, otherwise=own)}
    if "total" in rows.columns:
        told["total"] = when(*left_out, otherwise="total")
    return told
