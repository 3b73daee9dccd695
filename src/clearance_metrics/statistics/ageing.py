"""Open cases by age against the percentiles of finished ones, in whole numbers throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

# percentiles of the finished cases that part the ages of open ones
CUTS = (50, 75, 90, 95)
# below as many finished cases none lies above their 95th percentile
FEWEST = 20


def exact_percentile(values: ArrayLike, counts: ArrayLike, percent: int) -> int:
    """A hundred times the percentile of ascending whole values with their counts: of Hyndman-Fan
    type 7, as pandas and NumPy have it, without a fraction. ValueError where there is no case.

    >>> exact_percentile([10, 20, 30], [1, 2, 1], 90)
    2700
    """
    values, running = np.asarray(values, "int64"), np.cumsum(np.asarray(counts, "int64"))
    if not len(values) or not running[-1]:
        raise ValueError("of no case there is no percentile")
    below, rest = divmod((int(running[-1]) - 1) * percent, 100)
    low, high = (
        int(values[running.searchsorted(place, side="right")])
        for place in (below, min(below + 1, int(running[-1]) - 1))
    )
    return (100 - rest) * low + rest * high


@dataclass(frozen=True)
class Band:
    """Open cases of one band: those above `low` and at most at `high` (a hundred times the whole
    values, None where the band has no end); `oldest` is the largest age, None of no case.
    """

    low: int | None
    high: int | None
    n: int
    oldest: int | None


def bands(ages: ArrayLike, counts: ArrayLike, cuts: Sequence[int]) -> list[Band]:
    """The bands between ascending cuts (a hundred times whole values), the youngest first; an age
    that equals a cut lies below it.

    >>> [(band.n, band.oldest) for band in bands([1, 2, 9], [5, 1, 1], [100, 500])]
    [(5, 1), (1, 2), (1, 9)]
    """
    ages, counts = np.asarray(ages, "int64"), np.asarray(counts, "int64")
    place = np.searchsorted(np.asarray(cuts, "int64"), ages * 100, side="left")
    ends = [None, *cuts, None]
    found = []
    for i in range(len(cuts) + 1):
        inside = (place == i) & (counts > 0)
        oldest = int(ages[inside].max()) if inside.any() else None
        found.append(Band(ends[i], ends[i + 1], int(counts[inside].sum()), oldest))
    return found
