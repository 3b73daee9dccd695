"""What the test keeps of the net: a question of each kind to a small simulated log."""

from __future__ import annotations

import tempfile
from pathlib import Path

from . import grid, metrics, policies
from .cuts import AFTER, BEFORE, CLOSED, OPEN, REFUNDS
from .metrics import IMPORT
from .names import (
    Duration,
    EventLog,
    assess,
    basket,
    breaches,
    bridge,
    changepoints,
    compare,
    contrast,
    gap_to_target,
    holds,
    ingest,
    interrupted,
    judge,
    league,
    limits_kept,
    simulate,
    stages,
    staggered,
    synthetic,
)
from .record import Record

AS_OF, SIZE, SEED = "2022-12-31", 0.02, 20210820
# of each answer these fields, so that the file stays small enough to be read
KEPT = (
    "value",
    "low",
    "high",
    "verdict",
    "mean",
    "bound",
    "rank",
    "pooled",
    "price",
    "excess",
    "chi2",
    "p",
    "gap",
    "cases",
    "finished",
    "left_out",
    "unequal",
    "not_known",
)
LANDED = Duration("conveyance_arrived", "gate_out", where=IMPORT, dated_by="end")


def small() -> Record:
    """The numbers of a small log, made, read and asked."""
    record = Record(KEPT)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        simulate(folder / "raw", SEED, SIZE)
        ingest(folder / "raw" / "dataset.toml", out=folder / "log")
        log = EventLog.open(folder / "log")
        _measures(record, log)
        _parts(record, log)
        _sides(record, log)
        _charges(record, log)
        _policies(record, log)
        record.answer("assess|cn-2021-85", assess, log, "cn-2021-85", as_of=AS_OF)
        record.answer("assess|in-ntfap", assess, log, "in-ntfap", as_of=AS_OF)
    return record


def _measures(record: Record, log: EventLog) -> None:
    """Every clock, every kind of metric, and every statistic of one clock."""
    for name, clock in metrics.clocks(log).items():
        grid.ask(record, log, f"measure|{name}", clock, ("n", "open", "median"), as_of=AS_OF)
    for name, metric in metrics.durations().items():
        statistics = ("n", "mean", "within:24", "restricted_mean:168")
        grid.ask(record, log, f"measure|clock_{name}", metric, statistics, as_of=AS_OF)
    for name, metric in metrics.shares().items():
        grid.ask(record, log, f"measure|share_{name}", metric, ("n", "share"), as_of=AS_OF)
    for name, metric in metrics.fees().items():
        grid.ask(record, log, f"measure|fee_{name}", metric, ("n", "mean", "sum"), as_of=AS_OF)
    for told, clock in (("open", OPEN), ("closed", CLOSED)):
        grid.ask(record, log, f"measure|{told}", clock, grid.CENSORED, as_of=AS_OF)
        grid.ask(
            record, log, f"measure|{told}", clock, ("mean",), by="port", period="year", as_of=AS_OF
        )
    ended = {"as_of": AS_OF, "by": ("mode",)}
    grid.ask(record, log, "measure|closed", CLOSED, grid.PLAIN[:2], cluster="enterprise", **ended)
    grid.ask(record, log, "measure|closed", CLOSED, ("n", "mean"), suppress_below=30, **ended)
    grid.ask(record, log, "measure|closed", CLOSED, ("mean", "p90"), level=0.9, **ended)


def _parts(record: Record, log: EventLog) -> None:
    for kind in ("import", "export"):
        where = {"kind": kind}
        record.answer(f"stages|{kind}", stages, log, kind, as_of=AS_OF, where=where)
    record.answer("stages|mode", stages, log, "import", as_of=AS_OF, by="mode")
    for clock in ("import_overall", "export_overall", "import_customs_only"):
        record.answer(f"holds|{clock}", holds, log, clock, as_of=AS_OF)
    gap = {"window": AFTER, "as_of": AS_OF}
    record.answer("gap|mode", gap_to_target, log, CLOSED, target=36, by="mode", **gap)
    record.answer("gap|class", gap_to_target, log, REFUNDS, target=6, by="refund_class", **gap)
    record.answer("gap|stage", gap_to_target, log, LANDED, target=36, by="stage", **gap)


def _sides(record: Record, log: EventLog) -> None:
    """What stands side by side: times before and after, groups, rules."""
    fees, shares = metrics.fees(), metrics.shares()
    sides = {"before": BEFORE, "after": AFTER, "as_of": AS_OF}
    record.answer("bridge|mode", bridge, log, CLOSED, by="mode", **sides)
    record.answer("bridge|two", bridge, log, CLOSED, by=("port", "mode"), **sides)
    record.answer("bridge|stages", bridge, log, LANDED, stages="import", **sides)
    median = {"statistic": "median", "draws": 100}
    record.answer("bridge|median", bridge, log, CLOSED, by="mode", **median, **sides)
    record.answer("bridge|share", bridge, log, shares["advance"], by="mode", **sides)
    record.answer("bridge|items", bridge, log, fees["items"], by="mode", **sides)
    record.answer("bridge|teu", bridge, log, fees["teu"], by="mode", **sides)
    for told, metric, statistic in (
        ("mean", CLOSED, "mean"),
        ("within", OPEN, "within:24"),
        ("share", shares["inspected"], "share"),
    ):
        record.answer(
            f"league|{told}", league, log, metric, by="mode", statistic=statistic, as_of=AS_OF
        )
    for told, clock in (("closed", CLOSED), ("open", OPEN)):
        record.answer(
            f"judge|{told}", judge, log, clock, within=36, share=0.6, by="mode", as_of=AS_OF
        )
    record.answer("compare|aeo", compare, log, CLOSED, split="aeo", strata="mode", as_of=AS_OF)
    record.answer("contrast|mode", contrast, log, OPEN, by="mode", as_of=AS_OF)
    aeo = {"by": "aeo", "groups": (True, False), "tau": 120, "as_of": AS_OF}
    record.answer("contrast|aeo", contrast, log, OPEN, **aeo)


def _charges(record: Record, log: EventLog) -> None:
    record.answer("basket", basket, log, before=BEFORE, after=AFTER, as_of=AS_OF)
    record.answer("limits", limits_kept, log, as_of=AS_OF)
    record.answer("breaches", breaches, log, as_of=AS_OF, limit=3)


def _policies(record: Record, log: EventLog) -> None:
    """The four readings; months of few cases count, the log has no others."""
    boxes, few = policies.BOXES, {"as_of": AS_OF, "least": 1}
    starts = policies.started(log, AS_OF)
    first = min(starts, key=lambda port: (starts[port], port))
    date = policies.NOTICE_DAY
    record.answer("interrupted", interrupted, log, policies.NEVER, date=date, **few)
    record.answer("staggered", staggered, log, boxes, starts=starts, **few)
    twin = {"treated": first, "start": starts[first], "worst_fit": 1.0}
    record.answer("synthetic", synthetic, log, boxes, **twin, **few)
    record.answer("changepoints", changepoints, log, policies.NEVER, policy_dates=[date], **few)


__all__ = ["small"]
