"""Charts of policy change: a series with its lines, effects by months since the start, a port
beside its twin.

Nothing is computed here, series differ by marker and line style, the same rows
give the same bytes. Each chart takes a result of `policy`, draws its monthly points, and carries
the result's standing caveat above the source; where a result has no points the reason is written in
their place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..words import say
from .canvas import INK, QUIET, RULE, Row, date_axis, day_of, mark_day, sheet, styled, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@styled
def interrupted_months(
    result: Any,
    *,
    title: str,
    source: str,
    lang: str,
    unit: str = "",
    marker: str = "",
) -> Figure:
    """Monthly points, the fitted line, and the earlier line carried on with its interval; months
    left out are hollow.

    `result`: an `Interrupted`; a refused one shows its points alone.
    """
    rows = [r for r in result.points if r["value"] is not None]
    if not rows:
        return _nothing(result, title, source, lang)
    figure, (axis,) = sheet(title, _below(result, source, lang), 3.5)
    fitted = [r for r in rows if r["fitted"] is not None]
    after = [r for r in fitted if r["period"] >= result.start]
    for used, face, words in (
        (True, "C0", "chart.monthly"),
        (False, "white", "chart.month_left_out"),
    ):
        some = [r for r in rows if r["used"] == used]
        if some:
            axis.plot(
                [day_of(r["period"]) for r in some],
                [r["value"] for r in some],
                linestyle="none",
                marker="o",
                color="C0",
                markerfacecolor=face,
                label=say(words, lang),
            )
    for part, name in (
        ([r for r in fitted if r["period"] < result.start], "chart.model"),
        (after, None),
    ):
        if part:
            axis.plot(
                [day_of(r["period"]) for r in part],
                [r["fitted"] for r in part],
                color="C0",
                label=name and say(name, lang),
            )
    if after:
        days = [day_of(r["period"]) for r in after]
        axis.plot(
            days,
            [r["counterfactual"] for r in after],
            color="C1",
            linestyle="--",
            marker="s",
            markevery=3,
            label=say("chart.carried_on", lang),
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
    _finish(axis, unit, lang)
    mark_day(axis, day_of(result.start), marker or say("chart.policy_date", lang))
    return figure


@styled
def event_study(result: Any, *, title: str, source: str, lang: str, unit: str = "") -> Figure:
    """Effects by months since the start with their intervals: hollow before it, filled from it on.

    `result`: a `Staggered`. Points without an interval carry no bar.
    """
    rows: Sequence[Row] = [r for r in result.points if r["value"] is not None]
    if not rows:
        return _nothing(result, title, source, lang)
    figure, (axis,) = sheet(title, _below(result, source, lang), 3.3)
    for after, mark, face, words in (
        (False, "s", "white", "chart.before_start"),
        (True, "o", "C0", "chart.after_start"),
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
                label=say(words, lang),
            )
    axis.axhline(0, color=INK, lw=0.8)
    axis.axvline(-0.5, color=RULE, linestyle=(0, (4, 2)), lw=1.1)
    axis.set_xlabel(say("chart.months_since", lang))
    axis.set_ylabel(unit or say("unit.hours", lang))
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    return figure


@styled
def synthetic_months(
    result: Any,
    *,
    title: str,
    source: str,
    lang: str,
    unit: str = "",
    marker: str = "",
) -> Figure:
    """The port and its synthetic twin by month, and beside them its gap among the gaps of the
    donors.

    `result`: a `Synthetic`.
    """
    if not result.points:
        return _nothing(result, title, source, lang)
    figure, (left, right) = sheet(title, _below(result, source, lang), 3.4, 2)
    days = [day_of(r["period"]) for r in result.points]
    left.plot(
        days,
        [r["value"] for r in result.points],
        color="C0",
        marker="o",
        markevery=3,
        label=say("chart.actual", lang),
    )
    left.plot(
        days,
        [r["synthetic"] for r in result.points],
        color="C1",
        linestyle="--",
        marker="s",
        markevery=3,
        label=say("chart.synthetic", lang),
    )
    left.set_title(say("chart.level", lang))
    gaps: dict[object, list[Row]] = {}
    for row in result.placebos:
        gaps.setdefault(next(v for k, v in row.items() if k not in ("period", "gap")), []).append(
            row
        )
    for i, rows in enumerate(gaps.values()):
        right.plot(
            [day_of(r["period"]) for r in rows],
            [r["gap"] for r in rows],
            color=QUIET,
            lw=0.7,
            alpha=0.6,
            label=say("chart.donors", lang) if not i else None,
        )
    right.plot(
        days,
        [r["gap"] for r in result.points],
        color="C0",
        marker="o",
        markevery=3,
        label=say("chart.this_port", lang),
    )
    right.axhline(0, color=INK, lw=0.8)
    right.set_title(say("chart.actual_less_synthetic", lang))
    for axis in (left, right):
        _finish(axis, unit, lang)
        mark_day(axis, day_of(result.start), marker or say("chart.start", lang))
    return figure


@styled
def level_months(
    result: Any,
    *,
    title: str,
    source: str,
    lang: str,
    unit: str = "",
    dates: Sequence[tuple[str, str]] = (),
) -> Figure:
    """Monthly points, the levels found, the control limits, and policy dates with their words.

    `result`: a `Changes`; `dates`: days or months with what they are.
    """
    if not result.points:
        return _nothing(result, title, source, lang)
    figure, (axis,) = sheet(title, _below(result, source, lang), 3.4)
    days = [day_of(r["period"]) for r in result.points]
    for outside, mark, words in (
        (False, "o", "chart.monthly"),
        (True, "D", "chart.outside_limits"),
    ):
        some = [r for r in result.points if r["outside"] == outside]
        if some:
            axis.plot(
                [day_of(r["period"]) for r in some],
                [r["value"] for r in some],
                linestyle="none",
                marker=mark,
                color="C1" if outside else "C0",
                label=say(words, lang),
            )
    found = [r["level"] for r in result.points]
    axis.plot(days, found, color="C0", drawstyle="steps-post", label=say("chart.level_found", lang))
    for name, words in (("low", "chart.limits"), ("high", None)):
        axis.plot(
            days,
            [r[name] for r in result.points],
            color=QUIET,
            linestyle=":",
            label=words and say(words, lang),
        )
    _finish(axis, unit, lang)
    for day, words in dates:
        if days[0] <= day_of(day[: len("2022-12")]) <= days[-1]:
            mark_day(axis, day_of(day), words)
    return figure


def _below(result: Any, source: str, lang: str) -> str:
    return f"{say(result.caveat, lang)} {source}"


def _nothing(result: Any, title: str, source: str, lang: str) -> Figure:
    """Where there is nothing to draw the reason stands in its place."""
    figure, (axis,) = sheet(title, _below(result, source, lang), 1.2)
    axis.set_axis_off()
    text = wrapped(result.rows[0].said(lang), 95)
    place = {"ha": "center", "va": "center", "transform": axis.transAxes}
    axis.text(0.5, 0.5, text, size=9, color=QUIET, **place)
    return figure


def _finish(axis: Axes, unit: str, lang: str) -> None:
    axis.set_ylabel(unit or say("unit.hours", lang))
    # room above the points for the words beside a date
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.09 * (high - low))
    date_axis(axis, lang)
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2)
