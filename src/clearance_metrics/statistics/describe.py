"""Description of closed samples, and the same questions asked of samples with open cases."""

from __future__ import annotations

import numpy as np
from scipy import stats

from .sample import Estimate, Sample
from .survival import kaplan_meier, km_quantile, km_share_within

NO_CASES = Estimate(None, note="no cases")
FEW = "too few cases for an interval"
# Hyndman and Fan (1996): the position of quantile p among n values is p * (n + a) + b, interpolated
TYPES = {5: (0.0, 0.5), 6: (1.0, 0.0), 7: (-1.0, 1.0), 8: (1 / 3, 1 / 3)}


def mean(sample: Sample, level: float = 0.95, total: int | None = None, unit: float | None = None) -> Estimate:
    """Arithmetic mean in units with a t interval; refused while cases are open.

    `total` is the exact sum where the values are coarser than it, `unit` its steps per unit.

    >>> round(mean(Sample.of([2, 4, 5, 7, 9, 10, 12, 15, 48], [1] * 9, [1, 2, 1, 1, 1, 1, 1, 1, 1])).value, 1)
    11.6
    """
    if not sample.n:
        return NO_CASES
    if sample.n_open:
        note = f"not measurable: {sample.n_open} of {sample.n} cases open; use restricted_mean"
        return Estimate(None, note=note)
    whole = (
        int((sample.values * sample.ended).sum()) / sample.scale if total is None else total / (unit or sample.scale)
    )
    value = whole / sample.n
    if sample.n < 2:
        return Estimate(value, note=FEW)
    half = stats.t.ppf((1 + level) / 2, sample.n - 1) * standard_deviation(sample).value / np.sqrt(sample.n)
    return Estimate(float(value), float(value - half), float(value + half))


def standard_deviation(sample: Sample) -> Estimate:
    """Sample standard deviation (n - 1) in units.

    >>> round(standard_deviation(Sample.of([2, 4, 4, 5, 7, 9, 10, 12, 15, 48], [1] * 10, [1] * 10)).value, 4)
    13.4098
    """
    if sample.n_open:
        return Estimate(None, note=f"not measurable: {sample.n_open} of {sample.n} cases open")
    if sample.n < 2:
        return Estimate(None, note=FEW if sample.n else "no cases")
    centre = (sample.values * sample.ended).sum() / sample.n
    squares = ((sample.values - centre) ** 2 * sample.ended).sum()
    return Estimate(float(np.sqrt(squares / (sample.n - 1)) / sample.scale))


def extreme(sample: Sample, largest: bool) -> Estimate:
    """The smallest or largest value in units; the largest is not known while cases are open."""
    if not sample.n:
        return NO_CASES
    if largest and sample.n_open:
        return Estimate(None, note=f"not measurable: {sample.n_open} of {sample.n} cases open")
    ended = sample.units[sample.ended > 0]
    return Estimate(float(ended[-1 if largest else 0])) if len(ended) else NO_CASES


def quantile(sample: Sample, p: float, level: float = 0.95, kind: int = 7) -> Estimate:
    """Quantile p in units: Hyndman-Fan `kind` (1, 5, 6, 7 or 8) on closed samples, Kaplan-Meier with open cases.

    The interval on closed samples is the order-statistic (binomial) one.

    >>> quantile(Sample.of([2, 4, 4, 5, 7, 9, 10, 12, 15, 48], [1] * 10, [1] * 10), 0.9, kind=1).value
    15.0
    """
    if not sample.n:
        return NO_CASES
    if sample.n_open:
        return km_quantile(kaplan_meier(sample, level), p)
    running, n = np.cumsum(sample.ended), sample.n

    def ranked(rank: int) -> float:
        return sample.units[np.searchsorted(running, min(max(rank, 1), n))]

    if kind == 1:
        value = ranked(int(np.ceil(round(n * p, 9))))
    else:
        a, b = TYPES[kind]
        place = min(max(p * (n + a) + b, 1), n)
        below = int(np.floor(place + 1e-12))
        value = ranked(below) + (place - below) * (ranked(below + 1) - ranked(below))
    low, high = (int(stats.binom.ppf(q, n, p)) for q in ((1 - level) / 2, (1 + level) / 2))
    bounds = (float(ranked(low)) if low >= 1 else None, float(ranked(high + 1)) if high + 1 <= n else None)
    return Estimate(float(value), *bounds, f"Hyndman-Fan type {kind}")


def share_within(sample: Sample, limit: float, level: float = 0.95) -> Estimate:
    """Share of cases at or below `limit` units: Wilson, or Kaplan-Meier while cases are open."""
    if not sample.n:
        return NO_CASES
    if sample.n_open:
        return km_share_within(kaplan_meier(sample, level), limit)
    return wilson(int(sample.ended[sample.units <= limit].sum()), sample.n, level)


def wilson(k: int, n: int, level: float = 0.95) -> Estimate:
    """A share k / n with its Wilson interval.

    >>> share = wilson(81, 263)
    >>> round(share.low, 4), round(share.high, 4)
    (0.2553, 0.3662)
    """
    if not n:
        return NO_CASES
    z = stats.norm.ppf((1 + level) / 2)
    centre, half = (k + z * z / 2) / (n + z * z), z * np.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
    low, high = (0.0 if k == 0 else centre - half), (1.0 if k == n else centre + half)
    return Estimate(k / n, float(max(low, 0)), float(min(high, 1)))


def clustered_mean(counts, totals, scale: float, level: float = 0.95) -> Estimate:
    """Mean over cases that come in clusters (enterprise, vessel, day): linearised error, clusters - 1 degrees.

    `counts` and `totals` hold one entry per cluster.
    """
    counts, totals = np.asarray(counts, "float64"), np.asarray(totals, "float64") / scale
    return _ratio(totals, counts, np.ones(len(counts)), level, f"interval by {len(counts)} clusters")


def ratio_mean(values, weights, counts, scale: float, level: float = 0.95) -> Estimate:
    """Sum of values over sum of weights (yuan per TEU), linearised error over cases."""
    values = np.asarray(values, "float64") / scale
    return _ratio(values, np.asarray(weights, "float64"), np.asarray(counts, "float64"), level, "ratio of sums")


def _ratio(top, base, counts, level: float, note: str) -> Estimate:
    n, whole = counts.sum(), (base * counts).sum()
    if not n or not whole:
        return NO_CASES
    value = float((top * counts).sum() / whole)
    if n < 2:
        return Estimate(value, note=FEW)
    spread = ((top - value * base) ** 2 * counts).sum() * n / (n - 1)
    half = stats.t.ppf((1 + level) / 2, n - 1) * np.sqrt(spread) / whole
    return Estimate(value, float(value - half), float(value + half), note)


def difference_of_means(before: Estimate, after: Estimate, level: float = 0.95) -> Estimate:
    """after - before with an interval from the two intervals' half widths (independent samples)."""
    if None in (before.value, before.low, after.value, after.low):
        return Estimate(None, note="no interval on one side")
    half = np.hypot(before.high - before.value, after.high - after.value)
    gap = after.value - before.value
    return Estimate(gap, float(gap - half), float(gap + half))


def difference_of_shares(before: Estimate, after: Estimate) -> Estimate:
    """after - before with Newcombe's (1998) hybrid score interval from two Wilson intervals."""
    if None in (before.value, after.value):
        return Estimate(None, note="no cases on one side")
    gap = after.value - before.value
    low = gap - np.hypot(after.value - after.low, before.high - before.value)
    high = gap + np.hypot(after.high - after.value, before.value - before.low)
    return Estimate(gap, float(low), float(high))
