"""What a log holds, counted: milestones with their days, columns with their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..domain.sql import every, name, value
from .query import Query
from .refusals import columns_of_lines

if TYPE_CHECKING:
    from .log import EventLog

SHOWN = 8  # values of a column, those of most cases
Span = tuple[int, int | None, int | None]


def milestones_of(log: EventLog) -> dict[str, Span]:
    """Of each milestone the cases that have it, and its first and last second: one engine query."""
    names = sorted(log.milestones)
    sums: dict[str, str] = {}
    for i, milestone in enumerate(names):
        column = name(milestone)
        sums |= {f"n_{i}": f"count({column})", f"first_{i}": f"min({column})"}
        sums[f"last_{i}"] = f"max({column})"
    if not sums:
        return {}
    (row,) = log.rows_of(log.milestones_table.grouped("told", (), sums), aside=True).to_pylist()
    return {
        milestone: (int(row[f"n_{i}"]), row[f"first_{i}"], row[f"last_{i}"])
        for i, milestone in enumerate(names)
    }


def columns_of(log: EventLog) -> dict[str, list[tuple[str | None, int]]]:
    """Of each case column its most frequent values, as texts, with their cases: one engine query.

    One value more than is shown tells that there are others; of kinds of cases there are all.
    """
    if log.cases_table is None or not log.columns:
        return {}
    return _values(log, log.cases_table, log.columns)


def charge_columns_of(log: EventLog) -> dict[str, list[tuple[str | None, int]]]:
    """The same of the columns that charge lines have beside those of cases, with their lines."""
    columns = columns_of_lines(log)
    return _values(log, log.charges, columns) if log.charges is not None and columns else {}


def _values(
    log: EventLog, table: Query, columns: Sequence[str]
) -> dict[str, list[tuple[str | None, int]]]:
    parts = [_most(table, i, column) for i, column in enumerate(columns)]
    whole = parts[0].stacked("told", *parts[1:]) if len(parts) > 1 else parts[0]
    found: dict[str, list[tuple[str | None, int]]] = {column: [] for column in columns}
    for row in log.rows_of(whole, aside=True).to_pylist():
        found[columns[row["place"]]].append((row["told"], int(row["n"])))
    for rows in found.values():
        rows.sort(key=lambda pair: (-pair[1], pair[0] is None, str(pair[0])))
    return found


def _most(cases: Query, place: int, column: str) -> Query:
    texts = {"told": f"CAST({name(column)} AS VARCHAR)"}
    told = cases.then(f"column_{place}", texts, kinds={"told": "text"}, keep=())
    counted = told.grouped(f"counted_{place}", ["told"], {"n": "count(*)"})
    # kinds are asked for one by one: every one of them counts, however few its cases
    most = None if column == "kind" else SHOWN + 1
    return counted.then(
        f"most_{place}", {"place": str(place)}, order=["n DESC", "told"], limit=most
    )


def cases_with(
    log: EventLog, pairs: Iterable[tuple[str, str, str]]
) -> Mapping[tuple[str, str, str], int]:
    """How many cases have both milestones of each pair, of a kind where one is named: one engine
    query.
    """
    asked = list(pairs)
    if not asked:
        return {}
    needed = {end for start, stop, _ in asked for end in (start, stop)}
    needed |= {"kind"} if any(kind for _, _, kind in asked) else set()
    sums: dict[str, Any] = {}
    for i, (start, stop, kind) in enumerate(asked):
        tests = [f"{name(start)} IS NOT NULL", f"{name(stop)} IS NOT NULL"]
        tests += [f"kind = {value(kind)}"] if kind else []
        sums[f"n_{i}"] = f"count(*) FILTER (WHERE {every(tests)})"
    counted = log.case_table(frozenset(needed)).grouped("both_ends", (), sums)
    (row,) = log.rows_of(counted, aside=True).to_pylist()
    return {pair: int(row[f"n_{i}"]) for i, pair in enumerate(asked)}
