"""A fresh process for each notebook, with what most of them import already loaded.

On Linux one process loads it and is copied (forked) for every notebook, which takes hundredths of a
second. It runs no notebook itself and so starts no thread of an engine, which a copy would lack.
Elsewhere copies are not safe, or not there, and each notebook's process loads for itself.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import IO, Any

COPIES = sys.platform == "linux"
TIMEOUT = 600  # seconds that one cell may take
# polars is not among them: it starts a thread when it is imported
LOADED = (
    "babel.dates",
    "babel.numbers",
    "duckdb",
    "IPython.core.interactiveshell",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "matplotlib.style",
    "pyarrow.dataset",
)


class Ended(Exception):
    """The process of a notebook ended before its last cell."""


class Failed(Exception):
    """A cell raised an error."""


class Processes:
    """Where notebooks run: none outlives the context. Several threads may run one each.

    >>> with Processes() as processes:
    ...     list(processes.run([("n = 20", ()), ("print(n + 1)", ())], "."))
    [[], ['<pre>21\\n</pre>']]
    """

    def __init__(self) -> None:
        self._started: list[subprocess.Popen] = []
        self._used = False

    def __enter__(self) -> Processes:
        if COPIES:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._start(str(theirs.fileno()), pass_fds=[theirs.fileno()])
        return self

    def __exit__(self, *error: object) -> None:
        if COPIES:
            self._control.close()
            if self._used:
                # it ends its copies and then itself
                self._started[0].wait()
        for process in self._started:
            process.kill()
            process.wait()

    def run(self, cells: Sequence[tuple[str, Sequence[str]]], folder: str) -> Iterator[list[str]]:
        """What each cell of a notebook shows, as HTML; a cell is its source and its tags.

        Raises Failed at the first cell that raises an error, Ended where there is no process any
        more.
        """
        to, back = self._channel()
        with to, back:
            job = {"cells": list(cells), "folder": folder, "timeout": TIMEOUT}
            try:
                to.write(json.dumps(job) + "\n")
                to.flush()
                for _ in cells:
                    told = json.loads(back.readline() or "{}")
                    if "error" in told:
                        raise Failed(told["error"])
                    if "shown" not in told:
                        raise Ended
                    yield told["shown"]
            except OSError:
                raise Ended from None

    def _channel(self) -> tuple[IO[str], IO[str]]:
        """Two files, to write to a new process and to read from it."""
        if not COPIES:
            process = self._start("-", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            return process.stdin, process.stdout
        self._used = True
        ours, theirs = socket.socketpair()
        with ours, theirs:
            try:
                socket.send_fds(self._control, [b"."], [theirs.fileno()])
            except OSError:
                raise Ended from None
            return ours.makefile("w"), ours.makefile("r")

    def _start(self, place: str, **how: Any) -> subprocess.Popen:
        """A Python that serves `place`: the number of a socket, or - for its standard streams."""
        code = f"from {__name__} import serve; serve({place!r})"
        # a key that stops the report must not reach a cell first, as an error of its own
        process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, **how)
        self._started.append(process)
        return process


def serve(place: str) -> None:
    """What a started process does: run the one notebook it is told, or copies that do."""
    # as in Jupyter: figures of pyplot are shown below their cell
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if place == "-":
        _work(sys.stdin, os.fdopen(os.dup(1), "w"))
        return
    control = socket.socket(fileno=int(place))
    _load()
    copies = []
    # the other end closes when no more notebooks come, or when its process is gone
    while found := socket.recv_fds(control, 1, 1)[1]:
        copy = os.fork()
        if not copy:
            _copy(control, found[0])
        os.close(found[0])
        copies.append(copy)
    for copy in copies:
        os.kill(copy, signal.SIGKILL)
        os.waitpid(copy, 0)
    # what was frozen is not taken down piece by piece
    os._exit(0)


def _load() -> None:
    ours = [
        f"{__package__}.{module.name}"
        for module in iter_modules(import_module(__package__).__path__)
    ]
    gc.disable()
    for name in (*ours, *LOADED):
        import_module(name)
    # nothing of it will ever be garbage: copies need not look through it
    gc.freeze()
    gc.enable()


def _copy(control: socket.socket, number: int) -> None:
    try:
        control.close()
        with socket.socket(fileno=number) as channel:
            _work(channel.makefile("r"), channel.makefile("w"))
    finally:
        # what the parent would do at its end is not for its copy to do
        os._exit(0)


def _work(to: IO[str], back: IO[str]) -> None:
    """Run the notebook that is told, and tell what each cell shows."""
    job = json.loads(to.readline())
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.chdir(job["folder"])

    def tell(**what: object) -> None:
        back.write(json.dumps(what) + "\n")
        back.flush()
        faulthandler.dump_traceback_later(job["timeout"], exit=True, file=nowhere)

    faulthandler.dump_traceback_later(job["timeout"], exit=True, file=nowhere)
    try:
        from .cells import run_cells

        for shown in run_cells(job["cells"]):
            tell(shown=shown)
    except BaseException as error:
        tell(error=f"{type(error).__name__}: {error}")
