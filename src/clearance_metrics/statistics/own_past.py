"""Whether the latest figure of a series lies outside the limits of its own past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .distributions import t_reach
from .reasons import Reason

FEWEST = 12  # figures of the past, below which it has no limits
MOST = 24  # of them, the latest that count


@dataclass(frozen=True)
class Limits:
    """What the next figure of a series may be if nothing changed: the mean of the past and the
    limits about it; `outside` is -1 below, 1 above, 0 within; None with a reason where there are
    no limits.
    """

    mean: float | None
    low: float | None
    high: float | None
    outside: int | None
    n: int
    reasons: tuple[Reason, ...] = ()


def beside_own_past(past: ArrayLike, latest: float, false_alarms: float = 0.01) -> Limits:
    """The latest figure beside at most the 24 before it, as a prediction interval: their mean and
    standard deviation, Student's t with one degree less than there are figures, and a part for the
    mean's own error.

    `false_alarms` is the share of steady series that would be outside: exact for independent
    normal figures. A series that drifts or has seasons has a larger deviation, so wider limits: it
    is told later, not more often. Fewer than 12 figures, or figures that are all the same, have no
    limits.

    >>> found = beside_own_past([10, 11, 9, 10, 12, 8, 10, 11, 9, 10, 11, 9], 20)
    >>> round(found.low, 2), round(found.high, 2), found.outside
    (6.35, 13.65, 1)
    """
    told = np.asarray(past, "float64")[-MOST:]
    n = len(told)
    if n < FEWEST:
        why = Reason("signal.short_past", n=n, fewest=FEWEST)
        return Limits(None, None, None, None, n, (why,))
    mean, deviation = float(told.mean()), float(told.std(ddof=1))
    # what rounding leaves of equal figures is no spread
    if deviation <= 1e-12 * max(abs(mean), 1e-300):
        return Limits(mean, None, None, None, n, (Reason("signal.all_alike"),))
    reach = t_reach(1 - false_alarms, n - 1) * deviation * float(np.sqrt(1 + 1 / n))
    low, high = mean - reach, mean + reach
    return Limits(mean, low, high, int(latest > high) - int(latest < low), n)
