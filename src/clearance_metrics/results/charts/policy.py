"""Charts of policy change: a series with its lines, effects by months since the start, a port
beside its twin.

As in `figures`: nothing is computed here, series differ by marker and line style, the same rows
give the same bytes. Each chart takes a result of `policy`, draws its monthly points, and carries
the result's standing caveat above the source; where a result has no points the reason is written in
their place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..words import say
from .canvas import (
    INK,
    QUIET,
    RULE,
    Row,
    Words,
    _canvas,
    _dates,
    _day,
    _marker_line,
    _styled,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@_styled
def interrupted_months(
    result,
    *,
    title: Words,
    source: str,
    unit: Words = ("小时", "hours"),
    marker: str = "政策日期 policy date",
) -> Figure:
    """Monthly points, the fitted line, and the earlier line carried on with its interval; months
    left out are hollow.

    `result`: an `Interrupted`; a refused one shows its points alone.
    """
    rows = [r for r in result.points if r["value"] is not None]
    if not rows:
        return _nothing(result, title, source)
    figure, (axis,) = _canvas(title, _below(result, source), 3.5)
    fitted = [r for r in rows if r["fitted"] is not None]
    after = [r for r in fitted if r["period"] >= result.start]
    for used, face, words in (
        (True, "C0", "月度值 monthly value"),
        (False, "white", "未用的月份 month left out"),
    ):
        some = [r for r in rows if r["used"] == used]
        if some:
            axis.plot(
                [_day(r["period"]) for r in some],
                [r["value"] for r in some],
                linestyle="none",
                marker="o",
                color="C0",
                markerfacecolor=face,
                label=words,
            )
    for part, name in (
        ([r for r in fitted if r["period"] < result.start], "模型 model"),
        (after, None),
    ):
        if part:
            axis.plot(
                [_day(r["period"]) for r in part],
                [r["fitted"] for r in part],
                color="C0",
                label=name,
            )
    if after:
        days = [_day(r["period"]) for r in after]
        axis.plot(
            days,
            [r["counterfactual"] for r in after],
            color="C1",
            linestyle="--",
            marker="s",
            markevery=3,
            label="原走势延长线（区间）earlier line carried on (interval)",
        )
        axis.fill_between(
            days,
            [r["low"] for r in after],
            [r["high"] for r in after],
            color="C1",
            alpha=0.16,
            lw=0,
            hatch="//",
        )
    _finish(axis, unit)
    _marker_line(axis, _day(result.start), marker)
    return figure


@_styled
def event_study(result, *, title: Words, source: str, unit: Words = ("小时", "hours")) -> Figure:
    """Effects by months since the start with their intervals: hollow before it, filled from it on.

    `result`: a `Staggered`. Points without an interval carry no bar.
    """
    rows: Sequence[Row] = [r for r in result.points if r["value"] is not None]
    if not rows:
        return _nothing(result, title, source)
    figure, (axis,) = _canvas(title, _below(result, source), 3.3)
    for after, mark, face, words in (
        (False, "s", "white", "实施前 before the start"),
        (True, "o", "C0", "实施后 from the start on"),
    ):
        some = [r for r in rows if (int(r["period"]) >= 0) == after]
        for r in some:
            if r["low"] is not None:
                axis.plot(
                    [int(r["period"])] * 2,
                    [r["low"], r["high"]],
                    color="C0" if after else QUIET,
                    lw=1.6,
                )
        if some:
            axis.plot(
                [int(r["period"]) for r in some],
                [r["value"] for r in some],
                linestyle="none",
                marker=mark,
                color="C0" if after else QUIET,
                markerfacecolor=face,
                label=words,
            )
    axis.axhline(0, color=INK, lw=0.8)
    axis.axvline(-0.5, color=RULE, linestyle=(0, (4, 2)), lw=1.1)
    axis.set_xlabel("实施后月数 months since the start")
    axis.set_ylabel(f"{unit[0]} {unit[1]}")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    return figure


@_styled
def synthetic_months(
    result,
    *,
    title: Words,
    source: str,
    unit: Words = ("小时", "hours"),
    marker: str = "实施 start",
) -> Figure:
    """The port and its synthetic twin by month, and beside them its gap among the gaps of the
    donors.

    `result`: a `Synthetic`.
    """
    if not result.points:
        return _nothing(result, title, source)
    figure, (left, right) = _canvas(title, _below(result, source), 3.4, 2)
    days = [_day(r["period"]) for r in result.points]
    left.plot(
        days,
        [r["value"] for r in result.points],
        color="C0",
        marker="o",
        markevery=3,
        label="实际 actual",
    )
    left.plot(
        days,
        [r["synthetic"] for r in result.points],
        color="C1",
        linestyle="--",
        marker="s",
        markevery=3,
        label="合成 synthetic",
    )
    left.set_title("水平 level")
    gaps: dict[object, list[Row]] = {}
    for row in result.placebos:
        gaps.setdefault(next(v for k, v in row.items() if k not in ("period", "gap")), []).append(
            row
        )
    for i, rows in enumerate(gaps.values()):
        right.plot(
            [_day(r["period"]) for r in rows],
            [r["gap"] for r in rows],
            color=QUIET,
            lw=0.7,
            alpha=0.6,
            label="对照口岸 donors" if not i else None,
        )
    right.plot(
        days,
        [r["gap"] for r in result.points],
        color="C0",
        marker="o",
        markevery=3,
        label="该口岸 this port",
    )
    right.axhline(0, color=INK, lw=0.8)
    right.set_title("实际减合成 actual less synthetic")
    for axis in (left, right):
        _finish(axis, unit)
        _marker_line(axis, _day(result.start), marker)
    return figure


@_styled
def level_months(
    result,
    *,
    title: Words,
    source: str,
    unit: Words = ("小时", "hours"),
    dates: Sequence[tuple[str, str]] = (),
) -> Figure:
    """Monthly points, the levels found, the control limits, and policy dates with their words.

    `result`: a `Changes`; `dates`: days or months with what they are.
    """
    if not result.points:
        return _nothing(result, title, source)
    figure, (axis,) = _canvas(title, _below(result, source), 3.4)
    days = [_day(r["period"]) for r in result.points]
    for outside, mark, words in (
        (False, "o", "月度值 monthly value"),
        (True, "D", "超出控制限 outside the limits"),
    ):
        some = [r for r in result.points if r["outside"] == outside]
        if some:
            axis.plot(
                [_day(r["period"]) for r in some],
                [r["value"] for r in some],
                linestyle="none",
                marker=mark,
                color="C1" if outside else "C0",
                label=words,
            )
    found = [r["level"] for r in result.points]
    axis.plot(days, found, color="C0", drawstyle="steps-post", label="检出的水平 level found")
    for name, words in (("low", "控制限 limits"), ("high", None)):
        axis.plot(days, [r[name] for r in result.points], color=QUIET, linestyle=":", label=words)
    _finish(axis, unit)
    for day, words in dates:
        _marker_line(axis, _day(day), words)
    return figure


def _below(result, source: str) -> str:
    return " ".join([*(say(result.caveat, lang) for lang in ("zh", "en")), source])


def _nothing(result, title: Words, source: str) -> Figure:
    """Where there is nothing to draw the reason stands in its place."""
    figure, (axis,) = _canvas(title, _below(result, source), 1.2)
    axis.set_axis_off()
    row = result.rows[0]
    text = "\n".join([wrapped(row.note_zh, 90), wrapped(row.note, 100)])
    axis.text(
        0.5, 0.5, text, ha="center", va="center", size=9, color=QUIET, transform=axis.transAxes
    )
    return figure


def _finish(axis: Axes, unit: Words) -> None:
    axis.set_ylabel(f"{unit[0]} {unit[1]}")
    # room above the points for the words beside a date
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.09 * (high - low))
    _dates(axis)
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2)
