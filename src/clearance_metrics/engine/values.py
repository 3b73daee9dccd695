"""Which values a column holds, and whether a condition asks for one that it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..domain.arguments import brief
from ..domain.metrics import Condition
from ..domain.sql import among, name
from ..errors import LogError, closest
from .asking import noted_condition
from .query import Query
from .refusals import MissingColumn

if TYPE_CHECKING:
    from .log import EventLog

LISTED = 40  # values that an error lists, those of most cases
PLAIN = frozenset({"text", "boolean"})  # columns whose values can be written in one way only
# a column, the values asked for, and those that there are with their cases
Unmet = tuple[str, tuple[object, ...], tuple[tuple[object, int | None], ...]]


def counts_of(log: EventLog, column: str) -> dict[object, int]:
    """The values of a column with the cases (of charges: lines) of each, most first, then by text;
    None counts those without. MissingColumn for a column that is not there.
    """
    table = _table_of(log, column)
    if table is None:
        raise MissingColumn(column, log)
    keys = table.then("told", {"told": name(column)}, keep=())
    rows = log.rows_of(keys.grouped("counted", ["told"], {"n": "count(*)"}), aside=True).to_pylist()
    rows.sort(key=lambda row: (-row["n"], row["told"] is None, str(row["told"])))
    return {row["told"]: row["n"] for row in rows}


def check_values(log: EventLog, condition: Condition) -> None:
    """LogError where a condition compares a column of text with a value that neither the log nor
    the vocabulary knows: a misspelt port would else be a port without cases.
    """
    noted_condition(log, condition)
    log = log.whole  # a value of other parts is no slip
    for column, given in _asked(condition):
        if (column, given) in log.known_values or given in _allowed(log, column):
            continue
        table = _table_of(log, column)
        if table is None or table.columns[column] != "text":
            continue  # told elsewhere
        found = table.then("told", keep=[column], where=[among(name(column), [given])], limit=1)
        if log.rows_of(found, aside=True).num_rows:
            log.known_values.add((column, given))
            continue
        raise no_such(column, given, counts_of(log, column), "where")


def unmet(asked: Iterable[tuple[EventLog, Condition]]) -> tuple[Unmet, ...]:
    """Of conditions on logs, each column that is to equal values none of which a case has: the
    column, these values, and those that there are, most first, with their cases.

    Where the log withholds and one of them has too few cases, no number of cases is told. Of a part
    the whole log is asked: a value that other parts have is mapped as it should be.
    """
    found: dict[tuple[str, tuple[object, ...]], Unmet] = {}
    for log, condition in asked:
        for column, test in condition.items():
            values = tuple(test) if isinstance(test, tuple | list) else (test,)
            if column == "any" or isinstance(test, Mapping) or (column, values) in found:
                continue
            table = _table_of(log.whole, column)
            if table is None or table.columns[column] not in PLAIN:
                continue  # a day or a number can be written in several ways
            counts = counts_of(log.whole, column)
            if any(value in counts for value in values):
                continue
            small = log.withhold is not None and any(n < log.withhold for n in counts.values())
            there = tuple((value, None if small else n) for value, n in counts.items())
            found[column, values] = (column, values, there)
    return tuple(found.values())


def no_such(column: str, given: object, found: Mapping[Any, int], where: str) -> LogError:
    """The error for a value that none of those `found` is: it names the nearest of them."""
    known = [str(v) for v in found if v is not None]
    told, more = str(given), f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    remedy = closest(told, known[:LISTED]) + more
    if more and (near := closest(told, known)).startswith("write"):
        remedy = near.partition(";")[0] + "; " + closest("", known[:LISTED]) + more
    return LogError(f"no case has {column} = {brief(given)}", where, remedy)


def _asked(condition: Condition) -> Iterator[tuple[str, str]]:
    """Every text that a condition compares a column with, equal or not."""
    for key, test in condition.items():
        if key == "any":
            for part in test:
                yield from _asked(part)
            continue
        given = test.get("not", ()) if isinstance(test, Mapping) else test
        for one in given if isinstance(given, tuple | list) else (given,):
            if isinstance(one, str):
                yield key, one


def _allowed(log: EventLog, column: str) -> tuple[str, ...]:
    """The values that the vocabulary names: a log may well hold none of them."""
    words = log.vocabulary
    known = (
        kind[column].values for kind in (words.columns, words.charge_columns) if column in kind
    )
    return tuple(value for values in known for value in values)


def _table_of(log: EventLog, column: str) -> Query | None:
    """The table that has the column: the cases, else the charges."""
    if log.cases_table is not None and column in log.columns:
        return log.cases_table
    return log.charges if log.charges is not None and column in log.charges.columns else None
