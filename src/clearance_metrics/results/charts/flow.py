"""Cumulative flow: arrivals and departures, the backlog between them, and the backlog itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ..words import figure as number
from ..words import say
from .canvas import INK, RULE, Row, date_axis, from_zero, sheet, styled
from .over_time import pictures_over_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@styled
def cumulative(
    rows: Sequence[Row], *, p95: float | None, lang: str, title: str, source: str
) -> Figure:
    """Two panels: cases arrived and cases left since the first of these periods, the backlog being
    the distance between the lines; and the backlog, with the limit that is usual.

    `rows`: until (a day), arrivals, finished, other, open.
    """
    figure, (upper, lower) = sheet(title, source, 5.2, 2, columns=1)
    days = [date.fromisoformat(str(row["until"])) for row in rows]
    came = [row["arrivals"] for row in rows]
    left = [row["finished"] + row["other"] for row in rows]
    # what was open before the first of these periods came before it
    before = rows[0]["open"] - came[0] + left[0]
    arrived = list(accumulate(came, initial=before))[1:]
    gone = list(accumulate(left))
    upper.fill_between(days, gone, arrived, color="C0", alpha=0.18, lw=0)
    upper.plot(days, arrived, color="C0", linestyle="-", lw=1.8)
    upper.plot(days, gone, color="C1", linestyle="--", lw=1.8)
    _named(upper, days[-1], arrived[-1], say("waiting.arrived_line", lang), "C0", above=True)
    _named(upper, days[-1], gone[-1], say("waiting.left_line", lang), "C1", above=False)
    upper.set_ylabel(say("waiting.since_first", lang))
    still = [row["open"] for row in rows]
    lower.plot(days, still, color=INK, lw=1.6)
    lower.plot(days[-1:], still[-1:], marker="o", color=INK, markersize=5)
    _named(lower, days[-1], still[-1], number(still[-1], 0, lang), INK, above=True)
    if p95 is not None:
        lower.axhline(p95, color=RULE, linestyle=(0, (4, 2)), lw=1.1)
        told = say("waiting.p95_line", lang, value=p95)
        # at the foot of the panel, where no line runs
        where: dict[str, Any] = {"xycoords": "axes fraction", "size": 8.5, "color": RULE}
        lower.annotate(f"- - -  {told}", (0.01, 0.05), va="bottom", **where)
    lower.set_ylabel(say("waiting.open", lang))
    for axis in (upper, lower):
        date_axis(axis, lang)
    from_zero([lower])
    low, high = lower.get_ylim()
    lower.set_ylim(low, high + 0.15 * (high - low))
    return figure


def _named(axis: Axes, day: date, value: float, words: str, colour: str, *, above: bool) -> None:
    """Words at the right of a line's end, a little above or below it."""
    where: dict[str, Any] = {"textcoords": "offset points", "size": 8.5, "color": colour}
    where |= {"va": "center", "annotation_clip": False}
    axis.annotate(words, (day, value), xytext=(7, 5 if above else -5), **where)


def small_backlogs(
    lines: Mapping[str, Sequence[Row]], *, lang: str, title: str, source: str, unit: str
) -> Figure:
    """A small picture of the backlog of each group."""
    return pictures_over_time(lines, lang=lang, title=title, source=source, unit=unit)


__all__ = ["cumulative", "small_backlogs"]
