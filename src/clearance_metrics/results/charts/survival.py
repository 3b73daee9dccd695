"""The share of cases done within so much time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..words import say
from .canvas import MARKS, RULE, Row, by_key, sheet, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def distribution(
    rows: Sequence[Row],
    *,
    lang: str,
    title: str,
    source: str,
    unit: str,
    limits: Sequence[tuple[float, str]] = (),
    most: float | None = None,
) -> Figure:
    """Share of cases done within so much time, a step line per series; `rows`: series, x, share
    (0..1).

    `limits`: x values marked with their words. `most`: where the x axis ends.
    """
    figure, (axis,) = sheet(title, source, 3.3)
    for i, (name, found) in enumerate(by_key(rows, "series").items()):
        every = max(1, len(found) // 8)
        axis.plot(
            [r["x"] for r in found],
            [100 * r["share"] for r in found],
            drawstyle="steps-post",
            color=f"C{i % 6}",
            linestyle=MARKS[i % 6][1],
            marker=MARKS[i % 6][0],
            markevery=every,
            label=str(name),
        )
    for level, words in limits:
        axis.axvline(level, color=RULE, linestyle=(0, (4, 2)), lw=1)
        axis.annotate(
            words,
            (level, 0.02),
            xycoords=("data", "axes fraction"),
            xytext=(3, 0),
            textcoords="offset points",
            size=8,
            color=RULE,
        )
    axis.set_ylim(0, 101)
    axis.set_xlim(0, most)
    axis.set_xlabel(unit)
    axis.set_ylabel(say("chart.share_done", lang))
    axis.legend(loc="lower right")
    return figure
