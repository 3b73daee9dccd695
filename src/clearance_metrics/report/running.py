"""Notebooks, run with parameters, become the bodies of pages."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from ..errors import ReportError
from .blocks import Book
from .notebook import Notebook, read_notebook
from .processes import Ended, Failed, Processes
from .prose import to_html

# a notebook that needs no scorecard says so in its metadata, and runs while the scorecard is being
# made
EARLY = "without_scorecard"
TABLES = ("charges", "charge_list", "limits")  # of a log, beside its events and cases
AT_ONCE = 2  # they keep a small machine busy and no more


@dataclass(frozen=True)
class Page:
    """A page's title and its body as HTML; `published`: whether its figures are published ones."""

    title: str
    body: str
    published: bool = False


def notebooks_for(book: Book, paths: Sequence[Path]) -> list[Notebook]:
    """The notebooks that have something to show of this log and notice.

    One that says in its metadata which `page` of the notice it is stays if the notice has an
    indicator there, or if the log has one of the milestones, columns or tables that it `needs`.
    """
    return [found for found in map(read_notebook, paths) if _shows(book, found.ours)]


def _shows(book: Book, ours: dict) -> bool:
    page, log = ours.get("page"), book.log
    if page is None or book.notice.on(page):
        return True
    known = {*log.milestones, *log.columns}
    tables = [name for name in TABLES if getattr(log, name, None) is not None]
    return any(name in known or name in tables for name in ours.get("needs", ()))


def run_notebooks(
    notebooks: Sequence[Notebook],
    parameters: dict,
    scorecard: Future,
    stop: Event,
    processes: Processes,
    done: Callable[[], None] = lambda: None,
) -> list[Page]:
    """The pages of these notebooks, in their order; ReportError where one fails. After `stop` no
    other one is begun.

    Each has a process of its own, two run at a time. `scorecard` is waited for and its result is
    the parameter `assessment`, but for notebooks whose metadata has
    `{"clearance_metrics": {"without_scorecard": true}}`. Of the prose they keep what is in the
    parameters' `lang`.
    """
    early = [found for found in notebooks if found.ours.get(EARLY) is True]
    waiting = deque([*early, *(found for found in notebooks if found not in early)])
    pages: dict[Path, Page] = {}

    def work() -> None:
        try:
            while not stop.is_set():
                try:
                    found = waiting.popleft()
                except IndexError:
                    return
                made = None if found in early else scorecard.result()
                given = found.given(parameters | {"assessment": made})
                pages[found.path] = _page(given, _run(given, processes))
                done()
        except BaseException:
            waiting.clear()
            raise

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for worker in [pool.submit(work) for _ in range(AT_ONCE)]:
            worker.result()
    return [pages[found.path] for found in notebooks]


def _run(notebook: Notebook, processes: Processes) -> list[list[str]]:
    """What each cell of code shows."""
    code = [(cell.source, cell.tags) for cell in notebook.cells if cell.kind == "code"]
    try:
        return list(processes.run(code, str(notebook.path.parent.resolve())))
    except Failed as error:
        raise ReportError(
            str(error), str(notebook.path), "mend the notebook or the data it names"
        ) from None
    except Ended:
        raise ReportError(
            "its process ended before the last cell, or a cell ran longer than ten minutes",
            str(notebook.path),
            "free memory and try again",
        ) from None


def _page(notebook: Notebook, shown: list[list[str]]) -> Page:
    title, parts, outputs = "", [], iter(shown)
    for cell in notebook.cells:
        if cell.kind == "markdown":
            text = cell.source
            if text.startswith("# "):
                title, _, text = text.removeprefix("# ").partition("\n")
            parts.append(to_html(text))
        elif cell.kind == "code":
            parts += next(outputs)
    return Page(title.strip(), "\n".join(parts), notebook.ours.get("published") is True)
