"""Durations of which some are still running: Kaplan-Meier and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from .sample import Estimate, Sample

BEYOND = "beyond the last observation"
ENOUGH = 30  # at risk, below which a restricted mean is not carried on


@dataclass(frozen=True, eq=False)
class Curve:
    """Steps of the Kaplan-Meier curve in units: survival after each time, Greenwood error, log-log band."""

    times: np.ndarray
    survival: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    last: float
    level: float


def kaplan_meier(sample: Sample, level: float = 0.95) -> Curve:
    """The share of cases still running after each time at which one ended.

    Kaplan and Meier (1958); band by the log-log transform of Greenwood's error. Cases open at a time count as at
    risk for ends at that time.

    >>> curve = kaplan_meier(Sample.of([9, 13, 13, 18], [1, 1, 0, 1], [1, 1, 1, 1]))
    >>> curve.survival.tolist()
    [0.75, 0.5, 0.0]
    """
    leaving = sample.ended + sample.open
    at_risk = sample.n - np.concatenate([[0], np.cumsum(leaving)[:-1]]) if sample.n else np.array([], "int64")
    step = sample.ended > 0
    d, r, t = sample.ended[step], at_risk[step], sample.units[step]
    survival = np.cumprod(1 - d / r)
    z = stats.norm.ppf((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(r > d, d / (r * np.maximum(r - d, 1)), np.inf))
        se = np.where(survival > 0, survival * np.sqrt(greenwood), 0.0)
        theta = z * np.sqrt(greenwood) / np.log(survival)
        low = np.where(survival > 0, survival ** np.exp(-theta), np.nan)
        high = np.where(survival > 0, survival ** np.exp(theta), np.nan)
    last = float(sample.units[-1]) if sample.n else float("nan")
    return Curve(t, survival, se, low, high, r, d, last, level)


def survival_at(curve: Curve, time: float) -> Estimate:
    """Share still running after `time` units."""
    place = int(np.searchsorted(curve.times, time, side="right")) - 1
    if time > curve.last and not (len(curve.survival) and curve.survival[-1] == 0):
        return Estimate(None, note=BEYOND)
    if place < 0:
        return Estimate(1.0, note="Kaplan-Meier")
    return Estimate(float(curve.survival[place]), *_band(curve, place), note="Kaplan-Meier")


def _band(curve: Curve, place: int) -> tuple[float | None, float | None]:
    low, high = float(curve.low[place]), float(curve.high[place])
    return (None if np.isnan(low) else low), (None if np.isnan(high) else high)


def km_share_within(curve: Curve, limit: float) -> Estimate:
    """Share ended within `limit` units: one less the curve."""
    left = survival_at(curve, limit)
    if left.value is None:
        return left
    return Estimate(
        1 - left.value,
        None if left.high is None else 1 - left.high,
        None if left.low is None else 1 - left.low,
        "Kaplan-Meier",
    )


def km_quantile(curve: Curve, p: float, midpoint: bool = False) -> Estimate:
    """The time by which a share p has ended; on a flat step its left end, or with `midpoint` its middle as R has it.

    The interval inverts the log-log band (Brookmeyer and Crowley 1982).
    """

    def crossing(levels: np.ndarray) -> float | None:
        below = np.flatnonzero(levels <= 1 - p + 1e-12)
        if not len(below):
            return None
        first = int(below[0])
        if midpoint and abs(levels[first] - (1 - p)) < 1e-12 and first + 1 < len(levels):
            return float((curve.times[first] + curve.times[first + 1]) / 2)
        return float(curve.times[first])

    value = crossing(curve.survival)
    low, high = (crossing(np.where(np.isnan(band), curve.survival, band)) for band in (curve.low, curve.high))
    return Estimate(value, low, high, "Kaplan-Meier" if value is not None else BEYOND)


def restricted_mean(sample: Sample, tau: float | None = None, level: float = 0.95) -> Estimate:
    """Mean of the duration cut at `tau` units, with the error of Klein and Moeschberger (4.5).

    Without `tau` it is the last time with at least 30 cases at risk, or the last end where there never are.
    """
    curve = kaplan_meier(sample, level)
    if not len(curve.times):
        return Estimate(None, note="no cases" if not sample.n else "no case has ended")
    if tau is None:
        enough = curve.times[curve.at_risk >= ENOUGH]
        tau = float(enough[-1] if len(enough) else curve.times[-1])
    elif tau > curve.last and curve.survival[-1] > 0:
        return Estimate(None, note=BEYOND)
    kept = curve.times <= tau
    times, survival = curve.times[kept], curve.survival[kept]
    start = min(0.0, float(curve.times[0]), tau)
    edges = np.concatenate([[start], times, [tau]])
    areas = np.diff(edges) * np.concatenate([[1.0], survival])
    value = start + areas.sum()
    after = np.cumsum(areas[::-1])[::-1][1:]
    d, r = curve.events[kept], curve.at_risk[kept]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(after > 0, after**2 * d / (r * np.maximum(r - d, 1)), 0.0).sum()
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(variance)
    return Estimate(float(value), float(value - half), float(value + half), f"up to {tau:g}")
