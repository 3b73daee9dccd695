"""Several ways to end: Aalen-Johansen's cumulative incidence and the time lost by each end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .distributions import normal_reach
from .reasons import Reason
from .sample import Estimate, Sample, kept
from .survival import (
    BEYOND,
    RULES,
    Curve,
    bounded,
    crossing,
    default_tau,
    kaplan_meier,
    reach,
    refused_tau,
)

MADE = (Reason("aalen_johansen"),)


@dataclass(frozen=True, eq=False)
class Incidence:
    """Share ended in each way after each time: `share`, `se`, `low` and `high` hold a row per end.

    `curve` is the Kaplan-Meier curve of all ends together; the rows of `share` and its survival add
    up to one.
    """

    times: np.ndarray
    share: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray
    events: np.ndarray
    curve: Curve


@kept
def aalen_johansen(sample: Sample, level: float = 0.95) -> Incidence:
    """Cumulative incidence of each end; never one less a Kaplan-Meier curve per end, which
    overstates each.

    F_k(t) = sum of S(t-) d_k / n over times up to t (Aalen and Johansen 1978). Error of the
    Greenwood type (Dinse and Larson 1986; Marubini and Valsecchi 1995, 10.12; recommended by
    Allignol, Schumacher and Beyersmann 2010); band by log(-log(1 - F)), so that with one end all is
    as Kaplan-Meier has it.

    >>> found = aalen_johansen(Sample.of([1, 2, 3, 4], [1, 2, 0, 1], [1, 1, 1, 1]))
    >>> found.share.tolist()
    [[0.25, 0.25, 0.75], [0.0, 0.25, 0.25]]
    """
    curve = kaplan_meier(sample, level)
    events = _by_end(sample)
    n, d = curve.at_risk, curve.events
    before = np.concatenate([[1.0], curve.survival[:-1]]) if len(n) else curve.survival
    share = np.cumsum(before * events / n, axis=1)
    # once nobody is left the shares stand still, and the term of the last step is nothing
    with np.errstate(divide="ignore", invalid="ignore"):
        g = np.where(n > d, d / (n * np.maximum(n - d, 1)), 0.0)
    real = n.astype("float64")
    own, cross = before**2 * events * (n - events) / real**3, before * events / real**2

    def summed(x: np.ndarray) -> np.ndarray:
        return np.cumsum(x, axis=1)

    variance = share**2 * np.cumsum(g) - 2 * share * summed(share * g) + summed(share**2 * g)
    variance += summed(own) - 2 * share * summed(cross) + 2 * summed(share * cross)
    se = np.sqrt(np.maximum(variance, 0))
    z = normal_reach(level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rest = 1 - share
        theta = z * se / (rest * np.log(rest))
        low, high = 1 - rest ** np.exp(theta), 1 - rest ** np.exp(-theta)
    known = (share > 0) & (rest > 1e-12)
    low, high = (np.where(known, x, np.nan) for x in (low, high))
    return Incidence(curve.times, share, se, low, high, events, curve)


def _by_end(sample: Sample) -> np.ndarray:
    every = (
        sample.ended[None] if sample.others is None else np.vstack([sample.ended, sample.others])
    )
    return every[:, sample.any_end > 0]


def incidence_at(found: Incidence, end: int, time: float) -> Estimate:
    """Share that has ended in way `end` (1, 2, …) within `time` units."""
    if why := found.curve.unknown(time):
        return Estimate.refused(*why)
    place = int(np.searchsorted(found.times, time, side="right")) - 1
    if place < 0:
        return Estimate(0.0, reasons=MADE, se=0.0)
    low, high, se = (float(x[end - 1, place]) for x in (found.low, found.high, found.se))
    low, high = (None if np.isnan(x) else x for x in (low, high))
    return Estimate(float(found.share[end - 1, place]), low, high, MADE, se)


def incidence_quantile(found: Incidence, end: int, p: float, rule: str = "left end") -> Estimate:
    """The time by which a share p of all cases has ended in way `end`; where fewer ever do, that is
    said.

    >>> found = aalen_johansen(Sample.of([1, 2, 3, 4], [1, 2, 2, 1], [1, 1, 1, 1]))
    >>> incidence_quantile(found, 1, 0.5).value, incidence_quantile(found, 2, 0.6).reasons
    (4.0, (Reason('never_reached', percent=50.0),))
    """
    share, last, gap = found.share[end - 1], found.curve.last, found.curve.gap
    value = crossing(found.times, 1 - share, 1 - p, last, rule)
    if gap is not None and (value is None or value >= gap):
        return Estimate.refused(*found.curve.unknown(np.inf))
    # the lower band is unknown where nobody is left: it stands still, and the quantile has no upper
    # bound from there
    least = np.fmax.accumulate(np.concatenate([[0.0], found.low[end - 1]]))[1:]
    most = np.where(np.isnan(found.high[end - 1]), share, found.high[end - 1])
    low, high = (crossing(found.times, 1 - b, 1 - p, last, rule) for b in (most, least))
    if value is None:
        complete = len(found.times) and found.curve.survival[-1] == 0
        never = Reason("never_reached", percent=float(100 * share[-1])) if complete else BEYOND
        return Estimate.refused(never)
    high = None if gap is not None and high is not None and high >= gap else high
    return Estimate(value, low, high, (Reason("aalen_johansen_quantile", rule=RULES[rule]),))


def time_lost(sample: Sample, end: int, tau: float | None = None, level: float = 0.95) -> Estimate:
    """Mean time up to `tau` units that lies after an end of way `end`: the area under its
    cumulative incidence.

    The times lost by all ends and the restricted mean add up to tau. Andersen (2013); the error is
    the area's under the same Greenwood-type variance as the incidence. Refused, and without an
    interval, as `restricted_mean` is.

    >>> both = Sample.of([1, 2, 3, 4], [1, 2, 0, 1], [1, 1, 1, 1])
    >>> [time_lost(both, end, tau=4).value for end in (1, 2)]
    [0.75, 0.5]
    """
    found = aalen_johansen(sample, level)
    curve = found.curve
    if why := refused_tau(curve, tau):
        return Estimate.refused(*why)
    chosen, tau = tau is not None, default_tau(curve) if tau is None else tau
    kept = curve.times <= tau
    times, share = curve.times[kept], found.share[end - 1, kept]
    widths = np.diff(np.concatenate([times, [tau]]))
    n, d, own = (
        curve.at_risk[kept].astype("float64"),
        curve.events[kept],
        found.events[end - 1, kept],
    )
    before = np.concatenate([[1.0], curve.survival[kept]])[:-1]
    rest = tau - times
    # area between the incidence and its level at each time, from that time to tau
    above = np.cumsum((share * widths)[::-1])[::-1] - share * rest
    with np.errstate(divide="ignore", invalid="ignore"):
        g = np.where(n > d, d / (n * np.maximum(n - d, 1)), 0.0)
    whole = before * rest
    variance = (
        above**2 * g + whole**2 * own * (n - own) / n**3 - 2 * above * whole * own / n**2
    ).sum()
    value, se = float((share * widths).sum()), float(np.sqrt(max(variance, 0)))
    return bounded(value, se, sample.n, level, reach(sample, tau), chosen)
