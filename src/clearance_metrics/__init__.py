"""Clearance time, refund duration and port fees from shipment event logs, set against a notice kept
as data.

    import clearance_metrics as cm

    log = cm.EventLog.open("data/processed/demo")       # a folder that cm.ingest wrote
    overall = cm.clock("import_overall")                # cm.list_clocks() lists the others
    found = cm.measure(log, overall, by="port", period="month", as_of="2022-06-30")
    print(found, found.sql)                             # the figures, and the query behind them
    cm.assess(log, cm.load_notice("cn-2021-85"), as_of="2022-06-30")

`help(cm.measure)` and the help of every other name say units, errors and an example; where a thing
is made, and why there, stands in docs/design.md; how a query reads, in docs/queries.md.
"""

from __future__ import annotations

import sys
from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "Deferral": "domain.metrics",
    "Duration": "domain.metrics",
    "Share": "domain.metrics",
    "Fee": "domain.metrics",
    "Formalities": "domain.metrics",
    "Statistic": "domain.statistic",
    "Verdict": "domain.verdicts",
    "Reason": "statistics.reasons",
    "ResultTable": "results.table",
    "write_excel": "results.workbook",
    "ingest": "intake",
    "inspect_files": "intake.inspection",
    "simulate": "simulation",
    "clock": "analysis.clocks",
    "list_clocks": "analysis.clocks",
    "EventLog": "engine.log",
    "contents": "analysis.contents",
    "describe": "assessment.describe",
    "measure": "analysis.measure",
    "assess": "assessment.assess",
    "compare": "analysis.compare",
    "compare_matched": "analysis.compare_matched",
    "compare_survival": "analysis.compare_survival",
    "exceedances": "assessment.exceedances",
    "violations": "assessment.violations",
    "payees": "assessment.payees",
    "watch": "assessment.watch",
    "legal_layers": "assessment.legal_layers",
    "misnamed_charges": "assessment.legal_layers",
    "target_cards": "assessment.first_page",
    "measure_sheets": "assessment.measure_sheets",
    "before_use": "assessment.first_page",
    "price_index": "analysis.price_index",
    "check_limits": "assessment.check_limits",
    "gap_to_target": "analysis.gap_to_target",
    "judge_target": "assessment.judge_target",
    "stages": "analysis.stages",
    "style": "results.charts.look",
    "survival": "analysis.survival",
    "holds": "analysis.holds",
    "parties": "analysis.parties",
    "reconcile": "assessment.reconcile",
    "firms": "assessment.firms",
    "ageing": "analysis.ageing",
    "flow": "analysis.flow",
    "populations": "analysis.populations",
    "when": "analysis.when",
    "closed_hours": "analysis.closed_hours",
    "around_holidays": "analysis.around_holidays",
    "bridge": "analysis.bridge",
    "league": "analysis.league",
    "trend": "analysis.trend",
    "what_if": "assessment.what_if",
    "share_becomes": "domain.changes",
    "works_like": "domain.changes",
    "slowest_at_median": "domain.changes",
    "interrupted_series": "analysis.policy",
    "staggered": "analysis.policy",
    "synthetic_control": "analysis.policy",
    "changepoints": "analysis.policy",
    "receipt": "analysis.quality",
    "rejects": "analysis.quality",
    "doubts": "analysis.quality",
    "slips": "analysis.quality",
    "coverage": "analysis.quality",
    "published": "assessment.published",
    "targets_in_force": "assessment.in_force",
    "back_tests": "assessment.in_force",
    "list_published": "assessment.published",
    "compressions": "assessment.published",
    "contradictions": "assessment.published",
    "load_notice": "notice",
    "list_indicators": "assessment.indicators",
    "load_tariff": "notice.tariff",
    "WorkCalendar": "domain.calendars",
    "load_calendar": "domain.calendars",
    "load_vocabulary": "domain.vocabulary",
    "ClearanceError": "errors",
    "build_report": "report",
}
__all__ = sorted([*_HOME, "__version__"])


def __getattr__(name: str) -> object:
    """Public names are loaded when first asked for, so that importing the library is quick."""
    if name in _HOME:
        found = getattr(import_module(f".{_HOME[name]}", __name__), name)
        if name == "EventLog":
            # what a log shows is made in rooms above its own, which it does not know
            found.upstairs = sys.modules[__name__]
            found.languages = import_module(".results.words", __name__).LANGUAGES
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
