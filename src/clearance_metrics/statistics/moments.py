"""Means and shares of parts from exact sums of whole numbers and of their products."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

from .describe import FEW, NO_CASES
from .distributions import t_reach
from .reasons import Reason
from .sample import Estimate

UNDEFINED = Estimate.refused(Reason("mean_not_positive"))


def mean_of_sums(
    n: int, total: int, squares: int, scale: float = 1, level: float = 0.95
) -> Estimate:
    """Mean of n whole numbers with their sum and the sum of their squares, with its t interval;
    `scale` of them are a unit.

    >>> found = mean_of_sums(4, 10, 30)
    >>> found.value, round(found.low, 4), round(found.high, 4)
    (2.5, 0.4457, 4.5543)
    """
    if not n:
        return NO_CASES
    value = total / n / scale
    if n < 2:
        return Estimate(value, reasons=(FEW,))
    spread = Fraction(n * squares - total * total, n * n * (n - 1))
    half = t_reach(level, n - 1) * sqrt(spread) / scale
    return Estimate(value, value - half, value + half)


def share_of_sums(
    n: int,
    parts: tuple[int, int, int],
    wholes: tuple[int, int],
    level: float = 0.95,
) -> Estimate:
    """Share of a part in the whole over n cases: the ratio of the sums with its linearised error,
    n - 1 degrees, kept within 0 and 1.

    `parts`: the sum of the part, of its squares, and of its products with the whole; `wholes`: the
    sum of the whole and of its squares. Source: Cochran (1977), 2.11, the ratio of two means.

    >>> part, whole = [1, 2, 2, 1], [2, 4, 5, 1]
    >>> found = share_of_sums(4, (6, 10, 21), (12, 46))
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.5, 0.2835, 0.7165)
    """
    (part, part2, cross), (whole, whole2) = parts, wholes
    if not n:
        return NO_CASES
    if whole <= 0:
        return UNDEFINED
    value = part / whole
    if n < 2:
        return Estimate(value, reasons=(FEW,))
    # the residuals part - share * whole, squared and summed, times the square of the whole
    spread = Fraction(part2 * whole**2 - 2 * part * whole * cross + part**2 * whole2, whole**2)
    half = t_reach(level, n - 1) * sqrt(spread * Fraction(n, n - 1)) / whole
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0))
