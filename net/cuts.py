"""Clocks cut into parts and set side by side: stages, holds, bridges, leagues, gaps, verdicts."""

from __future__ import annotations

from itertools import product

from . import metrics
from .metrics import ARRIVED, DECLARED, EXPORT, IMPORT, RELEASED
from .names import (
    Duration,
    EventLog,
    bridge,
    compare,
    contrast,
    gap_to_target,
    holds,
    judge,
    league,
    stages,
)
from .record import Record

BEFORE, AFTER = ("2020-09", "2021-08"), ("2022-01", "2022-12")
SPLITS = {"import": (ARRIVED, "gate_out"), "export": ("gate_in", "departed")}
CLOSED = Duration(ARRIVED, RELEASED, where=IMPORT, dated_by="end")
OPEN = Duration(ARRIVED, RELEASED, where=IMPORT)
REFUNDS = metrics.durations()["working_days"]


def parts(record: Record, log: EventLog, name: str, as_of: str) -> None:
    """Stages and holds."""
    chains = {
        "import": IMPORT,
        "export": EXPORT,
        (DECLARED, "duty_assessed", RELEASED): IMPORT,
        ("refund_accepted", "refund_approved", "refund_paid"): None,
    }
    for (chain, where), by, period in product(
        chains.items(), ((), ("mode",), ("port",)), (None, "month", "year")
    ):
        told = chain if isinstance(chain, str) else "..".join(chain)
        record.answer(
            f"stages|{name}|{told}|by={','.join(by) or 'none'}|period={period or 'none'}",
            stages,
            log,
            chain,
            as_of=as_of,
            where=where,
            by=by,
            period=period,
        )
    letters = {"letter": ("refund_query_raised", "refund_query_cleared")}
    inside = {"import": (ARRIVED, RELEASED), "export": ("gate_in", RELEASED)}
    for clock in metrics.clocks(log):
        for by, period in (((), None), (("mode",), None), ((), "quarter"), (("port",), "year")):
            told = f"{clock}|by={','.join(by) or 'none'}|period={period or 'none'}"
            record.answer(
                f"holds|{name}|{told}", holds, log, clock, as_of=as_of, by=by, period=period
            )
        record.answer(f"holds|{name}|{clock}|letter", holds, log, clock, letters, as_of=as_of)
    for kind, ends in inside.items():
        record.answer(
            f"holds|{name}|ends_{kind}", holds, log, ends, as_of=as_of, where={"kind": kind}
        )


def bridges(record: Record, log: EventLog, name: str, as_of: str) -> None:
    """Changes split into terms: means, percentiles, shares, charges, stages, clusters."""
    fees, shares = metrics.fees(), metrics.shares()
    asked = {
        "mean_port": (CLOSED, {"by": "port"}),
        "mean_mode": (CLOSED, {"by": "mode"}),
        "mean_port_mode": (CLOSED, {"by": ("port", "mode")}),
        "mean_air": (
            Duration(ARRIVED, RELEASED, where={**IMPORT, "mode": "air"}, dated_by="end"),
            {"by": "port"},
        ),
        "mean_export": (metrics.durations()["by_end_export"], {"by": "port"}),
        "mean_enterprise": (CLOSED, {"by": "port", "cluster": "enterprise"}),
        "mean_90": (CLOSED, {"by": "port", "level": 0.9}),
        "median_port": (CLOSED, {"by": "port", "statistic": "median", "draws": 100}),
        "p90_mode": (CLOSED, {"by": "mode", "statistic": "p90", "draws": 100, "seed": 3}),
        "open": (OPEN, {"by": "port"}),
        "refunds": (REFUNDS, {"by": "refund_class"}),
        "refunds_p90": (
            REFUNDS,
            {"by": "refund_class", "statistic": "p90", "draws": 100},
        ),
        "share_mode": (shares["advance"], {"by": "mode"}),
        "share_lines": (shares["lines_terminal"], {"by": "port"}),
        "fee_case": (fees["case"], {"by": "port"}),
        "fee_teu": (fees["teu"], {"by": "port"}),
        "fee_line": (fees["line"], {"by": "item"}),
        "fee_line_median": (fees["line"], {"by": "port", "statistic": "median", "draws": 100}),
        "fee_items": (fees["items"], {"by": "port"}),
        "fee_bills": (fees["bills"], {"by": "port"}),
    }
    for kind, ends in SPLITS.items():
        clock = Duration(*ends, where={"kind": kind}, dated_by="end")
        asked[f"stages_{kind}"] = (clock, {"stages": kind})
        asked[f"stages_{kind}_mode"] = (clock, {"stages": kind, "by": "mode"})
    sides = {
        "years": (BEFORE, AFTER),
        "quarters": ("2021-Q1", "2022-Q1"),
        "modes": ({"mode": "sea"}, {"mode": "air"}),
    }
    for (told, (metric, options)), (side, (before, after)) in product(asked.items(), sides.items()):
        if side != "years" and told not in ("mean_port", "stages_import", "fee_case", "share_mode"):
            continue
        record.answer(
            f"bridge|{name}|{told}|{side}",
            bridge,
            log,
            metric,
            before=before,
            after=after,
            as_of=as_of,
            **options,
        )


