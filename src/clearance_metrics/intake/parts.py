"""A file's part: its rows read, mapped and judged by themselves, in one Parquet file that is never
read as text again.

A part depends on the file's bytes and its mapping alone. Whatever depends on other files is worked
out from the parts.
"""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import babel
import duckdb
import numpy as np
import pyarrow as pa

from ..errors import InputError
from . import files, sql
from .judged import judged
from .mapping import FileSpec, Mapping
from .sql import FAST, parquet, quote
from .values import zone_names

# raise it whenever a part would come out differently
PART_VERSION = 7
# rows of a file, each of which may be marked as set aside
MOST = 999_999_999


@dataclass(frozen=True)
class Part:
    """One file's rows, in order, in `file`; and where rows and physical lines part (see
    files.shape).
    """

    name: str
    sha256: str
    reading: str
    file: str
    rows: int
    headers: tuple[str, ...]
    malformed: tuple[tuple[int, str, str], ...] = ()
    first: int = 2
    shifts: tuple[tuple[int, int], ...] = ()
    own_lines: bool = False
    faults: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict:
        """The content for parts.json."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> Part:
        """The part that to_dict wrote."""
        made: dict[str, Any] = {
            k: (
                tuple(tuple(x) if isinstance(x, list) else x for x in v)
                if isinstance(v, list)
                else v
            )
            for k, v in data.items()
        }
        return cls(**made)


def reading(mapping: Mapping, spec: FileSpec) -> str:
    """What decides how the file is read: a part made under another reading is made anew."""
    read = asdict(spec) | {"least_accepted": None}  # which says nothing of how a row is read
    what = [
        PART_VERSION,
        duckdb.__version__,
        babel.__version__,
        read,
        [str(d) for d in mapping.plausible],
        list(mapping.words.milestones),
    ]
    return sha256(json.dumps(what, ensure_ascii=False).encode()).hexdigest()


def identity(name: str, digest: str, how: str) -> str:
    """The name of a part: equal for equal name, bytes and reading."""
    return sha256(f"{name}\0{digest}\0{how}".encode()).hexdigest()[:24]


def make(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    spec: FileSpec,
    path: Path,
    label: str,
    scratch: Path,
    keep: Path | None = None,
) -> Part:
    """Read one file into a part under `keep` (for good) or `scratch`;

    InputError if it is not what was declared.
    """
    kind, target = files.kind_of(spec, path), scratch / "part.parquet"
    codec = FAST if keep in (None, scratch) else "zstd"
    with ThreadPoolExecutor(1) as pool:
        # the bytes are counted and hashed while the engine reads the same file
        scanned = pool.submit(files.scan, spec, path)
        try:
            read = _read(con, mapping, spec, path, label, scratch, target, codec)
        except InputError:
            _reason(scanned)
            raise
        found = _reason(scanned)
    if kind == "csv" and not _trusted(read, found):
        read = _read(con, mapping, spec, path, label, scratch, target, codec, row_by_row=True)
    assert read is not None  # only CSV may be refused by the engine
    raw, rows, faults = read
    shifts, starts = (), None
    if kind == "csv" and not raw.line:
        shifts, starts = (raw.shape or found.shape).lines()
    if starts is not None:
        _number(con, starts, target, scratch)
    for left in (scratch / files.COPY, scratch / files.FILE):
        left.unlink(missing_ok=True)
    how = reading(mapping, spec)
    final = (keep or scratch) / f"{identity(label, found.sha256, how)}.parquet"
    target.rename(final)
    return Part(
        label,
        found.sha256,
        how,
        final.name,
        rows,
        raw.headers,
        raw.malformed,
        1 if kind == "parquet" else 2,
        shifts,
        raw.line or starts is not None,
        *faults,
    )


def _trusted(
    read: tuple[files.RawFile, int, tuple[tuple, tuple]] | None, found: files.Scan
) -> bool:
    """Whether the engine read what stands in the file: one row for each record of a regular one."""
    if read is None:
        return False
    shape = read[0].shape or found.shape
    return shape.regular and read[1] == shape.records - 1


def _reason(scanned: Future) -> files.Scan:
    """The scan, whose own error explains more than that of reading a file it refuses."""
    try:
        return scanned.result()
    except InputError as error:
        raise error from None


def _read(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    spec: FileSpec,
    path: Path,
    label: str,
    scratch: Path,
    target: Path,
    codec: str,
    *,
    row_by_row: bool = False,
) -> tuple[files.RawFile, int, tuple[tuple, tuple]] | None:
    """The file, its rows, its faults and what is to be told of it, the rows judged in `target`;
    None where the engine's own reader of CSV stumbles.
    """
    try:
        raw = files.prepare(con, spec, path, label, scratch, row_by_row)
    except files.Irregular:
        return None
    try:
        raw = replace(raw, zones=zone_names(con, spec, raw))
        query, *faults = judged(mapping, spec, raw)
        rows = sql.copy(con, query, target, codec)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if raw.kind == "csv" and not row_by_row:
            return None
        if raw.kind == "parquet":
            _can_be_read(con, raw, path)
        raise error
    if rows > MOST:
        raise InputError(
            f"the file has {rows:,} rows", str(path), f"split it: at most {MOST:,} rows a file"
        )
    return raw, rows, (faults[0], faults[1])


def _can_be_read(con: duckdb.DuckDBPyConnection, raw: files.RawFile, path: Path) -> None:
    """InputError if it is the Parquet file itself that cannot be read, all of it."""
    try:
        con.execute(f"SELECT max(hash(COLUMNS(*))) FROM {raw.relation}").fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise files.damaged(path, error) from None


def _number(
    con: duckdb.DuckDBPyConnection, starts: np.ndarray, target: Path, scratch: Path
) -> None:
    """Give the part a column of physical lines."""
    lines = pa.table({"n": pa.array(np.arange(len(starts))), "line_": pa.array(starts, pa.int64())})
    con.register("starts_", lines)
    numbered = scratch / "numbered.parquet"
    rows = parquet(target, ", file_row_number=true")
    query = (
        f"SELECT p.* EXCLUDE (file_row_number), s.line_ FROM {rows} p JOIN starts_ s"
        " ON s.n = p.file_row_number ORDER BY s.n"
    )
    sql.copy(con, query, numbered)
    con.unregister("starts_")
    numbered.replace(target)


def view(con: duckdb.DuckDBPyConnection, part: Part, number: int, folder: Path) -> None:
    """View part_<number>: the part's columns with row_ (from one), line_ and seq_, which orders
    rows of all files.
    """
    row = "file_row_number + 1"
    line = f"{row} + {part.first - 1}"
    if part.shifts:
        steps = " ".join(f"WHEN {row} >= {n} THEN {shift}" for n, shift in reversed(part.shifts))
        line += f" + CASE {steps} ELSE 0 END"
    chosen = "* EXCLUDE (file_row_number)" + ("" if part.own_lines else f", {line} AS line_")
    con.execute(
        f"CREATE VIEW part_{number} AS SELECT {chosen}, {row} AS row_, {row} + {number << 40} AS"
        f" seq_ FROM {parquet(folder / part.file, ', file_row_number=true')}"
    )


def refused(part: Part, number: int) -> str:
    """SQL of the part's rows that break a rule by themselves: file_no, line_, rule, column_,
    text_.
    """
    rule, column = (
        (
            "CASE fault_ "
            + " ".join(f"WHEN {i} THEN {quote(f[k])}" for i, f in enumerate(part.faults))
            + " END"
            if part.faults
            else "NULL"
        )
        for k in (0, 1)
    )
    return (
        f"SELECT {number} AS file_no, line_, {rule} AS rule, {column} AS column_, text_ FROM"
        f" part_{number} WHERE fault_ >= 0"
    )
