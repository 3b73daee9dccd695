"""Weekdays and hours: a field of shares with its figures in it, and bars of weekdays alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .canvas import INK, QUIET, sheet, styled, wrapped
from .groups import bars
from .narrow import is_narrow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORT = 3  # signs of a weekday over a narrow column
DEEPEST = 0.62  # of the colour, on which figures can still be read in ink


@styled
def heat(
    names: Sequence[str], table: Sequence[Sequence[float]], *, below: str, title: str, source: str
) -> Figure:
    """A field per weekday and hour, the darker the more, each with its share in per cent: read
    without colours and in print as well. On a narrow sheet hours go down.

    `table`: a row per name, a share of all per hour.
    """
    from matplotlib.colors import to_rgba

    if turned := is_narrow():
        table = [*zip(*table, strict=True)]
    across = [str(hour) for hour in range(len(table if turned else table[0]))]
    down, across = (across, [name[:SHORT] for name in names]) if turned else (names, across)
    figure, (axis,) = sheet(title, source, 0.8 + (0.2 if turned else 0.36) * len(down))
    most = max((share for row in table for share in row), default=0.0) or 1.0
    # lets the paper through, light or dark
    shades = [[to_rgba("C0", DEEPEST * share / most) for share in row] for row in table]
    axis.imshow(shades, aspect="auto")
    for y, row in enumerate(table):
        for x, share in enumerate(row):
            told = "–" if not share else f"{100 * share:.1f}"
            inside = axis.text(x, y, told, ha="center", va="center", size=7, color=INK)
            inside.set_in_layout(False)
    axis.set_yticks(range(len(down)), list(down))
    axis.set_xticks(range(len(across)), across)
    axis.tick_params(length=0, labelsize=8)
    axis.grid(visible=False)
    for side in axis.spines.values():
        side.set_visible(False)
    axis.set_xlabel(wrapped(below, 44) if turned else below, size=8, color=QUIET)
    return figure


def weekdays(
    names: Sequence[str], shares: Sequence[float], *, unit: str, title: str, source: str
) -> Figure:
    """A bar per weekday with its share in per cent."""
    rows = [{"label": n, "value": 100 * s} for n, s in zip(names, shares, strict=True)]
    return bars(rows, title=title, source=source, unit=unit, digits=1)
