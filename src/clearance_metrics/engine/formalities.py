"""From the first formal step of a case to its last clearance, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..domain.ends import BACKWARDS, CUSTOMS_LONGER, ENDED, NOT_CLEARED, OPEN, UNKNOWN
from ..domain.instants import dated
from ..domain.metrics import Formalities
from ..domain.sql import every, name, some, when
from . import conditions
from .days import local_day
from .query import Query

if TYPE_CHECKING:
    from .log import EventLog

HALF = 43200


def earliest(milestones: Sequence[str]) -> str:
    """The earliest of some times, of which the first is there."""
    return _of("least", milestones)


def latest(milestones: Sequence[str]) -> str:
    """The latest of some times, of which the first is there."""
    return _of("greatest", milestones)


def _of(which: str, milestones: Sequence[str]) -> str:
    first, *others = map(name, milestones)
    if not others:
        return first
    return f"{which}({', '.join([first, *(f'coalesce({m}, {first})' for m in others)])})"


def formalities(
    log: EventLog, metric: Formalities, cases: Query, as_of: int
) -> tuple[Query, str, dict[str, str]]:
    """A row per case that began: its seconds, the day of its last clearance as SQL, and what its
    columns are worth in a tally.
    """
    starts = tuple(m for m in metric.starts if m in cases.columns)
    stops = tuple(m for m in metric.stops if m in cases.columns)
    declared, released = name(starts[0]), name(stops[0])
    told, known = {}, []
    if metric.where:
        told = {"asked_": conditions.compiled(log, metric.population, cases, as_of)}
        known = ["asked_ IS NULL"]
    there = some(f"{name(m)} IS NOT NULL" for m in (*starts, stops[0]))
    asked = cases.then("asked", told, kinds={"asked_": "boolean"})
    kept = [there, *(["coalesce(asked_, TRUE)"] if metric.where else [])]
    ends = {"begun_": earliest(starts), "done_": latest(stops)}
    clocked = asked.then("clocked", ends, where=kept)
    flags = _coarse(clocked, "begun_", starts), _coarse(clocked, "done_", stops)
    coarse = some(flag for flag in flags if flag != "FALSE")
    alone = dated(clocked.columns, starts[0], stops[0])
    spans = {
        "seconds": _span(log, "begun_", "done_", coarse),
        "alone_": _span(log, declared, released, alone),
        "date_only": "0" if coarse == "FALSE" else when((coarse, 1), otherwise=0),
    }
    timed = clocked.then("timed", spans)
    end = when(
        (f"{released} IS NULL", NOT_CLEARED),
        *((test, UNKNOWN) for test in [f"{declared} IS NULL", *known]),
        ("seconds < 0 OR alone_ < 0", BACKWARDS),
        ("alone_ > seconds", CUSTOMS_LONGER),
        otherwise=ENDED,
    )
    rows = timed.then("formalities", {"end": end})
    worth = {"value": when((f'"end" <= {OPEN}', 0), otherwise="seconds")}
    day = when((f'"end" <> {NOT_CLEARED}', local_day("done_", log.shifts)))
    return rows, day, worth


def _coarse(rows: Query, end: str, milestones: Sequence[str]) -> str:
    """Whether an end is one of the milestones that is known to the day only."""
    tests = []
    for milestone in milestones:
        flag = dated(rows.columns, milestone)
        if flag != "FALSE":
            tests.append(f"coalesce({every([f'{name(milestone)} = {end}', flag])}, FALSE)")
    return some(tests) if tests else "FALSE"


def _span(log: EventLog, begin: str, finish: str, coarse: str) -> str:
    """Seconds from one to the other; half a day where dates can tell no more than one day."""
    if coarse == "FALSE":
        return f"{finish} - {begin}"
    same = f"{local_day(begin, log.shifts)} = {local_day(finish, log.shifts)}"
    return when((every([coarse, same]), HALF), otherwise=f"{finish} - {begin}")
