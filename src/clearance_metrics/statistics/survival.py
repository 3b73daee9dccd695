"""Durations of which some are still running: Kaplan-Meier and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isnan

import numpy as np

from .distributions import normal_reach
from .reasons import Reason
from .sample import Estimate, Sample, kept

BEYOND = Reason("beyond_last")
FEW_ENDS = Reason("few_ends")
MADE = (Reason("kaplan_meier"),)
# cases at risk to which a restricted mean is carried on by default: with fewer the curve's tail
# rests on single cases; of few cases a fifth, but 10
AT_RISK, FIFTH, FEWEST = 30, 0.2, 10
TINY = 1e-10  # two levels of a curve this near are one
RULES = {"left end": Reason("left_end"), "midpoint": Reason("midpoint")}
BANDS = ("log-log", "greenwood")


@dataclass(frozen=True, eq=False)
class Curve:
    """Steps of the Kaplan-Meier curve in units: survival after each time, Greenwood error, band.

    `gap` is the time from which on a late start of observation leaves the curve unknown (minus
    infinity where no case was watched from its start), None where it is known to its end.
    """

    times: np.ndarray
    survival: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    last: float
    level: float
    gap: float | None = None

    @cached_property
    def falling(self) -> tuple[np.ndarray, np.ndarray]:
        """The band as two levels that are known throughout."""
        # where nobody is left the curve is zero and its band unknown: the lower one is zero too,
        # the upper one stands still
        low = np.where(np.isnan(self.low), self.survival, self.low)
        return low, np.fmin.accumulate(np.concatenate([[1.0], self.high]))[1:]

    def unknown(self, time: float) -> tuple[Reason, ...]:
        """Why nothing is known of `time` units; empty where something is.

        >>> kaplan_meier(Sample.of([9, 13], [1, 0], [1, 1])).unknown(14)
        (Reason('beyond_last'),)
        """
        if self.gap is not None and time >= self.gap:
            unwatched = self.gap == -np.inf
            return (Reason("all_late") if unwatched else Reason("none_watched", beyond=self.gap),)
        over = len(self.survival) and self.survival[-1] == 0
        return (BEYOND,) if time > self.last and not over else ()


@kept
def kaplan_meier(sample: Sample, level: float = 0.95, band: str = "log-log") -> Curve:
    """The share of cases still running after each time at which one ended, in whichever way.

    Kaplan and Meier (1958), with late entry as Tsai, Jewell and Wang (1987): at risk at t are cases
    with entry < t <= leaving, so cases open at a time count as at risk for ends at that time. Error
    by Greenwood (1926); `band` "log-log" (Kalbfleisch and Prentice) or "greenwood" (value and error
    alone, cut to 0 and 1).

    >>> curve = kaplan_meier(Sample.of([9, 13, 13, 18], [1, 1, 0, 1], [1, 1, 1, 1]))
    >>> curve.survival.tolist()
    [0.75, 0.5, 0.0]
    """
    events, at_risk = sample.any_end, sample.at_risk()
    step = events > 0
    last = float(sample.units[-1]) if sample.n else float("nan")
    return steps(sample.units[step], events[step], at_risk[step], last, level, band, gap_of(sample))


def steps(
    times: np.ndarray,
    d: np.ndarray,
    r: np.ndarray,
    last: float,
    level: float,
    band: str = "log-log",
    gap: float | None = None,
) -> Curve:
    """The product-limit curve of d events among r at risk at each time."""
    if band not in BANDS:
        raise ValueError(f"band {band!r} is not known: write one of {', '.join(BANDS)}")
    survival = np.cumprod(1 - d / r)
    z = normal_reach(level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        greenwood = np.cumsum(np.where(r > d, d / (r * np.maximum(r - d, 1)), np.inf))
        se = np.where(survival > 0, survival * np.sqrt(greenwood), 0.0)
        if band == "log-log":
            theta = z * np.sqrt(greenwood) / np.log(survival)
            low, high = survival ** np.exp(-theta), survival ** np.exp(theta)
        else:
            low, high = np.maximum(survival - z * se, 0), np.minimum(survival + z * se, 1)
    low, high = (np.where(survival > 0, x, np.nan) for x in (low, high))
    return Curve(times, survival, se, low, high, r, d, last, level, gap)


def gap_of(sample: Sample) -> float | None:
    """The first time after which nobody is under observation although later cases are;

    None if there is none.
    """
    if sample.entries is None:
        return None
    if sample.n_late == sample.n:
        return -np.inf
    entered = np.concatenate([[0], np.cumsum(sample.entered)])
    joined = entered[np.searchsorted(sample.entries, sample.values, side="right")]
    after = sample.n - sample.n_late + joined - np.cumsum(sample.leaving)
    empty = np.flatnonzero(after[:-1] == 0)
    return float(sample.units[empty[0]]) if len(empty) else None


def survival_at(curve: Curve, time: float) -> Estimate:
    """Share still running after `time` units."""
    place = int(np.searchsorted(curve.times, time, side="right")) - 1
    if why := curve.unknown(time):
        return Estimate.refused(*why)
    if place < 0:
        return Estimate(1.0, reasons=MADE, se=0.0)
    return Estimate(
        float(curve.survival[place]), *_band(curve, place), MADE, float(curve.se[place])
    )


def survival_steps(curve: Curve) -> list[tuple[float, Estimate]]:
    """Each time at which one ended, with the share still running after it: what `survival_at` says
    there.

    >>> curve = kaplan_meier(Sample.of([1, 2], [1, 1], [1, 1]))
    >>> [(time, found.value) for time, found in survival_steps(curve)]
    [(1.0, 0.5), (2.0, 0.0)]
    """
    known = np.inf if curve.gap is None else curve.gap
    columns = (curve.times, curve.survival, curve.low, curve.high, curve.se)
    return [
        (
            t,
            Estimate(s, None if isnan(low) else low, None if isnan(high) else high, MADE, se),
        )
        if t < known
        else (t, Estimate.refused(*curve.unknown(t)))
        for t, s, low, high, se in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _band(curve: Curve, place: int) -> tuple[float | None, float | None]:
    low, high = float(curve.low[place]), float(curve.high[place])
    return (None if np.isnan(low) else low), (None if np.isnan(high) else high)


def km_share_within(curve: Curve, limit: float) -> Estimate:
    """Share ended within `limit` units: one less the curve."""
    left = survival_at(curve, limit)
    if left.value is None:
        return left
    low, high = (None if bound is None else 1 - bound for bound in (left.high, left.low))
    return Estimate(1 - left.value, low, high, MADE, left.se)


def km_quantile(curve: Curve, p: float, rule: str = "left end") -> Estimate:
    """The time by which a share p has ended.

    Where the curve is flat at 1 - p exactly, `rule` "left end" takes the step's left end, inf{t:
    S(t) <= 1 - p}; "midpoint" takes its middle, as R's survival has it, up to the next end or, on
    the last step, the last observation. The interval inverts the band by the same rule (Brookmeyer
    and Crowley 1982).

    >>> curve = kaplan_meier(Sample.of([1, 2, 3, 4], [1] * 4, [1] * 4))
    >>> km_quantile(curve, 0.5).value, km_quantile(curve, 0.5, "midpoint").value
    (2.0, 2.5)
    """
    value = crossing(curve.times, curve.survival, 1 - p, curve.last, rule)
    low, high = (crossing(curve.times, band, 1 - p, curve.last, rule) for band in curve.falling)
    if curve.gap is not None and (value is None or value >= curve.gap):
        return Estimate.refused(*curve.unknown(np.inf))
    if value is None:
        return Estimate(None, low, None, (BEYOND,))
    high = None if curve.gap is not None and high is not None and high >= curve.gap else high
    return Estimate(value, low, high, (Reason("kaplan_meier_quantile", rule=RULES[rule]),))


def crossing(
    times: np.ndarray, levels: np.ndarray, target: float, last: float, rule: str
) -> float | None:
    """The first time at which falling levels reach the target; None if they never do."""
    if rule not in RULES:
        raise ValueError(f"rule {rule!r} is not known: write one of {', '.join(RULES)}")
    below = levels <= target + TINY
    if not below.any():
        return None
    first = int(below.argmax())
    if rule == "midpoint" and abs(levels[first] - target) < TINY and levels[first] > TINY:
        lower = np.flatnonzero(levels < levels[first] - TINY)
        return float((times[first] + (times[lower[0]] if len(lower) else last)) / 2)
    return float(times[first])


def default_tau(curve: Curve) -> float | None:
    """The last end with 30 cases still at risk, of fewer than 150 a fifth of them, at least 10.

    None where fewer than 10 cases have ended by then. A rule of ours.

    >>> default_tau(kaplan_meier(Sample.of(range(30), [1] * 30, [1] * 30)))
    20.0
    """
    asked = min(AT_RISK, max(FEWEST, FIFTH * curve.at_risk.max(initial=0)))
    enough = curve.times[curve.at_risk >= asked]
    return float(enough[-1]) if len(enough) and ends_until(curve, enough[-1]) >= FEWEST else None


def ends_until(curve: Curve, tau: float) -> int:
    """How many cases ended at or before `tau` units."""
    return int(curve.events[curve.times <= tau].sum())


def refused_tau(curve: Curve, tau: float | None) -> tuple[Reason, ...]:
    """Why there is no mean up to `tau` (by default `default_tau`); empty where there is one.

    ValueError where `tau` is no number.

    >>> refused_tau(kaplan_meier(Sample.of([1, 2], [1, 1], [1, 1])), None)
    (Reason('few_ends'),)
    """
    if not len(curve.times):
        return (Reason("no_cases") if np.isnan(curve.last) else Reason("none_ended"),)
    if tau is None:
        return () if default_tau(curve) is not None else (FEW_ENDS,)
    if (
        isinstance(tau, bool)
        or not isinstance(tau, int | float | np.number)
        or not np.isfinite(tau)
    ):
        raise ValueError(f"tau {tau!r} is not a number of units")
    if tau < 0 <= curve.times[0]:
        return (Reason("tau_below_zero"),)
    # the curve up to a gap is known, and the mean up to tau needs no more
    return curve.unknown(tau if tau != curve.gap else np.nextafter(tau, -np.inf))


def bounded(value: float, se: float, n: int, level: float, how: Reason, chosen: bool) -> Estimate:
    """A mean up to tau with its normal interval; without one where it rests on one case or nothing
    varies.

    Where nobody chose tau (`chosen` false) there is no value either.
    """
    if n < 2 or not se > 0:
        few = Estimate(value, None, None, (how, FEW_ENDS), se)
        return few if chosen else Estimate.refused(FEW_ENDS)
    half = normal_reach(level) * se
    return Estimate(value, value - half, value + half, (how,), se)


def reach(sample: Sample, tau: float) -> Reason:
    """How far a restricted mean goes, and how few cases were still at risk there.

    >>> reach(Sample.of([1, 5], [1, 1], [90, 10]), 4)
    Reason('up_to_few', tau=4, n=10)
    """
    at_risk = int(sample.counter()(np.array([tau * sample.scale]))[0])
    if at_risk < AT_RISK:
        return Reason("up_to_few", tau=tau, n=at_risk)
    return Reason("up_to", tau=tau)


def restricted_mean(sample: Sample, tau: float | None = None, level: float = 0.95) -> Estimate:
    """Mean of the duration cut at `tau` units, with the error of Klein and Moeschberger (4.5).

    Without `tau` it is `default_tau`. Refused where `tau` lies beyond the data, or too few cases
    ended for one; a `tau` that is given has a value, but no interval where nothing varies or there
    is one case. ValueError for no number.

    >>> answer = restricted_mean(Sample.of([1, 2, 3, 4], [1, 1, 0, 1], [1] * 4), tau=4)
    >>> answer.value, round(answer.se, 4)
    (2.75, 0.6495)
    """
    curve = kaplan_meier(sample, level)
    if why := refused_tau(curve, tau):
        return Estimate.refused(*why)
    chosen, tau = tau is not None, default_tau(curve) if tau is None else tau
    kept = curve.times <= tau
    times, survival = curve.times[kept], curve.survival[kept]
    start = min(0.0, float(curve.times[0]), tau)
    areas = np.diff(np.concatenate([[start], times, [tau]])) * np.concatenate([[1.0], survival])
    value = start + areas.sum()
    after = np.cumsum(areas[::-1])[::-1][1:]
    d, r = curve.events[kept], curve.at_risk[kept]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(after > 0, after**2 * d / (r * np.maximum(r - d, 1)), 0.0).sum()
    return bounded(
        float(value), float(np.sqrt(variance)), sample.n, level, reach(sample, tau), chosen
    )
