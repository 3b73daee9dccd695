"""Which groups of a table are withheld since they hold too few cases, asked for by `suppress_below=k`."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import LogError
from .statistics import withheld_groups


def check_suppression(k: int | None, names: int) -> None:
    """LogError for a bound that withholds nothing, or a table of more than two classifications."""
    if k is None:
        return
    if isinstance(k, bool) or not isinstance(k, int) or k < 2:
        raise LogError(f"suppress_below={k!r} withholds nothing", "suppress_below", "write a whole number from 2")
    if names > 2:
        what = "small cells are withheld in tables of at most two classifications"
        raise LogError(what, "suppress_below", "take fewer groups")


def withholding(counts: Mapping[tuple, int], k: int | None) -> tuple[set[tuple], bool]:
    """The keys to withhold, and whether the total must be as well; nothing without a bound.

    >>> withholding({("a",): 3, ("b",): 40}, None)
    (set(), False)
    """
    return (set(), False) if k is None else withheld_groups(counts, k)


def reason(k: int) -> str:
    """What is said in place of a withheld number."""
    return f"withheld; a cell is under {k} cases, or this one would give it back"
