"""Differences between two groups within strata: like is compared with like, and what has no like is
left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .distributions import normal_reach
from .reasons import Reason
from .sample import Estimate, Sample


@dataclass(frozen=True)
class Matched:
    """A matched difference (first group less second), the strata it rests on, and the cases that
    found no match.
    """

    difference: Estimate
    strata: int
    n_first: int
    n_second: int
    left_out: int


def matched_difference(pairs: Iterable[tuple[Sample, Sample]], level: float = 0.95) -> Matched:
    """Mean of first less second over strata, weighted n1 n2 / (n1 + n2), from finished cases.

    `pairs` holds both groups of each stratum; strata with an empty side are left out and their
    cases counted. The error uses each group's variance pooled within strata. Source: Cochran
    (1954); Mantel and Haenszel (1959).

    >>> one = Sample.of([10, 12], [1, 1], [2, 2]), Sample.of([14, 16], [1, 1], [2, 2])
    >>> two = Sample.of([20], [1], [3]), Sample.of([26], [1], [1])
    >>> found = matched_difference([one, two])
    >>> round(found.difference.value, 4), found.strata, found.n_first, found.n_second
    (-4.5455, 2, 7, 5)
    """
    kept, left_out = [], 0
    for first, second in pairs:
        sizes = [int(s.ended.sum()) for s in (first, second)]
        if min(sizes):
            kept.append([_moments(s) for s in (first, second)])
        else:
            left_out += sum(sizes)
    if not kept:
        return Matched(Estimate.refused(Reason("no_common_stratum")), 0, 0, 0, left_out)
    moments = np.array(kept)  # stratum, group, (n, mean, sum of squares)
    n, mean, squares = (moments[:, :, i] for i in range(3))
    weight = n[:, 0] * n[:, 1] / n.sum(axis=1)
    value = float((weight * (mean[:, 0] - mean[:, 1])).sum() / weight.sum())
    n_first, n_second = (int(x) for x in n.sum(axis=0))
    free = (n - 1).sum(axis=0)
    if (free < 1).any():
        alone = Estimate(value, reasons=(Reason("few_for_interval"),))
        return Matched(alone, len(kept), n_first, n_second, left_out)
    variance = squares.sum(axis=0) / free
    error = np.sqrt((weight**2 * (variance / n).sum(axis=1)).sum()) / weight.sum()
    half = normal_reach(level) * error
    difference = Estimate(value, float(value - half), float(value + half))
    return Matched(difference, len(kept), n_first, n_second, left_out)


def _moments(sample: Sample) -> tuple[float, float, float]:
    n = sample.ended.sum()
    centre = (sample.units * sample.ended).sum() / n
    return float(n), float(centre), float(((sample.units - centre) ** 2 * sample.ended).sum())
