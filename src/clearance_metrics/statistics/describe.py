"""Description of closed samples, and the same questions asked of samples with open cases."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .distributions import binomial_quantile, normal_reach, t_reach
from .incidence import aalen_johansen, incidence_at, incidence_quantile
from .reasons import Reason
from .sample import Estimate, Sample
from .survival import kaplan_meier, km_quantile, km_share_within

NO_CASES = Estimate.refused(Reason("no_cases"))
FEW = Reason("few_for_interval")
NONE_FINISHED = Reason("none_finished")
# Hyndman and Fan (1996): the position of quantile p among n values is p * (n + a) + b, interpolated
PER_TEU = Reason("ratio_of_sums")
TYPES = {5: (0.0, 0.5), 6: (1.0, 0.0), 7: (-1.0, 1.0), 8: (1 / 3, 1 / 3)}
BY_KIND = {kind: Reason("hyndman_fan", kind=kind) for kind in TYPES}
BY_KIND[1] = Reason("hyndman_fan_first")


INSTEAD = {
    "restricted_mean": Reason("statistic.restricted_mean"),
    "survival": Reason("statistic.survival"),
}


def unfinished(sample: Sample, instead: str = "") -> tuple[Reason, ...]:
    """Why finished cases alone would mislead: some are open, or came under observation late; else
    none.

    `instead` names a statistic to ask for.

    >>> unfinished(Sample.of([5, 30], [1, 0], [2, 3]), instead="survival")[1]
    Reason('use_instead', statistic=Reason('statistic.survival'))
    """
    if sample.n_open and sample.n_late:
        why = Reason("open_and_late_cases", n=sample.n_open, late=sample.n_late, total=sample.n)
    elif sample.n_open:
        why = Reason("open_cases", n=sample.n_open, total=sample.n)
    elif sample.n_late:
        why = Reason("late_cases", n=sample.n_late, total=sample.n)
    else:
        return ()
    if not instead:
        return (why,)
    return why, Reason("use_instead", statistic=INSTEAD[instead])


def about(sample: Sample) -> tuple[Reason, ...]:
    """Which cases a description of finished ones is about, where some ended in another way."""
    if not sample.n_other:
        return ()
    return (Reason("about_finished", n=sample.n - sample.n_other, other=sample.n_other),)


def mean(
    sample: Sample, level: float = 0.95, total: int | None = None, unit: float | None = None
) -> Estimate:
    """Arithmetic mean in units with a t interval, of cases of end 1; refused while cases are open
    or entered late.

    `total` is the exact sum where the values are coarser than it, `unit` its steps per unit.

    >>> small = Sample.of([2, 4, 5, 7, 9, 10, 12, 15, 48], [1] * 9, [1, 2, 1, 1, 1, 1, 1, 1, 1])
    >>> round(mean(small).value, 1)
    11.6
    """
    if not sample.n:
        return NO_CASES
    if why := unfinished(sample, "restricted_mean"):
        return Estimate.refused(*why)
    n = sample.n - sample.n_other
    if not n:
        return Estimate.refused(NONE_FINISHED)
    whole = (
        int((sample.values * sample.ended).sum()) / sample.scale
        if total is None
        else total / (unit or sample.scale)
    )
    value = whole / n
    if n < 2:
        return Estimate(value, reasons=(FEW, *about(sample)))
    half = t_reach(level, n - 1) * standard_deviation(sample).value / np.sqrt(n)
    return Estimate(float(value), float(value - half), float(value + half), about(sample))


def standard_deviation(sample: Sample) -> Estimate:
    """Sample standard deviation (n - 1) in units, of cases of end 1.

    >>> ten = Sample.of([2, 4, 4, 5, 7, 9, 10, 12, 15, 48], [1] * 10, [1] * 10)
    >>> round(standard_deviation(ten).value, 4)
    13.4098
    """
    if why := unfinished(sample):
        return Estimate.refused(*why)
    n = sample.n - sample.n_other
    if n < 2:
        return NO_CASES if not sample.n else Estimate.refused(FEW if n else NONE_FINISHED)
    centre = sample.values @ sample.ended / n
    squares = ((sample.values - centre) ** 2 * sample.ended).sum()
    return Estimate(float(np.sqrt(squares / (n - 1)) / sample.scale), reasons=about(sample))


def extreme(sample: Sample, largest: bool) -> Estimate:
    """The smallest or largest value in units, of cases of end 1.

    The largest is not known while cases are open, neither where cases came under observation late.
    """
    if not sample.n:
        return NO_CASES
    if (largest or sample.n_late) and (why := unfinished(sample)):
        return Estimate.refused(*why)
    ended = sample.units[sample.ended > 0]
    if not len(ended):
        return NO_CASES
    return Estimate(float(ended[-1 if largest else 0]), reasons=about(sample))


def quantile(
    sample: Sample, p: float, level: float = 0.95, kind: int = 7, rule: str | None = None
) -> Estimate:
    """Quantile p in units: Hyndman-Fan `kind` (1, 5, 6, 7 or 8) on closed samples, Kaplan-Meier
    with open cases.

    The interval on closed samples is the order-statistic (binomial) one. `rule` for flat steps,
    "left end" or "midpoint", asks for Kaplan-Meier in any case. With further ends it is the time by
    which a share p of all cases has reached end 1, by Aalen-Johansen.

    >>> ten = Sample.of([2, 4, 4, 5, 7, 9, 10, 12, 15, 48], [1] * 10, [1] * 10)
    >>> quantile(ten, 0.9, kind=1).value
    15.0
    """
    if not sample.n:
        return NO_CASES
    if sample.others is not None:
        return incidence_quantile(aalen_johansen(sample, level), 1, p, rule or "left end")
    if rule or sample.n_open or sample.n_late:
        return km_quantile(kaplan_meier(sample, level), p, rule or "left end")
    units, running, n = sample.units, sample.running, sample.n

    def ranked(rank: int) -> float:
        return units[running.searchsorted(min(max(rank, 1), n))]

    if kind == 1:
        value = ranked(int(np.ceil(round(n * p, 9))))
    else:
        a, b = TYPES[kind]
        place = min(max(p * (n + a) + b, 1), n)
        below = int(np.floor(place + 1e-12))
        value = ranked(below) + (place - below) * (ranked(below + 1) - ranked(below))
    low, high = (binomial_quantile(q, n, p) for q in ((1 - level) / 2, (1 + level) / 2))
    bounds = (
        float(ranked(low)) if low >= 1 else None,
        float(ranked(high + 1)) if high + 1 <= n else None,
    )
    return Estimate(float(value), *bounds, (BY_KIND[kind],))


def followed_to(sample: Sample, limit: float) -> bool:
    """Whether every case was watched from its start until it ended or passed `limit` units: a share
    is then a count.

    >>> found = Sample.of([5, 30], [1, 0], [2, 3])
    >>> followed_to(found, 24), followed_to(found, 48)
    (True, False)
    """
    return not sample.n_late and not sample.open[sample.units < limit].any()


def share_within(sample: Sample, limit: float, level: float = 0.95) -> Estimate:
    """Share of cases that reached end 1 within `limit` units: Wilson's interval where all were
    followed to the limit.

    Where cases are open before it, or came late, Kaplan-Meier; of several ends the incidence of the
    first, by Aalen-Johansen.

    >>> share_within(Sample.of([5, 30], [1, 0], [40, 3]), 3).high < 0.09
    True
    """
    if not sample.n:
        return NO_CASES
    followed = followed_to(sample, limit)
    if not followed and sample.others is not None:
        return incidence_at(aalen_johansen(sample, level), 1, limit)
    if not followed:
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
    z = normal_reach(level)
    centre, half = (
        (k + z * z / 2) / (n + z * z),
        z * np.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z),
    )
    low, high = (0.0 if k == 0 else centre - half), (1.0 if k == n else centre + half)
    return Estimate(k / n, float(max(low, 0)), float(min(high, 1)))


def clustered_mean(
    counts: ArrayLike, totals: ArrayLike, scale: float, level: float = 0.95
) -> Estimate:
    """Mean over cases that come in clusters (enterprise, vessel, day): linearised error, clusters -
    1 degrees.

    `counts` and `totals` hold one entry per cluster.
    """
    counts, totals = np.asarray(counts, "float64"), np.asarray(totals, "float64") / scale
    how = Reason("by_clusters", n=len(counts))
    return _ratio(totals, counts, np.ones(len(counts)), level, how)


def ratio_mean(
    values: ArrayLike,
    weights: ArrayLike,
    counts: ArrayLike,
    scale: float,
    level: float = 0.95,
    how: Reason = PER_TEU,
) -> Estimate:
    """Sum of values over sum of weights (yuan per TEU), linearised error over cases."""
    values = np.asarray(values, "float64") / scale
    weights, counts = np.asarray(weights, "float64"), np.asarray(counts, "float64")
    return _ratio(values, weights, counts, level, how)


def ratio_of_totals(
    ratios: ArrayLike,
    tops: ArrayLike,
    bases: ArrayLike,
    squares: ArrayLike,
    counts: ArrayLike,
    times: float = 1.0,
    level: float = 0.95,
) -> Estimate:
    """All tops over all bases, `times` that, from sums over cases of one ratio: linearised error.

    An entry holds `counts` cases whose top is `ratios` of their base, with the sums of their tops,
    of their bases, and of their bases squared; a case's share in the error is its base times what
    its ratio differs from that of all (Cochran 1977, 2.11).

    >>> found = ratio_of_totals([0.5, 0.1], [50, 10], [100, 100], [10000, 10000], [1, 1])
    >>> found.value
    0.3
    """
    shares, each = np.asarray(ratios, "float64"), np.asarray(counts)
    n, base = int(each.sum()), int(np.asarray(bases).sum())
    if not n or not base:
        return NO_CASES
    value = int(np.asarray(tops).sum()) / base
    if n < 2:
        return Estimate(value * times, reasons=(FEW,))
    spread = ((shares - value) ** 2 * np.asarray(squares, "float64")).sum() * n / (n - 1)
    half = t_reach(level, n - 1) * float(np.sqrt(spread)) / base
    return Estimate(value * times, (value - half) * times, (value + half) * times)


def _ratio(
    top: np.ndarray, base: np.ndarray, counts: np.ndarray, level: float, how: Reason
) -> Estimate:
    n, whole = counts.sum(), (base * counts).sum()
    if not n or not whole:
        return NO_CASES
    value = float((top * counts).sum() / whole)
    if n < 2:
        return Estimate(value, reasons=(FEW,))
    spread = ((top - value * base) ** 2 * counts).sum() * n / (n - 1)
    half = t_reach(level, n - 1) * np.sqrt(spread) / whole
    return Estimate(value, float(value - half), float(value + half), (how,))


def difference_of_means(before: Estimate, after: Estimate, level: float = 0.95) -> Estimate:
    """after - before with an interval from the two intervals' half widths (independent samples)."""
    if None in (before.value, before.low, after.value, after.low):
        return Estimate.refused(Reason("no_interval_on_a_side"))
    half = np.hypot(before.high - before.value, after.high - after.value)
    gap = after.value - before.value
    return Estimate(gap, float(gap - half), float(gap + half))


def difference_of_shares(before: Estimate, after: Estimate) -> Estimate:
    """after - before with Newcombe's (1998) hybrid score interval from two Wilson intervals."""
    if None in (before.value, after.value):
        return Estimate.refused(Reason("no_cases_on_a_side"))
    return difference_of_intervals(before, after)


def difference_of_intervals(before: Estimate, after: Estimate) -> Estimate:
    """after - before with the interval recovered from the two sides' own (independent samples).

    Each bound of the difference takes the squared distances to the bounds that lie on its side (Zou
    and Donner 2008); of shares with Wilson's intervals this is Newcombe's (1998).

    >>> before, after = Estimate(2.0, 1.0, 6.0), Estimate(9.0, 6.0, 10.0)
    >>> difference_of_intervals(before, after)
    Estimate(value=7.0, low=2.0, high=8.414213562373096, reasons=(), se=None)
    """
    if None in (before.value, before.low, before.high, after.value, after.low, after.high):
        return Estimate.refused(Reason("no_interval_on_a_side"))
    gap = after.value - before.value
    low = gap - np.hypot(after.value - after.low, before.high - before.value)
    high = gap + np.hypot(after.high - after.value, before.value - before.low)
    return Estimate(gap, float(low), float(high))
