"""Price and quantity of a basket apart: Laspeyres, Paasche and Fisher, exact to the change of its
value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .distributions import normal_reach
from .reasons import Reason
from .sample import Estimate


@dataclass(frozen=True)
class BasketIndex:
    """Ratios after / before. `value` = `price` x `quantity` (both Fisher) exactly."""

    price: Estimate
    quantity: float | None
    value: float | None
    laspeyres: float | None
    paasche: float | None


def fisher(
    p0: ArrayLike,
    q0: ArrayLike,
    p1: ArrayLike,
    q1: ArrayLike,
    errors0: ArrayLike | None = None,
    errors1: ArrayLike | None = None,
    level: float = 0.95,
) -> BasketIndex:
    """Indices over goods that stand in both periods: prices p, quantities q, arrays of equal
    length.

    `errors0` and `errors1` are standard errors of the prices; with them the price index gets an
    interval (delta method on its logarithm, quantities taken as given). Source: Fisher (1922);
    Consumer Price Index Manual (2020), ch. 2.

    >>> found = fisher([10, 20], [4, 1], [11, 18], [3, 2])
    >>> round(found.laspeyres, 4), round(found.paasche, 4), round(found.price.value, 4)
    (1.0333, 0.9857, 1.0092)
    >>> round(found.price.value * found.quantity - found.value, 12)
    0.0
    """
    p0, q0, p1, q1 = (np.asarray(a, "float64") for a in (p0, q0, p1, q1))
    if not len(p0):
        return BasketIndex(
            Estimate.refused(Reason("no_good_in_both_periods")), None, None, None, None
        )
    old, new = (p0 * q0).sum(), (p1 * q1).sum()
    if min(old, new, (p1 * q0).sum(), (p0 * q1).sum()) <= 0:
        return BasketIndex(Estimate.refused(Reason("basket_for_nothing")), None, None, None, None)
    laspeyres, paasche = (p1 * q0).sum() / old, new / (p0 * q1).sum()
    value = float(np.sqrt(laspeyres * paasche))
    how = (Reason("fisher"),)
    price = Estimate(value, reasons=how)
    if errors0 is not None and errors1 is not None:
        # derivative of log Fisher by each price, half from Laspeyres and half from Paasche
        by_new = (q0 / (p1 * q0).sum() + q1 / new) / 2
        by_old = (q0 / old + q1 / (p0 * q1).sum()) / 2
        error = np.sqrt(
            ((by_new * np.asarray(errors1)) ** 2 + (by_old * np.asarray(errors0)) ** 2).sum()
        )
        half = normal_reach(level) * error
        price = Estimate(value, float(value * np.exp(-half)), float(value * np.exp(half)), how)
    return BasketIndex(
        price, float(new / old / value), float(new / old), float(laspeyres), float(paasche)
    )
