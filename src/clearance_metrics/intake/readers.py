"""The owner's files as something the engine can read: columns h0, h1 … of text (or typed), row by
row in order.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from ..errors import InputError
from .mapping import ENDINGS, FileSpec
from .sql import literal, name, parquet

CHUNK = 1 << 22
# bytes of a row at most; a file of more than twice as many is read by several threads
LONGEST = 16_000_000
# so many broken rows are counted around; more are worth a column of line numbers
MANY = 100
LINE_FEED = 10


@dataclass(frozen=True)
class RawFile:
    """One file ready to be read: the SQL relation of its rows, its headers in order and their types
    there.
    """

    path: Path
    name: str
    kind: str
    relation: str
    headers: tuple[str, ...]
    types: tuple[str, ...]
    text: Path
    line: bool = False


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes of a file tells: sha256, line ends, carriage returns that end
    lines alone.
    """

    sha256: str
    ends: int = 0
    returns: int = 0


def kind_of(spec: FileSpec, path: Path) -> str:
    """csv, parquet or excel; InputError for an empty file or an ending that says nothing."""
    if path.stat().st_size == 0:
        raise InputError("the file is empty", str(path), "ask the owner for it again, or remove it")
    ending = path.name.lower().removesuffix(".gz").rsplit(".", 1)[-1]
    kind = spec.format or ENDINGS.get(ending)
    if kind is None:
        raise InputError(
            f"the ending .{ending} says no format",
            str(path),
            'add format = "csv", "parquet" or "excel"',
        )
    return kind


def scan(spec: FileSpec, path: Path) -> Scan:
    """The file's sha256 and, for text in UTF-8, its line ends;

    InputError if it is binary or cannot be unpacked.
    """
    digest, feeds, returns, tail = hashlib.sha256(), 0, 0, b"\n"
    lines = kind_of(spec, path) == "csv"
    packed = path.name.lower().endswith(".gz")
    if packed or not lines:
        with path.open("rb") as file:
            while block := file.read(CHUNK):
                digest.update(block)
    if lines:
        for block in _blocks(path):
            if not packed:
                digest.update(block)
            if spec.encoding != "utf-16" and b"\0" in block:
                raise InputError(
                    "the file is binary, or not in the declared encoding",
                    str(path),
                    "check format and encoding",
                )
            feeds += int(np.count_nonzero(np.frombuffer(block, "uint8") == LINE_FEED))
            if b"\r" in block:
                returns += block.count(b"\r") - block.count(b"\r\n")
            tail = block[-1:]
    return Scan(
        digest.hexdigest(), feeds + (tail != b"\n"), returns if spec.encoding == "utf-8" else 0
    )


def prepare(
    con: duckdb.DuckDBPyConnection, spec: FileSpec, path: Path, label: str, text: Path
) -> RawFile:
    """The file as the engine will read it (CSV: from `text`);

    InputError if it is not what the mapping declares.
    """
    kind = kind_of(spec, path)
    if kind == "csv":
        relation, headers = _csv(spec, path, text)
        types = ["VARCHAR"] * len(headers)
    else:
        relation, headers, types = (_parquet if kind == "parquet" else _excel)(con, spec, path)
    twice = sorted({h for h in headers if headers.count(h) > 1 and h})
    if twice:
        raise InputError(
            f"header {twice[0]!r} stands twice", str(path), "rename one of the columns"
        )
    return RawFile(path, label, kind, relation, tuple(headers), tuple(types), text, kind == "excel")


def _open(path: Path) -> Any:
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with _open(path) as file:
            while block := file.read(CHUNK):
                yield block
    except (gzip.BadGzipFile, EOFError, OSError) as error:
        raise InputError(
            f"the file cannot be unpacked: {error}", str(path), "ask the owner for it again"
        ) from None


