"""Old workbooks (.xls) and binary ones (.xlsb), as calamine reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from .cells import number
from .sheets import Merge, Row, Sheet


class OldXls:
    """A workbook's sheets, and the rows of each.

    calamine tells no number formats: a column whose moments are all midnight is one of dates, in
    any other midnight is a time.
    """

    def __init__(self, path: Path) -> None:
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        self.book = CalamineWorkbook.from_path(str(path))
        self.sheets = [
            Sheet(s.name, s.visible != SheetVisibleEnum.Visible)
            for s in self.book.sheets_metadata
            if s.typ == SheetTypeEnum.WorkSheet
        ]

    def close(self) -> None:
        """Close the file."""
        self.book.close()

    def rows(self, sheet: int) -> Iterator[Row]:
        """Rows that hold something, in order."""
        found = self.book.get_sheet_by_name(self.sheets[sheet].name)
        table = found.to_python(skip_empty_area=False)
        timed = {
            i
            for row in table
            for i, cell in enumerate(row)
            if isinstance(cell, datetime) and cell.time() != time()
        }
        for n, row in enumerate(table, 1):
            cells = {i: text for i, c in enumerate(row) if (text := _text(c, i in timed))}
            if cells:
                yield n, cells

    def merged(self, sheet: int) -> Iterator[Merge]:
        """Merged ranges."""
        found = self.book.get_sheet_by_name(self.sheets[sheet].name)
        for (top, left), (bottom, right) in found.merged_cell_ranges or ():
            yield left, top + 1, right, bottom + 1


def _text(value: Any, timed: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(repr(value))
    if isinstance(value, datetime):
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.isoformat(sep=" ") if timed else value.date().isoformat()
    if isinstance(value, date):
        return f"{value} 00:00:00" if timed else value.isoformat()
    if isinstance(value, time):
        rounded = datetime.combine(date(2000, 1, 1), value) + timedelta(microseconds=500_000)
        return rounded.time().isoformat(timespec="seconds")
    return str(value)
