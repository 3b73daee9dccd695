"""The limits that ports publish for their operations, in force on the day that one was ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..domain.as_of import AsOf
from ..domain.instants import local_day, moments
from ..domain.sql import name, whole
from ..domain.zones import NEVER
from .query import Query, Source, listed

if TYPE_CHECKING:
    from .log import EventLog

# of an operation: its own column, or looked up in the table of limits
LIMIT = "limit_minutes"
KEYS = ("port", "operation", "ordered_day")
COLUMNS = {
    "place": "integer",
    "port": "text",
    "operation": "text",
    "minutes": "integer",
    "from_day": "integer",
    "to_day": "integer",
}
TOLD = tuple(COLUMNS)[1:]


def with_limits(log: EventLog, limits: Query, needed: frozenset[str], as_of: int | None) -> Query:
    """The cases with the limit of their port and operation; of several in force the widest."""
    own = {"port", "operation", "operation_ordered"}
    cases = log.case_table((needed - {LIMIT}) | own, as_of)
    ordered = _ordered(log, cases)
    found = _in_force(ordered, limits, ("minutes",))
    widest = found.grouped("widest", KEYS, {LIMIT: whole("max(minutes)")})
    return ordered.then(
        "with_limits",
        {LIMIT: f"widest.{LIMIT}"},
        keep=cases.columns,
        source=f"ordered LEFT JOIN widest\n  ON {_same('widest')}",
        beside=[widest],
    )


def count_kept(log: EventLog, limits: Sequence[Mapping[str, Any]], as_of: AsOf) -> Query:
    """How many operations fell under each of these limits, told by its place among them: how many
    of them `told` since the limit has passed, how many `kept` to it.

    Place NULL stands for the operations that no limit was in force for. A limit has port,
    operation, minutes, from_day and to_day (None while it is in force).
    """
    needed = frozenset({"kind", "port", "operation", "operation_ordered", "operation_done"})
    cases = log.case_table(needed, as_of.second, ["kind = 'operation'"])
    ordered = _ordered(log, cases, where=["operation_ordered IS NOT NULL"])
    found = _in_force(ordered, _table_of(limits).query, ("place", "minutes"))
    limited = ordered.then(
        "limited",
        {"place": "in_force.place", "minutes": "in_force.minutes"},
        source=f"ordered LEFT JOIN in_force\n  ON {_same('in_force')}",
        beside=[found],
    )
    (done, begun), unit = moments(limited.columns, "operation_done", "operation_ordered")
    tests = {
        "due": f"operation_ordered + minutes * 60 <= {as_of.second}",
        "in_time": f"{done} <= {begun} + {whole('minutes')} * {60 * unit}",
    }
    judged = limited.then("judged", tests, kinds=dict.fromkeys(tests, "boolean"))
    told, kept = (f"count(*) FILTER (WHERE {test})" for test in ("due", "due AND in_time"))
    return judged.grouped("counted", ["place"], {"n": "count(*)", "told": told, "kept": kept})


def _ordered(log: EventLog, cases: Query, where: Sequence[str] = ()) -> Query:
    day = local_day(name("operation_ordered"), log.shifts)
    return cases.then("ordered", {"ordered_day": day}, where=where)


def _in_force(ordered: Query, limits: Query, told: Sequence[str]) -> Query:
    """What is `told` of each limit in force, by the port, operation and day asked for."""
    table = limits.name
    tests = [
        f"{table}.port = asked.port",
        f"{table}.operation = asked.operation",
        f"asked.ordered_day >= {table}.from_day",
        f"asked.ordered_day <= coalesce({table}.to_day, {NEVER})",
    ]
    return ordered.then("asked", keep=KEYS, distinct=True).then(
        "in_force",
        {column: f"{table}.{column}" for column in told},
        source=f"asked JOIN {table}\n  ON " + "\n  AND ".join(tests),
        beside=[limits],
    )


def _same(step: str) -> str:
    return "\n  AND ".join(f"{step}.{key} = ordered.{key}" for key in KEYS)


def _table_of(limits: Sequence[Mapping[str, Any]]) -> Source:
    """The limits as a table from memory, each with its place among them."""
    told = [
        [NEVER if c == "to_day" and row.get(c) is None else row[c] for c in TOLD] for row in limits
    ]
    rows = [(place, *row) for place, row in enumerate(told)]
    return listed("limits", COLUMNS, rows, usual=True)
