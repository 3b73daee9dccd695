"""Working days or working seconds between two instants, from running counts looked up by day."""

from __future__ import annotations

from ..domain.metrics import Duration
from ..domain.sql import floored
from .days import day_table
from .endings import Watch
from .query import Query

FIRST, LAST = "first_day", "last_day"  # the calendar's row of the start, and of the finish


def worked(
    metric: Duration, rows: Query, since: Watch | None = None, signed: bool = False
) -> Query:
    """The rows with `value`, and `year`, the first that the calendar does not know (0 for none).

    With `since` the column `age` holds the same up to the last second before the log starts. Rows
    have start_day and finish_day, and for working hours start_second and finish_second.
    """
    days = day_table(metric.calendar)
    told = {
        "year": f"CASE WHEN {FIRST}.ordinal IS NULL THEN coalesce({FIRST}.calendar_year, 0)"
        f" ELSE coalesce({LAST}.calendar_year, 0) END"
    }
    if metric.unit == "working_days":
        before = f"{FIRST}.ordinal" + (f" - {FIRST}.working" if metric.start_day else "")
        until = f"{LAST}.ordinal"
        at_start = None if since is None else str(since.ordinal)
    else:
        opens, closes = metric.day_window()

        def counted(day: str, second: str) -> str:
            today = f"least(greatest({second} - {opens}, 0), {closes - opens})"
            return f"({day}.ordinal - {day}.working) * {closes - opens} + {day}.working * {today}"

        until, before = counted(LAST, "finish_second"), counted(FIRST, "start_second")
        at_start = None if since is None else str(since.ordinal * (closes - opens))
    value = f"{until} - ({before})" if " " in before else f"{until} - {before}"
    value += " - paused" if "paused" in rows.columns else ""
    age = None if at_start is None else f"{at_start} - ({before})"
    if metric.unit == "working_hours" and metric.resolution == "minute":
        value = floored(f"({value})", 60) if signed else f"({value}) // 60"
        age = None if age is None else f"({age}) // 60"
    told |= {"value": value} | ({} if age is None else {"age": age})
    source = (
        f"{rows.name}\n  LEFT JOIN {days.name} AS {FIRST} ON {FIRST}.day = {rows.name}.start_day"
        f"\n  LEFT JOIN {days.name} AS {LAST} ON {LAST}.day = {rows.name}.finish_day"
    )
    return rows.then("worked", told, source=source, beside=[days.query])
