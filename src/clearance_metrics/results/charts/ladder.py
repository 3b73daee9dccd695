"""From the shortest clock to the longest: levels as diamonds, and what lies between as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .bridge import DOWN, ENDS, UP
from .canvas import INK, QUIET, sheet, styled, wrapped
from .narrow import is_narrow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rung = tuple[str, float, bool, str]


@styled
def ladder(rungs: Sequence[Rung], *, title: str, source: str, unit: str) -> Figure:
    """A row per rung: words, value, whether it is a level (else a step to the next), and the value
    as it is told. Steps that add are orange and hatched, those that take away green.

    >>> rungs = [("a", 2.0, True, "2"), ("more", 3.0, False, "+3"), ("b", 5.0, True, "5")]
    >>> figure = ladder(rungs, title="t", source="s", unit="hours")
    >>> len(figure.axes[0].patches), [text.get_text() for text in figure.axes[0].texts]
    (1, ['2', '+3', '5'])
    """
    figure, (axis,) = sheet(title, source, 0.8 + 0.42 * len(rungs))
    at, reached = 0.0, [0.0]
    for place, (_, value, level, told) in enumerate(rungs):
        y = len(rungs) - 1 - place
        start, stop = (value, value) if level else (at, at + value)
        if level:
            axis.plot([stop], [y], marker="D", markersize=7, linestyle="none", color=ENDS)
        else:
            look = {"color": UP, "hatch": "//"} if value > 0 else {"color": DOWN, "hatch": ""}
            axis.barh(y, value, left=start, height=0.6, edgecolor="white", linewidth=0, **look)
        if y:
            axis.plot([stop, stop], [y - 1.31, y + 0.31], color=QUIET, lw=0.7, linestyle=":")
        beside = {"xytext": (7, 0), "textcoords": "offset points", "va": "center"}
        size = 9.5 if level else 8.5
        told = wrapped(told, 18) if is_narrow() else told
        axis.annotate(told, (max(start, stop), y), size=size, color=INK, **beside)
        at = stop
        reached.append(stop)
    words = [wrapped(label, 46) if not is_narrow() else label for label, *_ in reversed(rungs)]
    axis.set_yticks(range(len(rungs)), words, size=8, linespacing=1.3)
    axis.set_ylim(-0.7, len(rungs) - 0.3)
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    span = max(reached) - min(reached) or 1.0
    axis.set_xlim(
        min(reached) - (0.04 * span if min(reached) < 0 else 0),
        max(reached) + (0.9 if is_narrow() else 0.24) * span,
    )
    axis.set_xlabel(unit)
    return figure
