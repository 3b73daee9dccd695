"""Notebooks, run with parameters, become pages."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from copy import deepcopy
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ReportError
from . import kernels
from .kernels import LONGEST, Kernels
from .notebooks import MADE, fill_in, first_line, for_page, in_language, read_notebook, said_of
from .outputs import TOLD, Page, page_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

# JupyterLab runs on after such a cell where the log cannot answer it
GOES_ON = "raises-exception"
# a notebook that needs no scorecard says so in its metadata, and runs while the scorecard is being
# made
EARLY = "without_scorecard"
# one whose few cells ask much says so, and runs ahead of the others: it would end alone
LONG = "long"
# no name of the notebook before is left; what is loaded need not be looked through for garbage,
# and the rest not after every few hundred things
FRESH = (
    "import gc\ngc.freeze()\ngc.set_threshold(50_000, 20)\n%reset -f\n"
    "from clearance_metrics.report.inside import begun\nbegun({folder!r})\ndel begun"
)
FORGET = "for _name in {names!r}: globals().pop(_name, None)"
# what has names of its own
OWN_NAMES = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.comprehension)


class Job(NamedTuple):
    """A notebook that is to run in a language, for one of several reports."""

    of: str
    lang: str
    path: Path


def run_notebooks(
    paths: Sequence[Path],
    languages: Sequence[str],
    parameters: dict,
    scorecard: Future,
    stop: Event,
    done: Callable[[], object] = lambda: None,
    *,
    begun: Kernels | None = None,
) -> dict[str, list[Page]]:
    """The pages of these notebooks in each language, in their order; ReportError where one fails.
    After `stop` no other one is begun.

    They run in two kernels, those that have `begun` to start or others, each notebook with names
    and a working folder of its own. One of the suite leaves its kernel to the next; any other,
    which may have changed options of a library, does not. `scorecard` is waited for and its result
    is the parameter `assessment`, but for notebooks whose metadata has
    `{"clearance_metrics": {"without_scorecard": true}}`. Of the prose
    they keep what is in the language.
    """
    books = _books(Job("", lang, path) for lang in languages for path in paths)
    early = [job for job, book in books.items() if said_of(book).get(EARLY) is True]

    def told(job: Job) -> dict:
        waited = None if job in early else scorecard.result()
        return parameters | {"lang": job.lang, "assessment": waited}

    # those with the most cells first, lest the last one runs alone
    longest = sorted(books, key=lambda job: _length(books[job]))
    order = sorted(longest, key=lambda job: job not in early)
    pages = _run_all({job: books[job] for job in order}, told, stop, done, begun=begun)
    return {lang: [pages["", lang, path] for path in paths] for lang in languages}


def run_parts(
    paths: Mapping[str, Sequence[Path]],
    languages: Sequence[str],
    parameters: Mapping[str, dict],
    done: Callable[[], object] = lambda: None,
) -> tuple[dict[str, dict[str, list[Page]]], dict[str, ReportError]]:
    """The pages of several reports by their names, in each language; and the errors of those of
    which a notebook fails, which have no pages. They share the kernels.
    """
    jobs = [Job(of, lang, path) for of in paths for lang in languages for path in paths[of]]
    failed: dict[str, ReportError] = {}

    def told(job: Job) -> dict:
        return parameters[job.of] | {"lang": job.lang}

    pages = _run_all(_books(jobs), told, Event(), done, failed)
    made = {
        of: {lang: [pages[of, lang, path] for path in paths[of]] for lang in languages}
        for of in paths
        if of not in failed
    }
    return made, failed


def _length(book: NotebookNode) -> tuple[bool, int]:
    """What sorts the notebooks that take longest first."""
    return said_of(book).get(LONG) is not True, -len(book.cells)


def _books(jobs: Iterable[Job]) -> dict[Job, NotebookNode]:
    """The notebooks with their prose in the language of each job."""
    books = {}
    for job in jobs:
        book = books[job] = read_notebook(job.path)
        book.cells = for_page(in_language(book.cells, job.lang))
    return books


def _run_all(
    books: Mapping[Job, NotebookNode],
    told: Callable[[Job], dict],
    stop: Event,
    done: Callable[[], object],
    failed: dict[str, ReportError] | None = None,
    *,
    begun: Kernels | None = None,
) -> dict[tuple[str, str, Path], Page]:
    """The page of each job. The first error ends all of them, or, where those that `failed` are
    gathered, the jobs of its report.
    """
    waiting = deque(books)
    pages: dict[tuple[str, str, Path], Page] = {}

    def page(job: Job, manager: Any) -> None:
        book = books[job]
        _run(book, job.path, told(job), manager)
        pages[job] = page_of(book, job.lang, job.path, said_of(book).get("published") is True)

    def work(manager: Any) -> None:
        try:
            while not stop.is_set():
                try:
                    job = waiting.popleft()
                except IndexError:
                    return
                ours, spent = said_of(books[job]), False
                try:
                    if failed is None or job.of not in failed:
                        page(job, manager)
                except ReportError as error:
                    if failed is None:
                        raise
                    failed.setdefault(job.of, error)
                    spent = True
                if (spent or not ours or MADE in ours) and waiting:
                    kernels.stop(manager)
                    manager = kernels.new_kernel()
                done()
        except BaseException:
            waiting.clear()
            raise
        finally:
            kernels.ended(manager)

    with begun or Kernels() as threads:
        threads.run(work)
    return pages


class _Watch:
    """Which cell runs, and what becomes of its error.

    What a log cannot answer is told on the page, and so is what a later cell would have made of the
    answer: the names it was to have are taken away, lest an earlier answer stands for it. Any other
    error is one of the report.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.client, self.cell = path, None, None
        self.lost: dict[str, Any] = {}  # names without a value, and the output that says why

    def begun(self, cell: NotebookNode, cell_index: int) -> None:
        self.cell = cell

    def failed(self, cell: NotebookNode, cell_index: int, execute_reply: Mapping) -> None:
        content = execute_reply["content"]
        told = [out for out in cell.outputs if out["output_type"] == "error"][-1:]
        if content["ename"] == "NameError":
            why = [out for name, out in self.lost.items() if f"'{name}'" in content["evalue"]]
            if not why:
                raise self.error(content)
            cell.outputs = [out for out in cell.outputs if out not in told] + why[:1]
            told = why[:1]
        elif content["ename"] not in TOLD:
            raise self.error(content)
        names = sorted(_assigned(cell.source))
        self.lost |= dict.fromkeys(names, deepcopy(told[0]) if told else None)
        if names:
            self.client.kc.execute(FORGET.format(names=names), silent=True)  # type: ignore

    def error(self, content: Mapping) -> ReportError:
        """The error of a cell, which is named by its first line."""
        what = ": ".join(filter(None, [content["ename"], str(content["evalue"]).strip()]))
        return ReportError(what, self.where(), "mend the notebook or the data it names")

    def where(self) -> str:
        """The notebook, and the first line of the cell that runs."""
        line = first_line(self.cell.source) if self.cell is not None else ""
        return f"{self.path}, {line}" if line else str(self.path)


