"""The library's names, in one place: where one moves or is renamed, only this file follows."""

from __future__ import annotations

from clearance_metrics import (
    ClearanceError,
    Duration,
    EventLog,
    Fee,
    Share,
    assess,
    bridge,
    build_report,
    changepoints,
    gap_to_target,
    holds,
    league,
    load_notice,
    measure,
    stages,
    staggered,
)
from clearance_metrics import check_limits as limits_kept
from clearance_metrics import compare_matched as compare
from clearance_metrics import compare_survival as contrast
from clearance_metrics import exceedances as violations
from clearance_metrics import interrupted_series as interrupted
from clearance_metrics import judge_target as judge
from clearance_metrics import price_index as basket
from clearance_metrics import synthetic_control as synthetic
from clearance_metrics import violations as breaches
from clearance_metrics.intake import ingest
from clearance_metrics.results.words import term, verdict_word
from clearance_metrics.simulation import simulate

NOTICES = ("cn-2021-85", "in-ntfap")

__all__ = [
    "NOTICES",
    "ClearanceError",
    "Duration",
    "EventLog",
    "Fee",
    "Share",
    "assess",
    "basket",
    "breaches",
    "bridge",
    "build_report",
    "changepoints",
    "compare",
    "contrast",
    "gap_to_target",
    "holds",
    "ingest",
    "interrupted",
    "judge",
    "league",
    "limits_kept",
    "load_notice",
    "measure",
    "simulate",
    "staggered",
    "stages",
    "synthetic",
    "term",
    "verdict_word",
    "violations",
]
