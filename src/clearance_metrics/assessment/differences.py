"""Matched differences after and before the notice; the verdict is on how the difference moved."""

from __future__ import annotations

from dataclasses import replace

from .. import statistics as st
from ..analysis.compare_matched import difference_clock, matched
from ..domain import windows
from ..domain.ends import ENOUGH
from ..domain.metrics import MatchedDifference
from ..domain.verdicts import Verdict
from ..engine.cells import Cell
from ..engine.sharing import Ask
from ..notice import Indicator
from ..results.assessment import AssessRow
from ..results.words import word
from ..statistics.matched import Matched
from ..statistics.reasons import Reason
from .context import Context, row
from .directions import change_word, sides
from .verdicts import direction


def difference_asks(context: Context, indicator: Indicator) -> list[Ask]:
    """The tally of the clock, by strata and by side."""
    clock = difference_clock(context.log, indicator.metric, context.calendar)
    return [context.ask(clock, more=indicator.metric.groups)]


def difference_rows(context: Context, indicator: Indicator) -> list[AssessRow]:
    """A row per group: the difference now, and how it moved."""
    before, after = sides(context)
    (ask,) = difference_asks(context, indicator)
    asked = replace(indicator.metric, duration=ask.metric)
    return [
        _compared(context, indicator, asked, group, cells, before, after)
        for group, cells in context.cells(ask).items()
    ]


def _compared(
    context: Context,
    indicator: Indicator,
    asked: MatchedDifference,
    group: tuple,
    cells: list[Cell],
    before: list[str],
    after: list[str],
) -> AssessRow:
    groups = context.groups(group)
    if not after:
        why = [Reason("assess.no_month_yet")]
        return row(context, indicator, groups, Verdict.NOT_DUE, why)
    was, now = (
        matched(asked, [c for c in cells if c.period in side], context.level)
        for side in (before, after)
    )
    reasons, change = [_alike(context, asked, now)], st.Estimate(None)
    if min(now.n_first, now.n_second, was.n_first, was.n_second) >= ENOUGH:
        change = _moved(indicator.better, was.difference, now.difference, context.level)
    if change.value is not None:
        moved = change_word(change, asked.duration, asked.duration.unit)
        size = "_size" if indicator.better == "nearer_zero" else ""
        reasons.append(Reason(f"assess.against_baseline{size}", change=moved))
    else:
        reasons.append(Reason("assess.few_in_a_group", enough=ENOUGH))
    missing = now.difference.value is None
    return row(
        context,
        indicator,
        groups,
        Verdict.NO_DATA if missing else direction(change, indicator.better),
        reasons,
        period=windows.label(after[0], after[-1]),
        answer=now.difference,
        n=now.n_first + now.n_second,
        baseline=was.difference.value,
    )


def _moved(better: str, was: st.Estimate, now: st.Estimate, level: float) -> st.Estimate:
    """How far a gap moved; of one that ought to be none its size, whichever side is the longer."""
    if better == "nearer_zero":
        was, now = _size(was), _size(now)
    return st.difference_of_means(was, now, level)


def _size(gap: st.Estimate) -> st.Estimate:
    """A gap without its sign; a size errs by no more than the gap does, so it keeps the width.

    >>> found = _size(st.Estimate(-2.0, -3.0, -1.0))
    >>> (found.value, found.low, found.high), _size(st.Estimate(None)).value
    ((2.0, 1.0, 3.0), None)
    """
    if gap.value is None or gap.low is None or gap.high is None:
        return gap
    half, size = gap.high - gap.value, abs(gap.value)
    return st.Estimate(size, size - half, size + half)


def _alike(context: Context, asked: MatchedDifference, found: Matched) -> Reason:
    """In what the compared cases are alike, and how many there are."""
    own = context.log.vocabulary.columns
    alike = [word("column", name, own.get(name)) for name in asked.strata]
    return Reason(
        "assess.alike",
        strata=found.strata,
        alike=(*alike, Reason("assess.month")),
        first=found.n_first,
        second=found.n_second,
        left_out=found.left_out,
    )
