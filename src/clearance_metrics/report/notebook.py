"""A notebook as a report needs it: prose, code, and what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from ..errors import ReportError
from ..results.words import LANGUAGES

PARAMETERS = "parameters"
FALLBACK = "en"


@dataclass(frozen=True)
class Cell:
    """A cell: `kind` is markdown, code or raw."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notebook:
    """The cells of a notebook, and `ours`: what its metadata has under clearance_metrics."""

    path: Path
    cells: tuple[Cell, ...]
    ours: dict

    def given(self, parameters: dict) -> Notebook:
        """The notebook with these parameters, and of its prose what is in their `lang`."""
        values = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
        cells = in_language(self.cells, parameters["lang"])
        made = [replace(c, source=values) if PARAMETERS in c.tags else c for c in cells]
        return replace(self, cells=tuple(made))


def read_notebook(path: Path) -> Notebook:
    """A notebook of Jupyter's fourth format, which every one has that was saved since 2015."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["nbformat"] != 4:
            raise ValueError(f"its format is {found['nbformat']}, not 4")
        cells = tuple(
            Cell(
                cell["cell_type"],
                # lines, as Jupyter writes them, or one text
                "".join(cell["source"]),
                tuple(cell.get("metadata", {}).get("tags", ())),
            )
            for cell in found["cells"]
        )
        ours = found["metadata"].get("clearance_metrics")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(
            f"no notebook can be read here: {error}", str(path), "open it in Jupyter and save it"
        ) from None
    return Notebook(path, cells, ours if isinstance(ours, dict) else {})


def in_language(cells: Sequence[Cell], lang: str) -> list[Cell]:
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


def _languages(cell: Cell) -> set[str]:
    return set(LANGUAGES) & set(cell.tags)
