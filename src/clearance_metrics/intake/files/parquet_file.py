"""Parquet, as the engine reads it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ...errors import InputError
from ..mapping import FileSpec
from ..sql import name, parquet
from .raw import asked, head_of, really

NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")


def parquet_rows(
    con: duckdb.DuckDBPyConnection, spec: FileSpec, path: Path
) -> tuple[str, list[str], list[str]]:
    """The relation, its headers as the file has them, and their types."""
    try:
        found = con.execute(f"DESCRIBE SELECT * FROM {parquet(path)}").fetchall()
        headers = _as_written(con, path, [n for n, *_ in found])
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, UnicodeError) as error:
        raise damaged(path, error) from None
    used = asked(spec)
    for header, (_, kind, *_) in zip(headers, found, strict=True):
        if header in used and (kind.endswith("]") or kind.startswith((*NESTED, "BLOB"))):
            what = "bytes, not text" if kind == "BLOB" else f"a nested type, {kind[:80]}"
            raise InputError(
                f"the column {header!r} holds {what}",
                str(path),
                "write it as text, a number or a time",
            )
    chosen = ", ".join(f"{name(column)} AS h{i}" for i, (column, *_) in enumerate(found))
    return f"(SELECT {chosen} FROM {parquet(path)})", headers, [kind for _, kind, *_ in found]


def _as_written(con: duckdb.DuckDBPyConnection, path: Path, names: list[str]) -> list[str]:
    """The headers without what the engine adds to keep equal names apart."""
    rows = con.execute("SELECT name, num_children FROM parquet_schema(?)", [str(path)]).fetchall()
    top, at = [], 1
    for _ in range(rows[0][1] or 0):
        top.append(rows[at][0])
        at = _after(rows, at)
    return top if len(top) == len(names) else names


def _after(rows: list[tuple[str, int | None]], at: int) -> int:
    """Where the column after this one stands in the list of all columns and their parts."""
    todo = 1
    while todo:
        todo += (rows[at][1] or 0) - 1
        at += 1
    return at


def damaged(path: Path, error: BaseException) -> InputError:
    """The error of a Parquet file that cannot be read, whatever the engine calls it."""
    told = str(error).splitlines()[0] if str(error) else "damaged"
    known = really(head_of(path))
    if "ncrypted" in told or "encrypted" in known:
        return InputError("the Parquet file is encrypted", str(path), "ask for it unencrypted")
    if known and "Parquet" not in known:
        return InputError(f"the file is {known}, not Parquet", str(path), "check the format")
    if not known:
        return InputError(f"not a Parquet file: {told}", str(path), "check the format")
    return InputError(
        f"the Parquet file is damaged: {told}", str(path), "ask the owner for it again"
    )
