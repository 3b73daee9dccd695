"""Merged cells filled down: the value stands in the first row, and holds for those below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...errors import InputError, closest
from ..mapping import FileSpec

# by column from zero: the first row of each merged range, and its last
Merged = dict[int, dict[int, int]]


class Filler:
    """Fills the columns named in fill_down, row by row in order.

    Where the file tells which cells of a column are merged, those are filled; else every empty cell
    takes the value above.

    >>> from types import SimpleNamespace as Spec
    >>> fill = Filler(Spec(fill_down=("id",)), ("id", "code"), Path("a.csv"))
    >>> [list(fill.filled(n, row)) for n, row in ((2, ["a", "x"]), (3, ["", "y"]))]
    [['a', 'x'], ['a', 'y']]
    """

    def __init__(
        self, spec: FileSpec, names: Sequence[str], path: Path, merged: Merged | None = None
    ) -> None:
        for header in spec.fill_down:
            if header not in names:
                raise InputError(
                    f"fill_down names {header!r}, which the file has not",
                    str(path),
                    closest(header, [n for n in names if n]),
                )
        self.merged = merged or {}
        self.held: dict[int, tuple[str | None, int | None]] = {
            i: (None, None) for i, n in enumerate(names) if n in spec.fill_down
        }

    def filled(self, line: int, row: Sequence[str | None]) -> Sequence[str | None]:
        """The row with its empty cells filled."""
        if not self.held:
            return row
        full = list(row)
        for i, (value, last) in self.held.items():
            if full[i]:
                ends = self.merged[i].get(line, line) if i in self.merged else None
                self.held[i] = full[i], ends
            elif last is None or line <= last:
                full[i] = value
        return full
