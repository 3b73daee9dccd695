"""Verdicts on a mean against a target: how often "met" is wrong, and how often a gap of a day is
seen.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from scipy import optimize, stats

from clearance_metrics import Share
from clearance_metrics.analysis.estimates import estimate
from clearance_metrics.assessment.verdicts import decide, one_sided
from clearance_metrics.engine.cells import Cell

from .draws import CLOCKS

TARGET = 6.0
JUST_ABOVE, A_DAY_BELOW = 6.01, 5.0
SIZES = {JUST_ABOVE: (30, 100, 500, 2000), A_DAY_BELOW: (100, 500, 2000)}
ALLOWED = 0.05
KINDS = {
    "even": ("均匀（泊松）", "even: 1 + Poisson"),
    "usual": ("右偏（对数正态0.6）", "skewed: lognormal 0.6"),
    "skewed": ("很偏（对数正态1.0）", "very skewed: lognormal 1.0"),
    "heavy": ("长尾（对数正态1.5）", "heavy tail: lognormal 1.5"),
    "rare": ("少数特慢（约30天）", "a few take about 30 days"),
}
SPREADS = {"usual": 0.6, "skewed": 1.0, "heavy": 1.5}


@dataclass(frozen=True)
class Verdicts:
    """Shares of verdicts among `runs` logs of `n` cases whose true mean is `truth`;

    `t_met`: by t's bound alone.
    """

    kind: str
    truth: float
    n: int
    runs: int
    met: float
    not_met: float
    t_met: float

    @property
    def wrong(self) -> bool:
        """Whether "met" is wrong more often than in 5 %, chance of the simulation allowed for (99
        %).
        """
        if self.truth <= TARGET:
            return False
        return bool(stats.binom.sf(round(self.met * self.runs) - 1, self.runs, ALLOWED) < 0.01)

    def to_dict(self) -> dict[str, object]:
        """A flat record."""
        return asdict(self) | {"wrong": self.wrong}


def days_of(kind: str, mean: float) -> tuple[np.ndarray, np.ndarray]:
    """Whole working days with their chances, the mean of which is `mean` exactly.

    >>> drawn = [days_of(kind, 6.01) for kind in KINDS]
    >>> all(abs(float((days * chance).sum()) - 6.01) < 1e-9 for days, chance in drawn)
    True
    """
    if kind in SPREADS:
        days = np.arange(1, 40_001)

        def chances(middle: float) -> np.ndarray:
            made = np.diff(stats.norm.cdf((np.log(days) - middle) / SPREADS[kind]), prepend=0.0)
            return made / made.sum()

        middle = optimize.brentq(lambda m: days @ chances(m) - mean, -2, 3, xtol=1e-14)
        return days, chances(middle)
    days = np.arange(1, 101)
    if kind == "even":
        chance = stats.poisson.pmf(days - 1, mean - 1)
        return days, chance / chance.sum()
    quick, slow = (stats.poisson.pmf(days - 1, m) for m in (3, 29))
    quick, slow = quick / quick.sum(), slow / slow.sum()
    part = (mean - days @ quick) / (days @ slow - days @ quick)
    return days, (1 - part) * quick + part * slow


def cells_of(kind: str, truth: float, n: int, seed: tuple[int, ...], runs: int):
    """Tallies of logs of n cases, one after the other."""
    rng = np.random.default_rng(seed)
    days, chance = days_of(kind, truth)
    edges = np.cumsum(chance)[:-1]
    for _ in range(runs):
        value, count = np.unique(
            days[np.searchsorted(edges, rng.random(n), side="right")], return_counts=True
        )
        yield Cell((), None, value, np.ones(len(value), "int64"), count, value * count)


def simulate(kind: str, truth: float, n: int, seed: tuple[int, ...], runs: int) -> Verdicts:
    """Verdicts as the scorecard gives them, beside those that t's one-sided bound would give."""
    metric, said, by_t = CLOCKS["working_days"], [], 0
    for cell in cells_of(kind, truth, n, seed, runs):
        said.append(decide(one_sided(metric, cell, "mean", 0.95), n, TARGET, "at_most"))
        by_t += decide(estimate(metric, cell, "mean", 0.9)[0], n, TARGET, "at_most") == "met"
    return Verdicts(
        kind, truth, n, runs, said.count("met") / runs, said.count("not met") / runs, by_t / runs
    )


def share_rule(target: float, n: int) -> float:
    """The chance of a wrong "met" of the rule "at least this share in time", the true share lying
    just below; exact.

    >>> round(share_rule(0.9, 100), 4)
    0.0576
    """
    metric = Share({"mode": "sea"}, name="in time")
    one, none = np.array([1, 1]), np.array([1, 0])
    for k in range(int(target * n), n + 1):
        cell = Cell((), None, none, one, np.array([k, n - k]), none)
        if decide(one_sided(metric, cell, "share", 0.95), n, target, "at_least") == "met":
            return float(stats.binom.sf(k - 1, n, target))
    return 0.0
