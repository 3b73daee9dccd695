"""One-sided bounds of a mean of long-tailed durations, for verdicts on a target."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .describe import about, mean, standard_deviation
from .distributions import t_quantile
from .reasons import Reason
from .sample import Estimate, Sample

# cases needed per squared skewness before a mean's bound on the side of its tail is to be trusted
COCHRAN = 25


def skewness(sample: Sample) -> float:
    """Third moment over the cube of the spread, of cases of end 1; zero where they do not vary.

    >>> round(skewness(Sample.of([1, 2, 9], [1, 1, 1], [1, 1, 1])), 4)
    0.6655
    """
    n = max(int(sample.ended.sum()), 1)
    away = sample.units - (sample.units * sample.ended).sum() / n
    second, third = ((away**k * sample.ended).sum() / n for k in (2, 3))
    return float(third / second**1.5) if second > 0 else 0.0


def mean_bounds(sample: Sample, level: float = 0.95, value: float | None = None) -> Estimate:
    """The mean with a lower and an upper bound that each hold at `level`, skewness allowed for;
    refused as a mean is.

    By the t interval's bound the mean of a long-tailed clock would pass for met too often: a log
    that by chance lacks its longest cases has a small mean and a small spread at once. Bounds are
    those of Hall's (1992) transformation of t, which Zhou and Gao (2000) take up for positively
    skewed data, and never nearer than those of t. On the side of the tail there is none with fewer
    than 25 cases per squared skewness (Cochran 1977, 2.15). `value` is the exact mean where the
    values are coarser than it.

    >>> days = Sample.of([3, 4, 5, 6, 7, 9, 14], [1] * 7, [60, 70, 60, 40, 30, 20, 5])
    >>> found = mean_bounds(days)
    >>> round(found.low, 3), round(found.value, 3), round(found.high, 3)
    (4.923, 5.123, 5.338)
    """
    # bounds that each hold at `level` are those of the interval at 2 level - 1
    plain = mean(sample, 2 * level - 1)
    if plain.value is None or plain.low is None:
        return plain
    value, n = plain.value if value is None else value, int(sample.ended.sum())
    spread, g = standard_deviation(sample).value, skewness(sample)
    x = float(t_quantile(level, n - 1) / np.sqrt(n))
    low, high = (value - spread * max(x, hall(x, g, n)), value + spread * max(x, -hall(-x, g, n)))
    if n < COCHRAN * g**2:
        why = (*about(sample), Reason("long_tail", skewness=g, n=n))
        return Estimate(value, None if g < 0 else low, None if g > 0 else high, why)
    return replace(plain, value=value, low=low, high=high)


def hall(x: float, skew: float, n: int) -> float:
    """The studentised distance T (without the root of n) at which Hall's transformation is x.

    g(T) = T + skew T^2 / 3 + skew^2 T^3 / 27 + skew / (6 n), which is monotone.

    >>> t = hall(0.2, 1.5, 50)
    >>> round(t + 1.5 * t**2 / 3 + 1.5**2 * t**3 / 27 + 1.5 / 300, 12)
    0.2
    """
    if abs(skew) < 1e-8:
        return x
    moved = skew * (x - skew / (6 * n))
    # near zero the difference of cube roots would cancel
    root = np.expm1(np.log1p(moved) / 3) if moved > -0.5 else np.cbrt(1 + moved) - 1
    return float(root * 3 / skew)
