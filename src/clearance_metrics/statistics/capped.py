"""Cases whose slowest part is put at the median of all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from .reweighted import Reweighted, Told, placed, told_at


@dataclass(frozen=True, eq=False)
class Capped(Reweighted):
    """Cases whose slowest `part` are at the median of all; the cases at the bound are split
    exactly.

    >>> from clearance_metrics.statistics.reweighted import Cases
    >>> ten = Cases(np.zeros(4, "int64"), np.array([2, 3, 4, 48]), np.array([3, 3, 3, 1]),
    ...     np.array([6, 9, 12, 48]), 1, 1)
    >>> Capped(ten, lambda n: n, part=0.1).mean().estimate.value
    3.0
    """

    part: float = 0.1

    @cached_property
    def moved(self) -> int:
        """How many cases are taken for slowest."""
        return max(round(self.part * self.cases.size), 1)

    @cached_property
    def _order(self) -> np.ndarray:
        return np.argsort(self.cases.value, kind="stable")

    @cached_property
    def _rest(self) -> np.ndarray:
        """How many cases of each row are not among the slowest."""
        n = self.cases.n[self._order]
        above = np.cumsum(n[::-1])[::-1] - n
        rest = np.empty_like(n)
        rest[self._order] = n - np.clip(self.moved - above, 0, n)
        return rest

    @cached_property
    def _middle(self) -> float:
        """The median, in whole values or halfway between two."""
        return placed(self.cases.value.astype("float64"), self.cases.n, 0.5)

    @cached_property
    def _bound(self) -> float:
        """The largest value that is not among the slowest."""
        return float(self.cases.units[self._rest > 0].max(initial=self.cases.units.min()))

    def mean(self, level: float = 0.95) -> Told:
        """The mean in units, the slowest taking as long as the median case."""
        cases, rest = self.cases, self._rest
        each = zip(cases.total, rest, cases.n, strict=True)
        whole = sum(Fraction(int(t) * int(r), int(n)) for t, r, n in each)
        middle = Fraction(self._middle) * cases.steps / cases.scale
        value = float(whole + middle * self.moved) / cases.steps / cases.size
        kept = np.minimum(cases.units, self._bound)
        median = Reweighted(cases, self.sizes).quantile(0.5, level).influence
        influence = super().influence(kept)
        if median is not None:
            influence = influence + self.part * median
        return told_at(value, influence, *self.variance(influence), level)

    def below(self, limit: float) -> tuple[float, np.ndarray]:
        """The share at or below `limit` units, and the influences on it."""
        kept = self.cases.units <= limit
        n = int(self._rest[kept].sum()) + (
            self.moved if self._middle / self.cases.scale <= limit else 0
        )
        if n == self.cases.size:  # nothing above it is left to vary
            return 1.0, np.zeros(len(kept))
        return n / self.cases.size, super().influence(kept.astype("float64"))

    def quantile(self, p: float, level: float = 0.95) -> Told:
        """Quantile p in units; where the slowest stand, and in the middle, it is the median of all
        with its interval: shares do not tell the place of a value at which many stand.
        """
        told = super().quantile(p, level)
        middle = self._middle / self.cases.scale
        if p != 0.5 and told.estimate.value != middle:
            return told
        found = Reweighted(self.cases, self.sizes).quantile(0.5, level)
        return replace(found, estimate=replace(found.estimate, value=middle))

    def place(self, p: float) -> float:
        """Quantile p in units."""
        values = np.append(self.cases.units, self._middle / self.cases.scale)
        return placed(values, np.append(self._rest, self.moved), p)
