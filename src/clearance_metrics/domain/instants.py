"""Epoch seconds in a table's columns as local days, and what passed between two of them.

A column is whatever adds, divides and compares as Ibis's columns do: nothing here loads an engine.
Whole numbers throughout, so that every engine gives the same.
"""

from __future__ import annotations

from typing import Any

Column = Any  # an expression of Ibis
# beside a milestone that was recorded more finely than to the second: microseconds after it
FRACTION = "__frac"
SECOND = 1_000_000  # microseconds
Shifts = tuple[tuple[int, int], ...]  # from this second on, seconds to add: see zones.offsets


def local_second(seconds: Column, shifts: Shifts) -> Column:
    """Second of the local day, 0 to 86399."""
    return ((seconds + _shift(seconds, shifts)) % 86400).cast("int64")


def local_day(seconds: Column, shifts: Shifts) -> Column:
    """Local days since 1970-01-01 of instants given in epoch seconds."""
    return ((seconds + _shift(seconds, shifts)) // 86400).cast("int32")


def elapsed(begin: Column, finish: Column, coarse: Column, shifts: Shifts) -> Column:
    """Seconds from one instant to another, negative where the second surely came first.

    A date and a time of the same day (`coarse`: either is a date) cannot say which came first: no
    time has passed that can be shown.
    """
    seconds = (finish - begin).cast("int64")
    same = local_day(begin, shifts) == local_day(finish, shifts)
    return (coarse & (seconds < 0) & same).ifelse(0, seconds)


def moments(table: Any, *names: str) -> tuple[list[Column], int]:
    """Times that compare as they were recorded, and how many of their units make a second.

    Whole seconds as they stand; in microseconds where any of these milestones has fractions, since
    a second that is cut loses its order against another time of the same second.
    """
    if not any(name + FRACTION in table.columns for name in names):
        return [table[name] for name in names], 1
    return [table[name] * SECOND + fraction(table, name) for name in names], SECOND


def fraction(table: Any, name: str) -> Column | int:
    """Microseconds after the milestone's whole second."""
    return table[name + FRACTION].fill_null(0) if name + FRACTION in table.columns else 0


def _shift(seconds: Column, steps: Shifts) -> Column | int:
    """The zone's offset as nested comparisons, exact on any engine: the last one first, since most
    times are recent.
    """
    last = steps[-1][1]
    if len(steps) == 1:
        return last
    return (seconds >= steps[-1][0]).ifelse(last, _halved(seconds, steps[:-1])).cast("int64")


def _halved(seconds: Column, steps: Shifts) -> Column | int:
    """A handful of tests deep."""
    if len(steps) == 1:
        return steps[0][1]
    middle = len(steps) // 2
    early, late = (_halved(seconds, some) for some in (steps[:middle], steps[middle:]))
    return (seconds < steps[middle][0]).ifelse(early, late)
