"""The suite's notebooks as an analyst's own: filled in for one log, in one language."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.log import EventLog
from ..errors import OutputError, ReportError
from ..notice import load_notice
from ..notice.flags import suited
from ..results.words import LANGUAGES, check_language
from .notebooks import (
    MADE,
    fill_in,
    in_language,
    notebooks_for,
    notebooks_in,
    read_notebook,
    said_of,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Copies:
    """The folder with an analyst's own notebooks: which were written, and which are kept since they
    are changed there.
    """

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]


def copy_notebooks(
    log: str | Path,
    *,
    notebooks: str | Path = "notebooks",
    to: str | Path | None = None,
    notice: str = "cn-2021-85",
    lang: str = "zh",
    as_of: str | None = None,
    calendar: str | Path | None = None,
) -> Copies:
    """Write the notebooks that have something to show of this log to a folder of one's own,
    notebooks/mine/NAME without another, with their parameters filled in and prose of one language.
    Without `as_of` they ask as of the log's own day, without `calendar` by the days that ship.

    A file that is there and was changed since it was written is kept, as is one of the same name
    that was never written here; one that was only run stays as it is.

    >>> copy_notebooks("nowhere")
    Traceback (most recent call last):
    clearance_metrics.errors.InputError: no log is here: dataset.json or receipt.json is missing
      where: nowhere
      do: ...
    """
    import nbformat

    log = Path(log)
    opened = EventLog.open(log)
    asked = suited(load_notice(notice), {*opened.milestones, *opened.columns})
    paths = notebooks_for(opened, asked, notebooks_in(Path(notebooks)))
    folder = Path(to) if to is not None else Path(notebooks) / "mine" / log.resolve().name
    if folder.resolve() == Path(notebooks).resolve():
        remedy = "name another folder with --out"
        raise OutputError("the suite's own notebooks would be written over", str(folder), remedy)
    parameters = {
        "log": _seen_from(folder, log),
        "notice": _seen_from(folder, Path(notice)) if notice.endswith(".toml") else notice,
        "lang": check_language(lang),
        "as_of": as_of,
        "calendar": _seen_from(folder, Path(calendar)) if calendar is not None else None,
    }
    written, kept = [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            book = _own(read_notebook(path), parameters, lang)
            if (state := _state(folder / path.name, book)) == "changed":
                kept.append(path.name)
            elif state == "other":
                part = folder / f".{path.name}.part"
                part.write_text(nbformat.writes(book) + "\n", encoding="utf-8")
                part.replace(folder / path.name)
                written.append(path.name)
    except OSError as error:
        what = f"cannot write: {error.strerror}"
        raise OutputError(what, str(folder), "name another folder") from None
    return Copies(folder, tuple(written), tuple(kept))


def _own(book: NotebookNode, parameters: Mapping[str, object], lang: str) -> NotebookNode:
    """The notebook as its analyst's own."""
    book.cells = in_language(book.cells, lang)
    for cell in book.cells:
        tags = [tag for tag in cell.metadata.pop("tags", ()) if tag not in LANGUAGES]
        if tags:
            cell.metadata["tags"] = tags
    fill_in(book, parameters)
    book.metadata["clearance_metrics"] = said_of(book) | {MADE: _print(book)}
    return book


def _state(path: Path, book: NotebookNode) -> str:
    """Whether a file is "changed" by its owner, the "same", or some "other" or none."""
    if not path.exists():
        return "other"
    try:
        there = read_notebook(path)
    except ReportError:
        return "changed"
    made = said_of(there).get(MADE)
    if made != _print(there):
        return "changed"
    return "same" if made == _print(book) else "other"


def _print(book: NotebookNode) -> str:
    """A mark of what the cells say, whether they were run or not."""
    cells = [(cell.cell_type, cell.source.rstrip()) for cell in book.cells]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()


def _seen_from(folder: Path, path: Path) -> str:
    """A path as a notebook in the folder writes it: relative where both are in one project."""
    here, there = folder.resolve(), path.resolve()
    shared = Path(os.path.commonpath([here, there])) if here.anchor == there.anchor else None
    if shared is None or not shared.is_relative_to(Path.cwd()):
        return there.as_posix()
    return Path(os.path.relpath(there, here)).as_posix()
