"""Engines: which one reads a folder, and how. Nothing here knows a metric."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import LogError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


def backend(engine: object):
    """Ibis's backend for what the caller has: None, a SparkSession, or a backend."""
    import ibis

    if engine is None:
        own = ibis.duckdb.connect()
        # a query reads a file many times, its footer once
        own.raw_sql("SET parquet_metadata_cache = true")
        return own
    if isinstance(engine, ibis.backends.BaseBackend):
        return engine
    if type(engine).__module__.startswith("pyspark."):
        return ibis.pyspark.connect(engine)
    what = f"{type(engine).__name__} is no engine"
    raise LogError(what, "engine", "give a SparkSession, or a backend such as ibis.duckdb.connect()")


def read_table(engine, folder: Path, name: str) -> ir.Table | None:
    """A table that intake wrote: one file, a folder of parts, or parts cut by month; None where there is none."""
    path, cut = folder / f"{name}.parquet", folder / name
    # several logs may be open in one engine
    called = f"{name}_{sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    if cut.is_dir() and engine.name == "duckdb":
        # the month of a file's folder is its column; other engines find that out by themselves
        files = str(cut / "*" / "*.parquet")
        return engine.read_parquet(files, table_name=called, hive_partitioning=True, hive_types_autocast=False)
    if cut.is_dir():
        return engine.read_parquet(str(cut), table_name=called)
    parts = str(path / "*.parquet") if path.is_dir() else str(path)
    return engine.read_parquet(parts, table_name=called) if path.exists() else None


def rows_of(engine, query: ir.Table) -> pa.Table:
    """The rows of a query."""
    import ibis

    # engines flatten nested selections themselves, and Ibis takes a third of all time for it
    before, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    try:
        return engine.to_pyarrow(query)
    finally:
        ibis.options.sql.fuse_selects = before
