"""Charts of changes and of many groups: a waterfall from old to new, and ranks with their
intervals.

As in `figures`, rows go in and a matplotlib Figure comes out; nothing is computed here but where a
bar begins, and the sum of the terms that a long chart draws as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .canvas import INK, QUIET, RULE, Words, _canvas, _styled, as_rows, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UP, DOWN, ENDS = "#b3541e", "#2f7d4f", "#4a5568"


@_styled
def waterfall(rows: object, *, title: Words, source: str, unit: Words, most: int = 16) -> Figure:
    """From the value before to the value after, a bar per term with its interval and n; `rows` as
    `bridge` gives them.

    Both ends are diamonds, so that the axis need not start at zero and small terms are seen. Terms
    that add are orange and hatched, terms that take away green; each begins where the one above it
    ends. Of more than `most` terms the smallest are drawn as one bar, without an interval.
    ValueError for rows without a value at both ends.

    >>> row = {"low": None, "high": None, "n_before": 4, "n_after": 5, "zh": "", "note": ""}
    >>> rows = [row | {"term": "before", "value": 45.0, "en": "before"},
    ...     row | {"term": "composition", "value": -18.6, "en": "mix"},
    ...     row | {"term": "after", "value": 26.4, "en": "after"}]
    >>> figure = waterfall(rows, title=("变化", "change"), source="x", unit=("小时", "hours"))
    >>> len(figure.axes[0].patches)
    1
    """
    rows = _shortened(as_rows(rows), most)
    if len(rows) < 2 or any(r["value"] is None for r in rows):
        raise ValueError("a waterfall needs a value before and after, and every term between")
    figure, (axis,) = _canvas(title, source, 0.8 + 0.4 * len(rows))
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
        range(len(rows)), [_words(row) for row in reversed(rows)], size=8, linespacing=1.3
    )
    axis.set_ylim(-0.7, len(rows) - 0.3)
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.1)
    axis.set_xlabel(f"{unit[0]} {unit[1]}")
    return figure


def _right(row, start: float, stop: float, level: float) -> float:
    """Where the bar and its interval end."""
    return max(start, stop, *([] if row.get("high") is None else [row["high"] + level]))


def _shortened(rows: list, most: int) -> list:
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
        "zh": f"其余{len(others)}项",
        "en": f"{len(others)} other terms",
    }
    return [rows[0], *(r for r in inner if any(r is k for k in kept)), rest, rows[-1]]


def _words(row) -> str:
    if row["term"] in ("before", "after"):
        counts = f"n={row['n_before'] or row['n_after']:,}"
    elif row["n_before"] is None:
        counts = ""
    else:
        counts = f"n={row['n_before']:,}→{row['n_after']:,}"
    return "\n".join(wrapped(x, 60) for x in (row["zh"], f"{row['en']}  {counts}".rstrip()) if x)


@_styled
def ranks(rows: object, *, title: Words, source: str, unit: Words) -> Figure:
    """A league table: each group's mean with its interval, the pooled value, n and the ranks it may
    have.

    `rows` as `league` gives them; groups of few cases are drawn grey, groups withheld are named
    without figures.
    """
    rows = as_rows(rows)
    figure, (axis,) = _canvas(title, source, 0.8 + 0.3 * max(len(rows), 1))
    last = len(rows) - 1
    for place, row in enumerate(rows):
        y, colour = last - place, QUIET if row["few"] else "C0"
        if row["value"] is None:
            axis.annotate(
                "未列出 not shown",
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
        words = f"n={row['n']:,}"
        if row["rank"] is not None:
            words += f"  名次 rank {row['rank']} [{row['rank_low']}–{row['rank_high']}]"
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
    axis.margins(x=0.25)
    axis.set_xlabel(f"{unit[0]} {unit[1]}    ｜ 合并估计 partially pooled")
    return figure
