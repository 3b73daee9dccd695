"""`measure` over clocks, groups, periods and statistics, and over every kind of metric."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import metrics
from .names import ClearanceError, EventLog, measure
from .record import Record

CENSORED = (
    "n",
    "open",
    "mean",
    "sd",
    "median",
    "p90",
    "p25",
    "min",
    "max",
    "sum",
    "within:24",
    "within:5",
    "restricted_mean:168",
    "restricted_mean",
    "survival:24",
    "incidence:24",
    "time_lost:168",
    "follow_up",
    "median:midpoint",
    "buffer_index",
    "planning_ratio",
    "geometric_mean",
    "mean_without_top:1",
    "count_above:0",
    "share_above:0",
)
SHORT = ("n", "open", "mean", "median", "p90", "within:24", "restricted_mean:168")
OF_FEES = (
    "n",
    "mean",
    "sd",
    "median",
    "p90",
    "p25",
    "min",
    "max",
    "sum",
    "within:500",
    "buffer_index",
    "planning_ratio",
    "geometric_mean",
    "mean_without_top:1",
    "count_above:0",
    "share_above:0",
)
OF_TEU = ("n", "mean", "sum")
OF_SHARES = ("n", "open", "mean", "share", "sum", "count_above:0")
PLAIN = ("mean", "median", "p90", "within:24")


@dataclass(frozen=True)
class Plan:
    """How much is asked: the log's name in the keys, its day, groups, periods, clocks."""

    name: str
    as_of: str
    groups: tuple[tuple[str, ...], ...]
    periods: tuple[str | None, ...]
    clocks: tuple[str, ...] | None = None


def ask(
    record: Record, log: EventLog, key: str, metric: object, statistics: Iterable[str], **options
) -> None:
    """Statistics of a metric, all at once; where one of them is refused, each on its own."""
    by, period = options.get("by", ()), options.get("period")
    key += f"|by={','.join(by)}" if by else ""
    key += f"|period={period}" if period else ""
    more = {n: v for n, v in options.items() if n not in ("by", "period", "as_of")}
    key += "".join(f"|{name}={value}" for name, value in more.items())
    try:
        record.result(key, measure(log, metric, statistics=tuple(statistics), **options))
    except ClearanceError:
        for name in statistics:
            record.answer(f"{key}|{name}", measure, log, metric, statistics=name, **options)


def clocks(record: Record, log: EventLog, plan: Plan) -> None:
    """Every clock by groups and periods; fine cuts with fewer statistics."""
    for name, clock in metrics.clocks(log).items():
        if plan.clocks is not None and name not in plan.clocks:
            continue
        for by in plan.groups:
            for period in plan.periods:
                fine = period in ("month", "quarter") and by or len(by) > 1
                ask(
                    record,
                    log,
                    f"measure|{plan.name}|{name}",
                    clock,
                    SHORT if fine else CENSORED,
                    by=by,
                    period=period,
                    as_of=plan.as_of,
                )


def kinds(record: Record, log: EventLog, plan: Plan) -> None:
    """Every kind of metric with the statistics that suit it, by the plan's groups and periods."""
    cuts = [(by, None) for by in plan.groups if len(by) < 2]
    cuts += [((), period) for period in plan.periods if period]
    every = {f"clock_{n}": (m, CENSORED) for n, m in metrics.durations().items()}
    every |= {f"share_{n}": (m, OF_SHARES) for n, m in metrics.shares().items()}
    every |= {
        f"fee_{n}": (m, OF_TEU if m.per == "teu" else OF_FEES) for n, m in metrics.fees().items()
    }
    for name, (metric, statistics) in every.items():
        for by, period in cuts:
            ask(
                record,
                log,
                f"measure|{plan.name}|{name}",
                metric,
                statistics,
                by=by,
                period=period,
                as_of=plan.as_of,
            )


def options(record: Record, log: EventLog, plan: Plan) -> None:
    """Clusters, suppression, another level and an earlier day."""
    clock, ended = metrics.durations()["minute"], metrics.durations()["by_end"]
    share, fee = metrics.shares()["inspected"], metrics.fees()["case"]
    key, day = f"measure|{plan.name}", plan.as_of
    for cluster in ("enterprise", "day"):
        for by in ((), ("mode",)):
            where = {"by": by, "as_of": day, "cluster": cluster}
            ask(record, log, f"{key}|clock_minute", clock, PLAIN, **where)
            ask(record, log, f"{key}|clock_by_end", ended, PLAIN, **where)
            ask(record, log, f"{key}|share_inspected", share, ("share",), **where)
    for by in ((), ("port",)):
        ask(record, log, f"{key}|fee_case", fee, ("mean", "p90"), by=by, as_of=day, cluster="bill")
        ask(record, log, f"{key}|fee_case", fee, ("mean",), by=by, as_of=day, cluster="enterprise")
    for below in (10, 100):
        for by, period in ((("port",), None), (("port", "mode"), None), (("mode",), "month")):
            where = {"by": by, "period": period, "as_of": day, "suppress_below": below}
            ask(record, log, f"{key}|clock_by_end", ended, SHORT, **where)
            ask(record, log, f"{key}|share_inspected", share, ("n", "share"), **where)
            ask(record, log, f"{key}|fee_case", fee, ("n", "mean", "sum"), **where)
    for metric, name, statistics in (
        (ended, "clock_by_end", CENSORED),
        (clock, "clock_minute", CENSORED),
        (share, "share_inspected", OF_SHARES),
        (fee, "fee_case", OF_FEES),
        (metrics.fees()["teu"], "fee_teu", OF_TEU),
    ):
        ask(record, log, f"{key}|{name}", metric, statistics, by=("mode",), as_of=day, level=0.9)
    for early in ("2021-08-20", "2020-01-31", "2018-12-31"):
        for name, metric in metrics.clocks(log).items():
            ask(record, log, f"{key}|{name}|as_of={early}", metric, SHORT, as_of=early)
    for name, metric in metrics.clocks(log).items():
        ask(record, log, f"{key}|{name}|curve", metric, ("survival",), as_of="2020-01-31")


__all__ = ["Plan", "ask", "clocks", "kinds", "options"]
