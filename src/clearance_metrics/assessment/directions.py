"""Directions: the latest twelve whole months against the same calendar months before the notice."""

from __future__ import annotations

from typing import Any

from .. import statistics as st
from ..analysis.estimates import estimate, pooled, unit_in
from ..domain import windows
from ..domain.ends import ENOUGH
from ..domain.metrics import Metric
from ..domain.verdicts import Verdict
from ..engine.cells import Cell
from ..notice import Indicator
from ..results.assessment import AssessRow
from ..results.display import fine_places
from ..statistics.reasons import Reason
from .context import Context, Groups, further, known_of, none_in, open_cases, row, with_metric
from .verdicts import direction

ROUND = 0.05  # percentage points that one decimal shows as zero


def sides(context: Context, only_latest: bool = False) -> tuple[list[str], list[str]]:
    """The months before and after the notice that are compared: calendar months of both sides."""
    notice, last = context.notice, windows.last_month(context.day)
    after = windows.months(windows.month_of(notice.after_first), last)[-windows.A_YEAR :]
    if only_latest:
        after = after[-1:]
    parts = {month[5:] for month in after}
    base = windows.month_of(notice.baseline_first), windows.month_of(notice.baseline_last)
    return [m for m in windows.months(*base) if m[5:] in parts], after


def direction_rows(context: Context, indicator: Indicator) -> list[AssessRow]:
    """A row per group: how the figure moved since before the notice."""
    # distinct values are counted once: in the latest month, and in the same month before
    before, after = sides(context, only_latest=bool(indicator.metric.distinct))
    ask = context.ask(indicator.metric)
    indicator, found = with_metric(indicator, ask.metric), context.cells(ask)
    still = open_cases(ask.metric, found)
    return [
        _moved(context, indicator, group, cells, before, after, n_open=still.get(group))
        for group, cells in found.items()
    ]


def _moved(
    context: Context,
    indicator: Indicator,
    group: tuple,
    cells: list[Cell],
    before: list[str],
    after: list[str],
    *,
    n_open: int | None,
) -> AssessRow:
    """The row of one group; only calendar months with cases on both sides are like with like."""
    groups = context.groups(group)
    told: dict[str, Any] = {"n_open": n_open}
    if not after:
        why = [Reason("assess.no_month_yet")]
        return row(context, indicator, groups, Verdict.NOT_DUE, why, **told)
    then, now = ({c.period[5:] for c in cells if c.period in side} for side in (before, after))
    both = then & now or now
    old = pooled(c for c in cells if c.period in before and c.period[5:] in both)
    new = pooled(c for c in cells if c.period in after and c.period[5:] in both)
    used = [m for m in after if m[5:] in both] or after
    told["period"] = windows.label(used[0], used[-1])
    if len(used) < windows.span(used[0], used[-1]):
        told["period"] += f" ({len(used)} months)"
    if new is None:
        verdict = Verdict.CANNOT_TELL if n_open else Verdict.NO_DATA
        why = [none_in(told["period"], n_open)]
        return row(context, indicator, groups, verdict, why, **told)
    like = [m for m in before if m[5:] in both] or before
    return _compared(context, indicator, groups, old, new, like, **told)


def _compared(
    context: Context,
    indicator: Indicator,
    groups: Groups,
    old: Cell | None,
    new: Cell,
    before: list[str],
    *,
    period: str,
    n_open: int | None,
) -> AssessRow:
    """After the notice against before it."""
    metric, statistic = indicator.metric, indicator.statistic
    answer, sample = estimate(metric, new, statistic, context.level)
    was, n_was = st.Estimate(None), 0
    if old is not None:
        was, earlier = estimate(metric, old, statistic, context.level)
        n_was = earlier.n
    reasons, verdict = known_of(metric, new, n_open, statistic), Verdict.CANNOT_TELL
    unit = unit_in(context.log, metric, statistic)
    if min(n_was, sample.n) >= (1 if metric.distinct else ENOUGH):
        change = _change(metric, was, answer, unit, context.level)
        verdict = direction(change, indicator.better)
        if change.value is None:
            reasons += change.reasons
        else:
            months = {"first": before[0], "last": before[-1]}
            span = Reason("assess.span", **months) if before[1:] else before[0]
            moved = change_word(change, metric, unit)
            reasons.insert(0, Reason("assess.against", months=span, change=moved, n=n_was))
    elif not n_was:
        reasons.append(Reason("assess.no_months_before"))
    else:
        reasons.append(Reason("assess.few_on_a_side", enough=ENOUGH))
    if base := indicator.compression:
        reasons.append(Reason("assess.borrowed", period=str(base.period), base=str(base.base)))
    return row(
        context,
        indicator,
        groups,
        verdict,
        reasons,
        period=period,
        answer=answer,
        n=sample.n,
        n_open=n_open,
        baseline=was.value,
        also=further(context, indicator, new, answer),
    )


def _change(
    metric: Metric, was: st.Estimate, now: st.Estimate, unit: str, level: float
) -> st.Estimate:
    """Now less before, with its interval."""
    if metric.distinct:
        step = now.value - was.value  # counted, not sampled
        return st.Estimate(step, step, step)
    if unit == "share":
        return st.difference_of_shares(was, now)
    return st.difference_of_means(was, now, level)


def change_word(change: st.Estimate, metric: Metric, unit: str) -> Reason:
    """A change with its interval; of shares in percentage points."""
    if metric.distinct:
        return Reason("assess.change_types", value=change.value)
    scale = 100 if unit == "share" else 1
    code = "assess.change_points" if unit == "share" else "assess.change"
    ends = {"value": change.value, "low": change.low, "high": change.high}
    ends = {name: scale * end for name, end in ends.items()}
    if unit == "share" and any(0 < abs(end) < ROUND for end in ends.values()):
        if not ends["low"] <= 0 <= ends["high"]:
            code += "_fine"  # an end that is not zero must not be shown as zero
            ends["places"] = fine_places(ends.values())
        else:
            ends = {name: 0.0 if abs(end) < ROUND else end for name, end in ends.items()}
    return Reason(code, **ends)
