"""The cases of a log whose clock stops before it starts, to be looked at one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..domain.zones import zone
from .log import EventLog


@dataclass(frozen=True)
class Doubt:
    """A case, the clocks that leave it out, and the two local times, to the day where only that is
    known.
    """

    case_id: str
    clock: str
    start: str
    stop: str
    start_time: str
    stop_time: str


def doubts_of(log: EventLog, limit: int | None = None) -> tuple[Doubt, ...]:
    """Every doubt of the log, or the first `limit`, by case and clock; one engine query.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [7200, 3600],
    ...     "milestone": ["gate_queued", "gate_passed"]})
    >>> (doubt,) = doubts_of(EventLog(events, timezone="Asia/Shanghai"))
    >>> doubt.case_id, doubt.clock, doubt.start_time, doubt.stop_time
    ('a', 'gate_passage', '1970-01-01 10:00:00', '1970-01-01 09:00:00')
    """
    if log.doubts is None:
        return ()
    rows = log.doubts.then("in_order", order=("case_id", "start", "stop"), limit=limit)
    place = zone(log.timezone)

    def told(second: int, dated: bool) -> str:
        local = datetime.fromtimestamp(second, place)
        return f"{local:%Y-%m-%d}" if dated else f"{local:%Y-%m-%d %H:%M:%S}"

    return tuple(
        Doubt(
            row["case_id"],
            row["clock"],
            row["start"],
            row["stop"],
            told(row["start_time"], row["start_dated"]),
            told(row["stop_time"], row["stop_dated"]),
        )
        for row in log.rows_of(rows).to_pylist()
    )
