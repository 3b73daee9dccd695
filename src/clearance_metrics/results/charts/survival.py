"""The share of cases done within so much time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..words import say
from .canvas import MARKS, QUIET, RULE, Row, by_key, sheet, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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


@styled
def curves(
    groups: Mapping[str, Sequence[Row]],
    *,
    risk: Mapping[str, Sequence[tuple[float, int]]],
    lang: str,
    title: str,
    source: str,
    unit: str,
) -> Figure:
    """The share not yet ended after each time, a step line per group with its interval, and below
    the axis the cases at risk.

    `groups`: rows (time, value, low, high) by name; `risk`: times and cases at risk by name.
    """
    figure, (axis,) = sheet(title, source, 3.3 + 0.18 * len(risk))
    for i, (name, rows) in enumerate(groups.items()):
        if not rows:
            continue
        colour, times = f"C{i % 6}", [r["time"] for r in rows]
        axis.plot(
            times,
            [100 * r["value"] for r in rows],
            drawstyle="steps-post",
            color=colour,
            linestyle=MARKS[i % 6][1],
            marker=MARKS[i % 6][0],
            markevery=max(1, len(rows) // 8),
            label=name,
        )
        known = [r for r in rows if r["low"] is not None and r["high"] is not None]
        axis.fill_between(
            [r["time"] for r in known],
            [100 * r["low"] for r in known],
            [100 * r["high"] for r in known],
            step="post",
            color=colour,
            alpha=0.16,
            lw=0,
        )
    axis.set_ylim(0, 101)
    axis.set_xlabel(unit)
    axis.set_ylabel(say("chart.share_open", lang))
    ticks = max(risk.values(), key=len, default=())
    axis.set_xticks([time for time, _ in ticks])
    if len(ticks) > 1:
        axis.set_xlim(ticks[0][0], ticks[-1][0])
    _at_risk(axis, risk, say("chart.at_risk", lang))
    axis.legend(loc="upper right")
    return figure


def _at_risk(axis: Axes, risk: Mapping[str, Sequence[tuple[float, int]]], head: str) -> None:
    """A line of counts per group below the axis, under the ticks that they belong to."""
    words = {"textcoords": "offset points", "size": 8, "va": "top", "annotation_clip": False}
    below = 34.0  # under ticks and unit, in points
    axis.annotate(
        head,
        (0, 0),
        xycoords="axes fraction",
        xytext=(-8, -below),
        ha="right",
        color=QUIET,
        **words,
    )
    for i, (name, counts) in enumerate(risk.items(), start=1):
        down = -below - 12.5 * i
        axis.annotate(
            name,
            (0, 0),
            xycoords="axes fraction",
            xytext=(-14, down),
            ha="right",
            color=f"C{(i - 1) % 6}",
            **words,
        )
        for time, n in counts:
            axis.annotate(
                f"{n:,}",
                (time, 0),
                xycoords=("data", "axes fraction"),
                xytext=(0, down),
                ha="center",
                color=QUIET,
                **words,
            )
