"""A line at one composition with its band, and beside it the line as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from .canvas import (
    MARKS,
    QUIET,
    Row,
    date_axis,
    day_of,
    draw_line,
    from_zero,
    mark_day,
    sheet,
    styled,
)
from .over_time import APART

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT = 3.4  # inches


@styled
def two_lines(
    lines: Mapping[str, Sequence[Row]],
    *,
    lang: str,
    title: str,
    source: str,
    unit: str,
    marks: Mapping[date, str],
) -> Figure:
    """The first line with its band, the second thin and grey, each named at its end; rows: period,
    value, low, high. `marks`: days and what happened on them.
    """
    figure, (axis,) = sheet(title, source, HEIGHT)
    (name, rows), (thin_name, thin) = lines.items()
    known = [row for row in thin if row["value"] is not None]
    days, values = [day_of(row["period"]) for row in known], [row["value"] for row in known]
    axis.plot(days, values, color=QUIET, lw=0.9)
    draw_line(axis, rows, MARKS[0], "C0", name, band=True)
    date_axis(axis, lang)
    for day, words in marks.items():
        mark_day(axis, day, words)
    axis.set_ylabel(unit)
    from_zero([axis])
    low, high = axis.get_ylim()
    point = (high - low) / (HEIGHT * 72 * 0.8)
    told = [row for row in rows if row["value"] is not None]
    ends = [(told[-1], "C0", name), (known[-1], QUIET, thin_name)]
    place = None
    for row, colour, words in sorted(ends, key=lambda end: end[0]["value"]):
        at = row["value"] / point
        place = at if place is None else max(at, place + APART)
        axis.annotate(
            words,
            (day_of(row["period"]), row["value"]),
            xytext=(7, place - at),
            textcoords="offset points",
            va="center",
            size=8.5,
            color=colour,
            annotation_clip=False,
        )
    return figure
