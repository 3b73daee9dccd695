"""All questions, put together: to the demonstration, and to SCMS."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from . import cuts, grid, pages, policies, verdicts
from .names import Duration, EventLog, league, stages
from .record import Record

AS_OF = "2022-12-31"
DEMO = grid.Plan(
    "demo", AS_OF, ((), ("port",), ("mode",), ("port", "mode")), (None, "month", "quarter", "year")
)
SCMS = grid.Plan(
    "scms",
    "2015-12-31",
    ((), ("mode",), ("country",), ("product_group", "mode")),
    (None, "quarter", "year"),
)
Say = Callable[[str], None]


def demo(record: Record, folder: Path, say: Say) -> None:
    """Everything that is asked of the demonstration."""
    log = EventLog.open(folder)
    record.put("intake|demo", dict(log.receipt.get("totals", {})))
    record.put("intake|demo|rejected", dict(log.receipt.get("rejected_by_rule", {})))
    steps = {
        "notices": lambda: verdicts.notices(record),
        "scorecards": lambda: verdicts.scorecards(
            record, log, "demo", (AS_OF, "2022-06-15", "2021-11-30"), ("port", "mode")
        ),
        "clocks": lambda: grid.clocks(record, log, DEMO),
        "kinds of metric": lambda: grid.kinds(record, log, DEMO),
        "options": lambda: grid.options(record, log, DEMO),
        "stages and holds": lambda: cuts.parts(record, log, "demo", AS_OF),
        "bridges": lambda: cuts.bridges(record, log, "demo", AS_OF),
        "leagues": lambda: cuts.leagues(record, log, "demo", AS_OF),
        "targets": lambda: cuts.targets(record, log, "demo", AS_OF),
        "comparisons": lambda: cuts.comparisons(record, log, "demo", AS_OF),
        "violations": lambda: verdicts.broken(record, log, "demo", AS_OF),
        "prices": lambda: verdicts.prices(record, log, "demo", AS_OF),
        "series": lambda: policies.series(record, log, "demo", AS_OF),
        "panels": lambda: policies.panels(record, log, "demo", AS_OF),
        "pages": lambda: pages.pages(record, folder),
    }
    _run(steps, record, say)


def scms(record: Record, folder: Path, say: Say) -> None:
    """What a log of dates alone can answer."""
    log, day = EventLog.open(folder), SCMS.as_of
    clock = Duration("po_sent", "delivered", dated_by="end")
    record.put("intake|scms", dict(log.receipt.get("totals", {})))
    steps = {
        "scms scorecards": lambda: verdicts.scorecards(record, log, "scms", (day,)),
        "scms clocks": lambda: grid.clocks(record, log, SCMS),
        "scms league": lambda: record.answer(
            "league|scms", league, log, clock, by="country", as_of=day
        ),
        "scms stages": lambda: record.answer(
            "stages|scms",
            stages,
            log,
            ("pq_sent", "po_sent", "delivered"),
            as_of=day,
            by="mode",
            period="year",
        ),
    }
    _run(steps, record, say)


def _run(steps: dict[str, Callable[[], object]], record: Record, say: Say) -> None:
    for name, step in steps.items():
        began, before = time.perf_counter(), len(record.numbers)
        step()
        say(
            f"{name}: {len(record.numbers) - before:,} numbers, {time.perf_counter() - began:.1f} s"
        )


__all__ = ["demo", "scms"]
