"""Processes timed from start to end, with their peak memory.

Imports little, since a child's peak starts at its parent's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in a unit of ru_maxrss


class BenchError(Exception):
    """The run stops, with a sentence."""


@dataclass(frozen=True)
class Ran:
    """One process: wall and processor seconds and peak bytes of the whole of it, seconds of the
    work alone, the answer.
    """

    seconds: float
    processor: float
    peak: int
    inside: float | None
    answer: dict | None


def timed(argv: list[str], limit: float, name: str) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and peak bytes of a command;

    BenchError with its last line if it fails or runs over `limit` seconds.
    """
    with tempfile.TemporaryFile("w+") as heard:
        begun = perf_counter()
        child = subprocess.Popen(
            argv, stdout=subprocess.DEVNULL, stderr=heard, cwd=ROOT, env=_environment()
        )
        watch = threading.Timer(limit, child.kill)
        watch.start()
        _, status, used = os.wait4(child.pid, 0)
        seconds = perf_counter() - begun
        watch.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode == 0:
            return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * UNIT
        heard.seek(0)
        last = ([line for line in heard.read().splitlines() if line.strip()] or ["no message"])[-1]
    if child.returncode == -9:
        raise BenchError(
            f"{name} was stopped: after {seconds:.0f} s, or by the system for want of memory"
        )
    raise BenchError(f"{name} failed: {last}")


def ran(contender: str, task: str, folder: Path, memory: str = "", limit: float = 3600) -> Ran:
    """One contender at one task."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "answer.json"
        argv = [sys.executable, "-m", "bench.child", contender, task, str(folder), str(out), memory]
        cost = timed(argv, limit, f"{contender} at {task}")
        told = json.loads(out.read_text(encoding="utf-8"))
    return Ran(*cost, told["seconds"], told["answer"])


def _environment() -> dict[str, str]:
    places = [str(ROOT / "src"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(places), "PYTHONWARNINGS": "ignore"}
