"""The limit that a port publishes for an operation, in force on the day it was ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain.instants import local_day
from ..domain.sql import every, name, whole
from ..domain.zones import NEVER
from .query import Query

if TYPE_CHECKING:
    from .log import EventLog

# of an operation: its own column, or looked up in the table of limits
LIMIT = "limit_minutes"


def with_limits(log: EventLog, needed: frozenset[str], as_of: int | None) -> Query:
    """The cases with the limit of their port and operation; of several in force the widest."""
    keys = ("port", "operation", "ordered_day")
    own = {"port", "operation", "operation_ordered"}
    cases = log.case_table((needed - {LIMIT}) | own, as_of)
    day = local_day(name("operation_ordered"), log.shifts)
    ordered = cases.then("ordered", {"ordered_day": day})
    asked = ordered.then("asked", keep=keys, distinct=True)
    found = asked.then(
        "in_force",
        {"minutes": "limits.minutes"},
        source="asked JOIN limits ON limits.port = asked.port AND limits.operation ="
        " asked.operation AND asked.ordered_day BETWEEN limits.from_day"
        f" AND coalesce(limits.to_day, {NEVER})",
        beside=[log.limits] if log.limits else (),
    )
    widest = found.grouped("widest", keys, {LIMIT: whole("max(minutes)")})
    on = every(f"widest.{k} = ordered.{k}" for k in keys)
    return ordered.then(
        "with_limits",
        {LIMIT: f"widest.{LIMIT}"},
        keep=cases.columns,
        source=f"ordered LEFT JOIN widest ON {on}",
        beside=[widest],
    )
