"""The result as a chart: seconds and peak memory of each contender, a row of axes per task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clearance_metrics.results.charts.canvas import INK, QUIET, WIDTH, style

from .tables import who
from .tasks import TASKS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OURS, OTHERS, WHISKER = "#0b5fa5", "#b9c2cf", "#3c4250"


def chart(result: dict) -> Figure:
    """Bars of medians with whiskers from least to most; both axes start at zero.

    Equal results give equal figures.
    """
    from matplotlib.figure import Figure

    shown = [
        (t, [r for r in result["rows"] if r["task"] == t.name and r["seconds"]]) for t in TASKS
    ]
    shown = [(task, rows) for task, rows in shown if rows]
    heights = [0.55 + 0.28 * len(rows) for _, rows in shown]
    with style():
        height = sum(heights) + 1.35
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        figure.get_layout_engine().set(
            rect=(0, 0.3 / height, 1, 1 - 0.95 / height), h_pad=0.05, w_pad=0.08
        )
        figure.text(
            0.012,
            1 - 0.06 / height,
            f"同一份日志，同样的答案：{result['size']:,}件业务的用时与内存",
            size=13,
            color=INK,
            va="top",
        )
        title = (
            f"One log, equal answers: time and memory at {result['size']:,} cases,"
            f" {result['events']:,} events"
        )
        figure.text(0.012, 1 - 0.38 / height, title, size=9, color=QUIET, va="top")
        figure.text(0.012, 0.06 / height, source(result), size=7.5, color=QUIET, va="bottom")
        axes = figure.subplots(len(shown), 2, squeeze=False, height_ratios=heights)
        for (task, rows), pair in zip(shown, axes, strict=True):
            _bars(pair[0], rows, "seconds", 1, f"{task.zh}\n{task.en}", ".2f")
            _bars(pair[1], rows, "peak", 1e6, "", ",.0f")
        axes[-1][0].set_xlabel("整个进程用时（秒） seconds, whole process", size=8)
        axes[-1][1].set_xlabel("内存峰值（MB） peak memory, MB", size=8)
        figure.draw_without_rendering()
    return figure


def source(result: dict) -> str:
    """The line under the chart, from the result itself."""
    m, v = result["machine"], result["versions"]
    return (
        f"medians of {result['runs']} runs in turns, whiskers least to most; {m['processors']}"
        f" processors, {m['memory_gb']} GB, {m['system']}; Python {v['python']}, DuckDB"
        f" {v['duckdb']}, Polars {v['polars']}, pandas {v['pandas']}"
    )


def _bars(axis, rows: list[dict], key: str, scale: float, title: str, form: str) -> None:
    places = range(len(rows))
    values = [r[key]["median"] / scale for r in rows]
    spans = [
        [(r[key]["median"] - r[key]["least"]) / scale for r in rows],
        [(r[key]["most"] - r[key]["median"]) / scale for r in rows],
    ]
    colours = [OURS if r["contender"] == "ours" else OTHERS for r in rows]
    axis.barh(
        places,
        values,
        xerr=spans,
        color=colours,
        height=0.62,
        error_kw={"elinewidth": 0.9, "ecolor": WHISKER},
    )
    most = max(r[key]["most"] for r in rows) / scale
    for place, row, value in zip(places, rows, values, strict=True):
        axis.annotate(
            f"{value:{form}}",
            (row[key]["most"] / scale, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            size=7.5,
        )
    axis.set_yticks(
        places, [who(r["contender"]) for r in rows] if title else [""] * len(rows), size=8
    )
    axis.invert_yaxis()
    axis.set_xlim(0, most * 1.18)
    axis.tick_params(axis="x", labelsize=7.5)
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    if title:
        axis.set_title(title, size=8, color=INK)
