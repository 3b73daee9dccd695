"""The run: every contender once to warm up and to answer, answers compared, then timed in turns."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from .answers import difference
from .goals import summary
from .runner import BenchError, Ran, ran, timed
from .tasks import NAMES, OURS, TASKS, Task, lacking, room

Say = Callable[[str], None]


def make_log(work: Path, cases: int, raw: bool, log: bool = True) -> Path:
    """The generated log of this size, in a process of its own; made once."""
    folder = work / str(cases)
    last = {"raw": (raw, "dataset.toml"), "log": (log, "receipt.json")}
    parts = [
        name
        for name, (wanted, file) in last.items()
        if wanted and not (folder / name / file).is_file()
    ]
    if parts:
        if not room(cases, raw, work):
            raise BenchError(
                f"there is no room for a log of {cases:,} cases; name another folder with --work"
            )
        timed(
            [sys.executable, "-m", "bench.generate", str(folder), str(cases), *parts],
            7200,
            "making the log",
        )
    return folder


def contend(task: Task, folder: Path, cases: int, runs: int, say: Say) -> list[dict]:
    """Rows of one task: a warm-up that also answers, then `runs` rounds in which each contender has
    its turn.
    """
    out = {name: lacking(name, task.name, cases, folder) for name in task.contenders}
    able = [name for name in task.contenders if out[name] is None]
    first: dict[str, Ran] = {}
    for name in [*able, *filter(None, [task.checks])]:
        say(f"{task.name}: {NAMES[name]}, warm-up")
        first[name] = ran(name, task.name, folder, task.memory)
    same(task, {name: r.answer for name, r in first.items()})
    times: dict[str, list[Ran]] = {name: [] for name in able}
    for turn in range(runs):
        for name in able:
            say(f"{task.name}: {NAMES[name]}, run {turn + 1} of {runs}")
            again = ran(name, task.name, folder, task.memory)
            if told := difference(first[name].answer, again.answer):
                raise BenchError(
                    f"{NAMES[name]} answers {task.name} differently on another run: {told}"
                )
            times[name].append(again)
    return [
        row(task.name, name, cases, times.get(name, []), out[name], task.memory)
        for name in task.contenders
    ]


def same(task: Task, answers: dict[str, dict]) -> None:
    """BenchError unless every contender gives the answer of the first."""
    reference = next(iter(answers), None)
    for name, answer in answers.items():
        if name != reference and (
            told := difference(answers[reference], answer, common=name == task.checks)
        ):
            raise BenchError(
                f"{NAMES[name]} and {NAMES[reference]} differ on {task.name}: {told}; no times are"
                " shown"
            )


def row(
    task: str, contender: str, cases: int, runs: list[Ran], note: str | None, limit: str = ""
) -> dict:
    """A row of the result."""
    inside = [r.inside for r in runs if r.inside is not None]
    queries = next((r.answer["queries"] for r in runs if r.answer and "queries" in r.answer), None)
    return {
        "task": task,
        "contender": contender,
        "cases": cases,
        "memory_limit": limit or None,
        "seconds": summary([r.seconds for r in runs]) if runs else None,
        "processor": summary([r.processor for r in runs]) if runs else None,
        "inside": summary(inside) if inside else None,
        "peak": summary([float(r.peak) for r in runs]) if runs else None,
        "queries": (
            queries if queries is not None else "not counted" if task == "scorecard" else None
        ),
        "note": note or "",
    }


def imports(runs: int, say: Say) -> list[dict]:
    """Python alone, the library, and the library with its main names, in turns."""
    lines = {
        "python": "pass",
        "ours": "import clearance_metrics",
        "ours with names": "from clearance_metrics import Duration, EventLog, assess, measure",
    }
    times: dict[str, list[Ran]] = {name: [] for name in lines}
    for turn in range(runs + 1):
        say(f"import, run {turn} of {runs}")
        for name, line in lines.items():
            cost = timed([sys.executable, "-c", line], 60, f"{name} at import")
            if turn:
                times[name].append(Ran(*cost, None, None))
    return [row("import", name, 0, done, None) for name, done in times.items()]


def scale(work: Path, sizes: list[int], memory: str, runs: int, say: Say) -> list[dict]:
    """Ours at several sizes under the memory limit."""
    rows = []
    for cases in sizes:
        for name in ("clearance", "scorecard", "intake"):
            task = next(t for t in TASKS if t.name == name)
            lack = lacking(OURS, name, cases, work)
            done, note, folder = [], lack, work / str(cases)
            try:
                if not lack:
                    make_log(work, cases, raw=task.reads == "raw", log=task.reads == "log")
                for turn in range(0 if lack else runs):
                    say(f"{name} at {cases:,} cases, run {turn + 1} of {runs}")
                    done.append(ran(OURS, name, folder, memory))
            except BenchError as error:
                # under a limit not to finish is a result, and is shown as one
                done, note = [], str(error).split(":")[0]
            for spent in ("taken", "copied", "spill"):
                shutil.rmtree(folder / spent, ignore_errors=True)
            rows.append(row(name, OURS, cases, done, note, memory))
    return rows
