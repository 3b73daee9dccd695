"""Cases begun on some days beside those of the same weekdays, each day a cluster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .distributions import t_reach
from .reasons import Reason
from .sample import Estimate

FEWEST = 5  # days on a side, below which nothing is said of how days differ


@dataclass(frozen=True)
class Beside:
    """The mean of cases of some days, that of the others weighted to their weekdays, and the
    difference; the days and cases of both sides that took part, and those without a counterpart.
    """

    mean: float | None
    other: float | None
    difference: Estimate
    days: int
    n: int
    n_other: int
    unmatched: int = 0


def beside_same_weekdays(
    weekday: ArrayLike,
    n: ArrayLike,
    total: ArrayLike,
    near: ArrayLike,
    other: ArrayLike,
    level: float = 0.95,
) -> Beside:
    """The mean of the days `near` less that of the days `other`, weekday by weekday, weighted by
    the cases near.

    One entry per day: its weekday (0 to 6), cases and their total. The error takes each day as one
    cluster on both sides (Taylor linearisation of a ratio, as in survey practice) and the interval
    Student's t with one less than the days near. Fewer than 5 days on a side have no interval.

    >>> found = beside_same_weekdays([0, 0, 0], [1, 1, 2], [9, 4, 12], [1, 0, 0], [0, 1, 1])
    >>> found.mean, round(found.other, 3), round(found.difference.value, 3)
    (9.0, 5.333, 3.667)
    """
    weekday, n = np.asarray(weekday, "int64"), np.asarray(n, "float64")
    total, near, other = (
        np.asarray(a, t) for a, t in ((total, "float64"), (near, bool), (other, bool))
    )
    begun = bool(n[near].sum())
    why = Reason("no_common_stratum") if begun else Reason("waiting.none_begun")
    none = Estimate.refused(why)
    n_of = np.bincount(weekday[other], n[other], 7)
    sum_of = np.bincount(weekday[other], total[other], 7)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(n_of > 0, sum_of / np.where(n_of > 0, n_of, 1), np.nan)
    has = near & (n > 0) & (n_of[weekday] > 0)
    cases = float(n[has].sum())
    left = int(n[near & (n > 0)].sum() - cases)
    if not cases:
        return Beside(None, None, none, 0, 0, int(n[other].sum()), left)
    excess = total[has] - n[has] * means[weekday[has]]
    value = float(excess.sum() / cases)
    mean, days = float(total[has].sum() / cases), int(has.sum())
    told = (mean, mean - value)
    part = np.bincount(weekday[has], n[has], 7) / cases
    days_other = int((other & (n > 0) & (part[weekday] > 0)).sum())
    counts = (days, int(cases), int(n[other].sum()), left)
    if min(days, days_other) < FEWEST:
        few = Reason("waiting.few_days", n=min(days, days_other), fewest=FEWEST)
        return Beside(*told, Estimate(value, reasons=(few,)), *counts)
    own = days / (days - 1) * float(((excess - n[has] * value) ** 2).sum()) / cases**2
    rest = 0.0
    for day in np.flatnonzero(part):
        inside = other & (weekday == day) & (n > 0)
        g = int(inside.sum())
        left_over = total[inside] - n[inside] * means[day]
        spread = float((left_over**2).sum()) * (g / (g - 1) if g > 1 else 1.0)
        rest += float(part[day]) ** 2 * spread / n_of[day] ** 2
    se = float(np.sqrt(own + rest))
    half = t_reach(level, days - 1) * se
    return Beside(*told, Estimate(value, value - half, value + half, (), se), *counts)
