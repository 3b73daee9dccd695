"""Many tallies from few engine queries: what is asked of the same columns is read together.

The tallies that have the same group columns are stacked, one below the other, into one query; the
number of its branch tells them apart in the answer. The engine reads only the columns that a branch
names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..domain.as_of import AsOf
from ..domain.metrics import Flag, Metric, needed_by
from ..errors import ClearanceError
from .cells import Cell, cells_of
from .log import EventLog
from .refusals import EngineLimit, MissingColumn
from .tally import check, counted, money_of, outcomes

if TYPE_CHECKING:
    import ibis.expr.types as ir


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
        self, answers: list[tuple[Ask, tuple[Cell, ...] | ClearanceError]], queries: int
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


def tallies(log: EventLog, asks: Iterable[Ask], *, as_of: AsOf, small: bool = False) -> Tallies:
    """Every ask answered, equal ones once; as `tally` does.

    Of a `small` log most of the time goes into writing the query, which is then written the quick
    way (`nested` of `engines.rows_of`); of a large one into running it, and there the engine would
    hold shared selections in memory.

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
            shape = (ask.metric.reads_lines, *(str(kind) for kind in branch.schema().values()))
            stacks.setdefault(shape, []).append((number, branch))
        # the engine needs most room for charge lines, then for many group columns: they go while
        # few answers are held
        for _, branches in sorted(
            stacks.items(), key=lambda stack: (not stack[0][0], -len(stack[0]))
        ):
            answers |= _answered(log, branches, wanted, small)
            queries += 1
    return Tallies([(ask, answers[number]) for number, ask in enumerate(wanted)], queries)


def _branch(rows: ir.Table, number: int, ask: Ask) -> ir.Table:
    """The counted rows of one ask under the columns that all of a stack share."""
    import ibis

    columns = {"ask": ibis.literal(number, "int32")} | {
        f"by_{i}": rows[f"by_{i}"] for i in range(len(ask.by))
    }
    columns["period"] = rows.period if ask.period else ibis.null("int32")
    if ask.metric.reads_lines:
        columns["weight"] = (
            rows.weight.cast("int64") if "weight" in rows.columns else ibis.null("int64")
        )
        columns["currency"] = rows.currency if "currency" in rows.columns else ibis.null("string")
    return rows.select(
        **columns, **{c: rows[c] for c in ("value", "end", "n", "total", "date_only")}
    )


def _answered(log: EventLog, branches: list, wanted: list[Ask], small: bool) -> dict:
    import ibis
    import numpy as np
    from ibis.common.exceptions import OperationNotDefinedError, UnsupportedOperationError

    tables = [branch for _, branch in branches]
    stacked = ibis.union(*tables) if len(tables) > 1 else tables[0]
    try:
        table = log.rows_of(stacked, nested=small)
    except (OperationNotDefinedError, UnsupportedOperationError):
        # an engine that lacks an operation answers what it can, each by itself
        if len(branches) == 1:
            number = branches[0][0]
            return {number: EngineLimit(log.engine.name, wanted[number].metric.name)}
        return {
            n: cells
            for branch in branches
            for n, cells in _answered(log, [branch], wanted, small).items()
        }
    place = table["ask"].to_numpy()
    if (np.diff(place) < 0).any():
        table = table.sort_by("ask")
        place = table["ask"].to_numpy()
    found: dict[int, tuple[Cell, ...] | ClearanceError] = {}
    for number, _ in branches:
        first, last = np.searchsorted(place, [number, number + 1])
        part, ask = table.slice(first, last - first), wanted[number]
        if ask.metric.reads_lines and not ask.metric.is_ratio:
            part = part.drop_columns(["weight"])
        try:
            check(ask.metric, part)
            money = money_of(log, ask.metric)
            found[number] = cells_of(part, len(ask.by), ask.period, money)
        except ClearanceError as error:
            found[number] = error
    return found
