"""Processes that may fall: one that aborts or hangs is counted, and another takes its place."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from .run import Outcome, kind_of, one

LIMIT = 20.0  # seconds an input may take
MEMORY = 6 << 30  # bytes a process may address
START = 120.0  # seconds a process may take to begin


@dataclass
class Worker:
    """A process, what it works on and since when."""

    process: Any
    pipe: Connection
    number: int | None = None
    since: float = 0.0
    ready: bool = False


def outcomes(seed: int, numbers: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """The outcome of every input, in the order they end."""
    todo, fleet = iter(numbers), []
    context = multiprocessing.get_context("spawn")
    try:
        fleet = [_started(context, seed) for _ in range(jobs)]
        while fleet:
            ended = wait([worker.pipe for worker in fleet], timeout=1.0)
            for place, worker in reversed(list(enumerate(fleet))):
                told = _heard(worker) if worker.pipe in ended else _late(worker)
                if told is None:
                    continue
                if told.how != "ready":
                    yield told
                if told.how in ("abort", "hang"):
                    fleet[place] = _started(context, seed)
                elif not _given(worker, todo):
                    _stopped(fleet.pop(place))
    finally:
        for worker in fleet:
            _stopped(worker)


def _started(context: Any, seed: int) -> Worker:
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, seed), daemon=True)
    process.start()
    theirs.close()
    return Worker(process, ours, since=time.monotonic())


def _given(worker: Worker, todo: Iterator[int]) -> bool:
    """Hand the next input to a worker; False if there is none."""
    number = next(todo, None)
    if number is None:
        return False
    worker.number, worker.since = number, time.monotonic()
    worker.pipe.send(number)
    return True


def _heard(worker: Worker) -> Outcome | None:
    try:
        told = worker.pipe.recv()
    except (EOFError, OSError):
        told = None
    if told is not None:
        worker.ready = True
        return told
    worker.process.join()
    if worker.number is None:
        raise RuntimeError(f"a process fell before its first input: {worker.process.exitcode}")
    fault = f"abort: the process ended with {worker.process.exitcode}"
    return Outcome(worker.number, kind_of(worker.number), "abort", (fault,))


def _late(worker: Worker) -> Outcome | None:
    if worker.number is None or time.monotonic() - worker.since < LIMIT:
        return None
    worker.process.kill()
    worker.process.join()
    fault = f"hang: more than {LIMIT:.0f} s"
    return Outcome(worker.number, kind_of(worker.number), "hang", (fault,))


def _stopped(worker: Worker) -> None:
    worker.pipe.close()
    worker.process.join(5)
    if worker.process.is_alive():
        worker.process.kill()


def _work(pipe: Connection, seed: int) -> None:
    """The process: reads numbers, tells outcomes; what native code prints as it falls is lost."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, sys.stderr.fileno())
    pipe.send(Outcome(-1, "", "ready"))
    while True:
        try:
            number = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(one(seed, number))
