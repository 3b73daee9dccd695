"""References: a figure of the latest twelve whole months, set beside a text and not judged."""

from __future__ import annotations

from ..analysis.by_firm import by_firm
from ..analysis.estimates import estimate, pooled, together
from ..domain import windows
from ..domain.statistic import Statistic
from ..domain.verdicts import Verdict
from ..notice import Indicator
from ..results.assessment import AssessRow
from ..results.words import texts_of
from ..statistics.reasons import Reason
from .context import Context, further, known_of, open_cases, row, with_metric


def reference_rows(context: Context, indicator: Indicator) -> list[AssessRow]:
    """A row per group: the figure with its interval, and in words what it stands beside."""
    last = windows.last_month(context.day)
    ask = context.asked_of(indicator)
    indicator, found = with_metric(indicator, ask.metric), context.cells(ask)
    if indicator.of_firms:
        found = {group: together(cells) for group, cells in found.items()}
    still = open_cases(ask.metric, found)
    rows = []
    for group, cells in found.items():
        known = [c for c in cells if c.period and c.period <= last]
        months = windows.months(known[0].period, last)[-windows.A_YEAR :] if known else []
        cell = pooled(c for c in known if c.period in months)
        groups, n_open = context.groups(group), still.get(group)
        label = windows.label(months[0], months[-1]) if months else None
        if cell is None:
            window = label or Reason("assess.the_window")
            why = [Reason("assess.no_cases_in", window=window)]
            rows.append(
                row(context, indicator, groups, Verdict.NO_DATA, why, period=label, n_open=n_open)
            )
            continue
        answer, sample = estimate(ask.metric, cell, indicator.statistic, context.level)
        firms = cell.cluster is not None and Statistic.parse(indicator.statistic).row.of_firms
        n = by_firm(ask.metric, cell).cases if firms else sample.n
        rows.append(
            row(
                context,
                indicator,
                groups,
                Verdict.REFERENCE,
                [
                    Reason("assess.set_beside", text=texts_of(indicator.reference, "text")),
                    *known_of(ask.metric, cell, n_open),
                    *answer.reasons,
                ],
                period=label,
                answer=answer,
                n=n,
                n_open=n_open,
                also=further(context, indicator, cell, answer),
            )
        )
    return rows
