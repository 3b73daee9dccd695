"""How far a time can be relied on, and means that bear long tails differently.

Extra figures, never the headline.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .bootstrap import bootstrap, mean_of, quantile_of
from .describe import FEW, NO_CASES, NONE_FINISHED, about
from .distributions import t_reach
from .reasons import Reason
from .sample import Estimate, Sample


def buffer_index(sample: Sample, level: float = 0.95) -> Estimate:
    """(P95 - mean) / mean, percentile of type 7: the extra time to allow so as to be late one time
    in twenty.

    Source: Federal Highway Administration, travel time reliability measures. Not defined for a mean
    of zero or less.

    >>> small = Sample.of([2, 4, 5, 7, 9, 10, 12, 15, 48], [1] * 9, [1, 2, 1, 1, 1, 1, 1, 1, 1])
    >>> round(buffer_index(small).value, 4)
    1.8578
    """
    late = quantile_of(0.95)

    def index(units: np.ndarray, ended: np.ndarray, still: np.ndarray) -> np.ndarray:
        mean = mean_of(units, ended, still)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(mean > 0, (late(units, ended, still) - mean) / mean, np.nan)

    return _ratio(sample, index, Reason("mean_not_positive"), level)


def planning_ratio(sample: Sample, level: float = 0.95) -> Estimate:
    """P95 / median, percentiles of type 7: how much longer than usual to plan for.

    >>> small = Sample.of([2, 4, 5, 7, 9, 10, 12, 15, 48], [1] * 9, [1, 2, 1, 1, 1, 1, 1, 1, 1])
    >>> round(planning_ratio(small).value, 3)
    4.144
    """
    late, middle = quantile_of(0.95), quantile_of(0.5)

    def ratio(units: np.ndarray, ended: np.ndarray, still: np.ndarray) -> np.ndarray:
        half = middle(units, ended, still)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(half > 0, late(units, ended, still) / half, np.nan)

    return _ratio(sample, ratio, Reason("median_not_positive"), level)


def _ratio(
    sample: Sample, statistic: Callable[..., np.ndarray], undefined: Reason, level: float
) -> Estimate:
    if not sample.n:
        return NO_CASES
    if sample.n_open:
        return Estimate.refused(Reason("open_cases", n=sample.n_open, total=sample.n))
    value = statistic(sample.units, sample.ended[None, :], sample.open[None, :])[0]
    if not np.isfinite(value):
        return Estimate.refused(undefined)
    return bootstrap(sample, statistic, level=level)


def geometric_mean(sample: Sample, level: float = 0.95) -> Estimate:
    """exp of the mean logarithm, with the t interval of the logarithms; only for closed samples
    above zero.

    >>> round(geometric_mean(Sample.of([1, 10, 100], [1] * 3, [1] * 3)).value, 6)
    10.0
    """
    if not sample.n:
        return NO_CASES
    if sample.n_open:
        return Estimate.refused(Reason("open_cases", n=sample.n_open, total=sample.n))
    low = int(sample.ended[sample.values <= 0].sum())
    if low:
        return Estimate.refused(Reason("cases_not_positive", n=low, total=sample.n))
    # of several ends, about the cases that reached the stop
    kept = sample.ended > 0
    logs, counts = np.log(sample.units[kept]), sample.ended[kept]
    n = int(counts.sum())
    if not n:
        return Estimate.refused(NONE_FINISHED)
    centre = (logs * counts).sum() / n
    if n < 2:
        return Estimate(float(np.exp(centre)), reasons=(FEW, *about(sample)))
    spread = np.sqrt(((logs - centre) ** 2 * counts).sum() / (n - 1) / n)
    half = t_reach(level, n - 1) * spread
    value, low, high = (float(np.exp(x)) for x in (centre, centre - half, centre + half))
    return Estimate(value, low, high, reasons=about(sample))


def mean_without_top(sample: Sample, percent: float = 1.0) -> Estimate:
    """Mean of all but the largest floor(n percent / 100) cases, to be read beside the mean; it has
    no interval.

    >>> mean_without_top(Sample.of([1, 2, 3, 100], [1] * 4, [1] * 4), 25).value
    2.0
    """
    if not sample.n:
        return NO_CASES
    if sample.n_open:
        return Estimate.refused(Reason("open_cases", n=sample.n_open, total=sample.n))
    dropped = int(np.floor(round(sample.n * percent / 100, 9)))
    if dropped >= sample.n:
        return Estimate.refused(Reason("no_cases_left"))
    kept = np.minimum(
        sample.ended, np.maximum(sample.n - dropped - (sample.ended.cumsum() - sample.ended), 0)
    )
    value = int((sample.values * kept).sum()) / (sample.n - dropped) / sample.scale
    return Estimate(value, reasons=(Reason("dropped_largest", n=dropped),))
