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
import pyarrow as pa

from ..errors import InputError
from . import files, sql
from .judged import judged
from .mapping import FileSpec, Mapping
from .sql import FAST, parquet, quote
from .values import zone_names

# raise it whenever a part would come out differently
PART_VERSION = 6
# rows of a file, each of which may be marked as set aside
MOST = 999_999_999


@dataclass(frozen=True)
class Part:
    """One file's rows, in order, in `file`; and where rows and physical lines part (see
    files.lines_of).
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
    files.kind_of(spec, path)
    target, copy = scratch / "part.parquet", scratch / "copy.csv"
    codec = FAST if keep in (None, scratch) else "zstd"
    with ThreadPoolExecutor(1) as pool:
        # the bytes are counted and hashed while the engine reads the same file
        scanned = pool.submit(files.scan, spec, path)
        recoded = 0
        if spec.encoding != "utf-8" and files.kind_of(spec, path) == "csv":
            scanned.result()
            recoded = files.as_utf8(spec, path, copy)
        try:
            raw, rows, bad, faults = _read(
                con, mapping, spec, path, label, copy if recoded else path, target, codec
            )
            found = scanned.result()
            again = bool(found.returns)
        except InputError:
            found, again = _reason(scanned), True
            if not found.returns:
                raise
        if again:
            recoded = files.as_utf8(spec, path, copy)
            raw, rows, bad, faults = _read(con, mapping, spec, path, label, copy, target, codec)
    malformed: list[tuple[int, str, str]] = []
    shifts, starts = (), None
    if raw.kind == "csv":
        malformed, shifts, starts = files.lines_of(raw.text, rows, recoded or found.ends, bad)
    if starts is not None:
        _number(con, starts, target, scratch)
    copy.unlink(missing_ok=True)
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
        tuple((line, error, text[:500]) for line, error, text in malformed),
        1 if raw.kind == "parquet" else 2,
        shifts,
        raw.line or starts is not None,
        *faults,
    )


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
    text: Path,
    target: Path,
    codec: str,
) -> tuple[files.RawFile, int, list, tuple[tuple, tuple]]:
    raw = files.prepare(con, spec, path, label, text)
    raw = replace(raw, zones=zone_names(con, spec, raw))
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    query, *faults = judged(mapping, spec, raw)
    try:
        rows = sql.copy(con, query, target, codec)
    except duckdb.Error as error:
        if raw.kind != "csv" or isinstance(error, duckdb.OutOfMemoryException):
            raise
        first = str(error).splitlines()[0]
        raise InputError(
            f"the file cannot be read as CSV: {first}",
            str(path),
            "check delimiter, quotes and encoding",
        ) from None
    if rows > MOST:
        raise InputError(
            f"the file has {rows:,} rows", str(path), f"split it: at most {MOST:,} rows a file"
        )
    if raw.kind != "csv":
        return raw, rows, [], (faults[0], faults[1])
    bad = con.execute(
        "SELECT line_byte_position, any_value(error_type), any_value(csv_line) FROM reject_errors"
        " GROUP BY ALL ORDER BY 1"
    ).fetchall()
    return raw, rows, [(int(p), str(e), c) for p, e, c in bad], (faults[0], faults[1])


def _number(con: duckdb.DuckDBPyConnection, starts: list[int], target: Path, scratch: Path) -> None:
    """Give the part a column of physical lines."""
    lines = pa.table(
        {"n": pa.array(range(len(starts)), pa.int64()), "line_": pa.array(starts, pa.int64())}
    )
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
