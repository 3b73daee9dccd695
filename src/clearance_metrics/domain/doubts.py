"""Cases whose clock stops before it starts: told by one rule, of files as of tables in memory.

A doubt is no reject. The case and its rows stay; the clock in question leaves the case out and
counts it, every other clock keeps it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from .instants import FRACTION, Shifts, dated, elapsed, fraction
from .sql import every, name, some, value
from .vocabulary import Vocabulary

COLUMNS = {
    "case_id": "text",
    "clock": "text",
    "start": "text",
    "stop": "text",
    "start_time": "integer",
    "stop_time": "integer",
    "start_dated": "boolean",
    "stop_dated": "boolean",
}


def backwards(table: str, columns: Container[str], words: Vocabulary, shifts: Shifts) -> str | None:
    """SQL with a row per case and clock of the vocabulary that surely stops before it starts.

    `table` has a row per case with epoch seconds. The rows have case_id, clock (of several between
    the same two milestones the names, joined by a comma), start and stop, start_time and stop_time
    (epoch seconds), start_dated and stop_dated (known to the day only). None where no clock that
    must run forward has both its ends. Every time of a case counts, also those after any as-of
    date.
    """
    pairs = {
        pair: clocks
        for pair, clocks in words.forward().items()
        if all(end in columns for end in pair)
    }
    told = [_of_pair(table, columns, pair, clocks, shifts) for pair, clocks in pairs.items()]
    return "\nUNION ALL\n".join(told) or None


def _of_pair(
    table: str,
    columns: Container[str],
    pair: tuple[str, str],
    clocks: Iterable[str],
    shifts: Shifts,
) -> str:
    start, stop = map(name, pair)
    coarse = dated(columns, *pair)
    early = elapsed(start, stop, coarse, shifts) + " < 0"
    if coarse == "FALSE":
        early = f"{stop} < {start}"
    if any(end + FRACTION in columns for end in pair):
        # a date has no fraction to tell its order by
        sooner = f"{fraction(columns, pair[1])} < {fraction(columns, pair[0])}"
        same = every([f"{stop} = {start}", sooner, f"NOT ({coarse})"])
        early = some([early, f"({same})"])
    return (
        f"SELECT case_id, {value(', '.join(clocks))} AS clock, {value(pair[0])} AS start,"
        f" {value(pair[1])} AS stop,\n  {start} AS start_time, {stop} AS stop_time,"
        f" {dated(columns, pair[0])} AS start_dated, {dated(columns, pair[1])} AS stop_dated\n"
        f"FROM {table}\nWHERE {early}"
    )
