"""doubts(): the cases with a clock that stops before it starts."""

from __future__ import annotations

from collections import Counter

from ...engine.asking import listening
from ...engine.doubts import doubts_of
from ...engine.log import EventLog
from ...errors import LogError
from ...results.doubted import DoubtRow, Doubts
from .told import told_of


def doubts(log: EventLog, *, limit: int | None = 10) -> Doubts:
    """The cases with a clock that stops before it starts, the first `limit` by case (None: all),
    with both times in the log's zone, to the day where only that is known.

    They stay in the log: the clock in question leaves them out and counts them, other clocks keep
    them. `counts` has the number of each pair of milestones. One engine query.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [7200, 3600],
    ...     "milestone": ["gate_queued", "gate_passed"]})
    >>> found = doubts(EventLog(events, timezone="Asia/Shanghai"))
    >>> found[0].clock, found[0].stop_time
    ('gate_passage', '1970-01-01 09:00:00')
    """
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise LogError(
            f"limit={limit!r} is no number of cases", "limit", "write 10, or None for all"
        )
    counts = log.receipt.get("doubts") if log is log.whole else None
    with listening() as heard:
        every = counts is None
        listed = doubts_of(log, None if every else limit) if every or any(counts.values()) else ()
    if every:
        counts = Counter(f"{doubt.start}..{doubt.stop}" for doubt in listed)
    rows = tuple(DoubtRow(**vars(doubt)) for doubt in listed[:limit])
    return told_of(log, Doubts(rows=rows, counts=dict(counts)), tuple(heard))
