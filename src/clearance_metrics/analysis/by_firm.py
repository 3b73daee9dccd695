"""Firms' own averages from a cell whose clusters are firms, and which of them lie too far out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .. import statistics as st
from ..domain.ends import ENDED
from ..domain.metrics import Metric
from ..engine.cells import Cell
from ..statistics.reasons import Reason


@dataclass(frozen=True, eq=False)
class ByFirm:
    """Firms with their cases, their own averages in the metric's unit, and whether each lies beyond
    three standard deviations; `no_firm` cases name none. Not `tested` are firms whose clock may run
    backwards, which has no logarithm.
    """

    names: tuple[str, ...]
    n: np.ndarray
    averages: np.ndarray
    out: np.ndarray
    no_firm: int
    tested: bool = True

    @property
    def cases(self) -> int:
        """The cases of the firms that count."""
        return int(self.n[~self.out].sum())

    @property
    def kept(self) -> np.ndarray:
        """The averages that count."""
        return self.averages[~self.out]

    @property
    def dropped(self) -> tuple[str, ...]:
        """The firms that lie too far out, by name."""
        return tuple(name for name, out in zip(self.names, self.out, strict=True) if out)

    def about(self) -> tuple[Reason, ...]:
        """How many firms count, which were left out, and how many cases name none."""
        told = [Reason("firms.over", n=len(self.kept))]
        if self.dropped:
            told.append(Reason("firms.dropped", n=len(self.dropped), names=self.dropped))
        if not self.tested:
            told.append(Reason("firms.not_tested"))
        if self.no_firm:
            told.append(Reason("firms.no_firm", n=self.no_firm))
        return tuple(told)


def by_firm(metric: Metric, cell: Cell) -> ByFirm:
    """The firms of a cell: of clocks the mean of a firm's cases, of charges as a share of value all
    of its charges over all of its goods. The outlier rule looks at the averages, in the metric's
    unit.
    """
    assert cell.cluster is not None
    ended = cell.end == ENDED
    codes: dict[object, int] = {}
    place = np.array([codes.setdefault(c, len(codes)) for c in cell.cluster[ended]], "int64")
    many = len(codes)

    def summed(column: np.ndarray) -> np.ndarray:
        found = np.zeros(many, "int64")
        np.add.at(found, place, column[ended])
        return found

    n = summed(cell.n)
    if metric.of_value:
        assert cell.paid is not None and cell.worth is not None
        averages = 100 * summed(cell.paid) / np.maximum(summed(cell.worth), 1)
    else:
        averages = summed(cell.total) / np.maximum(n, 1) / metric.steps
    named = sorted((str(name), at) for name, at in codes.items() if name is not None)
    order = np.array([at for _, at in named], "int64")
    told = averages[order]
    tested = bool((told > -1).all())
    out = st.outlying(told) if tested else np.zeros(len(told), bool)
    lost = int(n[codes[None]]) if None in codes else 0
    return ByFirm(tuple(name for name, _ in named), n[order], told, out, lost, tested)


ESTIMATORS: dict[str, Callable[[np.ndarray, float], st.Estimate]] = {
    "firm_mean": st.firm_weighted,
    "firm_sd": st.firm_sd,
    "firm_cv": st.firm_cv,
    "firm_p90_p50": st.firm_p90_p50,
}


def of_firms(metric: Metric, cell: Cell, kind: str, level: float) -> st.Estimate:
    """One statistic over firms' own averages; refused where no column names firms."""
    if cell.cluster is None:
        return st.Estimate.refused(Reason("firms.no_column"))
    firms = by_firm(metric, cell)
    found = ESTIMATORS[kind](firms.kept, level)
    return replace(found, reasons=(*found.reasons, *firms.about()))
