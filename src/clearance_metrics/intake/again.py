"""A file's rows once more, at some of its lines, every cell as the text that stands there."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Set
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from .files import kind_of
from .files.excel_file import excel_rows
from .files.records import shown
from .files.text import lines_of
from .mapping import FileSpec
from .sql import parquet

Cells = tuple[str | None, ...]


def rows_again(
    spec: FileSpec, path: Path, lines: set[int], broken: Set[int] = frozenset()
) -> tuple[tuple[str, ...], dict[int, Cells]]:
    """The headers, and the cells of the rows that begin on these lines (Parquet: row numbers); of
    `broken` lines the whole line as one cell.

    A CSV record is read from the line where it begins, so that a broken row before it does not
    matter.
    """
    kind = kind_of(spec, path)
    if kind == "csv":
        return _csv(spec, path, lines, broken)
    return (_excel if kind == "excel" else _parquet)(spec, path, lines)


def _csv(
    spec: FileSpec, path: Path, lines: set[int], broken: Set[int]
) -> tuple[tuple[str, ...], dict[int, Cells]]:
    top = getattr(spec, "header_row", None) or 1
    tabs = path.name.lower().removesuffix(".gz").endswith(".tsv")
    delimiter = spec.delimiter or ("\t" if tabs else ",")
    headers: Cells = ()
    found: dict[int, Cells] = {}
    numbered = enumerate(map(shown, lines_of(spec, path)), 1)
    for number, line in numbered:
        # of the file's first lines the headers are the first that is not blank
        heads = not headers and number >= top and bool(line.strip())
        if number in broken:
            found[number] = (line.rstrip("\r\n"),)
        elif heads or number in lines:
            record = _record(line, numbered, delimiter)
            if heads:
                headers = record
            else:
                found[number] = record
    return _named(headers), found


def _record(first: str, rest: Iterator[tuple[int, str]], delimiter: str) -> Cells:
    """The record that begins with this line; it takes as many further ones as it needs."""
    following = (line for _, line in rest)
    try:
        row = next(csv.reader(chain([first], following), delimiter=delimiter), [])
    except csv.Error:
        return (first.rstrip("\r\n"),)
    return tuple(cell or None for cell in row)


def _excel(spec: FileSpec, path: Path, lines: set[int]) -> tuple[tuple[str, ...], dict[int, Cells]]:
    """As intake itself reads the sheet, so that lines and texts are the same."""
    with TemporaryDirectory() as scratch, duckdb.connect() as con:
        sheet, headers = excel_rows(spec, path, Path(scratch))
        cells = ", ".join(f"h{i}" for i in range(len(headers)))
        wanted = f"SELECT line_, {cells} FROM {sheet.relation} WHERE line_ IN (SELECT unnest(?))"
        rows = con.execute(wanted, [sorted(lines)]).fetchall()
        return tuple(headers), {row[0]: row[1:] for row in rows}


def _parquet(
    spec: FileSpec, path: Path, lines: set[int]
) -> tuple[tuple[str, ...], dict[int, Cells]]:
    con = duckdb.connect()
    try:
        con.execute("SET TimeZone = 'UTC'")
        source = parquet(path, ", file_row_number=true")
        told = con.execute(
            f"SELECT file_row_number + 1, CAST(COLUMNS(* EXCLUDE (file_row_number)) AS VARCHAR)"
            f" FROM {source} WHERE file_row_number + 1 IN (SELECT unnest(?))",
            [sorted(lines)],
        )
        headers = tuple(column[0] for column in told.description[1:])
        return headers, {row[0]: row[1:] for row in told.fetchall()}
    finally:
        con.close()


def _named(headers: Cells) -> tuple[str, ...]:
    return tuple((header or "").strip() for header in headers)
