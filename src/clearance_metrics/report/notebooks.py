"""Notebooks as files: which there are, which have something to show, their prose in one language,
and their parameters filled in.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, NoticeError, ReportError
from ..results.words import LANGUAGES

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from ..engine.log import EventLog
    from ..notice import Notice

INDEX = "index"
PARAMETERS = "parameters"
LAB = "lab"
FALLBACK = "en"
MADE = "made_as"  # in a copy's metadata: what its cells were, to see whether they are changed
TABLES = ("charges", "charge_list", "limits")  # of a log, beside its events and cases


def suite() -> Path:
    """The folder of the suite's notebooks: `notebooks` where the process stands, or else what came
    with the library.
    """
    here, own = Path("notebooks"), Path(__file__).resolve().parents[1] / "suite"
    if any(here.glob("*.ipynb")):
        return here
    # in a checkout the notebooks stand beside the sources
    return own if own.is_dir() else own.parents[2] / "notebooks"


def notebooks_in(folder: Path) -> list[Path]:
    """The notebooks of a folder, each a page: the overview first, then by name; InputError where
    there are none. Hidden files, and those in folders below, are none of them.
    """
    found = (p for p in folder.glob("*.ipynb") if p.is_file() and not p.name.startswith("."))
    every = sorted(found, key=lambda path: (path.stem != INDEX, path.name))
    if not every:
        raise InputError("no notebooks are here", str(folder), "name their folder with --notebooks")
    return every


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in a file; ReportError where it is none, or is written in another language than
    Python.
    """
    import nbformat

    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        cells = data["cells"] if data["nbformat"] >= 4 else ()
        for number, cell in enumerate(cells):
            cell.setdefault("id", f"cell-{number}")
        book = nbformat.reads(json.dumps(data), as_version=4)
        book.cells = [_whole(cell) for cell in book.cells]
    except OSError as error:
        what = f"the notebook cannot be read: {error.strerror}"
        raise ReportError(what, str(path), "see to its permissions") from None
    except Exception:  # what nbformat says of a file depends on where it stops to be a notebook
        what = "this file is no notebook"
        remedy = "mend it in JupyterLab, or take it out of this folder"
        raise ReportError(what, str(path), remedy) from None
    about = book.metadata
    kernel = dict(about.get("kernelspec") or {})
    language = (about.get("language_info") or {}).get("name") or kernel.get("language")
    if str(language or kernel.get("name") or "python").lower()[:6] not in ("python", "ipytho"):
        what = f"the notebook runs in {language or kernel['name']!r}, not in Python"
        remedy = "choose a Python kernel for it in JupyterLab, or take it out of this folder"
        raise ReportError(what, str(path), remedy)
    return book


def _whole(cell: NotebookNode) -> NotebookNode:
    """The cell, once it is sure that it has what every cell has."""
    cell.source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
    tags = cell.metadata.get("tags")
    cell.metadata["tags"] = list(tags) if isinstance(tags, list) else []
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    return cell


def said_of(book: NotebookNode) -> dict[str, Any]:
    """What a notebook of the suite says of itself in its metadata."""
    ours = book.metadata.get("clearance_metrics")
    return dict(ours) if isinstance(ours, dict) else {}


def notebooks_for(log: EventLog, notice: Notice, paths: Sequence[Path]) -> list[Path]:
    """The notebooks that have something to show of this log and notice.

    One that says in its metadata which `page` of the notice it is stays if the notice has an
    indicator there, or if the log has one of the milestones, columns or tables that it `needs`.
    """
    return [path for path in paths if _shows(log, notice, path)]


def _shows(log: EventLog, notice: Notice, path: Path) -> bool:
    ours = said_of(read_notebook(path))
    page = ours.get("page")
    try:
        if page is None or notice.on(page):
            return True
    except NoticeError as error:
        raise ReportError(error.what, str(path), error.remedy) from None
    known = {*log.milestones, *log.columns}
    tables = [name for name in TABLES if getattr(log, name, None) is not None]
    return any(name in known or name in tables for name in ours.get("needs", ()))


def for_page(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """The cells without prose that speaks of the code, which is tagged `lab`: it is read where the
    notebook is worked in, and no page prints it.
    """
    return [cell for cell in cells if LAB not in cell.get("metadata", {}).get("tags", ())]


def in_language(cells: Sequence[NotebookNode], lang: str) -> list[NotebookNode]:
    """The cells without the prose of other languages.

    Cells of prose are tagged with their language. Those that follow one another are the same text
    in several, until a language comes again: where a text is not there in `lang`, English stands
    in, and without that whatever there is.
    """
    kept: list[NotebookNode] = []
    same: dict[frozenset[str], list[NotebookNode]] = {}  # one text by its languages
    for languages, run in groupby(cells, languages_of):
        if not languages or any(languages & others for others in same):
            kept += _wanted(same, lang)
            same = {}
        if languages:
            same[languages] = list(run)
        else:
            kept += run
    return kept + _wanted(same, lang)


def _wanted(same: Mapping[frozenset[str], list[NotebookNode]], lang: str) -> list[NotebookNode]:
    for wanted in (lang, FALLBACK):
        found = [cell for languages, cells in same.items() if wanted in languages for cell in cells]
        if found:
            return found
    return next(iter(same.values()), [])


def languages_of(cell: NotebookNode) -> frozenset[str]:
    """The languages that a cell of prose is tagged with."""
    if cell.cell_type != "markdown":
        return frozenset()
    return frozenset(LANGUAGES) & frozenset(cell.get("metadata", {}).get("tags", ()))


def fill_in(book: NotebookNode, parameters: Mapping[str, object]) -> None:
    """Give the parameters their values in the cell that is tagged as theirs, if there is one; what
    else stands there stays.
    """
    for cell in book.cells:
        if cell.cell_type == "code" and PARAMETERS in cell.metadata.get("tags", ()):
            cell.source = filled(cell.source, parameters)
            return


def filled(source: str, parameters: Mapping[str, object]) -> str:
    r"""The source with new values where it gives one of the parameters a value; those that it does
    not name stand at its end.

    >>> print(filled('log = "a"  # a folder\nport = "X"', {"log": "b", "lang": "zh"}))
    log = "b"  # a folder
    port = "X"
    lang = "zh"
    """
    lines = source.splitlines()
    given: set[str] = set()
    for node in reversed(_statements(source)):
        if not isinstance(node, ast.Assign) or len(node.targets) > 1:
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id in parameters:
            first, last = target.lineno - 1, (node.end_lineno or 1) - 1
            # columns are counted in bytes
            before = lines[first].encode()[: target.end_col_offset].decode()
            after = lines[last].encode()[node.end_col_offset :].decode()
            new = f"{before} = {_written(parameters[target.id])}{after}"
            lines[first : last + 1] = [new]
            given.add(target.id)
    added = (f"{k} = {_written(v)}" for k, v in parameters.items() if k not in given)
    return "\n".join([*lines, *added])


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []  # with a command of IPython's: the values stand at the end and count


def _written(value: object) -> str:
    """A value as Python's formatters write it."""
    if not isinstance(value, str):
        return repr(value)
    plain = repr(value)
    return plain if '"' in value or "\\" in value else f'"{plain[1:-1]}"'


def first_line(source: str) -> str:
    """The first line of a cell that does something, to name the cell by.

    >>> first_line("# by port\\n\\ncm.measure(log)")
    'cm.measure(log)'
    """
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("#")), (lines or [""])[0])
