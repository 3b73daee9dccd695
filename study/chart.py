"""The study as a chart: coverage of every statistic in every scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clearance_metrics.results.charts.canvas import INK, MARKS, QUIET, RULE, WIDTH, style

from .cover import BAND

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#0b5fa5", "#b06a00", "#2f7d4f", "#7a3b8f", "#5a6270", "#b0162b")
KINDS = (
    ("mean", "均值 mean"),
    ("median", "中位数 median"),
    ("p90", "第90百分位 P90"),
    ("within", "限时内占比 share within"),
    ("restricted_mean", "限制均值 restricted mean"),
    ("bridge", "变化分解 bridge terms"),
)
BARS = {"composition", "own"}


def kind_of(statistic: str) -> str:
    """The kind of a statistic that the legend names.

    >>> kind_of("median: own"), kind_of("within:48"), kind_of("median")
    ('bridge', 'within', 'median')
    """
    head, _, rest = statistic.partition(":")
    return "bridge" if head in BARS or rest.strip() in BARS else head


def chart(result: dict) -> Figure:
    """A row per scenario, a mark per statistic, the band of 93 to 97 % shaded.

    Equal results give equal figures.
    """
    from matplotlib.figure import Figure

    places = {s["id"]: i for i, s in enumerate(result["scenarios"])}
    with style():
        height = 1.9 + 0.36 * len(places)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        figure.get_layout_engine().set(rect=(0, 0.3 / height, 1, 1 - 0.95 / height))
        outside, cells = len(result["outside"]), len(result["coverage"])
        figure.text(
            0.012,
            1 - 0.06 / height,
            f"95%区间包含真值的比例：{cells}项中{outside}项在93%至97%之外",
            size=13,
            color=INK,
            va="top",
        )
        title = f"How often 95 % intervals hold the truth: {outside} of {cells} outside 93 to 97 %"
        figure.text(0.012, 1 - 0.38 / height, title, size=9, color=QUIET, va="top")
        source = (
            f"simulated, seed {result['seed']}, {result['logs']:,} logs per scenario,"
            " fewer where intervals are drawn"
        )
        figure.text(0.012, 0.06 / height, source, size=7.5, color=QUIET, va="bottom")
        axis = figure.subplots()
        axis.axvspan(*(100 * b for b in BAND), color="#e6eef6", zorder=0)
        axis.axvline(95, color=RULE, linewidth=0.9)
        for step, (kind, label) in enumerate(KINDS):
            rows = [
                c
                for c in result["coverage"]
                if kind_of(c["statistic"]) == kind and c["coverage"] is not None
            ]
            xs = [100 * c["coverage"] for c in rows]
            ys = [places[c["scenario"]] + 0.12 * (step - 2.5) for c in rows]
            axis.plot(
                xs,
                ys,
                MARKS[step][0],
                color=COLOURS[step],
                markersize=4.5,
                linestyle="none",
                label=label,
            )
        axis.set_yticks(
            range(len(places)), [f"{s['zh']}\n{s['en']}" for s in result["scenarios"]], size=7
        )
        axis.set_ylim(len(places) - 0.5, -0.5)
        axis.set_xlabel("区间包含真值的比例（%） coverage, %", size=8)
        axis.tick_params(axis="x", labelsize=7.5)
        axis.grid(axis="x")
        axis.grid(visible=False, axis="y")
        axis.legend(
            loc="upper left", bbox_to_anchor=(0, -0.1), ncols=3, fontsize=7.5, frameon=False
        )
        figure.draw_without_rendering()
    return figure
