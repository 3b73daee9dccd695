"""Where the level of a series changed, and which months stand out.

A detector: it says nothing about why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

MOVING_RANGE = 2.66  # 3 / 1.128: three sigma by the mean range of two neighbouring points


def noise(values: ArrayLike) -> float:
    """Standard deviation of the noise from the median absolute step, which jumps of the level
    hardly touch.

    The root mean square step serves where half of all steps are zero.

    >>> round(noise([1, 2, 1, 2, 1, 2]), 4)
    1.0484
    """
    steps = np.diff(np.asarray(values, "float64"))
    if not len(steps):
        return 0.0
    robust = float(np.median(np.abs(steps)) / (0.6744897501960817 * np.sqrt(2)))
    return robust or float(np.sqrt((steps**2).mean() / 2))


def segments(values: ArrayLike, penalty: float, shortest: int = 3) -> tuple[int, ...]:
    """Where new levels begin: the cut that makes squared distance from segment means plus `penalty`
    per cut least.

    Optimal partitioning (Jackson et al. 2005), the exact search of which PELT (Killick, Fearnhead
    and Eckley 2012) is the pruned form. `shortest` points at least make a segment; of equal cuts
    the one with fewer segments is taken.

    >>> segments([1, 1, 1, 1, 5, 5, 5, 5], penalty=2)
    (4,)
    """
    values = np.asarray(values, "float64")
    values = values - values.mean() if len(values) else values
    n = len(values)
    if n < 2 * shortest:
        return ()
    sums = np.concatenate([[0], np.cumsum(values)])
    squares = np.concatenate([[0], np.cumsum(values**2)])
    best = np.full(n + 1, np.inf)
    best[0], count, last = -penalty, np.zeros(n + 1, int), np.zeros(n + 1, int)
    slack = 1e-9 * (squares[-1] + abs(penalty)) + 1e-300
    for stop in range(shortest, n + 1):
        begins = np.arange(0, stop - shortest + 1)
        spread = (
            squares[stop] - squares[begins] - (sums[stop] - sums[begins]) ** 2 / (stop - begins)
        )
        total = best[begins] + np.maximum(spread, 0) + penalty
        near = begins[total <= total.min() + slack]
        chosen = int(near[np.argmin(count[near])])
        best[stop], count[stop], last[stop] = total[chosen], count[chosen] + 1, chosen
    cuts, stop = [], n
    while stop:
        stop = int(last[stop])
        cuts.append(stop)
    return tuple(sorted(c for c in cuts if c))


def usual_penalty(values: Sequence[float] | np.ndarray) -> float:
    """2 sigma^2 log n: the Bayesian criterion's price of one more level and its date (Yao 1988)."""
    n = len(values)
    return 2 * noise(values) ** 2 * float(np.log(n)) if n > 1 else 0.0


@dataclass(frozen=True, eq=False)
class Limits:
    """An individuals chart: centre, limits, and whether each point lies outside them."""

    centre: float
    low: float
    high: float
    outside: np.ndarray


def process_limits(
    values: ArrayLike, months: Iterable[int], baseline: ArrayLike | None = None
) -> Limits:
    """Mean plus and minus 2.66 mean moving ranges (Shewhart's XmR chart, Wheeler 1993).

    Moving ranges join neighbouring months only; `baseline` is a mask of the months the limits are
    taken from.

    >>> found = process_limits([10, 12, 11, 13, 12, 30], range(6), [True] * 5 + [False])
    >>> round(found.low, 2), round(found.high, 2), found.outside.tolist()[-1]
    (7.61, 15.59, True)
    """
    values, months = np.asarray(values, "float64"), np.asarray(list(months), "int64")
    used = np.ones(len(values), bool) if baseline is None else np.asarray(baseline, bool)
    both = used[1:] & used[:-1] & (np.diff(months) == 1)
    ranges = np.abs(np.diff(values))[both]
    centre = float(values[used].mean())
    half = MOVING_RANGE * float(ranges.mean()) if len(ranges) else float("nan")
    return Limits(
        centre, centre - half, centre + half, (values < centre - half) | (values > centre + half)
    )
