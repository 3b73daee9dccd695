"""clearance-metrics through its public names."""

from __future__ import annotations

import shutil
from pathlib import Path

AS_OF = "2022-12-31"
# the library loads its parts when first asked; what each task asks for is loaded before the clock
# of the work starts
ENGINE = (
    "duckdb",
    "pyarrow.compute",
    "scipy.special",
    "clearance_metrics.engine.log",
    "clearance_metrics.engine.backends.in_process",
    "clearance_metrics.analysis.measure",
)
CHARGES = (
    "clearance_metrics.engine.charges",
    "clearance_metrics.engine.priced.judged",
    "clearance_metrics.engine.priced.lists",
    "clearance_metrics.engine.priced.pilotage",
    "clearance_metrics.engine.priced.tariffs",
)
LOADS = {
    "clearance": ENGINE,
    "clearance_minute": ENGINE,
    "survival": ENGINE,
    "scorecard": (
        *ENGINE,
        *CHARGES,
        "chinese_calendar",
        "clearance_metrics.assessment.assess",
        "clearance_metrics.engine.deferrals",
    ),
    "intake": ("clearance_metrics.intake",),
    "durations": (*ENGINE, "polars", "clearance_metrics.engine.frames"),
}


def _open(folder: Path, memory: str | None):
    from clearance_metrics import EventLog

    log = EventLog.open(folder / "log")
    if memory:
        connection = log.engine.backend.connection
        connection.execute(f"SET memory_limit = '{memory}'")
        connection.execute(f"SET temp_directory = '{folder / 'spill'}'")
    return log


def clearance(folder: Path, memory: str | None, resolution: str = "second") -> dict:
    """Overall clearance of finished cases: mean, median, P90 and share within 48 h by direction and
    port.
    """
    from clearance_metrics import Duration, measure

    log, answer = _open(folder, memory), {}
    for kind, start in (("import", "conveyance_arrived"), ("export", "gate_in")):
        clock = Duration(
            start, "customs_released", where={"kind": kind}, dated_by="end", resolution=resolution
        )
        rows = measure(
            log,
            clock,
            as_of=AS_OF,
            by="port",
            statistics=("n", "mean", "median", "p90", "within:48"),
        )
        answer |= {f"{kind} {dict(row.groups)['port']} {row.statistic}": row.value for row in rows}
    return answer


def clearance_minute(folder: Path, memory: str | None) -> dict:
    """The same, tallied to the minute: times are rounded down, means stay exact."""
    return clearance(folder, memory, "minute")


def intake(folder: Path, memory: str | None) -> dict:
    """The raw files through the front door."""
    from clearance_metrics.intake import ingest as read_in

    from .written import counts

    out = folder / "taken"
    shutil.rmtree(out, ignore_errors=True)
    read_in(folder / "raw" / "dataset.toml", out=out, memory=memory)
    return counts(out)


def scorecard(folder: Path, memory: str | None) -> dict:
    """Every indicator of the 27 measures."""
    from clearance_metrics import assess

    found = assess(_open(folder, memory), as_of=AS_OF)
    answer = {"rows": len(found), "no data": sum(row.verdict == "no data" for row in found)}
    queries = getattr(found, "queries", None)
    if queries is not None:
        answer["queries"] = queries if isinstance(queries, int) else len(queries)
    for row in found:
        if row.value is not None:
            answer |= {f"{row.indicator} value": row.value, f"{row.indicator} n": row.n}
    return answer


def survival(folder: Path, memory: str | None) -> dict:
    """Kaplan-Meier of the port release clock with its open cases, a curve per direction, to the
    minute.
    """
    from clearance_metrics import Duration, measure

    log, answer = _open(folder, memory), {}
    for kind, start, stop in (
        ("import", "conveyance_arrived", "gate_out"),
        ("export", "gate_in", "departed"),
    ):
        clock = Duration(start, stop, where={"kind": kind}, resolution="minute")
        rows = measure(log, clock, as_of=AS_OF, statistics="survival")
        answer |= {
            f"{kind} steps": len(rows),
            f"{kind} n": rows.rows[0].n,
            f"{kind} open": rows.rows[0].n_open,
        }
        answer |= {
            f"{kind} {name}": [getattr(row, name) for row in rows]
            for name in ("value", "low", "high")
        }
    return answer


def durations(folder: Path, _memory: str | None) -> dict:
    """Declaration to customs release, straight from the raw events."""
    import polars as pl

    from clearance_metrics import Duration, EventLog, measure

    chosen = pl.col("milestone").is_in(["declared", "customs_released"])
    events = pl.scan_csv(folder / "raw" / "events.csv").filter(chosen)
    log = EventLog(
        events.with_columns(pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S")),
        timezone="Asia/Shanghai",
    )
    clock = Duration("declared", "customs_released", where={"customs_released": {"present": True}})
    rows = measure(log, clock, as_of=AS_OF, statistics=("n", "mean", "median", "p90"))
    return {row.statistic: row.value for row in rows}


TASKS = {
    "clearance": clearance,
    "clearance_minute": clearance_minute,
    "intake": intake,
    "scorecard": scorecard,
    "survival": survival,
    "durations": durations,
}
