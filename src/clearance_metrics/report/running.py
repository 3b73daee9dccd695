"""Notebooks, run with parameters, become the bodies of pages."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path
from threading import Event

from ..errors import ReportError

PARAMETERS = "parameters"
# a notebook that needs no scorecard says so in its metadata, and runs while the scorecard is being
# made
EARLY = "without_scorecard"
KERNELS = 2  # they keep a small machine busy and no more


@dataclass(frozen=True)
class Page:
    """A page's title in both languages and its body as HTML."""

    title: str
    english: str
    body: str


def run_notebooks(
    paths: Sequence[Path],
    parameters: dict,
    scorecard: Future,
    stop: Event,
    done: Callable[[], None] = lambda: None,
) -> list[Page]:
    """The pages of these notebooks, in their order; ReportError where one fails. After `stop` no
    other one is begun.

    They share two kernels, each notebook with names and a working folder of its own; what else it changes (options of a
    library, say) it has to put back. `scorecard` is waited for and its result is the parameter `assessment`, but for
    notebooks whose metadata has `{"clearance_metrics": {"without_scorecard": true}}`.
    """
    import nbformat

    books = {path: nbformat.read(path, as_version=4) for path in paths}
    early = [path for path in paths if _is_early(books[path])]
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
                pages[path] = _page(books[path])
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


def _is_early(book) -> bool:
    ours = book.metadata.get("clearance_metrics")
    return isinstance(ours, dict) and ours.get(EARLY) is True


def _kernel():
    """The manager of a kernel that is yet to be started."""
    from nbclient import NotebookClient
    from nbformat.v4 import new_notebook

    return NotebookClient(new_notebook(), kernel_name="python3").create_kernel_manager()


def _run(book, path: Path, parameters: dict, manager) -> None:
    """Run a notebook in the manager's kernel."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from nbformat.v4 import new_code_cell

    for cell in book.cells:
        if PARAMETERS in cell.get("metadata", {}).get("tags", ()):
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    folder = str(path.parent.resolve())
    book.cells.insert(0, new_code_cell(f"%reset -f\nimport os\nos.chdir({folder!r})\ndel os"))
    client = NotebookClient(
        book,
        km=manager,
        timeout=600,
        kernel_name="python3",
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


def _stop(manager) -> None:
    from jupyter_core.utils import ensure_event_loop, run_sync

    # one that was never started, or died, is gone already
    with suppress(Exception):
        run_sync(manager.shutdown_kernel)(now=True)
    # the loop that this thread's calls shared
    ensure_event_loop().close()


def _page(book) -> Page:
    from nbconvert.filters import markdown2html

    title, parts = "", []
    for cell in book.cells:
        if cell.cell_type == "markdown":
            text = cell.source
            if text.startswith("# "):
                title, _, text = text.removeprefix("# ").partition("\n")
            parts.append(re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", markdown2html(text)))
        elif cell.cell_type == "code":
            parts += [html for output in cell.outputs if (html := _shown(output))]
    zh, _, en = title.partition(" · ")
    return Page(zh.strip(), en.strip(), "\n".join(parts))


def _shown(output: dict) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return data["text/html"]
    if "text/plain" in data:
        return f"<pre>{escape(data['text/plain'])}</pre>"
    return f"<pre>{escape(output['text'])}</pre>" if output.get("name") == "stdout" else ""
