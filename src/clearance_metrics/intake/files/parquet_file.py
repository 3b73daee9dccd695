"""Parquet, as the engine reads it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ...errors import InputError
from ..mapping import FileSpec
from ..sql import name, parquet


def parquet_rows(
    con: duckdb.DuckDBPyConnection, spec: FileSpec, path: Path
) -> tuple[str, list, list]:
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
