"""Facts that several headlines say in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..statistics.reasons import Reason


def told_clearly(low: float | None, high: float | None) -> Reason:
    """Whether an interval of a difference excludes zero.

    >>> told_clearly(0.5, 2.0), told_clearly(None, None)
    (Reason('compare.clear'), Reason('compare.no_interval'))
    """
    if low is None or high is None:
        return Reason("compare.no_interval")
    return Reason("compare.clear" if low > 0 or high < 0 else "compare.unclear")


def noted(rows: Iterable[tuple[str, Sequence[Reason]]]) -> list[Reason]:
    """What the rows of an answer have to say, each once; with the names of those that say it, where
    others do not.

    >>> why, all_ = Reason("no_cases"), Reason("bridge.left")
    >>> [found.code for found in noted([("a", (why, all_)), ("b", (all_,))])]
    ['several.noted_of', 'several.noted']
    """
    said: dict[Reason, list[str]] = {}
    every: dict[str, None] = {}
    for name, reasons in rows:
        every[name] = None
        for why in reasons:
            if name not in said.setdefault(why, []):
                said[why].append(name)
    return [
        Reason("several.noted", text=why)
        if len(names) == len(every)
        else Reason("several.noted_of", about=tuple(names), text=why)
        for why, names in said.items()
    ]


def bounds_of(low: float | None, high: float | None) -> Reason | str:
    """An interval in brackets, nothing where there is none."""
    return "" if low is None or high is None else Reason("compare.bounds", low=low, high=high)
