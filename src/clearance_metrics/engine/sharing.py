"""Many tallies from few engine queries: what is asked of the same columns is read together.

The tallies that have the same group columns are stacked, one below the other, into one query; the
number of its branch tells them apart in the answer. The engine reads only the columns that a branch
names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ..domain.as_of import AsOf
from ..domain.metrics import Flag, Metric, needed_by
from ..domain.sql import name
from ..errors import ClearanceError
from .cells import SUMS, Cell, array_of, cells_of, summed
from .log import EventLog
from .query import KINDS, Query, indented, select
from .refusals import MissingColumn
from .tally import check, counted, money_of, outcomes

if TYPE_CHECKING:
    import pyarrow as pa


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


def tallies(log: EventLog, asks: Iterable[Ask], *, as_of: AsOf, finest: bool = False) -> Tallies:
    """Every ask answered, equal ones once; as `tally` does.

    With `finest` a metric that is wanted by several groupings is asked once, by the columns of all
    of them, and each answer is summed from that: the same whole numbers from fewer queries.

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
    try:
        return _answers(log, wanted, as_of, _shared(log, wanted) if finest else _each(wanted))
    except OverflowError:  # a sum is larger than a whole number of 64 bits: the engine says which
        return _answers(log, wanted, as_of, _each(wanted))


# what the engine is asked, and which of the asks that are wanted it answers, each with the places
# of its own group columns
Shared = Sequence[tuple[Ask, Sequence[tuple[int, tuple[int, ...]]]]]


def _each(wanted: Sequence[Ask]) -> Shared:
    """Every ask by itself."""
    return [(ask, [(place, tuple(range(len(ask.by))))]) for place, ask in enumerate(wanted)]


def _shared(log: EventLog, wanted: Sequence[Ask]) -> Shared:
    """Asks that differ in nothing but attributes of cases by which they are grouped, as one.

    Charges per case stay by themselves, since a case may have lines of several groups, and so do
    values that are counted once per group: neither adds up.
    """
    known = set(log.columns)
    alike: list[tuple[Ask, list[int]]] = []
    made = []
    for ask, told in _each(wanted):
        names = {c for c in ask.by if isinstance(c, str)} & known
        of_case = ask.metric.reads_lines and ask.metric.counts != "lines"
        if len(names) < len(ask.by) or of_case or ask.metric.distinct:
            made.append((ask, told))
            continue
        bare, places = replace(ask, by=()), [place for place, _ in told]
        same = next((others for one, others in alike if one == bare), None)
        if same is None:
            alike.append((bare, places))
        else:
            same += places
    for bare, places in alike:
        by = tuple(dict.fromkeys(column for place in places for column in wanted[place].by))
        answers = [(place, tuple(map(by.index, wanted[place].by))) for place in places]
        made.append((replace(bare, by=by), answers))
    return made


def _answers(log: EventLog, wanted: list[Ask], as_of: AsOf, shared: Shared) -> Tallies:
    """The answer to each ask that is wanted, from what the engine is asked."""
    answers: dict[int, tuple[Cell, ...] | ClearanceError] = {}
    stacks: dict[tuple, list] = {}
    asked = [ask for ask, _ in shared]
    needed = [
        ask.metric.needs | ask.metric.also_reads | needed_by(ask.by)
        for ask in asked
        if not ask.metric.reads_lines
    ]
    with log.joined(needed) as (joined, queries):
        for number, ask in enumerate(asked):
            try:
                rows = outcomes(
                    joined,
                    ask.metric,
                    by=ask.by,
                    period=ask.period,
                    tariff=ask.tariff,
                    as_of=as_of,
                )
            except MissingColumn as missing:
                answers |= {place: missing for place, _ in shared[number][1]}
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
                f"ask {number}: {asked[number].metric.name}" for number, _ in branches
            )
            stacked = _stacked([branch for _, branch in branches]).titled(title)
            queries += 1
            answers |= _answered(log, stacked, [number for number, _ in branches], wanted, shared)
    found = [(ask, answers[place]) for place, ask in enumerate(wanted)]
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


def _answered(
    log: EventLog, stacked: Query, numbers: list[int], wanted: list[Ask], shared: Shared
) -> dict:
    table = log.rows_of(stacked)
    found: dict[int, tuple[Cell, ...] | ClearanceError] = {}
    views: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for number in numbers:
        for place, columns in shared[number][1]:
            views.setdefault(columns, []).append((number, place))
    every = tuple(range(len(shared[numbers[0]][0].by)))
    for columns, told in views.items():
        rows = table if columns == every else summed(table, columns)
        for place, part in _parts(rows, told):
            found[place] = _cells(log, wanted[place], part)
    return found


def _parts(rows: pa.Table, told: list[tuple[int, int]]) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each ask."""
    number_of = array_of(rows["ask"])
    if (np.diff(number_of) < 0).any():
        rows = rows.sort_by("ask")
        number_of = array_of(rows["ask"])
    for number, place in told:
        first, last = np.searchsorted(number_of, [number, number + 1])
        yield place, rows.slice(first, last - first)


def _cells(log: EventLog, ask: Ask, rows: pa.Table) -> tuple[Cell, ...] | ClearanceError:
    """The cells of one ask, or what stands in their way."""
    if ask.metric.reads_lines:
        own = (
            *(("weight",) if ask.metric.is_ratio else ()),
            *(SUMS if ask.metric.of_value else ()),
        )
        rows = rows.drop_columns([c for c in ("weight", *SUMS) if c not in own])
    try:
        check(ask.metric, rows)
        return cells_of(rows, len(ask.by), ask.period, money_of(log, ask.metric))
    except ClearanceError as error:
        return error
