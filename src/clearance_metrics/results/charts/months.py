"""A time or share by month: with its interval, published points or dated targets beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ..words import say, term
from .canvas import (
    INK,
    MARKS,
    QUIET,
    RULE,
    Row,
    alike,
    as_rows,
    by_key,
    date_axis,
    day_of,
    draw_line,
    from_zero,
    mark_day,
    sheet,
    styled,
)
from .narrow import is_narrow

NEAR = 8  # months that words at the end of a step stand over

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def clearance_months(
    panels: Mapping[str, Any],
    *,
    lang: str,
    title: str,
    source: str,
    published: Mapping[str, Sequence[Row]] | None = None,
    unit: str = "",
    marker: tuple[date, str] | None = None,
) -> Figure:
    """Clearance time by month: the first statistic with its interval, others beside it, and
    published national points.

    `panels`: rows (period, statistic, value, low, high) under the words over each panel.
    `published`: rows (period, value) under the same words, drawn as single points. `unit`: hours,
    where none is given. `marker`: a day and what happened on it. Panels have one scale if
    they are of one size.
    """
    figure, axes = sheet(
        title, source, 3.4, len(panels), one_scale=alike(map(as_rows, panels.values()))
    )
    for axis, (words, data) in zip(axes, panels.items(), strict=True):
        named = by_key(as_rows(data), "statistic")
        for i, (statistic, rows) in enumerate(named.items()):
            band = i == 0
            label = _statistic(str(statistic), lang)
            if band:
                label = say("chart.with_interval", lang, label=label)
            draw_line(axis, rows, MARKS[i % len(MARKS)], f"C{i}", label, band)
        points = (published or {}).get(words, ())
        if points:
            axis.plot(
                [day_of(p["period"]) for p in points],
                [p["value"] for p in points],
                linestyle="none",
                marker="*",
                markersize=11,
                color=INK,
                markerfacecolor="none",
                label=say("chart.published", lang),
            )
        axis.set_title(words)
        date_axis(axis, lang)
        if marker:
            mark_day(axis, *marker)
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=1)
    axes[0].set_ylabel(unit or say("unit.hours", lang))
    from_zero(axes)
    return figure


def _statistic(name: str, lang: str) -> str:
    """A statistic as legends name it."""
    if name[:1] == "p" and name[1:2].isdigit():
        return say("statistic.percentile", lang, limit=float(name[1:]))
    return term("statistic", name, lang)


def _free(rows: Sequence[Row], level: float) -> tuple[float, bool]:
    """Where words about a level stand clear of the line and its band, the nearer of the two sides,
    and whether that is above.
    """
    ends = [r.get(name) for r in rows for name in ("low", "value", "high")]
    known = [float(end) for end in ends if end is not None]
    high, low = max([level, *known]), min([level, *known])
    above = high - level <= level - low
    return (high if above else low), above


@styled
def months_with_steps(
    rows: object,
    *,
    lang: str,
    title: str,
    source: str,
    label: str,
    unit: str,
    steps: Sequence[tuple[date, date, float, str]] = (),
    counts: bool = True,
    marker: tuple[date, str] | None = None,
) -> Figure:
    """A monthly mean with its interval against dated target levels, and the number of cases below
    it.

    `rows`: period, value, low, high, n. `steps`: first day, last day, level and words of each
    target; without words its day and level stand there. `marker`: a day and what happened on it.
    """
    rows = [r for r in as_rows(rows) if r.get("value") is not None]
    figure, (axis,) = sheet(title, source, 3.6)
    label = say("chart.with_interval", lang, label=label)
    draw_line(axis, rows, MARKS[0], "C0", label, band=True)
    for first, last, level, words in steps:
        axis.plot([first, last], [level, level], color=RULE, lw=1.6, linestyle=(0, (5, 2)))
        box = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.85}
        # beside the end of a step that reaches the last month; else beyond the line before its end
        inside = [r for r in rows if day_of(r["period"]) <= last][-NEAR:]
        beyond = inside and any(day_of(r["period"]) > last for r in rows)
        at, above = _free(inside, level) if beyond else (level, True)
        axis.annotate(
            words or say("chart.target", lang, due=str(last), target=level),
            (last, at),
            xytext=(0, 4 if above else -4) if beyond else (4, 0),
            textcoords="offset points",
            ha="right" if beyond else "left",
            va="center" if not beyond else "bottom" if above else "top",
            size=8.5,
            color=RULE,
            bbox=box,
        )
    if steps:
        axis.margins(x=0.12)
    axis.set_ylabel(unit)
    axis.set_ylim(0, axis.get_ylim()[1] * 1.08)
    date_axis(axis, lang)
    if marker:
        mark_day(axis, *marker)
    if counts and rows:
        every = max(1, -(-len(rows) // (6 if is_narrow() else 12)))
        for i, row in enumerate(rows):
            if i % every == 0:
                axis.annotate(
                    f"{row['n']:,}",
                    (day_of(row["period"]), 0),
                    xycoords=("data", "axes fraction"),
                    xytext=(0, 3),
                    textcoords="offset points",
                    ha="center",
                    size=7,
                    color=QUIET,
                )
        axis.annotate(
            "n =",
            (0, 0),
            xycoords="axes fraction",
            xytext=(3, 3),
            textcoords="offset points",
            ha="left",
            size=7,
            color=QUIET,
        )
    axis.legend(
        loc="lower left" if marker else "upper right", bbox_to_anchor=(0, 0.06) if marker else None
    )
    return figure
