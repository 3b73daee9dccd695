"""Figures of cases that are counted anew, each stratum for as many cases as it shall stand for;
errors by linearisation.

A figure's error is that of the sum of its cases' influences, the derivatives of the figure by the
counts and sums of the strata (Särndal, Swensson and Wretman 1992, 5.5); percentiles have Woodruff's
(1952) intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from .describe import FEW, wilson
from .distributions import normal_reach, t_quantile, t_reach
from .reasons import Reason
from .sample import Estimate
from .skewed import COCHRAN, hall

STEP = 1e-30  # of the complex step: the derivative comes out exact to rounding
NEAR = 1e-9  # of a case, by which a sum of weights may miss a whole number
# the cases of each stratum -> for how many cases each shall stand; of exact fractions too
Sizes = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Cases:
    """Finished cases as rows of a tally: number of the stratum, whole value, how many and their
    exact total, and the number of the cluster where cases belong together.

    Each of the strata 0, 1, 2… holds cases. `scale` values are a unit, and `steps` of the total.
    """

    cell: np.ndarray
    value: np.ndarray
    n: np.ndarray
    total: np.ndarray
    scale: int
    steps: int
    cluster: np.ndarray | None = None

    @cached_property
    def units(self) -> np.ndarray:
        """Values in units."""
        return self.value / self.scale

    @cached_property
    def sizes(self) -> np.ndarray:
        """Cases of each stratum."""
        return self.summed(self.n)

    @property
    def size(self) -> int:
        """All cases."""
        return int(self.n.sum())

    def summed(self, counts: np.ndarray) -> np.ndarray:
        """Whole numbers of the rows summed by stratum."""
        found = np.zeros(int(self.cell.max(initial=-1)) + 1, "int64")
        np.add.at(found, self.cell, counts)
        return found


@dataclass(frozen=True, eq=False)
class Told:
    """A figure with its interval, the influence of one case of each row on it (None where that is
    not known), and the degrees of freedom of its error.
    """

    estimate: Estimate
    influence: np.ndarray | None
    free: float


@dataclass(frozen=True, eq=False)
class Reweighted:
    """Cases of which each stratum stands for as many as `sizes` answers.

    `fixed`: the sizes are given from outside, so that only values are drawn, stratum by stratum;
    otherwise cases are drawn and their strata with them. With clusters whole clusters are.

    >>> two = Cases(np.array([0, 0, 1]), np.array([2, 4, 9]), np.array([30, 30, 40]),
    ...     np.array([60, 120, 360]), 1, 1)
    >>> half = Reweighted(two, lambda n: n.sum() * np.array([Fraction(1, 2)] * 2), fixed=True)
    >>> half.mean().estimate.value, round(half.effective, 2)
    (6.0, 96.0)
    """

    cases: Cases
    sizes: Sizes
    fixed: bool = False

    @cached_property
    def stands_for(self) -> np.ndarray:
        """For how many cases each stratum stands, as exact fractions."""
        counts = np.array([Fraction(int(n)) for n in self.cases.sizes], dtype=object)
        return np.array([Fraction(x) for x in self.sizes(counts)], dtype=object)

    @cached_property
    def weights(self) -> np.ndarray:
        """For how many cases one case of each row stands."""
        each = self.stands_for.astype("float64") / self.cases.sizes
        return each[self.cases.cell]

    @cached_property
    def effective(self) -> float:
        """The number of equally weighted cases that say as much (Kish 1965)."""
        n, w = self.cases.n, self.weights
        return float((n @ w) ** 2 / (n @ w**2))

    @cached_property
    def _moved(self) -> np.ndarray:
        """The derivative of each stratum's size by each stratum's cases (rows: the sizes)."""
        n = self.cases.sizes
        made = np.empty((len(n), len(n)))
        for at in range(len(n)):
            step = n.astype("complex128")
            step[at] += 1j * STEP
            made[:, at] = np.asarray(self.sizes(step), "complex128").imag / STEP
        return made

    def _exact(self, whole: np.ndarray) -> Fraction:
        """The sum of whole numbers of the rows, each stratum's in proportion to its size."""
        parts = zip(self.stands_for, self.cases.summed(whole), self.cases.sizes, strict=True)
        return sum((size * int(t) / int(n) for size, t, n in parts), Fraction(0))

    def influence(self, y: np.ndarray) -> np.ndarray:
        """The influence of one case of each row on the mean of y."""
        cases = self.cases
        n, cell, size = cases.sizes, cases.cell, cases.size
        means = np.bincount(cell, cases.n * y, len(n)) / n
        share = self.stands_for.astype("float64") / n
        value = (share * n) @ means / size
        # sizes that are given grow with all cases alike, which is what makes up `value`
        grown = value if self.fixed else means @ self._moved
        by_count = (grown - share * means - value) / size
        return by_count[cell] + share[cell] * y / size

    def variance(self, influence: np.ndarray) -> tuple[float, float]:
        """The variance of what these are the influences on, and its degrees of freedom."""
        cases = self.cases
        if cases.cluster is not None:
            moved = np.bincount(cases.cluster, cases.n * influence)
            many = len(np.unique(cases.cluster))
            told = float(moved @ moved) * many / (many - 1) if many > 1 else np.nan
            return told, float(many - 1)
        squares = np.bincount(cases.cell, cases.n * influence**2, len(cases.sizes))
        if not self.fixed:
            n = cases.size
            # what rests on few heavy cases has no more degrees than they
            return (squares.sum() * n / (n - 1) if n > 1 else np.nan), self.effective - 1
        n = cases.sizes
        if (n < 2).any():
            return np.nan, 0.0
        parts = squares * n / (n - 1)
        spread = (parts**2 / (n - 1)).sum()
        # Satterthwaite (1946)
        return parts.sum(), parts.sum() ** 2 / spread if spread else float((n - 1).sum())

    def mean(self, level: float = 0.95) -> Told:
        """The mean in units; without strata that of `describe.mean`, interval included."""
        cases = self.cases
        value = float(self._exact(cases.total)) / cases.steps / cases.size
        influence = self.influence(cases.units)
        return told_at(value, influence, *self.variance(influence), level)

    def share(self, limit: float, level: float = 0.95) -> Told:
        """The share at or below `limit` units, by Wilson's interval of as many cases as would have
        its error.
        """
        return self._wilson(*self.below(limit), level)

    def above(self, limit: float, level: float = 0.95) -> Told:
        """The share above `limit` units; of values 0 and 1 with limit 0 the share of ones."""
        return self._wilson(*self._part(self.cases.units > limit), level)

    def below(self, limit: float) -> tuple[float, np.ndarray]:
        """The share at or below `limit` units, and the influences on it."""
        return self._part(self.cases.units <= limit)

    def _part(self, kept: np.ndarray) -> tuple[float, np.ndarray]:
        value = float(self._exact(np.where(kept, self.cases.n, 0)) / self.cases.size)
        return value, self.influence(kept.astype("float64"))

    def _wilson(self, value: float, influence: np.ndarray, level: float) -> Told:
        variance, free = self.variance(influence)
        clustered, plain = self.cases.cluster is not None, value * (1 - value)
        if not clustered:  # as Wilson has it, by n
            variance = float(self.cases.n @ influence**2)
        many = free + 1 if clustered else self.effective  # where all or none are
        if plain > 0 and variance > 0:
            many = plain / variance
        if not np.isfinite(variance):
            return Told(Estimate(value, reasons=(FEW,)), None, free)
        found = wilson(many if value == 1 else value * many, many, level)  # type: ignore[arg-type]
        return Told(replace(found, value=value), influence, free)

    def place(self, p: float) -> float:
        """Quantile p in units: Hyndman and Fan's (1996) type 7 of weights that sum to n."""
        return placed(self.cases.units, self.cases.n * self.weights, p)

    def quantile(self, p: float, level: float = 0.95) -> Told:
        """Quantile p in units with Woodruff's interval: the quantiles at the bounds of the share
        below it.
        """
        value = self.place(p)
        _, influence = self.below(value)
        variance, free = self.variance(influence)
        if not np.isfinite(variance) or free <= 0:
            return Told(Estimate(value, reasons=(FEW,)), None, free)
        half = normal_reach(level) * np.sqrt(variance)
        low, high = (self.place(min(max(p + side * half, 0.0), 1.0)) for side in (-1, 1))
        # the width is that of the shares times the sparsity, which so is known
        slope = (high - low) / (2 * half) if half else 0.0
        return Told(Estimate(value, low, high), -slope * influence, free)

    def difference(self, told: Told, of: Told, level: float = 0.95) -> Estimate:
        """A figure of these cases less one `of` the same cases, with the interval of both
        together.
        """
        value = told.estimate.value - of.estimate.value
        if told.influence is None or of.influence is None:
            return Estimate(value, reasons=(FEW,))
        influence = told.influence - of.influence
        variance, _ = self.variance(influence)
        return told_at(value, influence, variance, min(told.free, of.free), level).estimate

    def bounds(self, told: Told, level: float = 0.95) -> Estimate:
        """A mean with a lower and an upper bound that each hold at `level`, as `skewed.mean_bounds`
        has them, skewness being that of the influences; with clusters those of t.
        """
        cases, found = self.cases, told.estimate
        if found.low is None or told.influence is None or cases.cluster is not None:
            return told_at(
                found.value, told.influence, *self.variance(told.influence), 2 * level - 1
            ).estimate
        n = cases.size
        away = n * told.influence
        variance, free = self.variance(told.influence)
        second, third = ((away**k) @ cases.n / n for k in (2, 3))
        g = float(third / second**1.5) if second > 0 else 0.0
        spread, x = np.sqrt(variance * n), float(t_quantile(level, free) / np.sqrt(n))
        low = float(found.value - spread * max(x, hall(x, g, n)))
        high = float(found.value + spread * max(x, -hall(-x, g, n)))
        if n < COCHRAN * g**2:
            why = (Reason("long_tail", skewness=g, n=n),)
            return Estimate(found.value, None if g < 0 else low, None if g > 0 else high, why)
        return Estimate(found.value, low, high)


def placed(values: np.ndarray, weights: np.ndarray, p: float) -> float:
    """Quantile p of weighted values by Hyndman and Fan's type 7, whole weights being as many cases.

    >>> placed(np.array([2.0, 4, 48]), np.array([5, 4, 1]), 0.5)
    3.0
    """
    order = np.argsort(values, kind="stable")
    values, running = values[order], np.cumsum(weights[order])
    place = p * (running[-1] - 1) + 1
    rank = np.floor(place + NEAR)
    last = len(values) - 1
    low, high = (
        values[min(int(np.searchsorted(running, r - NEAR)), last)]
        for r in (rank, np.ceil(place - NEAR))
    )
    return float(low + max(place - rank, 0.0) * (high - low))


def told_at(
    value: float, influence: np.ndarray | None, variance: float, free: float, level: float
) -> Told:
    """A figure with its t interval; without one where its error is not known."""
    if influence is None or not np.isfinite(variance) or not free > 0:
        return Told(Estimate(value, reasons=(FEW,)), influence, free)
    half = float(t_reach(level, float(free)) * np.sqrt(variance))
    return Told(Estimate(value, value - half, value + half), influence, free)
