"""What is timed and who takes part; what each needs, so that nobody is sent where there is no
room.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

GB = 1 << 30
OURS = "ours"
NAMES = {
    "ours": "clearance-metrics",
    "sql": "DuckDB SQL",
    "polars_lazy": "Polars",
    "pandas_frames": "pandas",
    "lifelines_km": "lifelines",
    "pm4py_log": "pm4py",
}


@dataclass(frozen=True)
class Task:
    """One piece of work.

    `checks` names who answers but is not timed, on the names both have; `memory` limits the engine.
    """

    name: str
    zh: str
    en: str
    contenders: tuple[str, ...]
    reads: str
    checks: str = ""
    memory: str = ""


TASKS = (
    Task(
        "clearance",
        "整体通关时间，按方向和口岸",
        "overall clearance by direction and port: mean, median, P90, within 48 h",
        (OURS, "sql", "polars_lazy", "pandas_frames"),
        "log",
    ),
    Task(
        "clearance_minute", "整体通关时间，精确到分", "the same to the minute", (OURS, "sql"), "log"
    ),
    Task(
        "durations",
        "原始事件：申报至放行",
        "raw events: declaration to release",
        (OURS, "pm4py_log"),
        "raw",
    ),
    Task(
        "survival",
        "Kaplan-Meier（含未完结业务）",
        "Kaplan-Meier with open cases, a curve per direction",
        (OURS, "lifelines_km"),
        "log",
    ),
    Task("intake", "原始文件读入", "raw files in, Parquet out", (OURS, "sql"), "raw"),
    Task(
        "scorecard",
        "27项措施计分卡",
        "the scorecard of all 27 measures",
        (OURS,),
        "log",
        checks="sql",
        memory="5GB",
    ),
)

# bytes of memory a case needs, rounded up from peaks seen at 2 million cases
MEMORY = {
    ("pandas_frames", "clearance"): 650,
    ("lifelines_km", "survival"): 500,
    ("pm4py_log", "durations"): 1200,
    (OURS, "durations"): 600,
}
DISK = {
    "raw": 800,
    "log": 120,
    "intake": 1200,
}  # bytes of disk a case needs: the files, and what intake writes and spills


def lacking(contender: str, task: str, cases: int, work: Path) -> str | None:
    """Why a contender is not run at this size, or None."""
    need = MEMORY.get((contender, task), 0) * cases
    if need > _memory():
        return f"not run: needs more than {_memory() // GB} GB of memory"
    if task == "intake" and (need := DISK["intake"] * cases) > shutil.disk_usage(work).free:
        return f"not run: needs more than {need // GB} GB of disk"
    return None


def room(cases: int, raw: bool, work: Path) -> bool:
    """Whether the files of a log of this size fit."""
    return (DISK["log"] + DISK["raw"] * raw) * cases < shutil.disk_usage(work).free


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
