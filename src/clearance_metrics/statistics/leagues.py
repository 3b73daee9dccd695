"""Many groups at once: adjusted p values, partial pooling, and how far a rank can be known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from .distributions import normal_quantile, normal_reach, t_tail


def benjamini_hochberg(p: ArrayLike) -> np.ndarray:
    """p values adjusted so that rejecting those below q keeps the false discovery rate at q.

    Source: Benjamini and Hochberg (1995). Missing values (nan) stay missing and count for nothing.

    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    adjusted = np.array(p, "float64")
    known = np.flatnonzero(~np.isnan(adjusted))
    largest = known[np.argsort(-adjusted[known], kind="stable")]
    raised = adjusted[largest] * (len(known) / np.arange(len(known), 0, -1))
    adjusted[largest] = np.minimum.accumulate(np.minimum(raised, 1))
    return adjusted


def welch(one: tuple[float, float, float], rest: tuple[float, float, float]) -> float:
    """Two-sided p of Welch's (1947) test from (mean, standard error, degrees of freedom) of both
    sides.

    Not a number where a side has no degree of freedom, or neither varies.

    >>> round(welch((10.0, (4 / 30) ** 0.5, 29), (12.0, (9 / 60) ** 0.5, 59)), 6)
    0.000323
    """
    (m1, e1, f1), (m2, e2, f2) = one, rest
    if min(f1, f2) < 1 or e1 + e2 == 0:
        return float("nan")
    free = (e1**2 + e2**2) ** 2 / (e1**4 / f1 + e2**4 / f2)
    return float(2 * t_tail(abs(m1 - m2) / np.hypot(e1, e2), free))


@dataclass(frozen=True)
class Prior:
    """Where the groups' true means lie: their centre with its error, and their variance tau^2
    between groups.
    """

    centre: float
    error: float
    tau2: float
    method: str


def prior(values: ArrayLike, variances: ArrayLike, method: str = "REML") -> Prior:
    """Normal-normal model y_i ~ N(theta_i, v_i), theta_i ~ N(mu, tau^2), with v_i taken as known.

    `method`: "REML" (restricted maximum likelihood) or "DL" (DerSimonian and Laird 1986).
    ValueError for fewer than three groups, or a variance that is not positive. Source: Raudenbush
    (2009).

    >>> schools = [28, 8, -3, 7, -1, 1, 18, 12], [225, 100, 256, 121, 81, 121, 100, 324]
    >>> found = prior(*schools, method="DL")
    >>> round(found.centre, 1), round(found.error, 1), found.tau2
    (7.7, 4.1, 0.0)
    """
    y, v = np.asarray(values, "float64"), np.asarray(variances, "float64")
    if len(y) < 3 or (v <= 0).any():
        raise ValueError("pooling needs three groups and variances above zero")
    w = 1 / v
    fixed = (w * y).sum() / w.sum()
    moment = max(
        0.0, ((w * (y - fixed) ** 2).sum() - (len(y) - 1)) / (w.sum() - (w**2).sum() / w.sum())
    )
    if method == "DL":
        tau2 = moment
    elif method == "REML":
        tau2 = _reml(y, v, moment)
    else:
        raise ValueError(f"unknown method {method!r}: REML or DL")
    w = 1 / (v + tau2)
    return Prior(float((w * y).sum() / w.sum()), float(w.sum() ** -0.5), float(tau2), method)


def _reml(y: np.ndarray, v: np.ndarray, start: float) -> float:
    """The tau^2 of the highest restricted likelihood: best of a grid, then refined between its
    neighbours.
    """

    def lack(tau2: float) -> float:
        w = 1 / (v + tau2)
        centre = (w * y).sum() / w.sum()
        return float(np.log(v + tau2).sum() + np.log(w.sum()) + (w * (y - centre) ** 2).sum()) / 2

    top = max(float(np.var(y, ddof=1)), start) * 4 + float(v.min()) * 1e-6
    grid = np.concatenate([[0.0], np.geomspace(top * 1e-6, top, 60)])
    best = int(np.argmin([lack(t) for t in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = optimize.minimize_scalar(
        lack, bounds=(low, high), method="bounded", options={"xatol": top * 1e-10}
    ).x
    return float(found) if lack(found) < lack(0.0) else 0.0


def shrunk(
    value: float, variance: float, of: Prior, level: float = 0.95
) -> tuple[float, float, float]:
    """One group's mean drawn towards the centre, B = v / (v + tau^2), with a normal interval.

    The interval allows for the error of the centre, not for that of tau^2. Source: Morris (1983).

    >>> shrunk(28, 225, Prior(7.7, 0.0, 225.0, "DL"))[0]
    17.85
    """
    b = variance / (variance + of.tau2)
    centre = b * of.centre + (1 - b) * value
    half = normal_reach(level) * np.sqrt((1 - b) * variance + (b * of.error) ** 2)
    return float(centre), float(centre - half), float(centre + half)


def rank_intervals(
    values: ArrayLike, variances: ArrayLike, level: float = 0.95
) -> list[tuple[int, int, int]]:
    """Rank from the smallest, and the lowest and highest rank each group may have.

    Each group is held against every other by the normal test of a difference, two-sided at (1 -
    level) / (J - 1): its rank is at least one more than the groups surely below it. The interval
    holds the true rank with the level's probability, ties among true means included. Source:
    Mogstad, Romano, Shaikh and Wilhelm (2024).

    >>> rank_intervals([1.0, 1.1, 9.0], [0.1, 0.1, 0.1])
    [(1, 1, 2), (2, 1, 2), (3, 3, 3)]
    """
    y, v = np.asarray(values, "float64"), np.asarray(variances, "float64")
    if len(y) < 2:
        return [(1, 1, 1)] * len(y)
    gap = y[:, None] - y[None, :]
    error = np.sqrt(v[:, None] + v[None, :])
    bound = -normal_quantile((1 - level) / (len(y) - 1) / 2)
    surely_below = (gap > bound * error).sum(axis=1)
    surely_above = (-gap > bound * error).sum(axis=1)
    rank = 1 + (y[None, :] < y[:, None]).sum(axis=1)
    return [
        (int(r), int(1 + b), int(len(y) - a))
        for r, b, a in zip(rank, surely_below, surely_above, strict=True)
    ]
