"""One statistic of one cell, with the sample it rests on; cells pooled to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from .. import statistics as st
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import money_of
from .estimators import Asked, answers_of

# what cells that become one are joined by
POOLED = ("value", "end", "n", "total", "weight", "cluster", "entry", "paid", "worth", "squared")


def sample_of(metric: Metric, cell: Cell) -> st.Sample:
    """The cell's cases as a sample in the metric's units."""
    return st.Sample.of(cell.value, cell.end, cell.n, metric.scale, cell.entry, metric.ways)


def samples_of(metric: Metric, cells: Sequence[Cell]) -> list[st.Sample]:
    """Every cell's cases as `sample_of` has them, made in one pass."""
    if not cells:
        return []
    starts = np.cumsum([0, *(len(cell.value) for cell in cells[:-1])])
    values, ends, counts, entry = (
        None if getattr(cells[0], c) is None else np.concatenate([getattr(x, c) for x in cells])
        for c in ("value", "end", "n", "entry")
    )
    return st.Sample.each(values, ends, counts, starts, metric.scale, entry, metric.ways)


def pooled(cells: Iterable[Cell]) -> Cell | None:
    """Several cells of one tally as one: the months of a window."""
    cells = list(cells)
    if not cells:
        return None
    first = cells[0]
    arrays = {
        name: None
        if getattr(first, name) is None
        else np.concatenate([getattr(cell, name) for cell in cells])
        for name in POOLED
    }
    others = sum((Counter(dict(cell.other_currencies)) for cell in cells), Counter())
    return Cell(
        first.group,
        None,
        **arrays,
        date_only=sum(cell.date_only for cell in cells),
        currency=first.currency,
        other_currencies=tuple(sorted(others.items())),
    )


def estimate(
    metric: Metric, cell: Cell, statistic: Statistic | str, level: float = 0.95
) -> tuple[st.Estimate, st.Sample]:
    """One statistic of one cell, with the sample it rests on."""
    sample = sample_of(metric, cell)
    asked = Asked(metric, cell, sample, Statistic.parse(statistic), level)
    return answers_of(asked)[0][1], sample


def unit_in(log: EventLog, metric: Metric, statistic: Statistic | str | None = None) -> str:
    """The unit of a statistic of the metric in this log: money is in the log's currency."""
    return metric.unit_of(statistic, money_of(log, metric) or "CNY")
