"""The cases of a log whose clock stops before it starts, to be looked at one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..domain.zones import zone
from .log import EventLog


@dataclass(frozen=True)
class Doubt:
    """A case, the clocks of its kind that leave it out, and the two local times, to the day where
    only that is known.
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
    if log.cases_table is not None and "kind" in log.cases_table.columns:
        cases = log.cases_table.then("kinds", keep=["case_id", "kind"])
        rows = rows.then(
            "of_kind",
            {"kind": "kinds.kind"},
            kinds={"kind": "text"},
            source=f"{rows.name} LEFT JOIN kinds ON kinds.case_id = {rows.name}.case_id",
            beside=(cases,),
        ).then("in_turn", order=("case_id", "start", "stop"))
    place = zone(log.timezone)

    def clocks(row: Mapping[str, Any]) -> str:
        """Those of the case's kind, of a kind that no clock has all of them."""
        names = row["clock"].split(", ")
        kinds = {n: log.vocabulary.clocks[n].kind for n in names if n in log.vocabulary.clocks}
        own = [n for n in names if not kinds.get(n) or kinds[n] == row.get("kind")]
        return ", ".join(own or names)

    def told(second: int, dated: bool) -> str:
        local = datetime.fromtimestamp(second, place)
        return f"{local:%Y-%m-%d}" if dated else f"{local:%Y-%m-%d %H:%M:%S}"

    return tuple(
        Doubt(
            row["case_id"],
            clocks(row),
            row["start"],
            row["stop"],
            told(row["start_time"], row["start_dated"]),
            told(row["stop_time"], row["stop_dated"]),
        )
        for row in log.rows_of(rows).to_pylist()
    )
