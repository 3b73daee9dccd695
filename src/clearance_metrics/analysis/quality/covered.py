"""coverage(): the events of each milestone, and how finely they are timed."""

from __future__ import annotations

from ...engine.asking import listening
from ...engine.log import EventLog
from ...engine.refusals import MissingColumn
from ...results.quality import Coverage, CoverageRow
from .told import told_of

RESOLUTIONS = ("second", "minute", "day")


def coverage(log: EventLog) -> Coverage:
    """The events of each milestone, repeats included, and how many are timed to the second, to the
    minute and to the day; beside them the cases without attributes and the charge lines without a
    case, which a group or a clock cannot count.

    Of a log made from tables in memory, one engine query tells which events are known to the day;
    seconds and minutes are not told apart there.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "milestone": ["declared"] * 2,
    ...     "time": [0, 9]})
    >>> (row,) = coverage(EventLog(events))
    >>> row.n, row.second, row.day
    (2, None, 0)
    """
    told = log.receipt.get("resolution") if log is log.whole else None
    if told is None:
        return _counted(log)
    rows = tuple(
        CoverageRow(
            milestone=milestone,
            n=sum(kinds.values()),
            **{name: kinds.get(name, 0) for name in RESOLUTIONS},
        )
        for milestone, kinds in told.items()
    )
    unmatched = {
        name: log.receipt.get(name, 0)
        for name in ("cases_without_attributes", "charges_without_case")
    }
    return told_of(log, Coverage(rows=rows, **unmatched))


def _counted(log: EventLog) -> Coverage:
    """The same of a log without a receipt, from its events."""
    with listening() as heard:
        try:
            events = log.events_table
        except MissingColumn:
            return told_of(log, Coverage(rows=()))
        counted = events.grouped("counted", ["milestone", "day"], {"n": "count(*)"})
        found = log.rows_of(counted.titled("events by milestone")).to_pylist()
    counts: dict[str, dict[bool, int]] = {}
    for row in found:
        counts.setdefault(row["milestone"], {})[bool(row["day"])] = int(row["n"])
    rows = tuple(
        CoverageRow(milestone=m, n=sum(n.values()), second=None, minute=None, day=n.get(True, 0))
        for m, n in sorted(counts.items())
    )
    return told_of(log, Coverage(rows=rows), tuple(heard))
