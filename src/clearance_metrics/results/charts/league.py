"""Groups side by side, each with its interval and the ranks that it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..words import say
from .canvas import QUIET, RULE, as_rows, sheet, styled
from .narrow import is_narrow

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def ranks(rows: object, *, lang: str, title: str, source: str, unit: str) -> Figure:
    """A league table: each group's mean with its interval, the pooled value, n and the ranks it may
    have.

    `rows` as `league` gives them; groups of few cases are drawn grey, groups withheld are named
    without figures.
    """
    rows = as_rows(rows)
    figure, (axis,) = sheet(title, source, 0.8 + 0.3 * max(len(rows), 1))
    last = len(rows) - 1
    for place, row in enumerate(rows):
        y, colour = last - place, QUIET if row["few"] else "C0"
        if row["value"] is None:
            axis.annotate(
                say("chart.not_shown", lang),
                (0, y),
                xycoords=("axes fraction", "data"),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                size=8,
                color=QUIET,
            )
            continue
        if row["low"] is not None and row["high"] is not None:
            axis.plot(
                [row["low"], row["high"]],
                [y, y],
                color=colour,
                lw=2.2,
                alpha=0.5,
                solid_capstyle="butt",
            )
        axis.plot(
            [row["value"]],
            [y],
            marker="o",
            linestyle="none",
            color=colour,
            markerfacecolor="white" if row["few"] else colour,
        )
        if row["pooled"] is not None:
            axis.plot([row["pooled"]], [y], marker="|", markersize=11, linestyle="none", color=RULE)
        words = say("chart.n", lang, n=row["n"])
        if row["rank"] is not None:
            facts = {"low": row["rank_low"], "high": row["rank_high"]}
            code = "chart.rank_certain" if facts["low"] == facts["high"] else "chart.rank"
            words = say(code, lang, n=row["n"], rank=row["rank"], **facts)
        far = row["value"] if row["high"] is None else row["high"]
        axis.annotate(
            words,
            (far, y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=8,
            color=QUIET,
        )
    axis.set_yticks(range(len(rows)), [row["label"] for row in reversed(rows)])
    axis.set_ylim(-0.7, max(len(rows), 1) - 0.3)
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.5 if is_narrow() else 0.25)
    axis.set_xlabel(say("chart.pooled", lang, unit=unit))
    return figure
