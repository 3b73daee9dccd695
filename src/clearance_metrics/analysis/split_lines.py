"""Charges per case or per TEU taken apart by what tells lines apart: where that says too much."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.metrics import Metric
from ..engine.log import EventLog
from ..errors import LogError
from ..statistics.reasons import Reason


def of_lines(log: EventLog, metric: Metric, columns: Iterable[str]) -> list[str]:
    """Those of the columns by which a case would stand in several groups: columns that charge lines
    alone have, under charges that are summed per case.
    """
    summed = metric.reads_lines and metric.counts != "lines"
    if log.charges is None or not summed:
        return []
    return [c for c in columns if c in log.charges.columns and c not in log.columns]


def check_cases_once(
    log: EventLog, metric: Metric, columns: Iterable[str], question: str, name: str = "by"
) -> None:
    """LogError where groups would share cases, whose TEU (or count) each group then holds whole:
    their figures could neither be added up nor weighted to the figure of all.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog, Fee
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["filed"], "time": [0]})
    >>> lines = {"case_id": ["a"], "item": ["x"], "amount_fen": [100], "charged_on": ["1970-01-01"]}
    >>> log = EventLog(events, pl.DataFrame({"case_id": ["a"], "teu": [1]}), pl.DataFrame(lines))
    >>> try:
    ...     check_cases_once(log, Fee(per="teu"), ["item"], "bridge")
    ... except LogError as told:
    ...     print(str(told).splitlines()[1])
      where: bridge, by
    """
    if not (found := of_lines(log, metric, columns)):
        return
    lines = f"{found[0]!r} tells charge lines apart"
    whole = "a case counts in each group of lines that it paid, and these cannot be made one figure"
    remedy = 'ask price_index, which shows what each item adds per TEU, or Fee(per="line")'
    raise LogError(f"{metric.name}: {lines}: {whole}", f"{question}, {name}", remedy)


def divided_by(log: EventLog, metric: Metric, columns: Iterable[str]) -> tuple[Reason, ...]:
    """What figures of such groups are divided by: the cases (or TEU) that paid, not all of them."""
    if not of_lines(log, metric, columns):
        return ()
    return (Reason(f"split.per_{getattr(metric, 'per', '') if metric.is_ratio else 'case'}"),)


__all__ = ["check_cases_once", "divided_by", "of_lines"]
