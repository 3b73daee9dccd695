"""Weekdays and hours: a field of shares with its figures in it, and bars of weekdays alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .canvas import INK, QUIET, sheet, styled
from .groups import bars

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DARK = 0.55  # of the deepest shade, from where a figure stands in white


@styled
def heat(
    names: Sequence[str], table: Sequence[Sequence[float]], *, below: str, title: str, source: str
) -> Figure:
    """A field per weekday and hour, the darker the more, each with its share in per cent: read
    without colours and in print as well.

    `table`: a row per name, a share of all per hour.
    """
    figure, (axis,) = sheet(title, source, 0.8 + 0.36 * len(names))
    most = max((share for row in table for share in row), default=0.0) or 1.0
    hours = len(table[0])
    axis.imshow(table, cmap="Blues", vmin=0, vmax=most * 1.15, aspect="auto")
    for y, row in enumerate(table):
        for x, share in enumerate(row):
            told = "–" if not share else f"{100 * share:.1f}"
            colour = "white" if share > DARK * most * 1.15 else INK
            axis.text(x, y, told, ha="center", va="center", size=7, color=colour)
    axis.set_yticks(range(len(names)), list(names))
    axis.set_xticks(range(hours), [str(hour) for hour in range(hours)])
    axis.tick_params(length=0, labelsize=8)
    axis.grid(visible=False)
    for side in axis.spines.values():
        side.set_visible(False)
    axis.set_xlabel(below, size=8, color=QUIET)
    return figure


def weekdays(
    names: Sequence[str], shares: Sequence[float], *, unit: str, title: str, source: str
) -> Figure:
    """A bar per weekday with its share in per cent."""
    rows = [{"label": n, "value": 100 * s} for n, s in zip(names, shares, strict=True)]
    return bars(rows, title=title, source=source, unit=unit, digits=1)
