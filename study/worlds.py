"""Populations whose truth is known exactly: two ports on two sides of a change, durations lognormal
by port.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

LIMITS = {
    "hours": (48, 72),
    "working_days": (8, 15),
}  # of the share in time and of the restricted mean


@dataclass(frozen=True)
class World:
    """Port shares and median durations before and after; `n` cases a side.

    `sigma` is the spread of the logarithm. With `clusters` enterprises, a share `alike` of the
    logarithm's variance is the enterprise's own; durations of all cases keep the same distribution.
    `still` is the share of open cases. Hours are measured to the second, working days are whole:
    the day in which the duration ends.
    """

    n: int
    sigma: float = 0.8
    shares: tuple[tuple[float, float], tuple[float, float]] = ((0.6, 0.4), (0.6, 0.4))
    medians: tuple[tuple[float, float], tuple[float, float]] = ((24.0, 40.0), (20.0, 36.0))
    unit: str = "hours"
    clusters: int = 0
    alike: float = 0.0
    still: float = 0.0

    @property
    def scale(self) -> int:
        """Whole values per unit."""
        return 3600 if self.unit == "hours" else 1

    def below(self, x, shares, medians):
        """Share of cases at or below x units, for port shares and medians."""
        with np.errstate(divide="ignore"):
            each = [stats.norm.cdf((np.log(x) - np.log(m)) / self.sigma) for m in medians]
        return sum(w * f for w, f in zip(shares, each, strict=True))

    def quantile(self, p: float, shares, medians) -> float:
        """The least value at or below which a share p of cases lies.

        >>> World(30, medians=((24, 24), (24, 24))).quantile(0.5, (0.6, 0.4), (24, 24))
        24.0
        """
        wide = [m * np.exp(s * 12 * self.sigma) for m in medians for s in (-1, 1)]
        root = optimize.brentq(
            lambda x: self.below(x, shares, medians) - p, min(wide), max(wide), xtol=1e-12
        )
        return float(round(root, 9) if self.unit == "hours" else np.ceil(root))

    def mean(self, shares, medians, tau: float = np.inf) -> float:
        """Mean of the duration, cut at tau units.

        >>> one = World(30, sigma=1.0, medians=((1, 1), (1, 1)))
        >>> round(float(one.mean((1, 0), (1, 1)) - np.exp(0.5)), 12)
        0.0
        """
        if self.unit != "hours":
            # of whole days: the sum over days of the share that lasts longer
            last = int(min(tau, np.ceil(max(medians) * np.exp(9 * self.sigma))))
            return float((1 - self.below(np.arange(last), shares, medians)).sum())
        made, s = 0.0, self.sigma
        for w, m in zip(shares, medians, strict=True):
            whole = m * np.exp(s * s / 2)
            if np.isfinite(tau):
                z = (np.log(tau) - np.log(m)) / s
                whole = whole * stats.norm.cdf(z - s) + tau * stats.norm.sf(z)
            made += w * whole
        return float(made)

    def truths(self) -> dict[str, float]:
        """The true value of each statistic of the after side, and of each term of the change."""
        limit, tau = LIMITS[self.unit]
        now = (self.shares[1], self.medians[1])
        found = {
            "mean": self.mean(*now),
            "median": self.quantile(0.5, *now),
            "p90": self.quantile(0.9, *now),
            f"within:{limit}": float(self.below(limit, *now)),
            f"restricted_mean:{tau}": self.mean(*now, tau),
        }
        m = [[self.mean((1.0, 0.0), (x, x)) for x in side] for side in self.medians]
        w = self.shares
        found["composition"] = sum((w[1][g] - w[0][g]) * (m[0][g] + m[1][g]) / 2 for g in (0, 1))
        for g, name in enumerate("xy"):
            found[f"own: {name}"] = (m[1][g] - m[0][g]) * (w[0][g] + w[1][g]) / 2
        q = [[self.quantile(0.5, shares, medians) for medians in self.medians] for shares in w]
        found["median: composition"] = (q[1][0] - q[0][0] + q[1][1] - q[0][1]) / 2
        found["median: own"] = (q[0][1] - q[0][0] + q[1][1] - q[1][0]) / 2
        return found

    def horizon(self) -> float:
        """Cases begin evenly over so many units before the extract, so that a share `still` of them
        is open.
        """
        shares, medians = self.shares[1], self.medians[1]
        # a case begun A ago at most is open with chance E[min(T, A)] / A
        return float(
            optimize.brentq(lambda a: self.mean(shares, medians, a) / a - self.still, 1e-3, 1e6)
        )
