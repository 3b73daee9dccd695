"""What firms experience: each firm's own average counts once, however many shipments it has."""

from __future__ import annotations

from collections.abc import Callable
from math import fsum

import numpy as np
from numpy.typing import ArrayLike

from .bootstrap import DRAWS, FEW_CLUSTERS
from .distributions import normal_share, t_quantile, t_reach
from .reasons import Reason
from .sample import Estimate

FEWEST = 6  # firms, as Business Ready asks of an economy
REACH = 3  # standard deviations of log(1 + x) beyond which a firm is left out
LEAST_FOR_OUTLIERS = 11  # of fewer, none lies so far: at most (n - 1) / sqrt(n) deviations
Spread = Callable[[np.ndarray], np.ndarray]


def outlying(averages: ArrayLike, reach: float = REACH) -> np.ndarray:
    """Which firms lie beyond `reach` standard deviations (n - 1) of log(1 + x) from its mean;
    looked at once. ValueError for averages of -1 or less.

    Of n firms none can lie beyond (n - 1) / sqrt(n) of them, so that of fewer than 11 none is
    beyond three. Source: World Bank, Business Ready methodology handbook (2026), pp. 509-513.

    >>> outlying([1] * 11 + [60]).nonzero()[0].tolist(), outlying([1] * 9 + [6000]).any().item()
    ([11], False)
    """
    values = np.asarray(averages, float)
    if (values <= -1).any():
        raise ValueError("log(1 + x) needs averages above -1")
    if len(values) < 2:
        return np.zeros(len(values), bool)
    logs = np.log1p(values)
    spread = logs.std(ddof=1)
    # of equal firms the spread is rounding alone
    if spread <= 1e-12 * (1 + np.abs(logs).max()):
        return np.zeros(len(values), bool)
    return np.abs(logs - logs.mean()) > reach * spread


def firm_weighted(averages: ArrayLike, level: float = 0.95) -> Estimate:
    """The mean of firms' own averages, all firms alike, with the t interval over firms; refused
    under six firms.

    >>> found = firm_weighted([3, 10, 20, 30, 40, 50])
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (25.5, 6.68, 44.32)
    """
    values = np.asarray(averages, float)
    if why := too_few(len(values)):
        return Estimate.refused(why)
    many = len(values)
    value = fsum(values) / many
    half = t_reach(level, many - 1) * float(values.std(ddof=1)) / many**0.5
    return Estimate(value, value - half, value + half)


def too_few(firms: int) -> Reason | None:
    """Why so few firms say nothing of an economy; None where they are enough."""
    return Reason("firms.few", n=firms, fewest=FEWEST) if firms < FEWEST else None


def firm_sd(averages: ArrayLike, level: float = 0.95, seed: int = 0) -> Estimate:
    """Standard deviation (n - 1) of firms' own averages, with a bootstrap interval over firms.

    >>> round(firm_sd([3, 10, 20, 30, 40, 50]).value, 4)
    17.9304
    """
    return _drawn(averages, lambda v: v.std(axis=1, ddof=1), level, seed)


def firm_cv(averages: ArrayLike, level: float = 0.95, seed: int = 0) -> Estimate:
    """Coefficient of variation of firms' own averages: their standard deviation over their mean.

    >>> round(firm_cv([3, 10, 20, 30, 40, 50]).value, 4)
    0.7032
    """
    if len(values := np.asarray(averages, float)) >= FEWEST and values.mean() <= 0:
        return Estimate.refused(Reason("mean_not_positive"))
    return _drawn(values, lambda v: v.std(axis=1, ddof=1) / v.mean(axis=1), level, seed)


def firm_p90_p50(averages: ArrayLike, level: float = 0.95, seed: int = 0) -> Estimate:
    """The 90th percentile of firms' own averages over their median (Hyndman-Fan type 7).

    >>> round(firm_p90_p50([3, 10, 20, 30, 40, 50]).value, 4)
    1.8
    """
    if len(values := np.asarray(averages, float)) >= FEWEST and np.median(values) <= 0:
        return Estimate.refused(Reason("median_not_positive"))

    def ratio(drawn: np.ndarray) -> np.ndarray:
        high, middle = np.quantile(drawn, [0.9, 0.5], axis=1)
        return high / middle

    return _drawn(values, ratio, level, seed)


def _drawn(averages: ArrayLike, spread: Spread, level: float, seed: int) -> Estimate:
    """A spread with its percentile interval over draws of whole firms; none under ten firms."""
    values = np.asarray(averages, float)
    many = len(values)
    if why := too_few(many):
        return Estimate.refused(why)
    value = float(spread(values[None, :])[0])
    if many < FEW_CLUSTERS:
        why = Reason("firms.few_for_interval", n=many, fewest=FEW_CLUSTERS)
        return Estimate(value, reasons=(why,))
    # in order, so that the order of firms moves no draw
    drawn = np.sort(values)[np.random.default_rng(seed).integers(0, many, (DRAWS, many))]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = spread(drawn)
    # draws of few firms vary too little
    tail = (1 - level) / 2
    tail = float(normal_share(t_quantile(tail, many - 1) * np.sqrt(many / (many - 1))))
    found = np.where(np.isnan(found), np.inf, found)
    low, high = np.quantile(found, [tail, 1 - tail], method="inverted_cdf")
    low, high = (float(b) if np.isfinite(b) else None for b in (low, high))
    return Estimate(value, low, high, (Reason("firms.bootstrap", draws=DRAWS),))
