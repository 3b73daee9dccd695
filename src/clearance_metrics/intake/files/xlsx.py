"""Workbooks of Office Open XML (.xlsx, .xlsm), row by row: only cells that hold something take
room, wherever they stand.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from .cells import BUILT_IN, control, kind_of_format, moment, number, padded
from .sheets import Merge, Row, Sheet
from .xml import CHUNK, Refused, checked, elements, fed, local, new_parser

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["\']([A-Z]+)(\d+):([A-Z]+)(\d+)["\']')


class Xlsx:
    """A workbook's sheets, and the rows of each."""

    def __init__(self, path: Path) -> None:
        self.packed = ZipFile(path)
        top = _relations(self.packed, "")
        self.book = next((t for k, t in top.values() if k == "officeDocument"), "xl/workbook.xml")
        parts = _relations(self.packed, self.book)
        self.sheets, self.parts, self.since_1904 = [], [], False
        for name, has in elements(self.packed, self.book):
            if name == "workbookPr":
                self.since_1904 = has.get("date1904", "0") in ("1", "true")
            elif name == "sheet":
                kind, part = parts.get(has.get("id", ""), ("", ""))
                if kind == "worksheet" and part in self.packed.namelist():
                    hidden = has.get("state", "visible") != "visible"
                    self.sheets.append(Sheet(has.get("name", ""), hidden))
                    self.parts.append(part)
        self.others = {kind: part for kind, part in parts.values()}
        self._strings: list[str] | None = None
        self._kinds: list[str] | None = None

    def close(self) -> None:
        """Close the file."""
        self.packed.close()

    def rows(self, sheet: int) -> Iterator[Row]:
        """Rows that hold something, in order: the number, and the texts by column from zero."""
        part = self.parts[sheet]
        checked(self.packed, part)
        reader = _Reader(self.strings(), self.kinds(), self.since_1904)
        parser = new_parser(reader.start, reader.end)
        parser.CharacterDataHandler = reader.signs
        with self.packed.open(part) as source:
            for _ in fed(parser, source):
                yield from reader.done
                reader.done.clear()

    def merged(self, sheet: int) -> Iterator[Merge]:
        """Merged ranges: first column, first row, last column, last row."""
        tail = b""
        with self.packed.open(self.parts[sheet]) as source:
            while piece := source.read(CHUNK):
                text = tail + piece
                end = 0
                for found in _MERGE.finditer(text):
                    c1, r1, c2, r2 = found.groups()
                    yield _column(c1.decode()), int(r1), _column(c2.decode()), int(r2)
                    end = found.end()
                tail = text[max(end, len(text) - 200) :]

    def strings(self) -> list[str]:
        """The texts that cells share, by number."""
        if self._strings is None:
            part = self.others.get("sharedStrings", "")
            self._strings = _shared(self.packed, part) if part in self.packed.namelist() else []
        return self._strings

    def kinds(self) -> list[str]:
        """What each style makes of a number: see cells.kind_of_format."""
        if self._kinds is None:
            part = self.others.get("styles", "")
            self._kinds = _styles(self.packed, part) if part in self.packed.namelist() else []
        return self._kinds


class _Reader:
    """Puts together the cells of a sheet as the parser meets them."""

    def __init__(self, strings: list[str], kinds: list[str], since_1904: bool) -> None:
        self.strings, self.kinds, self.since_1904 = strings, kinds, since_1904
        self.done: list[Row] = []
        self.row, self.column = 0, -1
        self.cells: dict[int, str] = {}
        self.columns: dict[str, int] = {}
        self.kind, self.style, self.value, self.formula = "", "", "", ""
        self.into = ""  # the element whose text is being read

    def start(self, name: str, has: dict[str, str]) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            place = has.get("r")
            if place:
                letters = place.rstrip("0123456789")
                column = self.columns.get(letters)
                if column is None:
                    column = self.columns[letters] = _column(letters)
                self.column = column
            else:
                self.column += 1
            self.kind, self.style = has.get("t", ""), has.get("s", "")
            self.value = self.formula = ""
        elif name in ("v", "t", "f"):
            self.into = self.into or name
            if name == "f":
                # one that cells share is written once
                self.formula = "="
        elif name == "rPh":
            self.into = name
        elif name == "row":
            place = has.get("r")
            self.row = int(place) if place else self.row + 1
            self.column, self.cells = -1, {}

    def signs(self, text: str) -> None:
        if self.into in ("v", "t"):
            self.value += text
        elif self.into == "f":
            self.formula += text

    def end(self, name: str) -> None:
        if ":" in name:
            name = local(name)
        if name == self.into:
            self.into = ""
        elif name == "c":
            if text := self.text():
                self.cells[self.column] = text
        elif name == "row" and self.cells:
            self.done.append((self.row, self.cells))
            self.cells = {}

    def text(self) -> str:
        """The cell's text; of a formula that nobody has worked out yet, the formula, "=" first."""
        kind, value = self.kind, self.value
        if kind == "s":
            return self.strings[int(value)] if value else ""
        if kind in ("str", "inlineStr"):
            return control(value)
        if not value:
            return self.formula
        if kind == "b":
            return "true" if value.strip() in ("1", "true") else "false"
        if kind == "e":
            return value
        shown = self.kinds[int(self.style)] if self.style and self.kinds else ""
        if kind == "d":
            return value.removesuffix("T00:00:00") if shown == "date" else value
        value = value.strip()
        if shown.startswith("0"):
            return padded(number(value), len(shown))
        return moment(value, shown, self.since_1904) if shown else number(value)


def _column(letters: str) -> int:
    """The column's number from zero: A, B … Z, AA …"""
    at = 0
    for sign in letters:
        at = at * 26 + ord(sign) - 64
    if not 0 < at <= 16_384:
        raise Refused(f"no column is called {letters[:10]!r}")
    return at - 1


def _relations(packed: ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Of a part, the kind and name of each part it refers to, by id."""
    folder, name = posixpath.split(part)
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    if place not in packed.namelist():
        return {}
    return {
        has.get("Id", ""): (
            has.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, has.get("Target", ""))).lstrip("/"),
        )
        for found, has in elements(packed, place)
        if found == "Relationship"
    }


def _styles(packed: ZipFile, part: str) -> list[str]:
    kinds, own, inside = [], {}, False
    for name, has in elements(packed, part):
        if name == "numFmt":
            own[has.get("numFmtId", "")] = kind_of_format(has.get("formatCode", ""))
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            code = has.get("numFmtId", "0")
            kinds.append(own[code] if code in own else BUILT_IN.get(int(code), ""))
    return kinds


def _shared(packed: ZipFile, part: str) -> list[str]:
    texts: list[str] = []
    pieces: list[str] = []
    state = {"t": False, "reading": False}

    def start(name: str, _: dict[str, str]) -> None:
        name = local(name)
        if name == "rPh":
            state["reading"] = True
        elif name == "t":
            state["t"] = not state["reading"]

    def end(name: str) -> None:
        name = local(name)
        if name == "t":
            state["t"] = False
        elif name == "rPh":
            state["reading"] = False
        elif name == "si":
            texts.append(control("".join(pieces)))
            pieces.clear()

    def signs(text: str) -> None:
        if state["t"]:
            pieces.append(text)

    checked(packed, part)
    parser = new_parser(start, end)
    parser.CharacterDataHandler = signs
    with packed.open(part) as source:
        for _ in fed(parser, source):
            pass
    return texts
