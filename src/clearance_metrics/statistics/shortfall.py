"""Where the distance to a target lies: each group's part of the gap, and what the slowest tenth
costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .distributions import normal_reach
from .sample import Estimate, Sample


@dataclass(frozen=True)
class Part:
    """A group's part of a gap; the parts add up to it.

    `alone`: by how much its mean must fall to close it.
    """

    gap: Estimate
    share: float
    mean: float
    n: int
    alone: float | None


def parts_of_gap(samples: list[Sample], target: float, level: float = 0.95) -> list[Part]:
    """Mean less target, split over groups of finished cases: n_g (m_g - h) / n each; a negative
    part helps.

    The error of a part is that of a mean over all cases of T - h within the group and nothing
    outside it.

    >>> fast, slow = Sample.of([4, 6], [1, 1], [30, 30]), Sample.of([10, 14], [1, 1], [20, 20])
    >>> found = parts_of_gap([fast, slow], 7)
    >>> [round(part.gap.value, 6) for part in found], [round(part.alone, 3) for part in found]
    ([-1.2, 2.0], [1.333, 2.0])
    """
    n = sum(int(s.ended.sum()) for s in samples)
    if not n:
        return []
    sums = [float(((s.units - target) * s.ended).sum()) for s in samples]
    whole = sum(sums) / n
    z = normal_reach(level)
    made = []
    for sample, total in zip(samples, sums, strict=True):
        size = int(sample.ended.sum())
        value = total / n
        squares = float(((sample.units - target) ** 2 * sample.ended).sum())
        half = z * np.sqrt(max(squares / n - value**2, 0) / (n - 1)) if n > 1 else None
        gap = (
            Estimate(value)
            if half is None
            else Estimate(value, float(value - half), float(value + half))
        )
        mean = total / size + target if size else float("nan")
        alone = whole * n / size if size and whole > 0 else None
        made.append(Part(gap, value / whole if whole else None, mean, size, alone))
    return made


@dataclass(frozen=True)
class Tail:
    """The slowest tenth: where it begins, its share of all time, and the mean if it took no longer
    than that.
    """

    begins: float
    share_of_time: float | None
    mean: float
    capped_mean: float
    n: int


def slowest_tenth(sample: Sample, part: float = 0.1) -> Tail | None:
    """What the slowest `part` of finished cases costs; None without cases. Cases at the bound are
    split exactly.

    >>> tail = slowest_tenth(Sample.of([2, 4, 48], [1, 1, 1], [5, 4, 1]))
    >>> tail.begins, round(tail.share_of_time, 3), tail.mean, tail.capped_mean
    (48.0, 0.649, 7.4, 3.0)
    """
    n = int(sample.ended.sum())
    if not n:
        return None
    count = max(round(part * n), 1)
    after = np.minimum(np.cumsum(sample.ended[::-1])[::-1], count)
    taken = after - np.concatenate([after[1:], [0]])
    units = sample.units
    begins = float(units[np.flatnonzero(taken)[0]])
    rest = sample.ended - taken
    # the largest value that is not in the tail; with nothing below it the tail is all there is
    cap = float(units[np.flatnonzero(rest)[-1]]) if rest.any() else begins
    total = float((units * sample.ended).sum())
    capped = float((units * rest).sum() + cap * count)
    share = float((units * taken).sum()) / total if total else None
    return Tail(begins, share, total / n, capped / n, count)
