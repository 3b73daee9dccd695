"""The four readings of what changed with a policy."""

from __future__ import annotations

from . import metrics
from .metrics import ARRIVED, EXPORT, IMPORT, RELEASED
from .names import Duration, EventLog, changepoints, interrupted, measure, staggered, synthetic
from .record import Record

NOTICE_DAY = "2021-08-20"
BOXES = Duration("discharged", "gate_out", where={"kind": "pickup"})
NEVER = Duration(
    "discharged", "gate_out", where={"kind": "pickup", "measure_from": {"present": False}}
)
OVERALL = Duration(ARRIVED, RELEASED, where=IMPORT, dated_by="end")
SHIPPED = Duration("gate_in", RELEASED, where=EXPORT, dated_by="end")


def started(log: EventLog, as_of: str) -> dict[str, str]:
    """Port to its first whole month under the local measure, as the log has it."""
    rows = measure(log, BOXES, as_of=as_of, by=("port", "measure_from"), statistics="n").to_dicts()
    return {r["port"]: r["measure_from"] for r in rows if r["port"] and r["measure_from"]}


def series(record: Record, log: EventLog, name: str, as_of: str) -> None:
    """One series around a date, and levels found beside dates."""
    asked = {
        "imports": (OVERALL, {}),
        "exports": (SHIPPED, {}),
        "never": (NEVER, {}),
        "boxes": (BOXES, {}),
        "log": (NEVER, {"link": "log", "errors": "hac", "lag": 5}),
        "ar1": (NEVER, {"errors": "ar1", "harmonics": 1, "level": 0.9}),
        "model": (
            NEVER,
            {"errors": "model", "phase_in": 2, "exclude": ("2022-04",), "slope": False},
        ),
        "counts": (
            OVERALL,
            {
                "statistic": "n",
                "family": "quasipoisson",
                "exposure": "working_days",
                "working_days": False,
            },
        ),
        "poisson": (
            BOXES,
            {"statistic": "n", "family": "poisson", "exposure": "days", "placebo": False},
        ),
        "restricted": (metrics.durations()["minute"], {"statistic": "restricted_mean:168"}),
        "share": (metrics.shares()["inspected"], {"placebo": False}),
        "fee": (metrics.fees()["case"], {"placebo": False}),
        "refunds": (metrics.durations()["day_one"], {"placebo": False}),
        "short": (NEVER, {"first": "2021-03"}),
        "thin": (OVERALL, {"least": 100_000}),
    }
    for told, (metric, options) in asked.items():
        record.answer(
            f"interrupted|{name}|{told}",
            interrupted,
            log,
            metric,
            date=NOTICE_DAY,
            as_of=as_of,
            **options,
        )
    dates = {NOTICE_DAY: "notice", "2020-06-01": ""}
    levels = {
        "imports": (OVERALL, {}),
        "exports": (SHIPPED, {}),
        "never": (NEVER, {}),
        "boxes": (BOXES, {"shortest": 2, "baseline": ("2020-04", "2020-12")}),
        "penalty": (NEVER, {"penalty": 5.0}),
        "share": (metrics.shares()["inspected"], {}),
        "short": (NEVER, {"first": "2022-03"}),
    }
    for told, (metric, options) in levels.items():
        record.answer(
            f"changepoints|{name}|{told}",
            changepoints,
            log,
            metric,
            as_of=as_of,
            policy_dates=dates,
            **options,
        )


def panels(record: Record, log: EventLog, name: str, as_of: str) -> None:
    """Ports that start in turn, and one port beside its synthetic twin."""
    starts = started(log, as_of)
    record.put(f"staggered|{name}|starts", starts)
    asked = {
        "never": {},
        "not_yet": {"control": "not_yet"},
        "universal": {"base": "universal", "level": 0.9},
        "ahead": {"anticipation": 1},
        "weighed": {"weights": "cases", "seed": 7},
        "influence": {"errors": "influence"},
        "late": {"first": "2021-06"},
        "thin": {"least": 100_000},
    }
    for told, options in asked.items():
        record.answer(
            f"staggered|{name}|{told}",
            staggered,
            log,
            BOXES,
            starts=starts,
            as_of=as_of,
            **options,
        )
    if not starts:
        return
    treated = sorted(starts, key=lambda port: (starts[port], port))
    rows = measure(log, BOXES, as_of=as_of, by="port", statistics="n").to_dicts()
    never = sorted(r["port"] for r in rows if r["port"] and r["port"] not in starts)
    twins = {
        "never": {"donors": never},
        "loose": {"donors": never, "worst_fit": 1.0, "exclude": ("2022-04",)},
        "all": {},
        "few": {"donors": never[:3]},
    }
    for port in (treated[0], treated[len(treated) // 2]):
        for told, options in twins.items():
            record.answer(
                f"synthetic|{name}|{told}|{port}",
                synthetic,
                log,
                BOXES,
                treated=port,
                start=starts[port],
                as_of=as_of,
                **options,
            )


__all__ = ["panels", "series", "started"]
