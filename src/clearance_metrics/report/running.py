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

from ..errors import ReportError

PARAMETERS = "parameters"
# a notebook that needs no scorecard says so in its metadata, and runs while the scorecard is being made
EARLY = "without_scorecard"
KERNELS = 2  # they keep a small machine busy and no more


@dataclass(frozen=True)
class Page:
    """A page's title in both languages and its body as HTML."""

    title: str
    english: str
    body: str


def run_notebooks(
    paths: Sequence[Path], parameters: dict, scorecard: Future, done: Callable[[], None] = lambda: None
) -> list[Page]:
    """The pages of these notebooks, in their order; ReportError where one fails.

    They share two kernels, each notebook in a namespace of its own. `scorecard` is waited for and its result is the
    parameter `assessment`, but for notebooks whose metadata has `{"clearance_metrics": {"without_scorecard": true}}`.
    """
    import nbformat

    books = {path: nbformat.read(path, as_version=4) for path in paths}
    early = [path for path in paths if books[path].metadata.get("clearance_metrics", {}).get(EARLY)]
    waiting = deque([*early, *(path for path in paths if path not in early)])
    pages: dict[Path, Page] = {}

    def work() -> None:
        manager = None
        try:
            while True:
                try:
                    path = waiting.popleft()
                except IndexError:
                    return
                made = None if path in early else scorecard.result()
                manager = _run(books[path], path, parameters | {"assessment": made}, manager)
                pages[path] = _page(books[path])
                done()
        except BaseException:
            waiting.clear()
            raise
        finally:
            if manager is not None:
                _stop(manager)

    with ThreadPoolExecutor(KERNELS) as pool:
        for worker in [pool.submit(work) for _ in range(KERNELS)]:
            worker.result()
    return [pages[path] for path in paths]


def _run(book, path: Path, parameters: dict, manager):
    """Run a notebook in the manager's kernel, or in a new one; its manager."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from nbformat.v4 import new_code_cell

    for cell in book.cells:
        if PARAMETERS in cell.get("metadata", {}).get("tags", ()):
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    book.cells.insert(0, new_code_cell("%reset -f"))
    client = NotebookClient(
        book, timeout=600, kernel_name="python3", extra_arguments=["--log-level=40"],
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    client.km = manager or client.create_kernel_manager()
    try:
        client.execute(cleanup_kc=False)
        client.kc.stop_channels()
    except CellExecutionError as error:
        raise ReportError(
            f"{error.ename}: {error.evalue}", str(path), "mend the notebook or the data it names"
        ) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise ReportError(str(error).splitlines()[0], str(path), "free memory and try again") from None
    return client.km


def _stop(manager) -> None:
    from jupyter_core.utils import run_sync

    # a kernel that died is gone already
    with suppress(Exception):
        run_sync(manager.shutdown_kernel)(now=True)


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
