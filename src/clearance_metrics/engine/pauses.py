"""What a clock stood still between its ends, in seconds, working seconds or working days."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..domain.metrics import Duration
from ..domain.sql import name, value, when, whole
from .days import local_day, local_second
from .query import Query
from .spells import clipped, opened
from .worked import worked

if TYPE_CHECKING:
    from .log import EventLog


def paused(log: EventLog, metric: Duration, rows: Query, as_of: int) -> Query:
    """The rows with `paused`, `unmatched` (an answer without a question) and `date_only` of the
    pauses as well.
    """
    spans = clipped(_spans(log, metric, rows, as_of))
    # an end without a beginning matters only if it came after the start of the clock
    lost = {"unmatched": "unmatched AND key > begun"}
    spans = _stood(log, metric, spans.then("spans", lost, kinds={"unmatched": "boolean"}))
    found = spans.grouped(
        "pauses",
        ["case_id"],
        {
            "paused": whole(f"sum({when(('open > 0', 'value'), otherwise=0)})"),
            "unmatched": "bool_or(unmatched)",
            "day": "max(day)",
        },
        kinds={"unmatched": "boolean"},
    )
    told = {
        "paused": "coalesce(pauses.paused, 0)",
        "unmatched": "coalesce(pauses.unmatched, FALSE)",
        "date_only": f"greatest({rows.name}.date_only, coalesce(pauses.day, 0))",
    }
    if metric.unit == "hours":
        told["seconds"] = f"{rows.name}.seconds - coalesce(pauses.paused, 0)"
    return rows.then(
        "net_of_pauses",
        told,
        kinds={"unmatched": "boolean"},
        source=f"{rows.name} LEFT JOIN pauses ON pauses.case_id = {rows.name}.case_id",
        beside=[found],
    )


def _spans(log: EventLog, metric: Duration, rows: Query, as_of: int) -> Query:
    """How many pauses stand open from each moment on, beside the clock of the case."""
    by_day = metric.unit == "working_days"
    # days look at days alone: of events on one day the raised come first, whatever their hour
    key = local_day("time", log.shifts) if by_day else "time"
    raised = when((f"milestone = {value(metric.pause[0])}", 1), otherwise=0)
    events = log.events_of(*metric.pause).then(
        "pause_events",
        {"key": key, "raised": raised},
        keep=["case_id", "day"],
        where=[f"time <= {as_of}"],
    )
    begun, done = ("start_day", "finish_day") if by_day else (name(metric.start), "finish_")
    spells = opened(events, ("case_id",))
    return spells.then(
        "beside_clock",
        {"begun": f"{rows.name}.{begun}", "done": f"{rows.name}.{done}"},
        source=f"spells JOIN {rows.name} ON {rows.name}.case_id = spells.case_id",
        beside=[rows],
    )


def _stood(log: EventLog, metric: Duration, spans: Query) -> Query:
    """How long each span lasted, in the unit of the clock, as `value`."""
    if metric.unit == "hours":
        return spans.then("lasted", {"value": "till - since"})
    if metric.unit == "working_days":
        days = spans.then("span_days", {"start_day": "since", "finish_day": "till"})
        return worked(replace(metric, start_day=0, pause=None), days)
    days = spans.then(
        "span_days",
        {
            "start_day": local_day("since", log.shifts),
            "start_second": local_second("since", log.shifts),
            "finish_day": local_day("till", log.shifts),
            "finish_second": local_second("till", log.shifts),
        },
    )
    return worked(replace(metric, resolution="second", pause=None), days)
