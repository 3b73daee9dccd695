"""Why a percentile changed: Shapley's value over counterfactual mixtures of the groups'
distributions.

The distribution of all cases is the mixture F = sum w_g F_g. Taking shares w from one side and
distributions F_g from the other gives mixtures that were never seen; their percentiles are the
worths between which composition and own change are told apart. The groups' own changes divide
theirs by Owen's (1977) rule for players in blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import factorial
from typing import Any

import numpy as np

from .bootstrap import resampled
from .change import shapley
from .sample import Sample

METHOD = "Shapley over counterfactual mixtures, Owen within"
MOST = 10  # groups whose own changes are told apart: 2 ** MOST mixtures
DRAWS = 400


@dataclass(frozen=True, eq=False)
class QuantileTerms:
    """left + composition + own + entered = after - before. `own` has an entry per group: nan for a
    group not on both sides, and all nan when more than MOST are (`together`): then `within` is
    their sum. `levels` holds each group's own quantile before and after, `alone` their difference.
    Intervals are (low, high) by term.
    """

    before: float
    after: float
    left: float
    composition: float
    within: float
    own: np.ndarray
    entered: float
    common: np.ndarray
    levels: tuple[np.ndarray, np.ndarray]
    intervals: dict[str, np.ndarray]

    @property
    def alone(self) -> np.ndarray:
        """Each group's own quantile after less before."""
        return self.levels[1] - self.levels[0]

    @property
    def together(self) -> bool:
        """Whether there are too many groups to tell their own changes apart."""
        return int(self.common.sum()) > MOST


def quantile_change(
    before: Sequence[Sample],
    after: Sequence[Sample],
    p: float,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    level: float = 0.95,
) -> QuantileTerms | None:
    """The change of quantile p split into terms, with percentile bootstrap intervals.

    `before` and `after` hold one closed sample per group, empty where the group is not there.
    Quantiles are Hyndman-Fan type 1, inf{x: F(x) >= p}, the only type that a mixture has. None
    where no group is on both sides.

    >>> side = lambda x: Sample.of(x, [1] * len(x), [1] * len(x))
    >>> before, after = [side([1, 2, 3]), side([10, 11, 12])], [side([1, 2, 3]), side([10])]
    >>> found = quantile_change(before, after, 0.5, draws=0)
    >>> found.before, found.after, found.composition, found.own.tolist()
    (3.0, 2.0, -1.0, [0.0, 0.0])
    """
    grid, sides = _matrix(before, after)
    common = (sides[0].sum(axis=1) > 0) & (sides[1].sum(axis=1) > 0)
    if not common.any():
        return None
    found = _split(grid, sides[0], sides[1], common, p)
    intervals: dict[str, np.ndarray] = {}
    if draws:
        rng = np.random.default_rng(seed)
        rows = [_split(grid, *_drawn(sides, rng), common, p) for _ in range(draws)]
        for name in found:
            made = np.array([row[name] for row in rows])
            with np.errstate(invalid="ignore"):
                intervals[name] = np.quantile(
                    made, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf"
                )
    first, last = (
        np.array([_at(grid, row, p) if row.any() else np.nan for row in side]) for side in sides
    )
    return QuantileTerms(**found, common=common, levels=(first, last), intervals=intervals)


def _matrix(
    before: Sequence[Sample], after: Sequence[Sample]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """All values in units, ascending, and each side's counts (groups x values)."""
    samples = [*before, *after]
    if any(s.n_open for s in samples):
        raise ValueError("a mixture of distributions needs finished cases")
    scale = next(s.scale for s in samples if s.n)
    values = np.unique(np.concatenate([s.values for s in samples]))
    sides = [np.zeros((len(before), len(values)), "int64") for _ in range(2)]
    for side, held in zip(sides, (before, after), strict=True):
        for g, s in enumerate(held):
            side[g, np.searchsorted(values, s.values)] = s.ended
    return values / scale, sides


def _drawn(sides: list[np.ndarray], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Both sides drawn anew, each with as many cases as it has."""
    made = []
    for side in sides:
        there = np.nonzero(side)
        made.append(np.zeros_like(side))
        made[-1][there] = next(resampled(side[there], 1, rng))[0]
    return made[0], made[1]


def _at(grid: np.ndarray, counts: np.ndarray, p: float) -> float:
    running = counts.cumsum()
    return float(grid[int((running >= p * running[-1] - 1e-9).argmax())])


def _split(
    grid: np.ndarray, one: np.ndarray, two: np.ndarray, common: np.ndarray, p: float
) -> dict[str, Any]:
    whole = [_at(grid, side.sum(axis=0), p) for side in (one, two)]
    own = np.full(len(common), np.nan)
    held = common & (one.sum(axis=1) > 0) & (two.sum(axis=1) > 0)  # a draw may lose a small group
    if not held.any():
        return {
            "before": whole[0],
            "after": whole[1],
            "left": np.nan,
            "composition": np.nan,
            "within": np.nan,
            "own": own,
            "entered": np.nan,
        }
    kept = [side[held] for side in (one, two)]
    sizes = [k.sum(axis=1) for k in kept]
    shares = [s / s.sum() for s in sizes]
    curves = [k.cumsum(axis=1) / s[:, None] for k, s in zip(kept, sizes, strict=True)]
    groups = int(held.sum())
    split = common.sum() <= MOST
    # every way to take each group's curve from one side or the other, or all from one
    picks = (
        np.arange(2**groups)[:, None] >> np.arange(groups) & 1
        if split
        else np.array([[0], [1]]).repeat(groups, 1)
    )
    worths = [grid[_search(curves, share, picks, p)] for share in shares]
    ends = [(w[0], w[-1]) for w in worths]
    composition, within = shapley(2, lambda on: ends[on[0]][on[1]])
    if split:
        own[held] = _orders(groups) @ (worths[0] + worths[1]) / (2 * factorial(groups))
    lost = bool(one[~held].sum() > 0), bool(two[~held].sum() > 0)
    return {
        "before": whole[0],
        "after": whole[1],
        "left": ends[0][0] - whole[0] if lost[0] else 0.0,
        "composition": float(composition),
        "within": float(within),
        "own": own,
        "entered": whole[1] - ends[1][1] if lost[1] else 0.0,
    }


@cache
def _orders(players: int) -> np.ndarray:
    """In how many orders each set (bit g of its column: player g) comes just after (+) or before
    (-) a player.
    """
    sets = np.arange(2**players)
    inside = sets[None, :] >> np.arange(players)[:, None] & 1
    size = inside.sum(axis=0)
    after = np.array([factorial(max(s - 1, 0)) * factorial(players - s) for s in size], "float64")
    before = np.array([factorial(s) * factorial(max(players - s - 1, 0)) for s in size], "float64")
    return np.where(inside == 1, after, -before)


def _search(curves: list[np.ndarray], share: np.ndarray, picks: np.ndarray, p: float) -> np.ndarray:
    """Place of quantile p of each mixture by halving: curves of one side where a pick is 0, of the
    other where 1.
    """
    low, high = np.zeros(len(picks), "int64"), np.full(len(picks), curves[0].shape[1] - 1)
    groups = np.arange(picks.shape[1])
    while (low < high).any():
        middle = (low + high) // 2
        reached = (
            np.where(
                picks == 1, curves[1][groups, middle[:, None]], curves[0][groups, middle[:, None]]
            )
            @ share
        )
        enough = reached >= p - 1e-12
        high, low = np.where(enough, middle, high), np.where(enough, low, middle + 1)
    return high
