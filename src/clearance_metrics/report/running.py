"""Notebooks, run with parameters, become the bodies of pages."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from ..errors import ReportError
from ..results.words import LANGUAGES
from .outputs import TOLD, Page, page_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from ..engine.log import EventLog
    from ..notice import Notice

PARAMETERS = "parameters"
# JupyterLab runs on after such a cell where the log cannot answer it
GOES_ON = "raises-exception"
# a notebook that needs no scorecard says so in its metadata, and runs while the scorecard is being
# made
EARLY = "without_scorecard"
FALLBACK = "en"
TABLES = ("charges", "charge_list", "limits")  # of a log, beside its events and cases
# no name of the notebook before is left; what is loaded need not be looked through for garbage
FRESH = "import gc\ngc.freeze()\n%reset -f\nimport os\nos.chdir({folder!r})\ndel os"
KERNELS = 2  # they keep a small machine busy and no more


def notebooks_for(log: EventLog, notice: Notice, paths: Sequence[Path]) -> list[Path]:
    """The notebooks that have something to show of this log and notice.

    One that says in its metadata which `page` of the notice it is stays if the notice has an
    indicator there, or if the log has one of the milestones, columns or tables that it `needs`.
    """
    return [path for path in paths if _shows(log, notice, _ours(_read(path)))]


def _shows(log: EventLog, notice: Notice, ours: dict) -> bool:
    page = ours.get("page")
    if page is None or notice.on(page):
        return True
    known = {*log.milestones, *log.columns}
    tables = [name for name in TABLES if getattr(log, name, None) is not None]
    return any(name in known or name in tables for name in ours.get("needs", ()))


def run_notebooks(
    paths: Sequence[Path],
    parameters: dict,
    scorecard: Future,
    stop: Event,
    done: Callable[[], None] = lambda: None,
) -> list[Page]:
    """The pages of these notebooks, in their order; ReportError where one fails. After `stop` no
    other one is begun.

    They share two kernels, each notebook with names and a working folder of its own; what else it
    changes (options of a
    library, say) it has to put back. `scorecard` is waited for and its result is the parameter
    `assessment`, but for
    notebooks whose metadata has `{"clearance_metrics": {"without_scorecard": true}}`. Of the
    prose they keep what is in the parameters' `lang`.
    """
    books = {path: _read(path) for path in paths}
    for book in books.values():
        book.cells = in_language(book.cells, parameters["lang"])
    early = [path for path in paths if _ours(books[path]).get(EARLY) is True]
    waiting = deque([*early, *(path for path in paths if path not in early)])
    pages: dict[Path, Page] = {}

    def work() -> None:
        manager = _kernel()
        try:
            while not stop.is_set():
                try:
                    path = waiting.popleft()
                except IndexError:
                    return
                made = None if path in early else scorecard.result()
                _run(books[path], path, parameters | {"assessment": made}, manager)
                pages[path] = page_of(
                    books[path], parameters["lang"], _ours(books[path]).get("published") is True
                )
                done()
        except BaseException:
            waiting.clear()
            raise
        finally:
            _stop(manager)

    with ThreadPoolExecutor(KERNELS) as pool:
        for worker in [pool.submit(work) for _ in range(KERNELS)]:
            worker.result()
    return [pages[path] for path in paths]


def _read(path: Path) -> NotebookNode:
    import nbformat

    return nbformat.read(path, as_version=4)


def _ours(book: NotebookNode) -> dict:
    """What a notebook says of itself in its metadata."""
    ours = book.metadata.get("clearance_metrics")
    return ours if isinstance(ours, dict) else {}


def in_language(cells: Sequence[NotebookNode], lang: str) -> list[NotebookNode]:
    """The cells without the prose of other languages.

    Cells of prose are tagged with their language. Those that follow one another are the same text
    in several: where it is not there in `lang`, English stands in.
    """
    kept = []
    for is_prose, run in groupby(cells, lambda cell: bool(_languages(cell))):
        run = list(run)
        if is_prose:
            there = {tag for cell in run for tag in _languages(cell)}
            wanted = lang if lang in there else FALLBACK
            run = [cell for cell in run if wanted in _languages(cell)]
        kept += run
    return kept


def _languages(cell: NotebookNode) -> set[str]:
    return set(LANGUAGES) & set(cell.get("metadata", {}).get("tags", ()))


def _kernel() -> Any:
    """The manager of a kernel that is yet to be started."""
    from nbclient import NotebookClient
    from nbformat.v4 import new_notebook

    return NotebookClient(new_notebook(), kernel_name="python3").create_kernel_manager()


def _run(book: Any, path: Path, parameters: dict, manager: Any) -> None:
    """Run a notebook in the manager's kernel."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from nbformat.v4 import new_code_cell

    for cell in book.cells:
        tags = cell.get("metadata", {}).get("tags", [])
        if PARAMETERS in tags:
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
        if GOES_ON in tags:
            # what may fail is said by the name of the error, the same for every cell
            tags.remove(GOES_ON)
    folder = str(path.parent.resolve())
    book.cells.insert(0, new_code_cell(FRESH.format(folder=folder)))
    client = NotebookClient(
        book,
        km=manager,
        timeout=600,
        kernel_name="python3",
        allow_error_names=list(TOLD),
        extra_arguments=["--log-level=40"],
        resources={"metadata": {"path": folder}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise ReportError(
            f"{error.ename}: {error.evalue}", str(path), "mend the notebook or the data it names"
        ) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise ReportError(
            str(error).splitlines()[0], str(path), "free memory and try again"
        ) from None
    finally:
        if client.kc is not None:
            client.kc.stop_channels()


def _stop(manager: Any) -> None:
    from jupyter_core.utils import ensure_event_loop, run_sync

    # one that was never started, or died, is gone already
    with suppress(Exception):
        run_sync(manager.shutdown_kernel)(now=True)
    # the loop that this thread's calls shared
    ensure_event_loop().close()
