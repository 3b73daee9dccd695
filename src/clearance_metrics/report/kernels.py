"""The kernels that notebooks run in: each is started, served and stopped by a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

KERNELS = 2  # they keep a small machine busy and no more
LONGEST = 600  # seconds that a cell may take
SHARP = "--InlineBackend.figure_formats=retina"  # pictures with twice the points

Work = Callable[[Any], None]  # what a thread does with the manager of its kernel, and then stops it


class Kernels:
    """Kernels that start while it is yet to be found out what they are to run.

    Within `with`: they are gone at its end, whether they were asked for anything or not.
    """

    def __init__(self) -> None:
        self._work: Future[Work] = Future()
        self._pool = ThreadPoolExecutor(KERNELS)
        self._threads = [self._pool.submit(self._serve) for _ in range(KERNELS)]

    def __enter__(self) -> Kernels:
        return self

    def __exit__(self, *_error: object) -> None:
        if not self._work.done():
            self._work.set_result(ended)
        self._pool.shutdown()

    def run(self, work: Work) -> None:
        """Let every thread do this, once; raises what the first of them raised."""
        self._work.set_result(work)
        for thread in self._threads:
            thread.result()

    def _serve(self) -> None:
        manager = new_kernel()
        # whoever runs a notebook in one that did not start tries again, and tells why
        with suppress(Exception):
            client_of(km=manager).start_new_kernel()
        self._work.result()(manager)


def client_of(book: Any = None, **more: Any) -> Any:
    """What runs the cells of a notebook, by default of an empty one."""
    from nbclient import NotebookClient
    from nbformat.v4 import new_notebook

    return NotebookClient(
        new_notebook() if book is None else book,
        timeout=LONGEST,
        kernel_name="python3",
        extra_arguments=["--log-level=40", SHARP],
        **more,
    )


def new_kernel() -> Any:
    """The manager of a kernel that is yet to be started."""
    return client_of().create_kernel_manager()


def stop(manager: Any) -> None:
    """Stop the manager's kernel; one that was never started, or died, is gone already."""
    from jupyter_core.utils import run_sync

    with suppress(Exception):
        run_sync(manager.shutdown_kernel)(now=True)


def ended(manager: Any) -> None:
    """Stop the manager's kernel, and close the loop that this thread's calls shared."""
    from jupyter_core.utils import ensure_event_loop

    stop(manager)
    ensure_event_loop().close()
