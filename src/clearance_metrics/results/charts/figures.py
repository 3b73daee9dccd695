"""Charts: rows in, a matplotlib Figure out. Nothing is computed here; a chart only draws what its
rows say.

Every function takes rows as the results give them (an object with `to_dicts()`, or a list of such
dicts), a `title` of two texts (Chinese, English) that states the finding, and a `source` line.
Series differ by marker and line style, never by colour alone. Chinese text is drawn as outlines
from Noto Sans SC, so it shows everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from .canvas import (
    INK,
    MARKS,
    QUIET,
    RULE,
    Row,
    Words,
    _canvas,
    _dates,
    _day,
    _line,
    _marker_line,
    _series,
    _styled,
    as_rows,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STATISTICS = {
    "mean": ("均值", "mean"),
    "median": ("中位数", "median"),
    "p90": ("第90百分位", "P90"),
    "restricted_mean": ("限制均值", "restricted mean"),
}


@_styled
def clearance_months(
    panels: Mapping[Words, object],
    *,
    published: Mapping[Words, Sequence[Row]] | None = None,
    title: Words,
    source: str,
    unit: Words = ("小时", "hours"),
    marker: tuple[date, str] | None = None,
) -> Figure:
    """Clearance time by month: mean with its interval, median and P90, and published national
    points beside them.

    `panels`: rows (period, statistic, value, low, high) under the words over each panel.
    `published`: rows (period, value) under the same words, drawn as single points. `marker`: a day
    and what happened on it.
    """
    figure, axes = _canvas(title, source, 3.4, len(panels))
    for axis, (words, data) in zip(axes, panels.items(), strict=True):
        named = _series(as_rows(data), "statistic")
        for i, (statistic, rows) in enumerate(named.items()):
            zh, en = STATISTICS.get(str(statistic), (str(statistic), ""))
            band = statistic == "mean"
            label = f"{zh} {en}" + ("（95%区间 interval）" if band else "")
            _line(axis, rows, MARKS[i % len(MARKS)], f"C{i}", label, band)
        points = (published or {}).get(words, ())
        if points:
            axis.plot(
                [_day(p["period"]) for p in points],
                [p["value"] for p in points],
                linestyle="none",
                marker="*",
                markersize=11,
                color=INK,
                markerfacecolor="none",
                label="全国公布值 published national figure",
            )
        axis.set_title(f"{words[0]} {words[1]}")
        axis.set_ylabel(f"{unit[0]} {unit[1]}")
        axis.set_ylim(bottom=min(0, axis.get_ylim()[0]))
        _dates(axis)
        if marker:
            _marker_line(axis, *marker)
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=1)
    return figure


@_styled
def compression(
    rows: Sequence[Row],
    *,
    title: Words,
    source: str,
    reference: float | None = None,
    reference_words: Words = ("", ""),
) -> Figure:
    """Compression against a base year, in percent, one line per series; `rows`: series, period,
    value, shown.

    `reference`: a level drawn across the chart, named by `reference_words`.
    """
    figure, (axis,) = _canvas(title, source, 3.1)
    for i, (name, found) in enumerate(_series(rows, "series").items()):
        mark, colour = MARKS[i % len(MARKS)], f"C{i}"
        found = sorted(found, key=lambda r: _day(r["period"]))
        _line(axis, found, mark, colour, str(name))
        last = found[-1]
        axis.annotate(
            f"{last['value']:.1f}%",
            (_day(last["period"]), last["value"]),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            size=9,
            color=colour,
        )
    if reference is not None:
        _level_line(axis, reference, " ".join(reference_words))
    axis.set_ylim(0, 100)
    axis.set_ylabel("压缩率 compression, %")
    axis.margins(x=0.08)
    _dates(axis)
    axis.legend(loc="lower right", ncols=2)
    return figure


@_styled
def published_levels(
    panels: Mapping[Words, Sequence[Row]],
    *,
    title: Words,
    source: str,
    references: Mapping[Words, Sequence[tuple[float, str]]] | None = None,
) -> Figure:
    """Published levels by month or year, every point labelled; `rows`: period, value, label, annual
    (bool).

    `references`: levels drawn across a panel with what they are.
    """
    figure, axes = _canvas(title, source, 3.3, len(panels))
    for i, (axis, (words, rows)) in enumerate(zip(axes, panels.items(), strict=True)):
        rows = sorted(rows, key=lambda r: _day(r["period"]))
        axis.plot(
            [_day(r["period"]) for r in rows],
            [r["value"] for r in rows],
            color=f"C{i}",
            lw=1,
            alpha=0.5,
        )
        for annual, marker, name in ((True, "s", "年度 year"), (False, "o", "单月 single month")):
            some = [r for r in rows if bool(r.get("annual")) == annual]
            if some:
                axis.plot(
                    [_day(r["period"]) for r in some],
                    [r["value"] for r in some],
                    linestyle="none",
                    marker=marker,
                    markersize=6,
                    color=f"C{i}",
                    markerfacecolor="white" if annual else f"C{i}",
                    label=name,
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
                (_day(row["period"]), row["value"]),
                xytext=place[:2],
                textcoords="offset points",
                ha=place[2],
                va=place[3],
                size=8,
                color=QUIET,
            )
        for level, what in (references or {}).get(words, ()):
            _level_line(axis, level, what)
        axis.set_title(f"{words[0]} {words[1]}")
        axis.set_ylabel("小时 hours")
        axis.margins(x=0.1)
        axis.set_ylim(0, axis.get_ylim()[1] * 1.08)
        _dates(axis)
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2)
    return figure


@_styled
def months_with_steps(
    rows: object,
    *,
    steps: Sequence[tuple[date, date, float, str]] = (),
    title: Words,
    source: str,
    label: Words,
    unit: Words,
    counts: bool = True,
    marker: tuple[date, str] | None = None,
) -> Figure:
    """A monthly mean with its interval against dated target levels, and the number of cases below
    it.

    `rows`: period, value, low, high, n. `steps`: first day, last day, level and words of each
    target. `marker`: a day and what happened on it.
    """
    rows = [r for r in as_rows(rows) if r.get("value") is not None]
    figure, (axis,) = _canvas(title, source, 3.6)
    _line(axis, rows, MARKS[0], "C0", f"{label[0]} {label[1]}（95%区间 interval）", band=True)
    for first, last, level, words in steps:
        axis.plot([first, last], [level, level], color=RULE, lw=1.6, linestyle=(0, (5, 2)))
        box = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.85}
        axis.annotate(
            words,
            (last, level),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
            color=RULE,
            bbox=box,
        )
    if steps:
        axis.margins(x=0.12)
    axis.set_ylabel(f"{unit[0]} {unit[1]}")
    axis.set_ylim(0, axis.get_ylim()[1] * 1.08)
    _dates(axis)
    if marker:
        _marker_line(axis, *marker)
    if counts and rows:
        every = max(1, -(-len(rows) // 12))
        for i, row in enumerate(rows):
            if i % every == 0:
                axis.annotate(
                    f"{row['n']:,}",
                    (_day(row["period"]), 0),
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
            xytext=(-4, 3),
            textcoords="offset points",
            ha="right",
            size=7,
            color=QUIET,
        )
    axis.legend(
        loc="lower left" if marker else "upper right", bbox_to_anchor=(0, 0.06) if marker else None
    )
    return figure


@_styled
def distribution(
    rows: Sequence[Row],
    *,
    title: Words,
    source: str,
    unit: Words,
    limits: Sequence[tuple[float, str]] = (),
    most: float | None = None,
) -> Figure:
    """Share of cases done within so much time, a step line per series; `rows`: series, x, share
    (0..1).

    `limits`: x values marked with their words. `most`: where the x axis ends.
    """
    figure, (axis,) = _canvas(title, source, 3.3)
    for i, (name, found) in enumerate(_series(rows, "series").items()):
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
    axis.set_xlabel(f"{unit[0]} {unit[1]}")
    axis.set_ylabel("已办结比例 share done, %")
    axis.legend(loc="lower right")
    return figure


@_styled
def dots(
    panels: Mapping[Words, Sequence[Row]], *, title: Words, source: str, unit: Words
) -> Figure:
    """One dot per group with its interval, sorted as given; `rows`: label, value, low, high, n."""
    longest = max((len(rows) for rows in panels.values()), default=1)
    figure, axes = _canvas(title, source, 0.9 + 0.3 * longest, len(panels))
    for i, (axis, (words, rows)) in enumerate(zip(axes, panels.items(), strict=True)):
        rows = [r for r in rows if r.get("value") is not None]
        for y, row in enumerate(reversed(rows)):
            low = row["value"] if row.get("low") is None else row["low"]
            high = row["value"] if row.get("high") is None else row["high"]
            axis.plot([low, high], [y, y], color=f"C{i}", lw=2.2, solid_capstyle="butt", alpha=0.5)
            axis.plot([row["value"]], [y], marker="os^D"[i % 4], color=f"C{i}", markersize=6)
            axis.annotate(
                f"{row['value']:.{1 if row['value'] >= 10 else 2}f}  n={row['n']:,}",
                (high, y),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                size=8,
                color=QUIET,
            )
        axis.set_yticks(range(len(rows)), [str(r["label"]) for r in reversed(rows)])
        axis.set_ylim(-0.7, max(len(rows), 1) - 0.3)
        axis.grid(axis="x")
        axis.grid(visible=False, axis="y")
        axis.set_xlim(left=0)
        axis.margins(x=0.3)
        axis.set_xlim(0, axis.get_xlim()[1])
        axis.set_title(f"{words[0]} {words[1]}")
        axis.set_xlabel(f"{unit[0]} {unit[1]}")
    return figure


@_styled
def bars(rows: Sequence[Row], *, title: Words, source: str, unit: Words, digits: int = 0) -> Figure:
    """Horizontal bars with their values; `rows`: label, value."""
    figure, (axis,) = _canvas(title, source, 0.7 + 0.3 * max(len(rows), 1))
    values = [r["value"] for r in reversed(rows)]
    axis.barh(
        range(len(rows)),
        values,
        color="C0",
        height=0.62,
        hatch="//",
        edgecolor="white",
        linewidth=0,
    )
    axis.set_yticks(range(len(rows)), [str(r["label"]) for r in reversed(rows)])
    for y, value in enumerate(values):
        axis.annotate(
            f"{value:,.{digits}f}",
            (value, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
        )
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.12)
    axis.set_xlim(left=0)
    axis.set_xlabel(f"{unit[0]} {unit[1]}")
    return figure


@_styled
def strip(parts: Sequence[tuple[str, str, int, str]], *, title: Words, source: str) -> Figure:
    """One bar cut into counts; each part is (Chinese, English, count, colour) and carries its words
    and its hatch.
    """
    figure, (axis,) = _canvas(title, source, 1.35)
    left = 0
    hatches = ("", "//", "..", "xx", "\\\\", "", "--", "oo", "++")
    for i, (zh, en, count, colour) in enumerate(parts):
        axis.barh(
            0,
            count,
            left=left,
            color=colour,
            edgecolor="white",
            hatch=hatches[i % len(hatches)],
            linewidth=1,
            label=f"{zh} {en} {count}",
        )
        axis.annotate(
            f"{count}",
            (left + count / 2, 0),
            ha="center",
            va="center",
            size=10,
            color="white",
            bbox={"boxstyle": "round,pad=0.15", "fc": colour, "ec": "none"},
        )
        left += count
    axis.set_axis_off()
    axis.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0.02),
        ncols=4,
        handletextpad=0.5,
        columnspacing=1.2,
    )
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
