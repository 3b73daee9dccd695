"""The owner's files as DuckDB tables of text (or typed) columns h0, h1 …, with the physical line of each row."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from ..errors import InputError
from .mapping import ENDINGS, FileSpec

CHUNK = 1 << 22


@dataclass(frozen=True)
class RawFile:
    """One file read: its table, headers in order, and the rows that could not be split into fields."""

    path: Path
    name: str
    sha256: str
    table: str
    headers: tuple[str, ...]
    types: tuple[str, ...]
    malformed: tuple[tuple[int, str, str], ...]


def read(con: duckdb.DuckDBPyConnection, spec: FileSpec, path: Path, name: str, number: int, scratch: Path) -> RawFile:
    """Read one file into table raw_<number>; InputError if it is not what the mapping declares."""
    if path.stat().st_size == 0:
        raise InputError("the file is empty", str(path), "ask the owner for it again, or remove it")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    ending = path.name.lower().removesuffix(".gz").rsplit(".", 1)[-1]
    kind = spec.format or ENDINGS.get(ending)
    if kind is None:
        raise InputError(f"the ending .{ending} says no format", str(path), 'add format = "csv", "parquet" or "excel"')
    table = f"raw_{number}"
    reader = {"csv": _csv, "parquet": _parquet, "excel": _excel}[kind]
    headers, types, malformed = reader(con, spec, path, table, scratch)
    twice = sorted({h for h in headers if headers.count(h) > 1 and h})
    if twice:
        raise InputError(f"header {twice[0]!r} stands twice", str(path), "rename one of the columns")
    return RawFile(path, name, digest.hexdigest(), table, tuple(headers), tuple(types), tuple(malformed))


def _open(path: Path) -> io.BufferedIOBase:
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with _open(path) as file:
            while block := file.read(CHUNK):
                yield block
    except (gzip.BadGzipFile, EOFError, OSError) as error:
        raise InputError(f"the file cannot be unpacked: {error}", str(path), "ask the owner for it again") from None


def _csv(con, spec: FileSpec, path: Path, table: str, scratch: Path) -> tuple[list, list, list]:
    text, lines = _as_utf8(spec, path, scratch, table)
    ending = path.name.lower().removesuffix(".gz")
    delimiter = spec.delimiter or ("\t" if ending.endswith(".tsv") else ",")
    opener = gzip.open if text.name.lower().endswith(".gz") else open
    with opener(text, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
        headers = [h.strip() for h in next(csv.reader(file, delimiter=delimiter), [])]
    if not any(headers):
        raise InputError("the first line holds no headers", str(path), "give a header line")
    if any("\ufffd" in h for h in headers):
        raise InputError("the headers are not UTF-8 text", str(path), 'declare the encoding: encoding = "gb18030"')
    columns = ", ".join(f"'h{i}': 'VARCHAR'" for i in range(len(headers)))
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    try:
        con.execute(
            f"CREATE TEMP TABLE {table}_read AS SELECT * FROM read_csv(?, header=true, auto_detect=false, quote='\"',"
            f" escape='\"', delim='{delimiter}', columns={{{columns}}}, strict_mode=true, store_rejects=true,"
            " rejects_limit=0, max_line_size=16000000)",
            [str(text)],
        )
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise InputError(
            f"the file cannot be read as CSV: {first}", str(path), "check delimiter, quotes and encoding"
        ) from None
    bad = con.execute(
        "SELECT line_byte_position, any_value(error_type), any_value(csv_line) FROM reject_errors GROUP BY ALL ORDER BY 1"
    ).fetchall()
    good = con.execute(f"SELECT count(*) FROM {table}_read").fetchall()[0][0]
    numbers, malformed = None, []
    if bad or lines not in (good, good + 1):
        starts, malformed = _line_numbers(text, [(int(p), e, c) for p, e, c in bad])
        numbers = pa.table({"n": pa.array(range(1, len(starts) + 1), pa.int64()), "line": pa.array(starts, pa.int64())})
        if len(starts) != good:
            raise InputError(
                f"{good} rows were read where {len(starts)} stand in the file", str(path), "look for unbalanced quotes"
            )
    con.execute(f"CREATE TEMP TABLE {table}_n AS SELECT *, row_number() OVER () AS row_ FROM {table}_read")
    if numbers is None:
        con.execute(f"CREATE TEMP TABLE {table} AS SELECT *, row_ + 1 AS line_ FROM {table}_n")
    else:
        con.register(f"{table}_lines", numbers)
        con.execute(
            f"CREATE TEMP TABLE {table} AS SELECT r.*, l.line AS line_ FROM {table}_n r JOIN {table}_lines l ON l.n = row_"
        )
        con.unregister(f"{table}_lines")
    con.execute(f"DROP TABLE {table}_read; DROP TABLE {table}_n")
    return headers, ["VARCHAR"] * len(headers), malformed


def _as_utf8(spec: FileSpec, path: Path, scratch: Path, table: str) -> tuple[Path, int]:
    """The file itself, or a UTF-8 copy with line feeds where DuckDB could not read it; and its number of line ends."""
    feeds = returns = 0
    tail = b""
    for block in _blocks(path):
        if spec.encoding != "utf-16" and b"\0" in block:
            raise InputError(
                "the file is binary, or not in the declared encoding", str(path), "check format and encoding"
            )
        feeds += block.count(b"\n")
        returns += block.count(b"\r") - block.count(b"\r\n")
        tail = block[-1:]
    if spec.encoding == "utf-8" and not returns:
        return path, feeds + (tail not in (b"\n", b""))
    copy, count, last = scratch / f"{table}.csv", 0, "\n"
    try:
        with _open(path) as raw, copy.open("w", encoding="utf-8", newline="") as out:
            errors = "surrogateescape" if spec.encoding == "utf-8" else "strict"
            source = io.TextIOWrapper(
                raw, encoding="utf-8-sig" if spec.encoding == "utf-8" else spec.encoding, errors=errors, newline=None
            )
            while block := source.read(CHUNK):
                count, last = count + block.count("\n"), block[-1]
                out.write(block)
    except UnicodeError as error:
        raise InputError(f"the file is not {spec.encoding}: {error}", str(path), "declare its encoding") from None
    return copy, count + (last != "\n")


def _line_numbers(text: Path, bad: list[tuple[int, str, str]]) -> tuple[list[int], list[tuple[int, str, str]]]:
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
            # the reader counts bytes from one, and after CRLF it points at the line feed before the record
            here = position if after_crlf else position + 1
            broken = at.get(here, broken)
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


def _parquet(con, spec: FileSpec, path: Path, table: str, _scratch: Path) -> tuple[list, list, list]:
    try:
        found = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    except duckdb.Error as error:
        raise InputError(f"not a Parquet file: {str(error).splitlines()[0]}", str(path), "check the format") from None
    chosen = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}" AS h{i}' for i, (name, *_) in enumerate(found))
    con.execute(
        f"CREATE TEMP TABLE {table} AS SELECT *, row_number() OVER () AS row_, row_number() OVER () AS line_"
        f" FROM (SELECT {chosen} FROM read_parquet(?))",
        [str(path)],
    )
    return [name for name, *_ in found], [kind for _, kind, *_ in found], []


def _excel(con, spec: FileSpec, path: Path, table: str, _scratch: Path) -> tuple[list, list, list]:
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
    columns = {f"h{i}": pa.array([_cell(row[i]) for _, row in kept], pa.string()) for i in range(len(headers))}
    columns |= {
        "row_": pa.array(range(1, len(kept) + 1), pa.int64()),
        "line_": pa.array([i for i, _ in kept], pa.int64()),
    }
    con.register("sheet_", pa.table(columns))
    con.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM sheet_")
    con.unregister("sheet_")
    return headers, ["EXCEL"] * len(headers), []


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
