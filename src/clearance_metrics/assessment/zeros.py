"""What ought not to be: cases and charge lines that break a rule, counted since its own day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from ..analysis.estimates import estimate, pooled
from ..domain import windows
from ..domain.ends import ENOUGH, NO_CEILING, NO_LIST, NO_RATE, NOT_VERIFIED
from ..domain.verdicts import Verdict
from ..domain.zones import day_number
from ..engine.cells import Cell
from ..engine.sharing import Ask
from ..notice import Indicator
from ..results.assessment import AssessRow
from ..statistics import Estimate
from ..statistics.reasons import Reason
from .context import Context, further, known_of, open_cases, row, with_metric
from .verdicts import decide

# lines of which the rule, as far as it is verified, says nothing
UNRULED = (NO_CEILING, NO_LIST, NO_RATE, NOT_VERIFIED)


def zero_asks(context: Context, indicator: Indicator) -> list[Ask]:
    """The tally that is counted; of a forbidden item also that of all lines since its date."""
    metric, first = since(indicator, context.day)
    if first:
        return [context.ask(metric)]
    looked_through = metric.items and not metric.against
    every = [context.ask(replace(metric, items=None), None)] if looked_through else []
    return [context.ask(metric, None), *every]


def since(indicator: Indicator, day: date, issued: date | None = None) -> tuple[Any, str | None]:
    """A metric from its rule's own day on (else from the day of issue); for cases the first month
    that counts.
    """
    target, metric = indicator.target, indicator.metric
    if metric.kind != "fee":
        first = windows.month_from(target.due)
        return metric, max(first, windows.last_month(day)) if target.over == "month" else first
    # lines are counted from the day itself; day numbers are there whatever a log calls its days
    days = {"at_least": day_number(target.due if target else issued)}
    if target and target.until:
        days["at_most"] = day_number(target.until)
    return metric.narrowed({"charged_day": days}), None


def zero_rows(context: Context, indicator: Indicator) -> list[AssessRow]:
    """A row per group: how many break the rule, of how many that were looked through."""
    target = indicator.target
    told, *every = (context.cells(ask) for ask in zero_asks(context, indicator))
    metric, first = since(indicator, context.day)
    indicator = with_metric(indicator, context.ask(metric).metric)
    still = open_cases(indicator.metric, told)
    if first:
        alone = target.over == "month"
        told = {
            g: [
                c
                for c in cells
                if c.period and (c.period == first or c.period > first and not alone)
            ]
            for g, cells in told.items()
        }
    period = f"{first or target.due}..{target.until or ''}"
    period = str(first) if first and target.over == "month" else period
    rows = []
    for group in {**(every[0] if every else {}), **told}:
        cell = pooled(told.get(group, [])) or _empty(group)
        looked_through = pooled(every[0].get(group, [])) if every else None
        n_open = still.get(group)
        rows.append(_counted(context, indicator, cell, looked_through, period, n_open))
    return rows


def _counted(
    context: Context,
    indicator: Indicator,
    cell: Cell,
    looked_through: Cell | None,
    period: str,
    n_open: int | None,
) -> AssessRow:
    """What breaks the rule in one group; `looked_through` where that is more than the cell."""
    metric, target = indicator.metric, indicator.target
    answer, sample = estimate(metric, cell, indicator.statistic, context.level)
    looked = estimate(metric, looked_through, "n")[1].n if looked_through else sample.n
    count, reasons = int(answer.value or 0), known_of(metric, cell, n_open)
    if target.due > context.day:
        verdict = Verdict.NOT_DUE
    elif not looked:
        # what is there and cannot be held against the rule is not no data; what the rule is not
        # about is
        held = [n for code, n in cell.left_out if code not in UNRULED]
        there = bool(held or cell.other_currencies)
        verdict = Verdict.CANNOT_TELL if there else Verdict.NO_DATA
        reasons.append(Reason("assess.none_checkable" if there else "assess.nothing_to_check"))
    else:
        # distinct values are counted, not sampled: one is enough
        enough = 1 if metric.distinct else ENOUGH
        verdict = decide(Estimate(count), looked, 0, "at_most", counted=True, enough=enough)
        if verdict is Verdict.NOT_MET:
            verdict = Verdict.VIOLATIONS
        elif verdict is Verdict.CANNOT_TELL:
            reasons.append(Reason("assess.few_checked", enough=ENOUGH))
    answer = Estimate(answer.value if looked else None)
    return row(
        context,
        indicator,
        context.groups(cell.group),
        verdict,
        reasons,
        period=period,
        answer=answer,
        n=looked,
        n_open=n_open,
        violations=count if verdict is Verdict.VIOLATIONS else None,
        also=further(context, indicator, cell, answer) if sample.n else (),
    )


def _empty(group: tuple) -> Cell:
    none = np.zeros(0, "int64")
    return Cell(group, None, none, none, none, none)
