"""Published figures: levels with their labels, and cuts against a base year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..words import say
from .canvas import MARKS, QUIET, RULE, Row, by_key, date_axis, day_of, draw_line, sheet, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@styled
def compression(
    rows: Sequence[Row],
    *,
    lang: str,
    title: str,
    source: str,
    reference: float | None = None,
    reference_words: str = "",
) -> Figure:
    """Compression against a base year, in percent, one line per series; `rows`: series, period,
    value, shown.

    `reference`: a level drawn across the chart, named by `reference_words`.
    """
    figure, (axis,) = sheet(title, source, 3.1)
    for i, (name, found) in enumerate(by_key(rows, "series").items()):
        mark, colour = MARKS[i % len(MARKS)], f"C{i}"
        found = sorted(found, key=lambda r: day_of(r["period"]))
        draw_line(axis, found, mark, colour, str(name))
        last = found[-1]
        axis.annotate(
            f"{last['value']:.1f}%",
            (day_of(last["period"]), last["value"]),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            size=9,
            color=colour,
        )
    if reference is not None:
        _level_line(axis, reference, reference_words)
    axis.set_ylim(0, 100)
    axis.set_ylabel(say("chart.compression", lang))
    axis.margins(x=0.08)
    date_axis(axis, lang)
    axis.legend(loc="lower right", ncols=2)
    return figure


@styled
def published_levels(
    panels: Mapping[str, Sequence[Row]],
    *,
    lang: str,
    title: str,
    source: str,
    references: Mapping[str, Sequence[tuple[float, str]]] | None = None,
) -> Figure:
    """Published levels by month or year, every point labelled; `rows`: period, value, label, annual
    (bool).

    `references`: levels drawn across a panel with what they are.
    """
    figure, axes = sheet(title, source, 3.3, len(panels))
    for i, (axis, (words, rows)) in enumerate(zip(axes, panels.items(), strict=True)):
        rows = sorted(rows, key=lambda r: day_of(r["period"]))
        axis.plot(
            [day_of(r["period"]) for r in rows],
            [r["value"] for r in rows],
            color=f"C{i}",
            lw=1,
            alpha=0.5,
        )
        for annual, marker, name in ((True, "s", "year"), (False, "o", "month")):
            some = [r for r in rows if bool(r.get("annual")) == annual]
            if some:
                axis.plot(
                    [day_of(r["period"]) for r in some],
                    [r["value"] for r in some],
                    linestyle="none",
                    marker=marker,
                    markersize=6,
                    color=f"C{i}",
                    markerfacecolor="white" if annual else f"C{i}",
                    label=say(f"chart.{name}", lang),
                )
        for k, row in enumerate(rows):
            before = rows[k - 1]["value"] if k else row["value"]
            after = rows[k + 1]["value"] if k + 1 < len(rows) else row["value"]
            # above peaks and below dips; on a slope beside the line, where it leaves room
            place = (
                (0, 7, "center", "bottom")
                if row["value"] >= max(before, after)
                else (0, -7, "center", "top")
            )
            if min(before, after) < row["value"] < max(before, after):
                place = (-6, 3, "right", "bottom") if before < after else (6, 3, "left", "bottom")
            axis.annotate(
                str(row["label"]),
                (day_of(row["period"]), row["value"]),
                xytext=place[:2],
                textcoords="offset points",
                ha=place[2],
                va=place[3],
                size=8,
                color=QUIET,
            )
        for level, what in (references or {}).get(words, ()):
            _level_line(axis, level, what)
        axis.set_title(words)
        axis.set_ylabel(say("unit.hours", lang))
        axis.margins(x=0.1)
        axis.set_ylim(0, axis.get_ylim()[1] * 1.08)
        date_axis(axis, lang)
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2)
    return figure


def _level_line(axis: Axes, level: float, words: str) -> None:
    """A level across the chart, named at its right end, where curves have left their first values
    behind.
    """
    axis.axhline(level, color=RULE, linestyle=(0, (4, 2)), lw=1.1)
    place = dict(
        xycoords=("axes fraction", "data"), xytext=(-2, 3), textcoords="offset points", ha="right"
    )
    axis.annotate(words, (1, level), size=8, color=RULE, **place)
