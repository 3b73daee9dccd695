"""Scorecards of the notices, what breaks a rule, limits kept, and the price of the whole basket."""

from __future__ import annotations

from collections.abc import Iterable

from . import metrics
from .names import (
    NOTICES,
    EventLog,
    assess,
    basket,
    breaches,
    limits_kept,
    load_notice,
    violations,
)
from .record import Record


def scorecards(
    record: Record, log: EventLog, name: str, days: Iterable[str], groups: Iterable[str] = ()
) -> None:
    """Every notice on every day; the first also by groups, to the minute, at another level."""
    days = tuple(days)
    for notice in NOTICES:
        for day in days:
            record.answer(f"assess|{name}|{notice}|as_of={day}", assess, log, notice, as_of=day)
    first, last = NOTICES[0], days[0]
    for by in groups:
        record.answer(
            f"assess|{name}|{first}|as_of={last}|by={by}",
            assess,
            log,
            first,
            as_of=last,
            by=by,
        )
    if groups:
        for told, more in (("minute", {"resolution": "minute"}), ("level=0.9", {"level": 0.9})):
            record.answer(
                f"assess|{name}|{first}|as_of={last}|{told}",
                assess,
                log,
                first,
                as_of=last,
                **more,
            )


def notices(record: Record) -> None:
    """What the notices themselves hold: indicators, targets, days."""
    for name in NOTICES:
        notice = load_notice(name)
        for told in ("issued", "baseline_first", "baseline_last", "after_first"):
            record.put(f"notice|{name}|{told}", getattr(notice, told))
        for indicator in notice.indicators:
            key = f"notice|{name}|{indicator.id}"
            for told in ("measure", "kind", "status", "statistic"):
                record.put(f"{key}|{told}", getattr(indicator, told))
            for told in ("value", "rule", "due", "over", "until"):
                if indicator.target is not None:
                    record.put(f"{key}|target|{told}", getattr(indicator.target, told))


def broken(record: Record, log: EventLog, name: str, as_of: str) -> None:
    """Each line and case that breaks a rule, by notice and by metric."""
    for notice in NOTICES:
        record.answer(f"breaches|{name}|{notice}", breaches, log, notice, as_of=as_of)
    record.answer(f"breaches|{name}|limit=3", breaches, log, as_of=as_of, limit=3)
    record.answer(f"breaches|{name}|early", breaches, log, as_of="2021-10-31")
    asked = {n: m for n, m in metrics.fees().items() if n.startswith("against_")}
    asked |= {
        "allowance": metrics.durations()["allowance"],
        "two_step": metrics.shares()["two_step"],
    }
    for told, metric in asked.items():
        limit = 300 if told == "two_step" else None
        record.answer(
            f"violations|{name}|{told}", violations, log, metric, as_of=as_of, limit=limit
        )
    fee = metrics.fees()["line"]
    record.answer(
        f"violations|{name}|above",
        violations,
        log,
        fee,
        as_of=as_of,
        above=100_000,
        limit=100,
    )


def prices(record: Record, log: EventLog, name: str, as_of: str) -> None:
    """The basket of charges before and after, and the limits that ports published."""
    before, after = ("2020-09", "2021-08"), ("2022-01", "2022-12")
    asked = {
        "all": {},
        "port": {"strata": "port"},
        "imports": {"where": {"kind": "import"}},
        "items": {"items": ("港口作业包干费", "港口设施保安费")},
        "concordance": {"concordance": {"港口作业包干费-保安子项": "港口作业包干费"}},
    }
    for told, options in asked.items():
        record.answer(
            f"basket|{name}|{told}", basket, log, before=before, after=after, as_of=as_of, **options
        )
    record.answer(f"limits|{name}", limits_kept, log, as_of=as_of)
    record.answer(f"limits|{name}|level=0.9", limits_kept, log, as_of=as_of, level=0.9)


__all__ = ["broken", "notices", "prices", "scorecards"]
