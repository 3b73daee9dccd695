"""The metrics that are asked for: each kind of clock, share and fee at least once."""

from __future__ import annotations

from datetime import date

from .names import Duration, EventLog, Fee, Share

IMPORT, EXPORT = {"kind": "import"}, {"kind": "export"}
REFUND = ("refund_accepted", "refund_approved")
ALLOWED = ("refund_class", {"1": 5, "2": 10, "3": 15, "4": 20})
ARRIVED, DECLARED, RELEASED = "conveyance_arrived", "declared", "customs_released"


def clocks(log: EventLog) -> dict[str, Duration]:
    """Every clock of the vocabulary, own ones included, whose milestones the log holds."""
    return {
        name: Duration(c.start, c.stop, unit=c.unit, where={"kind": c.kind} if c.kind else None)
        for name, c in log.vocabulary.clocks.items()
        if {c.start, c.stop} <= log.milestones
    }


def durations() -> dict[str, Duration]:
    """Clocks with each of their options."""
    refunds = {"kind": "refund"}
    return {
        "by_end": Duration(ARRIVED, RELEASED, where=IMPORT, dated_by="end"),
        "by_end_export": Duration("gate_in", RELEASED, where=EXPORT, dated_by="end"),
        "minute": Duration(ARRIVED, RELEASED, where=IMPORT, resolution="minute"),
        "unsigned": Duration(ARRIVED, RELEASED, where=IMPORT, signed=False),
        "working_hours": Duration(DECLARED, RELEASED, unit="working_hours", where=IMPORT),
        "working_hours_own": Duration(
            DECLARED, RELEASED, unit="working_hours", where=EXPORT, hours=("08:30", "12:00")
        ),
        "working_days": Duration(*REFUND, unit="working_days", where=refunds),
        "day_one": Duration(
            *REFUND, unit="working_days", where=refunds, start_day=1, dated_by="end"
        ),
        "allowance": Duration(*REFUND, unit="working_days", where=refunds, allowance=ALLOWED),
        "allowance_by_end": Duration(
            *REFUND, unit="working_days", where=refunds, allowance=ALLOWED, dated_by="end"
        ),
        "pause_days": Duration(
            *REFUND,
            unit="working_days",
            where=refunds,
            pause=("refund_query_raised", "refund_query_cleared"),
        ),
        "pause_hours": Duration(
            DECLARED, RELEASED, where=IMPORT, pause=("query_raised", "query_answered")
        ),
        "other_ends": Duration(DECLARED, RELEASED, where=IMPORT, other_ends=("exam_called",)),
        "other_ends_two": Duration(
            DECLARED, "gate_out", where=IMPORT, other_ends=("exam_called", "query_raised")
        ),
        "log_starts": Duration(ARRIVED, "gate_out", where=IMPORT, log_starts=date(2021, 1, 10)),
        "log_starts_ends": Duration(
            ARRIVED,
            "gate_out",
            where=IMPORT,
            log_starts=date(2021, 1, 10),
            other_ends=("exam_called",),
        ),
        "where_any": Duration(
            DECLARED,
            RELEASED,
            where={"any": [{"mode": "air"}, {"teu": {"at_least": 2}}], **IMPORT},
        ),
        "where_order": Duration(
            DECLARED, RELEASED, where={**IMPORT, "declared": {"before": ARRIVED}}
        ),
    }


def shares() -> dict[str, Share]:
    """Shares of cases, of a column's values, and of charge lines."""
    return {
        "advance": Share({"declared": {"before": ARRIVED}}, of=IMPORT, dated_by=DECLARED),
        "inspected": Share({"inspected": True}, of=IMPORT, dated_by=RELEASED),
        "aeo": Share({"aeo": True}, of=EXPORT),
        "two_step": Share(
            {"declaration_mode": ["two_step", "advance"]}, of=IMPORT, dated_by=DECLARED
        ),
        "same_day": Share(
            {"customs_released": {"within_days_of": [DECLARED, 1]}}, of=EXPORT, dated_by=DECLARED
        ),
        "single_window_types": Share(
            {"channel": "single_window"},
            of={"kind": "licence"},
            each="licence_type",
            dated_by="licence_applied",
        ),
        "lines_online": Share({"channel": "single_window"}, over="lines"),
        "lines_terminal": Share({"place": "terminal"}, of={"size": "40"}, over="lines"),
    }


def fees() -> dict[str, Fee]:
    """Charges by what they are counted over, and against every reference."""
    found = {
        "case": Fee(),
        "case_import": Fee(where=IMPORT),
        "teu": Fee(per="teu"),
        "teu_item": Fee(per="teu", items=("港口作业包干费",)),
        "line": Fee(per="line"),
        "line_40": Fee(per="line", where={"size": "40"}),
        "items": Fee(counting="item"),
        "bills": Fee(counting="bill"),
    }
    references = ("tariff", "pilotage", "charge_list", "list_rate", "repeated")
    return found | {f"against_{name}": Fee(per="line", against=name) for name in references}
