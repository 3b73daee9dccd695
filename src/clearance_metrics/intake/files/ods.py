"""Workbooks of OpenDocument (.ods), row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from .cells import number, padded
from .sheets import Merge, Row, Sheet
from .xml import checked, fed, local, new_parser

PART = "content.xml"
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,](\d+))?S")
# a text repeated over more columns than this is formatting, not data
MOST = 16_384


class Ods:
    """A workbook's sheets, and the rows of each."""

    def __init__(self, path: Path) -> None:
        self.packed = ZipFile(path)
        checked(self.packed, PART)
        self.sheets: list[Sheet] = []
        hidden: set[str] = set()
        style = [""]

        def start(name: str, has: dict[str, str]) -> None:
            name = local(name)
            if name == "style":
                style[0] = has.get("style:name", "")
            elif name == "table-properties" and has.get("table:display") == "false":
                hidden.add(style[0])
            elif name == "table":
                told = has.get("table:name", "")
                self.sheets.append(Sheet(told, has.get("table:style-name") in hidden))

        with self.packed.open(PART) as source:
            for _ in fed(new_parser(start), source):
                pass

    def close(self) -> None:
        """Close the file."""
        self.packed.close()

    def rows(self, sheet: int) -> Iterator[Row]:
        """Rows that hold something, in order."""
        reader = _Reader(sheet)
        yield from self._read(reader)

    def merged(self, sheet: int) -> Iterator[Merge]:
        """Merged ranges."""
        reader = _Reader(sheet)
        for _ in self._read(reader):
            pass
        yield from reader.merges

    def _read(self, reader: _Reader) -> Iterator[Row]:
        parser = new_parser(reader.start, reader.end)
        parser.CharacterDataHandler = reader.signs
        with self.packed.open(PART) as source:
            for _ in fed(parser, source):
                yield from reader.done
                reader.done.clear()
                if reader.table > reader.sheet:
                    return


class _Reader:
    """Puts together the cells of one table as the parser meets them."""

    def __init__(self, sheet: int) -> None:
        self.sheet, self.table, self.depth = sheet, -1, 0
        self.done: list[Row] = []
        self.merges: list[Merge] = []
        self.row, self.rows_repeated, self.column = 0, 1, 0
        self.cells: dict[int, str] = {}
        self.cell: dict[str, str] = {}
        self.paragraphs: list[str] = []
        self.in_text = self.aside = 0

    def start(self, name: str, has: dict[str, str]) -> None:
        name = local(name)
        if name == "table":
            self.depth += 1
            self.table += self.depth == 1
        if self.table != self.sheet:
            return
        if name == "table-row":
            self.rows_repeated = int(has.get("table:number-rows-repeated", "1"))
            self.column, self.cells = 0, {}
        elif name in ("table-cell", "covered-table-cell"):
            self.cell, self.paragraphs = has, []
        elif name == "annotation":
            self.aside += 1
        elif name == "p" and not self.aside:
            self.in_text += 1
            self.paragraphs.append("")
        elif self.in_text and name == "s":
            self.paragraphs[-1] += " " * int(has.get("text:c", "1"))
        elif self.in_text and name in ("tab", "line-break"):
            self.paragraphs[-1] += "\t" if name == "tab" else "\n"

    def signs(self, text: str) -> None:
        if self.in_text and not self.aside:
            self.paragraphs[-1] += text

    def end(self, name: str) -> None:
        name = local(name)
        if name == "table":
            self.depth -= 1
        if self.table != self.sheet:
            return
        if name == "annotation":
            self.aside -= 1
        elif name == "p" and not self.aside:
            self.in_text -= 1
        elif name in ("table-cell", "covered-table-cell"):
            self._cell()
        elif name == "table-row":
            if self.cells:
                for i in range(self.rows_repeated):
                    self.done.append((self.row + 1 + i, self.cells))
            self.row += self.rows_repeated

    def _cell(self) -> None:
        has = self.cell
        repeated = int(has.get("table:number-columns-repeated", "1"))
        text = self._text(has)
        if text:
            for i in range(min(repeated, MOST)):
                self.cells[self.column + i] = text
        down = int(has.get("table:number-rows-spanned", "1"))
        right = int(has.get("table:number-columns-spanned", "1"))
        if down > 1 or right > 1:
            top = self.row + 1
            self.merges.append((self.column, top, self.column + right - 1, top + down - 1))
        self.column += repeated

    def _text(self, has: dict[str, str]) -> str:
        kind, shown = has.get("office:value-type", ""), "\n".join(self.paragraphs)
        if has.get("calcext:value-type") == "error":
            return shown
        if not kind and (formula := has.get("table:formula")):
            # nobody has worked it out yet; a name of its language stands before its sign
            return f"={formula.partition('=')[2]}"
        if kind in ("float", "currency", "percentage"):
            found = number(has.get("office:value", ""))
            zeros = shown.isascii() and shown.isdigit() and number(shown) == found
            return padded(found, len(shown)) if zeros else found
        if kind == "date":
            return _moment(has.get("office:date-value", ""))
        if kind == "time" and (found := _TIME.fullmatch(has.get("office:time-value", ""))):
            return f"{int(found[1]):02}:{found[2]:>02}:{found[3]:>02}"
        if kind == "boolean":
            return has.get("office:boolean-value", "")
        return shown or has.get("office:string-value", "")


def _moment(text: str) -> str:
    """A date, or a date and time to the nearest second."""
    from datetime import datetime, timedelta

    if "T" not in text:
        return text
    read = datetime.fromisoformat(text) + timedelta(microseconds=500_000)
    return read.replace(microsecond=0).isoformat(sep=" ")
