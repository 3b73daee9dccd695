"""What to measure: frozen definitions that know which columns they need, and no engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import LogError, closest
from .base import Flag, Metric, needed_by
from .conditions import (
    Condition,
    check_condition,
    condition_columns,
    condition_text,
)
from .deferral import Deferral
from .difference import MatchedDifference
from .duration import DATED_BY, UNITS, Duration
from .fee import REFERENCES, Fee
from .share import Share

__all__ = [
    "Condition",
    "DATED_BY",
    "Deferral",
    "Duration",
    "Fee",
    "Flag",
    "MatchedDifference",
    "Metric",
    "REFERENCES",
    "Share",
    "UNITS",
    "check_condition",
    "condition_columns",
    "condition_text",
    "metric_from",
    "needed_by",
]


def metric_from(spec: Mapping[str, Any]) -> Any:
    """The metric that a notice file spells out.

    >>> metric_from({"type": "duration", "start": "declared", "stop": "customs_released"}).unit
    'hours'
    """
    kinds: dict[str, Any] = {
        "duration": Duration,
        "share": Share,
        "line_share": Share,
        "fee": Fee,
        "deferral": Deferral,
    }
    fields = dict(spec)
    kind = fields.pop("type", None)
    if kind == "matched_difference":
        split, strata = fields.pop("split", ""), fields.pop("strata", ())
        return MatchedDifference(metric_from({"type": "duration", **fields}), split, tuple(strata))
    if kind == "line_share":
        fields["over"] = "lines"
    if kind not in kinds:
        raise LogError(f"unknown metric type {kind!r}", "metric", closest(str(kind), kinds))
    known = kinds[kind].__dataclass_fields__
    for key in fields:
        if key not in known:
            raise LogError(f"a {kind} has no {key!r}", "metric", closest(key, known))
    return kinds[kind](**{k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()})
