"""Facts that several headlines say in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import LogError, NothingToShow
from ..results.words import say, unit_word
from ..statistics.reasons import Reason

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BARS = 40  # of one picture


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


def first_of(rows: Sequence[Any]) -> tuple[object, object]:
    """The groups and the period of the first row."""
    return rows[0].groups, rows[0].period


def group_of(row: Any) -> Reason | str:
    """The group and period that a sentence is about, nothing where there are none."""
    named = [str(value) for _, value in row.groups] + ([row.period] if row.period else [])
    return Reason("headline.of_group", group=", ".join(named)) if named else ""


def parts_drawn(rows: Sequence[Any], *, lang: str, title: str, source: str) -> Figure:
    """Parts that add up, a bar per group and period."""
    from ..results.charts.groups import stacked

    if not rows:
        raise NothingToShow("there is nothing to draw", "chart", "no case was finished")
    bars: dict[tuple[Any, Any], list[tuple[str, float]]] = {}
    for row in rows:
        bars.setdefault((row.groups, row.period), []).append((row.label(lang), row.mean))
    if len(bars) > BARS:
        what = f"{len(bars)} bars do not fit one picture"
        raise LogError(what, "chart", "ask for fewer groups or longer periods")
    whole = say("survival.all", lang)
    named = {
        ", ".join([*(str(v) for _, v in groups), *([str(p)] if p else [])]) or whole: parts
        for (groups, p), parts in bars.items()
    }
    return stacked(named, title=title, source=source, unit=unit_word("hours", lang))
