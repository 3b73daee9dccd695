"""Which row holds the headers: titles may stand above it, and a second row of headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ...domain.synonyms import meant

LOOKED_AT = 20
_NUMBER = re.compile(r"[-+\u00a5\uffe5$]?[\d.,:/\-\s%]+")
TABLES = ("column", "milestone", "charge_column", "listed_column")


def header_of(rows: Sequence[Sequence[object]]) -> int:
    """The place of the header row among the first rows.

    >>> header_of([["Report", "", ""], ["id", "status", "time"], ["1", "released", "2021-09-01"]])
    1
    >>> header_of([["id", "time"], ["1", "2021-09-01"]])
    0
    """
    some = rows[:LOOKED_AT]
    if not some:
        return 0
    width = max(len([c for c in row if _filled(c)]) for row in some)
    scores = [_score(row, width) for row in some]
    best = max(scores)
    return next(i for i, score in enumerate(scores) if score >= best - 1e-9)


def under(rows: Sequence[Sequence[object]], at: int) -> bool:
    """Whether the row under the headers, or the one above, holds headings as well.

    >>> under([["no", "step", ""], ["", "declared", "released"], ["1", "2021-09-01", ""]], 0)
    True
    """
    near = [rows[i] for i in (at - 1, at + 1) if 0 <= i < min(len(rows) - 1, LOOKED_AT)]
    for row in near:
        filled = [str(c).strip() for c in row if _filled(c)]
        if len(filled) > 1 and all(map(_label, filled)) and _known(filled) >= 0.7:
            return True
    return False


def looks_like_data(headers: Sequence[str]) -> bool:
    """Whether the row taken for headers is rather a row of values.

    >>> looks_like_data(["4711", "2021-09-01", "12.5"]), looks_like_data(["id", "time"])
    (True, False)
    """
    filled = [h for h in headers if _filled(h)]
    numbers = sum(not _label(h) for h in filled)
    return bool(filled) and numbers >= max(1, len(filled) / 3) and _known(filled) < 0.3


def _score(row: Sequence[object], width: int) -> float:
    filled = [str(c).strip() for c in row if _filled(c)]
    if len(filled) < min(2, width):
        return 0
    labels = sum(map(_label, filled)) / len(filled)
    distinct = len(set(filled)) / len(filled)
    return len(filled) / max(width, 1) + labels + 0.5 * distinct + 1.5 * _known(filled)


def _filled(cell: object) -> bool:
    return cell is not None and str(cell).strip() != ""


def _label(cell: object) -> bool:
    """Whether a cell can be a heading: a short text that is no number and no date."""
    text = str(cell).strip()
    return isinstance(cell, str) and len(text) <= 60 and not _NUMBER.fullmatch(text)


def _known(cells: Sequence[str]) -> float:
    """The share of cells that mean a column or a milestone."""
    return sum(_meaning(str(c)) for c in cells) / len(cells)


@cache
def _meaning(text: str) -> float:
    if len(text) > 60:
        return 0
    found = [pairs[0][1] for table in TABLES if (pairs := meant(text, table))]
    return max(found, default=0)
