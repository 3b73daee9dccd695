"""Levels to reach by a day: the month or year that ends on it, held against the target."""

from __future__ import annotations

from typing import Any

from ..analysis.estimates import estimate, pooled
from ..domain import windows
from ..domain.ends import ENOUGH
from ..domain.statistic import Statistic
from ..domain.verdicts import Verdict
from ..engine.cells import Cell, month_number
from ..notice import Indicator
from ..results.assessment import AssessRow, Further
from ..statistics.progress import distance_travelled, pace
from ..statistics.reasons import Reason
from .context import Context, beside, further, known_of, none_in, open_cases, row, with_metric
from .verdicts import decide, deciding, long_tail, one_sided, resting, rests_on


def level_rows(context: Context, indicator: Indicator) -> list[AssessRow]:
    """A row per group: the level over the months that the target is about, or before it is due over
    the latest whole month.
    """
    target, notice, last = indicator.target, context.notice, windows.last_month(context.day)
    due = target.due <= context.day
    ask = context.ask(indicator.metric)
    indicator, found = with_metric(indicator, ask.metric), context.cells(ask)
    still = open_cases(ask.metric, found)
    base = windows.month_of(notice.baseline_first), windows.month_of(notice.baseline_last)
    rows = []
    for group, cells in found.items():
        months = [c for c in cells if c.period and c.period <= last]
        first, end = windows.window(target, context.day)
        chosen = [c for c in months if first <= c.period <= end] if due else months[-1:]
        label = windows.label(first, end) if due else chosen[0].period if chosen else None
        before = [c for c in months if base[0] <= c.period <= base[1]]
        told: dict[str, Any] = {"period": label, "n_open": still.get(group)}
        rows.append(_judged(context, indicator, group, chosen, before, **told))
    return rows


def _judged(
    context: Context,
    indicator: Indicator,
    group: tuple,
    chosen: list[Cell],
    before: list[Cell],
    *,
    period: str | None,
    n_open: int | None,
) -> AssessRow:
    """A level held against its target, the same level before the notice beside it."""
    metric, target = indicator.metric, indicator.target
    groups, due = context.groups(group), target.due <= context.day
    told: dict[str, Any] = {"period": period, "n_open": n_open}
    cell = pooled(chosen)
    if cell is None:
        empty = none_in(period, n_open)
        verdict = Verdict.NOT_DUE
        if due:
            verdict = Verdict.CANNOT_TELL if n_open else Verdict.NO_DATA
        return row(context, indicator, groups, verdict, [empty], **told)
    answer, sample = estimate(metric, cell, indicator.statistic, context.level)
    rests = resting(sample, indicator.statistic)
    also, said = set_beside(indicator, cell, context.level, before)
    reasons = [
        *known_of(metric, cell, n_open, indicator.statistic),
        *rests_on(answer, sample, rests),
        *said,
    ]
    if due:
        bounds = one_sided(metric, cell, indicator.statistic, context.level)
        verdict = decide(bounds, rests, target.value, target.rule, counted=_must_be_all(indicator))
        if verdict is Verdict.CANNOT_TELL:
            reasons += _untold(rests, long_tail(bounds, target.rule))
    else:
        verdict = Verdict.NOT_DUE
        reasons.insert(0, Reason("assess.latest_month"))
        if before and chosen[-1].period > before[-1].period:
            reasons.append(_on_the_way(indicator, chosen[-1], before))
    also = (*further(context, indicator, cell, answer), *also)
    told |= {"answer": answer, "n": sample.n, "also": also}
    return row(context, indicator, groups, verdict, reasons, **told)


def _must_be_all(indicator: Indicator) -> bool:
    """Whether the target is full coverage, which each exception breaks."""
    return indicator.metric.is_share and indicator.target.value == 1


def _untold(rests: int, tail: tuple[Reason, ...]) -> list[Reason]:
    if rests < ENOUGH:
        return [Reason("assess.few_cases", enough=ENOUGH)]
    return [] if tail else [Reason("assess.straddles")]


def set_beside(
    indicator: Indicator, cell: Cell, level: float, before: list[Cell]
) -> tuple[list[Further], list[Reason]]:
    """Further figures of a level and what must be said: the bound that decides, the share in time,
    the distance travelled since `before`.
    """
    metric, target = indicator.metric, indicator.target
    also, bounds = [], one_sided(metric, cell, indicator.statistic, level)
    said = list(long_tail(bounds, target.rule))
    if (bound := deciding(bounds, target.rule)) is not None:
        unit = metric.unit_of(indicator.statistic)
        also.append(Further(statistic="bound", value=bound, low=None, high=None, unit=unit))
    if metric.is_time and indicator.statistic == "mean":
        in_time = Statistic("within", float(target.value))
        also.append(beside(str(in_time), estimate(metric, cell, in_time, level)[0], "share"))
        said.append(Reason("assess.rule_about_mean"))
    old = pooled(before)
    if old is not None and not _must_be_all(indicator):
        was, now = (estimate(metric, c, indicator.statistic, level)[0] for c in (old, cell))
        lower = target.rule == "at_most"
        if was.value is not None and (
            was.value <= target.value if lower else was.value >= target.value
        ):
            said.append(Reason("assess.was_at_target"))
        else:
            way = distance_travelled(was, now, target.value, level, lower_is_better=lower)
            also += [beside("distance", way, "share")] if way.value is not None else []
    return also, said


def _on_the_way(indicator: Indicator, cell: Cell, before: list[Cell]) -> Reason:
    """Before the due month: whether the pace since the baseline would arrive, in the words of Open
    SDG.
    """
    target, cells = indicator.target, (pooled(before), cell)
    was, now = (estimate(indicator.metric, c, indicator.statistic)[0].value for c in cells)
    if was is None or now is None:
        return Reason("assess.pace_untold")
    start = sum(month_number(c.period) for c in before) / len(before)
    due = windows.month_of(target.due)
    gone, left = ((month_number(m) - start) / 12 for m in (cell.period, due))
    found = pace(was, now, target.value, gone, left, lower_is_better=target.rule == "at_most")
    band = Reason(found.band)
    if found.ratio is None:
        return Reason("assess.pace", band=band)
    return Reason("assess.pace_ratio", band=band, ratio=found.ratio)
