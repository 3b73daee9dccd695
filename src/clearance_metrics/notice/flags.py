"""Logs that tell by a flag what others tell by a milestone that never came.

An office that records of each refund only whether it is a normal one cannot say when a query was
raised; the notice says which flag stands for that, and its metrics are asked with the flag.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from .model import Flag, Indicator, Notice


def suited(notice: Notice, known: Collection[str]) -> Notice:
    """The notice as it is asked of a log with these milestones and columns: where the log lacks a
    milestone and has the flag that stands for its absence, conditions test the flag.

    >>> from clearance_metrics import load_notice
    >>> notice = load_notice("cn-2021-85")
    >>> flagged = suited(notice, {"kind", "refund_accepted", "refund_approved", "normal"})
    >>> flagged.indicator("refund_mean_2022").metric.where
    mappingproxy({'kind': 'refund', 'normal': True})
    >>> suited(notice, {"refund_query_raised", "normal"}) == notice
    True
    """
    used = [f for f in notice.flags if f.column in known and f.absent not in known]
    if not used:
        return notice
    measures = tuple(
        replace(m, indicators=tuple(_flagged(i, used) for i in m.indicators))
        for m in notice.measures
    )
    return replace(notice, measures=measures)


def _flagged(indicator: Indicator, flags: Collection[Flag]) -> Indicator:
    if indicator.metric is None:
        return indicator
    conditions = {
        field.name: _tested(value, flags)
        for field in fields(indicator.metric)
        if field.name in ("where", "condition", "of")
        and isinstance(value := getattr(indicator.metric, field.name), Mapping)
    }
    metric = replace(indicator.metric, **conditions) if conditions else indicator.metric
    stands = {f.absent: f.column for f in flags}
    needs = tuple(n if n in metric.needs else stands.get(n, n) for n in indicator.needs)
    return replace(indicator, metric=metric, needs=needs)


def _tested(condition: Mapping[str, Any], flags: Collection[Flag]) -> dict[str, Any]:
    """A condition in which the flag is tested where the milestone was."""
    made: dict[str, Any] = {}
    for key, test in condition.items():
        flag = next((f for f in flags if f.absent == key), None)
        if key == "any":
            made[key] = tuple(_tested(part, flags) for part in test)
        elif flag and isinstance(test, Mapping) and set(test) == {"present"}:
            made[flag.column] = not test["present"]
        else:
            made[key] = test
    return made