def _assigned(source: str) -> set[str]:
    """The names that a cell gives a value, but for those inside of functions."""
    try:
        nodes: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError):
        return set()
    found = set()
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        if not isinstance(node, OWN_NAMES):
            nodes += ast.iter_child_nodes(node)
    return found


def _run(book: Any, path: Path, parameters: dict, manager: Any) -> None:
    """Run a notebook in the manager's kernel."""
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from nbformat.v4 import new_code_cell

    fill_in(book, parameters)
    folder = str(path.parent.resolve())
    book.cells.insert(0, new_code_cell(FRESH.format(folder=folder)))
    watch = _Watch(path)
    client = watch.client = kernels.client_of(
        book,
        km=manager,
        allow_errors=True,  # which of them are faults the watch decides
        on_cell_execute=watch.begun,
        on_cell_error=watch.failed,
        resources={"metadata": {"path": folder}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise watch.error({"ename": error.ename, "evalue": error.evalue}) from None
    except CellTimeoutError:
        what = f"the cell took more than {LONGEST} seconds"
        raise ReportError(what, watch.where(), "ask for less in one cell") from None
    except DeadKernelError as error:
        what = str(error).splitlines()[0]
        raise ReportError(what, watch.where(), "free memory and try again") from None
    except RuntimeError as error:  # it never began to answer
        what = f"the kernel did not start: {str(error).splitlines()[0]}"
        raise ReportError(what, str(path), "try again when the machine is less busy") from None
    except NoSuchKernel:
        what = "Jupyter has no Python kernel"
        raise ReportError(what, str(path), "install ipykernel beside this library") from None
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
    del book.cells[0]
