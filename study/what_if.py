"""What is supposed of cases, against worlds in which it comes true: does the interval hold the mean
that is then expected?

Three ports of two modes, cases declared in advance or not, durations lognormal by port and way. In
the world after the change the same part of all other cases is declared in advance, at each port;
what is expected there is known exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import optimize, stats

from clearance_metrics import Duration, EventLog, share_becomes, slowest_at_median, works_like
from clearance_metrics.assessment.what_if import what_if

from .cover import Answer, Cover, summary

N, SIGMA, SHARE, PART, LIMIT = 600, 0.8, 0.6, 0.1, 48
AS_OF = "2021-12-31"
CLOCK = Duration("declared", "customs_released")
PLACES = (("north", "sea"), ("south", "sea"), ("south", "air"), ("field", "air"))
CHANCE = np.array([0.35, 0.3, 0.15, 0.2])  # of a case to be there
AHEAD = np.array([0.2, 0.4, 0.3, 0.5])  # of a case there to be declared in advance
# median hours there, otherwise and in advance
HOURS = np.array([[44.0, 20.0], [30.0, 18.0], [14.0, 9.0], [8.0, 6.0]])


@dataclass(frozen=True)
class World:
    """Chances of place and way, and the median hours of each."""

    chance: np.ndarray  # places x ways
    hours: np.ndarray

    def below(self, hours: float) -> float:
        """The share at or below so many hours."""
        return float((self.chance * stats.lognorm.cdf(hours, SIGMA, scale=self.hours)).sum())

    def place(self, p: float) -> float:
        """Quantile p in hours."""
        return float(optimize.brentq(lambda x: self.below(x) - p, 1e-6, 1e5))

    @property
    def mean(self) -> float:
        """Mean hours."""
        return float((self.chance * self.hours).sum() * np.exp(SIGMA**2 / 2))

    @property
    def truths(self) -> dict[str, float]:
        """What is expected, statistic by statistic."""
        within = {f"within:{LIMIT}": self.below(LIMIT)}
        return {"mean": self.mean, **within, "median": self.place(0.5), "p90": self.place(0.9)}


NOW = World(CHANCE[:, None] * np.stack([1 - AHEAD, AHEAD], axis=1), HOURS)


def more_in_advance() -> dict[str, float]:
    """The world in which the share in advance is SHARE: the same part of all others moves."""
    ahead = NOW.chance[:, 1].sum()
    moved = NOW.chance[:, :1] * (SHARE - ahead) / (1 - ahead)
    return World(NOW.chance + moved * [-1, 1], HOURS).truths


def like_the_south() -> dict[str, float]:
    """The world in which the north takes as long as the south by the same mode and way."""
    return World(NOW.chance, HOURS[[1, 1, 2, 3]]).truths


def slowest_quick() -> dict[str, float]:
    """The world whose slowest part takes as long as the median case."""
    middle, bound = NOW.place(0.5), NOW.place(1 - PART)
    logs = np.log(bound / NOW.hours)
    # the mean of a lognormal below a bound
    kept = NOW.hours * np.exp(SIGMA**2 / 2) * stats.norm.cdf(logs / SIGMA - SIGMA)
    mean = float((NOW.chance * kept).sum()) + PART * middle
    within = {f"within:{LIMIT}": min(NOW.below(LIMIT) + PART, 1.0)}
    return {"mean": mean, **within, "median": middle, "p90": NOW.place(0.9 - PART)}


SURE = {f"slowest tenth, {name}: change" for name in (f"within:{LIMIT}", "median")}
WAYS: dict[str, tuple[object, Callable[[], dict[str, float]]]] = {
    "share in advance": (
        share_becomes("way", "advance", SHARE, within=("port", "mode")),
        more_in_advance,
    ),
    "north like south": (
        works_like("port", "north", "south", within=("mode", "way")),
        like_the_south,
    ),
    "slowest tenth": (slowest_at_median(PART), slowest_quick),
}


def drawn(rng: np.random.Generator) -> EventLog:
    """A log of N cases as the world is now, measured to the second."""
    kind = rng.choice(8, size=N, p=NOW.chance.ravel())
    hours = HOURS.ravel()[kind] * np.exp(SIGMA * rng.standard_normal(N))
    start = np.full(N, 1_609_459_200)  # 2021-01-01
    stop = start + np.maximum(np.rint(3600 * hours), 1).astype("int64")
    ids = np.arange(N)
    events = pl.DataFrame(
        {
            "case_id": np.concatenate([ids, ids]),
            "milestone": ["declared"] * N + ["customs_released"] * N,
            "time": np.concatenate([start, stop]),
        }
    )
    ports, modes = ([PLACES[k // 2][i] for k in kind] for i in (0, 1))
    ways = [("otherwise", "advance")[k % 2] for k in kind]
    return EventLog(
        events, pl.DataFrame({"case_id": ids, "port": ports, "mode": modes, "way": ways})
    )


def answers(log: EventLog) -> dict[str, Answer]:
    """What the library says of one log: each change, each statistic, as it would be and its
    difference from now; nan where it refuses.
    """
    found: dict[str, Answer] = {}
    for name, (change, _) in WAYS.items():
        for row in what_if(log, CLOCK, change, limit=LIMIT, as_of=AS_OF):
            would = (row.would, row.would_low, row.would_high)
            gap = (row.change, row.change_low, row.change_high)
            for told, three in ((row.statistic, would), (f"{row.statistic}: change", gap)):
                found[f"{name}, {told}"] = tuple(np.nan if x is None else x for x in three)
    return found


def batch(seed: int, first: int, last: int) -> list[dict[str, Answer]]:
    """Answers over some logs, each with a seed of its own."""
    return [answers(drawn(np.random.default_rng((seed, 16, k)))) for k in range(first, last)]


def truths() -> dict[str, float]:
    """What each answer is held against."""
    now, found = NOW.truths, {}
    for name, (_, after) in WAYS.items():
        for statistic, value in after().items():
            found[f"{name}, {statistic}"] = value
            found[f"{name}, {statistic}: change"] = value - now[statistic]
    # that the slowest tenth is within the limit is sure, and so is that the median stays
    return {name: value for name, value in found.items() if name not in SURE}


def covers(told: list[dict[str, Answer]]) -> list[Cover]:
    """Coverage of every answer; a refusal counts as no interval."""
    none = (np.nan, np.nan, np.nan)
    return [
        summary("what if", name, truth, np.array([one.get(name, none) for one in told]))
        for name, truth in truths().items()
    ]
