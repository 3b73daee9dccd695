"""Many tallies from few engine queries: what is asked of the same columns is read together.

The tallies that have the same group columns are stacked, one below the other, into one query; the
number of its branch tells them apart in the answer. The engine reads only the columns that a branch
names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..domain.as_of import AsOf
from ..domain.metrics import Flag, Metric, needed_by
from ..domain.sql import name
from ..errors import ClearanceError
from .cells import SUMS, Cell, array_of, cells_of
from .log import EventLog
from .query import KINDS, Query, indented, select
from .refusals import MissingColumn
from .tally import check, counted, money_of, outcomes


@dataclass(frozen=True)
class Ask:
    """One tally that is wanted: a metric by group columns and period;

    `tariff` holds the rates for a Fee.
    """

    metric: Metric
    by: tuple[str | Flag, ...] = ()
    period: str | None = None
    tariff: Mapping = field(default_factory=dict, compare=False)


class Tallies:
    """The answers to many asks, made by `queries` engine queries."""

    def __init__(
        self,
        answers: list[tuple[Ask, tuple[Cell, ...] | ClearanceError]],
        queries: int,
    ) -> None:
        self._answers, self.queries = answers, queries

    def cells(self, ask: Ask) -> tuple[Cell, ...]:
        """The cells of one ask; raises what stood in its way:

        MissingColumn, CalendarError, LogError.
        """
        found = next(answer for asked, answer in self._answers if asked == ask)
        if isinstance(found, ClearanceError):
            raise found
        return found


def tallies(log: EventLog, asks: Iterable[Ask], *, as_of: AsOf) -> Tallies:
    """Every ask answered, equal ones once; as `tally` does.

    >>> import polars as pl
    >>> from clearance_metrics.domain.metrics import Duration
    >>> events = pl.DataFrame({"case_id": ["a", "a", "a"], "time": [0, 60, 7200],
    ...     "milestone": ["conveyance_arrived", "declared", "customs_released"]})
    >>> starts = ("conveyance_arrived", "declared")
    >>> first, second = (Ask(Duration(m, "customs_released")) for m in starts)
    >>> from clearance_metrics.domain.as_of import AsOf
    >>> day = AsOf.of("1970-01-02", "UTC")
    >>> found = tallies(EventLog(events), [first, second], as_of=day)
    >>> [found.cells(ask)[0].value.tolist() for ask in (first, second)], found.queries
    ([[7200], [7140]], 1)
    """
    wanted: list[Ask] = []
    for ask in asks:
        if ask not in wanted:
            wanted.append(ask)
    answers: dict[int, tuple[Cell, ...] | ClearanceError] = {}
    stacks: dict[tuple, list] = {}
    needed = [ask.metric.needs | needed_by(ask.by) for ask in wanted if not ask.metric.reads_lines]
    with log.joined(needed) as (shared, queries):
        for number, ask in enumerate(wanted):
            try:
                rows = outcomes(
                    shared,
                    ask.metric,
                    by=ask.by,
                    period=ask.period,
                    tariff=ask.tariff,
                    as_of=as_of,
                )
            except MissingColumn as missing:
                answers[number] = missing
                continue
            branch = _branch(counted(rows), number, ask)
            shape = (ask.metric.reads_lines, *branch.columns.values())
            stacks.setdefault(shape, []).append((number, branch))
        # the engine needs most room for charge lines, then for many group columns: they go while
        # few answers are held
        for _, branches in sorted(
            stacks.items(), key=lambda stack: (not stack[0][0], -len(stack[0]))
        ):
            title = "\n".join(
                f"ask {number}: {wanted[number].metric.name}" for number, _ in branches
            )
            stacked = _stacked([branch for _, branch in branches]).titled(title)
            queries += 1
            answers |= _answered(log, stacked, [number for number, _ in branches], wanted)
    found = [(ask, answers[number]) for number, ask in enumerate(wanted)]
    return Tallies(found, queries)


def _branch(rows: Query, number: int, ask: Ask) -> Query:
    """The counted rows of one ask under the columns that all of a stack share."""
    kinds = {"currency": "text"}
    groups = [f"by_{i}" for i in range(len(ask.by))]
    shared = ["period", *(("weight", "currency", *SUMS) if ask.metric.reads_lines else ())]
    empty = {
        column: f"CAST(NULL AS {KINDS[kinds.get(column, 'integer')]})"
        for column in shared
        if column not in rows.columns
    }
    told = {"ask": str(number)} | {name(c): name(c) for c in groups}
    told |= {column: empty.get(column, column) for column in shared}
    told |= {column: name(column) for column in ("value", "end", "n", "total", "date_only")}
    return rows.then("branch", told, kinds=kinds, keep=())


def _stacked(branches: list[Query]) -> Query:
    """The branches one below the other; each stays a query of its own, with its own steps."""
    parts = [
        select(
            [name(column) for column in branch.columns],
            f"(\n{indented(branch.text(()))}\n) AS ask_{i}",
        )
        for i, branch in enumerate(branches)
    ]
    base = Query("tallies", branches[0].columns).using(
        *(Query("", {}, (), b.sources) for b in branches)
    )
    return replace(base, steps=(("tallies", "\nUNION ALL\n".join(parts)),))


def _answered(log: EventLog, stacked: Query, numbers: list[int], wanted: list[Ask]) -> dict:
    table = log.rows_of(stacked)
    place = array_of(table["ask"])
    if (np.diff(place) < 0).any():
        table = table.sort_by("ask")
        place = array_of(table["ask"])
    found: dict[int, tuple[Cell, ...] | ClearanceError] = {}
    for number in numbers:
        first, last = np.searchsorted(place, [number, number + 1])
        part, ask = table.slice(first, last - first), wanted[number]
        if ask.metric.reads_lines:
            own = (
                *(("weight",) if ask.metric.is_ratio else ()),
                *(SUMS if ask.metric.of_value else ()),
            )
            part = part.drop_columns([c for c in ("weight", *SUMS) if c not in own])
        try:
            check(ask.metric, part)
            money = money_of(log, ask.metric)
            found[number] = cells_of(part, len(ask.by), ask.period, money)
        except ClearanceError as error:
            found[number] = error
    return found
