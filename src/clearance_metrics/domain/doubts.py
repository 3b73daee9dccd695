"""Cases whose clock stops before it starts: told by one rule, of files as of tables in memory.

A doubt is no reject. The case and its rows stay; the clock in question leaves the case out and
counts it, every other clock keeps it.
"""

from __future__ import annotations

from typing import Any

from .instants import FRACTION, Shifts, elapsed, fraction
from .vocabulary import Vocabulary

Table = Any  # a table of Ibis


def backwards(milestones: Table, words: Vocabulary, shifts: Shifts) -> Table | None:
    """A row per case and clock of the vocabulary that surely stops before it starts.

    `milestones` is a row per case with epoch seconds. The rows have case_id, clock (of several
    between the same two milestones the names, joined by a comma), start and stop, start_time and
    stop_time (epoch seconds), start_dated and stop_dated (known to the day only). None where no
    clock that must run forward has both its ends. Every time of a case counts, also those after any
    as-of date.
    """
    columns = set(milestones.columns)
    pairs = {pair: clocks for pair, clocks in words.forward().items() if set(pair) <= columns}
    if not pairs:
        return None
    rows = [_of_pair(milestones, pair, number, shifts) for number, pair in enumerate(pairs)]
    found = rows[0].union(*rows[1:]) if rows[1:] else rows[0]
    told = {
        "clock": [", ".join(clocks) for clocks in pairs.values()],
        "start": [start for start, _ in pairs],
        "stop": [stop for _, stop in pairs],
    }
    texts = {name: found.pair.cases(*enumerate(values), else_="") for name, values in told.items()}
    return found.select(
        "case_id", **texts, **{c: c for c in found.columns if c not in ("case_id", "pair")}
    )


def _of_pair(milestones: Table, pair: tuple[str, str], number: int, shifts: Shifts) -> Table:
    (start, stop), flags = (milestones[m] for m in pair), [f"{m}__day" for m in pair]
    dated = [milestones[f].fill_null(False) if f in milestones.columns else False for f in flags]
    coarse = dated[0] | dated[1]
    early = elapsed(start, stop, coarse, shifts) < 0
    if any(m + FRACTION in milestones.columns for m in pair):
        # a date has no fraction to tell its order by
        sure = True if coarse is False else ~coarse
        lead = fraction(milestones, pair[1]) - fraction(milestones, pair[0])
        early = early | ((stop == start) & (lead < 0) & sure)
    rows = milestones.filter(early)
    return rows.select(
        "case_id",
        pair=number,
        start_time=start,
        stop_time=stop,
        start_dated=dated[0],
        stop_dated=dated[1],
    )
