"""Facts that several headlines say in the same way."""

from __future__ import annotations

from ..statistics.reasons import Reason


def told_clearly(low: float | None, high: float | None) -> Reason:
    """Whether an interval of a difference excludes zero.

    >>> told_clearly(0.5, 2.0), told_clearly(None, None)
    (Reason('compare.clear'), Reason('compare.no_interval'))
    """
    if low is None or high is None:
        return Reason("compare.no_interval")
    return Reason("compare.clear" if low > 0 or high < 0 else "compare.unclear")


def bounds_of(low: float | None, high: float | None) -> Reason | str:
    """An interval in brackets, nothing where there is none."""
    return "" if low is None or high is None else Reason("compare.bounds", low=low, high=high)