def leagues(record: Record, log: EventLog, name: str, as_of: str) -> None:
    """Groups with the ranks that they may have."""
    fees, shares = metrics.fees(), metrics.shares()
    asked = {
        "mean": (CLOSED, {}),
        "mean_export": (metrics.durations()["by_end_export"], {}),
        "open_mean": (OPEN, {}),
        "restricted": (OPEN, {"statistic": "restricted_mean:168"}),
        "within": (OPEN, {"statistic": "within:24"}),
        "within_low": (OPEN, {"statistic": "within:24", "best": "low", "level": 0.9}),
        "cluster": (CLOSED, {"cluster": "enterprise"}),
        "withheld": (CLOSED, {"suppress_below": 100}),
        "share": (shares["inspected"], {}),
        "fee_case": (fees["case"], {}),
        "fee_teu": (fees["teu"], {}),
        "fee_items": (fees["items"], {}),
    }
    for (told, (metric, options)), by in product(
        asked.items(), (("port",), ("mode",), ("port", "mode"), ("enterprise",))
    ):
        if by == ("enterprise",) and told not in ("mean", "share"):
            continue
        record.answer(
            f"league|{name}|{told}|by={','.join(by)}",
            league,
            log,
            metric,
            by=by,
            as_of=as_of,
            **options,
        )


def targets(record: Record, log: EventLog, name: str, as_of: str) -> None:
    """Gaps to a target, and verdicts by both rules."""
    landed = Duration(ARRIVED, "gate_out", where=IMPORT)
    shipped = Duration("gate_in", "departed", where=EXPORT)
    gaps = {
        "import_port": (CLOSED, 36, "port"),
        "import_port_mode": (CLOSED, 36, ("port", "mode")),
        "import_stage": (CLOSED, 36, "stage"),
        "release_stage": (landed, 60, "stage"),
        "export_stage": (shipped, 24, "stage"),
        "refund_class": (REFUNDS, 6, "refund_class"),
        "refund_stage": (REFUNDS, 6, "stage"),
        "paused": (metrics.durations()["pause_days"], 6, "refund_class"),
    }
    for (told, (clock, target, by)), window in product(
        gaps.items(), (AFTER, ("2021-12", "2021-12"))
    ):
        record.answer(
            f"gap|{name}|{told}|{window[0]}..{window[1]}",
            gap_to_target,
            log,
            clock,
            target=target,
            by=by,
            window=window,
            as_of=as_of,
        )
    clocks = {
        "closed": CLOSED,
        "open": OPEN,
        "refunds": REFUNDS,
        "minute": metrics.durations()["minute"],
    }
    for (told, clock), by, own in product(
        clocks.items(), ((), ("port",), ("mode",)), ("mean", "share")
    ):
        record.answer(
            f"judge|{name}|{told}|by={','.join(by) or 'none'}|own={own}",
            judge,
            log,
            clock,
            within=36,
            share=0.6,
            as_of=as_of,
            own=own,
            by=by,
        )


def comparisons(record: Record, log: EventLog, name: str, as_of: str) -> None:
    """Two groups within strata, and groups with open cases."""
    ahead = {"declared": {"before": ARRIVED}}
    splits = {"aeo": "aeo", "inspected": "inspected", "ahead": ahead, "mode": "mode"}
    clocks = {"closed": CLOSED, "open": OPEN, "refunds": REFUNDS}
    for (told, split), strata, (clock, metric) in product(
        splits.items(), (("port",), ("port", "mode")), clocks.items()
    ):
        record.answer(
            f"compare|{name}|{told}|{clock}|strata={','.join(strata)}",
            compare,
            log,
            metric,
            split=split,
            strata=strata,
            as_of=as_of,
        )
    asked = {
        "mode": {"by": "mode"},
        "air_sea": {"by": "mode", "groups": ("air", "sea")},
        "air_sea_168": {"by": "mode", "groups": ("air", "sea"), "tau": 168},
        "aeo": {"by": "aeo", "groups": (True, False), "tau": 120},
        "aeo_port": {"by": "aeo", "groups": (True, False), "tau": 120, "strata": "port"},
        "aeo_gehan": {"by": "aeo", "weights": "gehan", "level": 0.9},
        "port": {"by": "port"},
    }
    for told, options in asked.items():
        record.answer(f"contrast|{name}|{told}", contrast, log, OPEN, as_of=as_of, **options)


__all__ = ["bridges", "comparisons", "leagues", "parts", "targets"]
