"""Groups over time: a few lines in one picture, or a small picture each on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from .canvas import (
    INK,
    MARKS,
    QUIET,
    Row,
    alike,
    date_axis,
    day_of,
    draw_line,
    from_zero,
    mark_day,
    sheet,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINES = 4  # of one picture, each with its name at its end
PICTURES = 12  # of one figure
APART = 11  # points between the names of two lines
HEIGHT = 3.4  # inches of a picture of lines
Lines = Mapping[str, Sequence[Row]]


@styled
def lines_over_time(
    panels: Mapping[str, Lines],
    *,
    lang: str,
    title: str,
    source: str,
    unit: str,
    points: Mapping[str, Sequence[Row]] | None = None,
    marker: tuple[date, str] | None = None,
) -> Figure:
    """A panel per metric, a line per group with its name at the end; on one scale if
    they are of one size.

    `panels`: rows (period, value, low, high) by group, by the words over the panel. `points`:
    published ones by the same words. `marker`: a day and what happened on it.
    """
    shared = alike(chain.from_iterable(found.values()) for found in panels.values())
    figure, axes = sheet(title, source, HEIGHT, len(panels), one_scale=shared)
    for axis, (words, lines) in zip(axes, panels.items(), strict=True):
        for i, (name, rows) in enumerate(lines.items()):
            draw_line(axis, rows, MARKS[i % len(MARKS)], f"C{i}", name, band=len(lines) < 3)
        published(axis, (points or {}).get(words, ()))
        axis.set_title(words if len(panels) > 1 else "")
        date_axis(axis, lang, 9 if len(panels) < 2 else 6)
        if marker:
            mark_day(axis, *marker)
    axes[0].set_ylabel(unit)
    from_zero(axes)
    low, high = axes[0].get_ylim()
    for axis, lines in zip(axes, panels.values(), strict=True):
        named_at_ends(axis, lines, (high - low) / (HEIGHT * 72 * 0.8))
    return figure


def named_at_ends(axis: Axes, lines: Lines, point: float) -> None:
    """The name of each line at its end, kept apart; a point is so much of the scale."""
    ends = [(rows[-1]["value"], i, name) for i, (name, rows) in enumerate(lines.items()) if rows]
    place = None
    for value, i, name in sorted(ends):
        place = value / point if place is None else max(value / point, place + APART)
        axis.annotate(
            name,
            (day_of(lines[name][-1]["period"]), value),
            xytext=(7, place - value / point),
            textcoords="offset points",
            va="center",
            size=8.5,
            color=f"C{i}",
            annotation_clip=False,
        )


def published(axis: Axes, points: Sequence[Row]) -> None:
    """Published values as single points."""
    if points:
        days, values = [day_of(p["period"]) for p in points], [p["value"] for p in points]
        look = {"linestyle": "none", "marker": "*", "markersize": 10, "color": INK}
        axis.plot(days, values, markerfacecolor="none", **look)


@styled
def pictures_over_time(
    lines: Lines,
    *,
    lang: str,
    title: str,
    source: str,
    unit: str,
    points: Sequence[Row] = (),
    marker: tuple[date, str] | None = None,
) -> Figure:
    """A small picture per group on one scale: its line with the interval, the others behind it.

    `lines`: rows (period, value, low, high) by group.
    """
    columns = 3 if len(lines) < 10 else 4
    high = -(-len(lines) // columns)
    figure, axes = sheet(
        title, source, 0.3 + 1.75 * high, len(lines), columns=columns, one_scale=True
    )
    for i, (axis, (name, rows)) in enumerate(zip(axes, lines.items(), strict=True)):
        for other, behind in lines.items():
            if other != name:
                days = [day_of(row["period"]) for row in behind]
                axis.plot(days, [row["value"] for row in behind], color="#c9ced6", lw=0.8)
        draw_line(axis, rows, MARKS[0], "C0", name, band=True)
        published(axis, points)
        axis.set_title(name)
        date_axis(axis, lang, 5)
        axis.tick_params(labelsize=8)
        if marker:
            axis.axvline(marker[0], color=QUIET, linestyle=(0, (4, 2)), lw=0.9)
        if i % columns == 0:
            axis.set_ylabel(unit, size=8)
    if marker:
        mark_day(axes[0], *marker)
    from_zero(axes)
    return figure
