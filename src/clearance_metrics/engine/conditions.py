"""Conditions as SQL. A comparison with a missing value is neither true nor false."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ..domain.instants import dated, moments
from ..domain.sql import among, every, name, some, value, when, whole
from ..domain.zones import HALF_DAY
from ..errors import LogError
from .query import Query

if TYPE_CHECKING:
    from .log import EventLog

# what to compare a column with, by what it holds
TOLD = {
    "text": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "time": "a time",
}
COMPARED = {"at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}


def narrowed(log: EventLog, condition: Mapping) -> list[str]:
    """Tests that keep every row but those that a plain equality of text rules out: engines skip
    these by the statistics of their files.

    Rows of which it cannot be told stay.
    """
    kinds = {} if log.cases_table is None else log.cases_table.columns
    tests = []
    for key, test in condition.items():
        values = test if isinstance(test, tuple) else (test,)
        if all(isinstance(v, str) for v in values) and kinds.get(key) == "text":
            tests.append(some([among(name(key), values), f"{name(key)} IS NULL"]))
    return tests


def compiled(log: EventLog, condition: Mapping, table: Query, as_of: int) -> str:
    """A condition on the columns of `table`; LogError if a test does not suit its column."""
    parts = []
    for key, test in condition.items():
        if key == "any":
            parts.append(some(compiled(log, part, table, as_of) for part in test))
        elif not isinstance(test, Mapping):
            parts.append(_equal(table, test, key))
        else:
            parts.extend(
                _tested(log, table, key, test_name, given, as_of)
                for test_name, given in test.items()
            )
    return every(parts)


def _equal(table: Query, given: object, key: str) -> str:
    values = given if isinstance(given, tuple | list) else (given,)
    kind = table.columns[key]
    for v in values:
        if not _suits(kind, v):
            raise LogError(
                f"column {key!r} holds {kind}, which cannot equal {v!r}",
                "condition",
                f"compare it with {TOLD.get(kind, kind)}",
            )
    return among(name(key), values)


def _suits(kind: str, given: object) -> bool:
    """Whether a column of this kind can be compared with the value."""
    match kind:
        case "boolean":
            return isinstance(given, bool)
        case "text":
            return isinstance(given, str)
        case "integer" | "number":
            return isinstance(given, int | float) and not isinstance(given, bool)
        case "date" | "time":
            return isinstance(given, date) or (isinstance(given, str) and _is_time(given))
    return False


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _tested(log: EventLog, table: Query, key: str, test: str, given: Any, as_of: int) -> str:
    column = name(key)
    if test == "present":
        return f"{column} IS NOT NULL" if given else f"{column} IS NULL"
    if test == "not":
        return f"NOT ({_equal(table, given, key)})"
    if test in COMPARED:
        kind = table.columns[key]
        if not _suits(kind, given):
            known = (
                "declare it as integer"
                if kind == "text"
                else f"compare it with {TOLD.get(kind, kind)}"
            )
            what = f"column {key!r} holds {kind}, which has no order with {given!r}"
            raise LogError(what, "condition", known)
        return f"{column} {COMPARED[test]} {value(given)}"
    other = given if isinstance(given, str) else given[0]
    for milestone in (key, other):
        if milestone not in log.milestones:
            raise LogError(
                f"{test!r} compares milestones, and {milestone!r} is none",
                "condition",
                "name two milestones",
            )
    (this, that), unit = moments(table.columns, key, other)
    if test in ("before", "not_after"):
        compared = f"{this} {'<' if test == 'before' else '<='} {that}"
        coarse = dated(table.columns, key, other)
        if coarse == "FALSE":
            return compared
        # a date stands at local noon: within half a day of it nobody can say which came first
        near = f"abs({column} - {name(other)}) <= {HALF_DAY}"
        return when((every([coarse, near]), "NULL"), otherwise=compared)
    step = 86400 if test == "within_days_of" else 60
    # a column may be of 32 bits, too few for microseconds
    allowed = [
        f"{whole(name(given[1]))} * {each}" if isinstance(given[1], str) else given[1] * each
        for each in (step, step * unit)
    ]
    # told only of cases followed up to their limit, or early successes would count alone
    limit = f"{name(other)} + {allowed[0]}"
    late = f"{column} IS NULL OR {this} > {that} + {allowed[1]}"
    return when(
        (f"{limit} IS NULL OR {limit} > {as_of}", "NULL"), (late, "FALSE"), otherwise="TRUE"
    )