def _csv(spec: FileSpec, path: Path, text: Path) -> tuple[str, list]:
    ending = path.name.lower().removesuffix(".gz")
    delimiter = spec.delimiter or ("\t" if ending.endswith(".tsv") else ",")
    opener = gzip.open if text.name.lower().endswith(".gz") else open
    try:
        with opener(text, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
            headers = [h.strip() for h in next(csv.reader(file, delimiter=delimiter), [])]
    except (gzip.BadGzipFile, EOFError, OSError, csv.Error) as error:
        raise InputError(
            f"the header cannot be read: {error}", str(path), "check format and encoding"
        ) from None
    if not any(headers):
        raise InputError("the first line holds no headers", str(path), "give a header line")
    if any("\ufffd" in h for h in headers):
        raise InputError(
            "the headers are not UTF-8 text",
            str(path),
            'declare the encoding: encoding = "gb18030"',
        )
    columns = ", ".join(f"'h{i}': 'VARCHAR'" for i in range(len(headers)))
    return (
        (
            f"read_csv({literal(text)}, header=true, auto_detect=false, quote='\"', escape='\"',"
            f" delim='{delimiter}', columns={{{columns}}}, strict_mode=true, store_rejects=true,"
            f" rejects_limit=0, max_line_size={LONGEST}, buffer_size={2 * LONGEST})"
        ),
        headers,
    )


def as_utf8(spec: FileSpec, path: Path, copy: Path) -> int:
    """Write `copy`, the file in UTF-8 with line feeds, which the engine can read; the number of its
    lines.
    """
    count, last = 0, "\n"
    try:
        with _open(path) as raw, copy.open("w", encoding="utf-8", newline="") as out:
            errors = "surrogateescape" if spec.encoding == "utf-8" else "strict"
            source = io.TextIOWrapper(
                raw,
                encoding="utf-8-sig" if spec.encoding == "utf-8" else spec.encoding,
                errors=errors,
                newline=None,
            )
            while block := source.read(CHUNK):
                count, last = count + block.count("\n"), block[-1]
                out.write(block)
    except UnicodeError as error:
        raise InputError(
            f"the file is not {spec.encoding}: {error}", str(path), "declare its encoding"
        ) from None
    except (gzip.BadGzipFile, EOFError, OSError) as error:
        raise InputError(
            f"the file cannot be unpacked: {error}", str(path), "ask the owner for it again"
        ) from None
    return count + (last != "\n")


def lines_of(
    text: Path, good: int, ends: int, bad: list[tuple[int, str, str]]
) -> tuple[list[tuple[int, str, str]], tuple[tuple[int, int], ...], list[int] | None]:
    """Where rows and physical lines part: (malformed, shifts, starts).

    `malformed` are (line, error, row). Row n stands on line n + 1 + shift, the shift being that of
    the last (first row, shift) not after n; where that is not enough, `starts` holds the line of
    every row.
    """
    if not bad and ends in (good, good + 1):
        return [], (), None
    if bad and ends == good + len(bad) + 1:
        # every row is one line, so that counting line feeds before the broken ones is enough
        lines, feeds, at, todo = [], 0, 0, sorted(bad)
        for block in _blocks(text):
            while todo and todo[0][0] <= at + len(block):
                lines.append((1 + feeds + block.count(b"\n", 0, todo[0][0] - at), *todo[0][1:]))
                todo.pop(0)
            feeds, at = feeds + block.count(b"\n"), at + len(block)
        if len({line for line, _, _ in lines}) == len(bad) <= MANY:
            return lines, tuple((line - k, k) for k, (line, _, _) in enumerate(lines, 1)), None
    starts, malformed = _line_numbers(text, bad)
    if len(starts) != good:
        raise InputError(
            f"{good} rows were read where {len(starts)} stand in the file",
            str(text),
            "look for unbalanced quotes",
        )
    return malformed, (), starts


def _line_numbers(
    text: Path, bad: list[tuple[int, str, str]]
) -> tuple[list[int], list[tuple[int, str, str]]]:
    """Physical lines of the good rows in order, and of the malformed ones.

    Only walked where rows span lines or are broken; a record ends at a line end outside quotes.
    """
    at = {position: (error, row) for position, error, row in bad}
    starts, malformed = [], []
    position = number = 0
    first, inside, seen_header, broken, after_crlf = 1, False, False, None, False
    with _open(text) as file:
        for line in file:
            number += 1
            if not inside:
                first, broken = number, None
            # the reader counts bytes from one, and after CRLF it mostly points at the line feed
            # before the record
            broken = at.get(position + 1, at.get(position, broken) if after_crlf else broken)
            after_crlf = line.endswith(b"\r\n")
            inside ^= line.count(b'"') % 2 == 1
            position += len(line)
            if inside:
                continue
            if not line.strip(b"\r\n") and first == number:
                # a blank line is no row; an error booked at its place belongs to the row after it
                if broken:
                    at[position if after_crlf else position + 1] = broken
                continue
            if not seen_header:
                seen_header = True
            elif broken:
                malformed.append((first, *broken))
            else:
                starts.append(first)
    if inside and seen_header:
        malformed.append((first, *(broken or ("UNTERMINATED QUOTE", ""))))
    return starts, malformed


def _parquet(con: duckdb.DuckDBPyConnection, spec: FileSpec, path: Path) -> tuple[str, list, list]:
    try:
        found = con.execute(f"DESCRIBE SELECT * FROM {parquet(path)}").fetchall()
    except duckdb.Error as error:
        raise InputError(
            f"not a Parquet file: {str(error).splitlines()[0]}", str(path), "check the format"
        ) from None
    chosen = ", ".join(f"{name(header)} AS h{i}" for i, (header, *_) in enumerate(found))
    return (
        f"(SELECT {chosen} FROM {parquet(path)})",
        [n for n, *_ in found],
        [kind for _, kind, *_ in found],
    )


def _excel(con: duckdb.DuckDBPyConnection, spec: FileSpec, path: Path) -> tuple[str, list, list]:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
    except Exception as error:
        raise InputError(f"not a workbook: {error}", str(path), "save it as .xlsx") from None
    sheet = spec.sheet or book.sheet_names[0]
    if sheet not in book.sheet_names:
        raise InputError(f"no sheet {sheet!r}", str(path), f"sheets: {', '.join(book.sheet_names)}")
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    if not rows:
        raise InputError("the sheet is empty", f"{path}, {sheet}", "name another sheet")
    headers = [str(h).strip() for h in rows[0]]
    kept = [(i, row) for i, row in enumerate(rows[1:], 2) if any(cell != "" for cell in row)]
    columns = {
        f"h{i}": pa.array([_cell(row[i]) for _, row in kept], pa.string())
        for i in range(len(headers))
    }
    con.register(
        "sheet_", pa.table({**columns, "line_": pa.array([i for i, _ in kept], pa.int64())})
    )
    return "sheet_", headers, ["EXCEL"] * len(headers)


def _cell(value: object) -> str | None:
    """Text of a cell; dates become ISO texts, which are understood beside the declared formats."""
    from datetime import date, datetime

    if value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        whole_day = value.hour == value.minute == value.second == 0
        return (
            value.date().isoformat()
            if whole_day
            else value.isoformat(sep=" ", timespec="seconds" if value.second else "minutes")
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
