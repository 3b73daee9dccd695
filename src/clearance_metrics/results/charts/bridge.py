"""From an old mean to a new one: a waterfall, a bar per term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..words import say
from .canvas import INK, QUIET, Row, as_rows, sheet, styled, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UP, DOWN, ENDS = "#b3541e", "#2f7d4f", "#4a5568"


@styled
def waterfall(
    rows: object, *, lang: str, title: str, source: str, unit: str, most: int = 16
) -> Figure:
    """From the value before to the value after, a bar per term with its interval and n; `rows` as
    `bridge` gives them, with a `label` where a term is to be called otherwise.

    Both ends are diamonds, so that the axis need not start at zero and small terms are seen. Terms
    that add are orange and hatched, terms that take away green; each begins where the one above it
    ends. Of more than `most` terms the smallest are drawn as one bar, without an interval.
    ValueError for rows without a value at both ends.

    >>> row = {"low": None, "high": None, "n_before": 4, "n_after": 5}
    >>> rows = [row | {"term": "before", "value": 45.0, "label": "before"},
    ...     row | {"term": "composition", "value": -18.6, "label": "mix"},
    ...     row | {"term": "after", "value": 26.4, "label": "after"}]
    >>> figure = waterfall(rows, lang="en", title="change", source="x", unit="hours")
    >>> len(figure.axes[0].patches)
    1
    """
    rows = _shortened(as_rows(rows), most, lang)
    if len(rows) < 2 or any(r["value"] is None for r in rows):
        raise ValueError("a waterfall needs a value before and after, and every term between")
    figure, (axis,) = sheet(title, source, 0.8 + 0.4 * len(rows))
    level = 0.0
    for place, row in enumerate(rows):
        y = len(rows) - 1 - place
        end = row["term"] in ("before", "after")
        start = 0.0 if end else level
        stop = row["value"] if end else level + row["value"]
        if end:
            start = stop
            axis.plot([stop], [y], marker="D", markersize=7, linestyle="none", color=ENDS)
        else:
            up = row["value"] > 0
            axis.barh(
                y,
                stop - start,
                left=start,
                height=0.6,
                color=UP if up else DOWN,
                edgecolor="white",
                linewidth=0,
                hatch="//" if up else "",
            )
        if row.get("low") is not None and row.get("high") is not None:
            low, high = (row[k] + (0 if end else level) for k in ("low", "high"))
            axis.plot([low, high], [y, y], color=INK, lw=1.1, solid_capstyle="butt")
        if y:
            axis.plot([stop, stop], [y - 1.31, y + 0.31], color=QUIET, lw=0.7, linestyle=":")
        digits = 2 if abs(row["value"]) < 100 else 1
        axis.annotate(
            f"{row['value']:{'' if end else '+'},.{digits}f}",
            (_right(row, start, stop, 0 if end else level), y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
            color=INK,
        )
        level = stop
    axis.set_yticks(
        range(len(rows)), [_words(row, lang) for row in reversed(rows)], size=8, linespacing=1.3
    )
    axis.set_ylim(-0.7, len(rows) - 0.3)
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.1)
    axis.set_xlabel(unit)
    return figure


def _right(row: Row, start: float, stop: float, level: float) -> float:
    """Where the bar and its interval end."""
    return max(start, stop, *([] if row.get("high") is None else [row["high"] + level]))


def _shortened(rows: list[Row], most: int, lang: str) -> list[Row]:
    """The largest terms, and the sum of the others in the place of the first of them."""
    inner = rows[1:-1]
    if len(inner) <= most or any(r["value"] is None for r in inner):
        return rows
    kept = sorted(inner, key=lambda r: -abs(r["value"]))[: most - 1]
    others = [r for r in inner if not any(r is k for k in kept)]
    rest = {
        "term": "others",
        "value": sum(r["value"] for r in others),
        "low": None,
        "high": None,
        "n_before": None,
        "n_after": None,
        "label": say("chart.other_terms", lang, n=len(others)),
    }
    return [rows[0], *(r for r in inner if any(r is k for k in kept)), rest, rows[-1]]


def _words(row: Row, lang: str) -> str:
    label, n_before, n_after = (
        row.get("label") or row[f"label_{lang}"],
        row["n_before"],
        row["n_after"],
    )
    if row["term"] in ("before", "after"):
        label = say("chart.end", lang, label=label, n=n_before or n_after)
    elif n_before is not None:
        label = say("chart.term", lang, label=label, before=n_before, after=n_after)
    return wrapped(label, 60)
