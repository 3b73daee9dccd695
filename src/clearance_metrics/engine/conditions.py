"""Conditions as engine expressions. A comparison with a missing value is neither true nor false."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from ..domain.instants import moments
from ..domain.zones import HALF_DAY
from ..errors import LogError
from .log import DAY_SUFFIX, EventLog

if TYPE_CHECKING:
    import ibis.expr.types as ir


def known_at(log: EventLog, table: ir.Table, needed: frozenset[str], as_of: int) -> ir.Table:
    """The table with milestones after `as_of` (epoch seconds) not yet there."""
    times = [name for name in sorted(needed) if name in log.milestones]
    return table.mutate(**{name: _until(table[name], as_of) for name in times})


def _until(time: ir.Column, as_of: int) -> ir.Column:
    import ibis

    return ibis.ifelse(time <= as_of, time, ibis.null("int64"))


def narrowed(table: ir.Table, condition: Mapping) -> ir.Table:
    """Without the rows that a plain equality of text rules out: engines skip them by the statistics
    of their files.

    Rows of which it cannot be told stay.
    """
    tests = []
    for key, test in condition.items():
        values = test if isinstance(test, tuple) else (test,)
        if (
            all(isinstance(v, str) for v in values)
            and key != "any"
            and table[key].type().is_string()
        ):
            tests.append(reduce(or_, (table[key] == v for v in values), table[key].isnull()))
    return table.filter(*tests) if tests else table


def compiled(log: EventLog, condition: Mapping, table: ir.Table, as_of: int) -> ir.BooleanValue:
    """A condition on the columns of `table`; LogError if a test does not suit its column."""
    import ibis

    parts = []
    for key, test in condition.items():
        if key == "any":
            parts.append(reduce(or_, (compiled(log, part, table, as_of) for part in test)))
        elif not isinstance(test, Mapping):
            parts.append(_equal(table[key], test, key))
        else:
            parts.extend(
                _tested(log, table, key, name, value, as_of) for name, value in test.items()
            )
    # the leading True also keeps a lone negation in brackets, which the SQL of `IS NOT NULL` needs
    return reduce(and_, parts, ibis.literal(True))


def _equal(column: ir.Column, value: object, key: str) -> ir.BooleanValue:
    values = value if isinstance(value, tuple | list) else (value,)
    kind = column.type()
    for v in values:
        suits = (
            kind.is_boolean()
            and isinstance(v, bool)
            or kind.is_string()
            and isinstance(v, str)
            or kind.is_numeric()
            and not kind.is_boolean()
            and isinstance(v, int | float)
            and not isinstance(v, bool)
            or kind.is_date()
            and not isinstance(v, bool | int | float)
        )
        if not suits:
            raise LogError(
                f"column {key!r} holds {kind}, which cannot equal {v!r}",
                "condition",
                f"compare it with a {kind}",
            )
    return column.isin(list(values)) if len(values) > 1 else column == values[0]


def _tested(
    log: EventLog, table: ir.Table, key: str, name: str, value: Any, as_of: int
) -> ir.BooleanValue:
    import ibis

    column = table[key]
    if name == "present":
        return column.notnull() if value else column.isnull()
    if name == "not":
        return ~_equal(column, value, key)
    if name in ("at_least", "at_most", "above", "below"):
        if column.type().is_string() and not isinstance(value, str):
            raise LogError(
                f"column {key!r} holds text, which has no order with {value!r}",
                "condition",
                "declare it as integer",
            )
        return {
            "at_least": column >= value,
            "at_most": column <= value,
            "above": column > value,
            "below": column < value,
        }[name]
    other = value if isinstance(value, str) else value[0]
    for milestone in (key, other):
        if milestone not in log.milestones:
            raise LogError(
                f"{name!r} compares milestones, and {milestone!r} is none",
                "condition",
                "name two milestones",
            )
    (this, that), unit = moments(table, key, other)
    if name in ("before", "not_after"):
        compared = this < that if name == "before" else this <= that
        flags = [m + DAY_SUFFIX for m in (key, other) if m + DAY_SUFFIX in table.columns]
        if not flags:
            return compared
        # a date stands at local noon: within half a day of it nobody can say which came first
        coarse = reduce(or_, (ibis.coalesce(table[f], False) for f in flags))
        unsure = coarse & ((column - table[other]).abs() <= HALF_DAY)
        return ibis.ifelse(unsure, ibis.null("boolean"), compared)
    step = 86400 if name == "within_days_of" else 60
    allowed = table[value[1]] if isinstance(value[1], str) else value[1]
    # told only of cases followed up to their limit, or early successes would count alone
    limit = table[other] + allowed * step
    late = this.isnull() | (this > that + allowed * (step * unit))
    return ibis.cases((limit.isnull() | (limit > as_of), None), (late, False), else_=True).cast(
        "boolean"
    )
