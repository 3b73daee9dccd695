"""How the cases of a clock stand of which none can be timed: they run backwards, are open, or have
no start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.as_of import AsOf
from ..domain.metrics import Condition, Duration, condition_columns
from ..domain.sql import every, name, some, value, when
from . import conditions
from .query import Query
from .refusals import MissingColumn

if TYPE_CHECKING:
    from .log import EventLog

DONE, BACKWARDS, OPEN, NO_START = "done", "backwards", "open", "no_start"
WRONG = (BACKWARDS, OPEN, NO_START)
# a clock's start and stop, and how many of its cases stand how (None where that is withheld)
Standing = tuple[str, str, tuple[tuple[str, int | None], ...]]


@dataclass(frozen=True)
class Timed:
    """A clock as it was asked about: from `start` to `stop`, or another end, of some cases."""

    start: str
    stop: str
    where: Condition
    as_of: AsOf
    other_ends: tuple[str, ...] = ()
    signed: bool = False

    @classmethod
    def of(cls, log: EventLog, clock: Duration, as_of: AsOf) -> Timed:
        """A clock of the log."""
        signed = log.is_signed(clock)
        ends = tuple(clock.other_ends)
        return cls(clock.start, clock.stop, clock.population, as_of, ends, signed)


def count_standing(log: EventLog, clock: Timed) -> Query:
    """How many cases with an end of the clock have both, one that lies before the other, or one.

    A case that another end than the stop has ended is done.
    """
    start, stop = name(clock.start), name(clock.stop)
    ends = (clock.stop, *clock.other_ends)
    needed = frozenset({clock.start, *ends, *condition_columns(clock.where)})
    cases = log.case_table(needed, clock.as_of.second, conditions.narrowed(log, clock.where))
    tests = [some(f"{name(end)} IS NOT NULL" for end in (clock.start, *ends))]
    if clock.where:
        tests.append(conditions.compiled(log, clock.where, cases, clock.as_of.second))
    told = [
        (f"{start} IS NULL", value(NO_START)),
        (every(f"{name(end)} IS NULL" for end in ends), value(OPEN)),
        *([] if clock.signed else [(f"{stop} < {start}", value(BACKWARDS))]),
    ]
    state = {"state": when(*told, otherwise=value(DONE))}
    rows = cases.then("standing", state, kinds={"state": "text"}, keep=(), where=tests)
    return rows.grouped("counted", ["state"], {"n": "count(*)"})


def standing(heard: Iterable[tuple[EventLog, Timed]]) -> Standing | None:
    """How the cases of the one clock that was heard stand, where none of them can be timed; None
    where one can, where there are none, and of several clocks.
    """
    asked: list[tuple[EventLog, Timed]] = []
    for one in heard:
        if not any(one[0] is log and one[1] == clock for log, clock in asked):
            asked.append(one)
    if len(asked) != 1:
        return None
    ((log, clock),) = asked
    try:
        counted = count_standing(log, clock)
    except MissingColumn:  # what the log lacks is told where the question was asked
        return None
    rows: list[dict[str, Any]] = log.rows_of(counted, aside=True).to_pylist()
    found = {row["state"]: row["n"] for row in rows}
    if found.get(DONE) or not found:
        return None
    hidden = log.withhold is not None
    told = tuple((state, None if hidden else found[state]) for state in WRONG if state in found)
    return clock.start, clock.stop, told


__all__ = ["Standing", "Timed", "count_standing", "standing"]
