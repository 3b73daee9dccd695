"""What every kind of workbook has to offer: sheets, their rows, and their merged cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

# the number of a row, and the texts of its cells by column from zero
Row = tuple[int, dict[int, str]]
# first column from zero, first row, last column, last row
Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sheet:
    """A sheet's name, and whether the workbook hides it."""

    name: str
    hidden: bool = False


class Book(Protocol):
    """A workbook that is open."""

    sheets: list[Sheet]

    def rows(self, sheet: int) -> Iterator[Row]:
        """Rows that hold something, in order."""
        ...

    def merged(self, sheet: int) -> Iterator[Merge]:
        """Merged ranges."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...
