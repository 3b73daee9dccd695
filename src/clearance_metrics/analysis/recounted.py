"""From cells of a tally to cases that can be counted anew, stratum by stratum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..domain.ends import ENDED
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..engine.cells import Cell
from ..errors import LogError
from ..results.words import word
from ..statistics.reasons import Reason
from ..statistics.reweighted import Cases, Reweighted, Told
from ..statistics.sample import Estimate

FEWEST = 5  # finished cases of a stratum, below which nothing is learnt from it; a rule of ours


def strata_of(cells: Iterable[Cell]) -> dict[tuple, list[Cell]]:
    """The cells of each group that hold finished cases, in the order of the groups."""
    found: dict[tuple, list[Cell]] = {}
    for cell in cells:
        if (cell.n[cell.end == ENDED] > 0).any():
            found.setdefault(cell.group, []).append(cell)
    return found


def cases_of(metric: Metric, strata: Sequence[Sequence[Cell]]) -> Cases:
    """The finished cases of the strata, numbered as they stand."""
    parts: list[tuple[np.ndarray, ...]] = []
    names: list[np.ndarray] = []
    for place, cells in enumerate(strata):
        for cell in cells:
            kept = (cell.end == ENDED) & (cell.n > 0)
            where = np.full(int(kept.sum()), place)
            parts.append((where, cell.value[kept], cell.n[kept], cell.total[kept]))
            if cell.cluster is not None:
                names.append(cell.cluster[kept])
    cell, value, n, total = (np.concatenate(x).astype("int64") for x in zip(*parts, strict=True))
    clusters = None
    if names:
        codes: dict[object, int] = {}
        each = (codes.setdefault(name, len(codes)) for name in np.concatenate(names))
        clusters = np.array(list(each), "int64")
    return Cases(cell, value, n, total, metric.scale, metric.steps, clusters)


def counts_of(strata: Iterable[Sequence[Cell]]) -> np.ndarray:
    """The finished cases of each stratum."""
    return np.array(
        [sum(int(cell.n[cell.end == ENDED].sum()) for cell in cells) for cells in strata], "int64"
    )


def check_recounted(metric: Metric, statistics: Iterable[Statistic], what: str) -> None:
    """LogError for a metric or a statistic whose cases cannot be counted anew."""
    plain = (metric.is_time or metric.is_share) and not metric.distinct and not metric.reads_lines
    if not plain:
        raise LogError(f"{metric.name} is no figure of cases", what, "give a Duration or a Share")
    for statistic in statistics:
        metric.accepts(statistic)
        good = statistic.kind in ("mean", "share", "within") or statistic.place is not None
        if not good or statistic.midpoint:
            remedy = 'write "mean", "within:24", "median", "p90" or "share"'
            raise LogError(f"{statistic} is not counted anew", what, remedy)


def told_of(cases: Reweighted, metric: Metric, statistic: Statistic, level: float) -> Told:
    """One statistic of cases that are counted anew."""
    if metric.is_share:
        return cases.above(0, level)
    if statistic.kind == "mean":
        return cases.mean(level)
    if statistic.kind == "within":
        return cases.share(float(statistic.limit or 0), level)
    return cases.quantile(float(statistic.place or 0), level)


def bounds_of(cases: Reweighted, metric: Metric, statistic: Statistic, level: float) -> Estimate:
    """The same with a lower and an upper bound that each hold at `level`, as verdicts ask."""
    if statistic.kind == "mean" and not metric.is_share:
        return cases.bounds(cases.mean(level), level)
    return told_of(cases, metric, statistic, 2 * level - 1).estimate


def value_word(column: str, value: object) -> Any:
    """A value of a column in words, to be said in a language later."""
    if isinstance(value, bool):
        return Reason(f"table.{str(value).lower()}")
    return Reason("report.not_given") if value is None else word(column, str(value))


def stratum_word(columns: Sequence[str], values: Sequence[object]) -> Reason:
    """A stratum in words, to be said in a language later."""
    parts = tuple(value_word(*pair) for pair in zip(columns, values, strict=True))
    return Reason("recount.stratum", parts=parts) if parts else Reason("recount.all")
