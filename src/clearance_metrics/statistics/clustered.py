"""Errors of staggered effects, units being the clusters: a wild bootstrap of whole units, or
influence functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .bootstrap import DRAWS
from .distributions import normal_reach
from .reasons import Reason
from .sample import Estimate
from .staggered import Aggregate, GroupTime, aggregates, group_time, influence

FEWEST = 5  # units a side below which an effect has no interval
ALIKE = 4  # and what their weights must be worth in equal units, (sum w)^2 / sum w^2 (Kish 1965)
MANY = 50  # units below which the normal interval by influence function is too short
FEW = (Reason("few_units_for_interval"),)
# Webb (2023): six points, since two leave too few distinct draws when units are few
WEBB = np.sqrt([0.5, 1.0, 1.5])
TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Clustered:
    """Estimates by name with their error;

    `draws` holds bootstrapped t statistics, one column per name.
    """

    estimates: Mapping[tuple, Estimate]
    errors: Mapping[tuple, float]
    method: str
    draws: np.ndarray
    names: tuple[tuple, ...]


def clustered(
    cells: GroupTime,
    parts: Mapping[tuple, Aggregate],
    *,
    method: str = "wild",
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> Clustered:
    """Intervals of aggregates, and of every cell under the name ("cell", (group, time)).

    "wild": studentised and symmetric, by flipping whole units' residuals from their group's mean
    path with Webb's weights (Cameron, Gelbach and Miller 2008), residuals stretched by sqrt(n / (n
    - 1)); the sizes of groups are held fixed. "influence": normal, with the errors of Callaway and
    Sant'Anna (2021, theorem 2), which need many units: with fewer than 50 it gives no interval.
    Neither has an effect with fewer than 5 units on a side, or so unlike in weight that they are
    worth fewer than 4 equal ones, or with a group of one unit, whose spread cannot be seen.
    """
    n = len(cells.starts)
    each = zip(cells.group.tolist(), cells.time.tolist(), strict=True)
    names = (*parts, *(("cell", pair) for pair in each))
    weights = np.array([part.weights for part in parts.values()]).T
    values, psi = np.append(cells.att @ weights, cells.att), cells.influence @ weights
    if method == "influence":
        psi = psi + np.array([part.extra for part in parts.values()]).T
    psi = np.hstack([psi, cells.influence])
    errors = np.sqrt((psi**2).sum(axis=0)) / n
    told = errors > TINY * (np.abs(cells.change).max() + 1)
    drawn = _wild(cells, weights, draws, np.random.RandomState(seed))
    if method == "wild":
        ranked = np.sort(np.nan_to_num(np.abs(drawn), nan=np.inf), axis=0)
        reach = ranked[min(int(np.ceil(level * (draws + 1))), draws) - 1]
    else:
        reach = np.full(len(names), normal_reach(level) if n >= MANY else np.inf)
    estimates = {}
    whole = np.hstack([weights, np.eye(len(cells.att))])
    for i, name in enumerate(names):
        value = float(values[i])
        if _enough(cells, whole[:, i]) and told[i] and np.isfinite(reach[i]):
            half = float(reach[i] * errors[i])
            estimates[name] = Estimate(value, value - half, value + half)
        else:
            estimates[name] = Estimate(value, reasons=FEW)
    return Clustered(
        estimates, dict(zip(names, errors.tolist(), strict=True)), method, drawn, names
    )


def _enough(cells: GroupTime, weights: np.ndarray) -> bool:
    used = weights != 0
    sizes = {int(g): int((cells.starts == g).sum()) for g in np.unique(cells.group[used])}
    if (
        min(sizes.values()) < 2
        or sum(sizes.values()) < FEWEST
        or cells.n_control[used].min() < FEWEST
    ):
        return False
    sides = (side @ weights for side in (cells.treated, cells.control))
    return all(side.sum() ** 2 >= ALIKE * (side**2).sum() for side in sides)


def _wild(
    cells: GroupTime, weights: np.ndarray, draws: int, rng: np.random.RandomState
) -> np.ndarray:
    n = len(cells.starts)
    fitted = np.empty_like(cells.change)
    stretch = np.ones(n)
    for start in np.unique(cells.starts):
        inside = cells.starts == start
        fitted[inside] = np.average(cells.change[inside], axis=0, weights=cells.weights[inside])
        stretch[inside] = np.sqrt(inside.sum() / max(inside.sum() - 1, 1))
    residual = (cells.change - fitted) * stretch[:, None]
    drawn = np.empty((draws, weights.shape[1] + weights.shape[0]))
    for b in range(draws):
        flips = WEBB[rng.randint(0, 3, n)] * (2 * rng.randint(0, 2, n) - 1)
        noise = flips[:, None] * residual
        moved = ((cells.treated - cells.control) * noise).sum(axis=0)
        psi = influence(fitted + noise, cells.treated, cells.control)
        moved, psi = np.append(moved @ weights, moved), np.hstack([psi @ weights, psi])
        spread = np.sqrt((psi**2).sum(axis=0)) / n
        drawn[b] = np.where(spread > 0, moved / np.where(spread > 0, spread, 1), np.nan)
    return drawn


@dataclass(frozen=True)
class PreTrend:
    """Largest absolute t of the effects before the start and of their slope, and the chance of one
    as large.

    `periods`: periods before the start that were compared.
    """

    largest: float
    p: float
    periods: int


def pre_trend(
    values: ArrayLike,
    starts: ArrayLike,
    *,
    control: str = "never",
    anticipation: int = 0,
    weights: ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> PreTrend | Reason:
    """Sup-t test that units moved alike before the start, by the wild bootstrap of `clustered`;
    arguments as there.

    Each earlier period is compared with the last one before the start, whatever base the effects
    have, and so is the straight line through them: steps from one period to the next are too small
    to show a steady drift. It can only reject: passing it does not show that the paths would have
    gone on alike (Roth 2022).
    """
    cells = group_time(
        values,
        starts,
        control=control,
        base="universal",
        anticipation=anticipation,
        weights=weights,
    )
    if isinstance(cells, Reason):
        return cells
    before = {
        name: part
        for name, part in aggregates(cells).items()
        if name[0] == "event" and name[1] is not None and name[1] < -anticipation
    }
    parts = dict(before)
    if len(before) > 1:
        # least squares through the base, where the effect is nothing
        ages = np.array([place + anticipation + 1.0 for _, place in before])
        rows = np.array([part.weights for part in before.values()])
        parts["slope", None] = Aggregate(ages @ rows / (ages @ ages), np.zeros(len(cells.starts)))
    found = clustered(cells, parts, draws=draws, seed=seed)
    told = [
        i
        for i, name in enumerate(found.names)
        if name in parts and found.estimates[name].low is not None
    ]
    if not told:
        return Reason("policy.no_pre_trend", periods=len(before))
    errors = np.array([found.errors[found.names[i]] for i in told])
    effects = np.array([found.estimates[found.names[i]].value for i in told])
    largest = float(np.abs(effects / errors).max())
    drawn = np.nan_to_num(np.abs(found.draws[:, told]), nan=np.inf).max(axis=1)
    compared = sum(found.names[i] in before for i in told)
    return PreTrend(largest, float((1 + (drawn >= largest).sum()) / (1 + len(drawn))), compared)
