"""Engines: which one reads a folder, and how. Nothing here knows a metric."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..errors import LogError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

_LOCK = Lock()
_WITHIN: list[bool] = []  # what the option was as each of the threads that are inside came in


def backend(engine: object) -> Any:
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
    raise LogError(
        what, "engine", "give a SparkSession, or a backend such as ibis.duckdb.connect()"
    )


def read_table(engine: Any, folder: Path, name: str) -> ir.Table | None:
    """A table that intake wrote: one file, a folder of parts, or parts cut by month;

    None where there is none.
    """
    path, cut, duck = folder / f"{name}.parquet", folder / name, engine.name == "duckdb"
    # several logs may be open in one engine
    called = f"{name}_{sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    if cut.is_dir() and duck:
        if named := next((part for part in cut.resolve().parts if "=" in part), None):
            raise LogError(
                f"the folder {named!r} reads as a column", str(folder), "give it a name without ="
            )
        # the month of a file's folder is its column; other engines find that out by themselves
        files = f"{glob.escape(str(cut))}/*/*.parquet"
        return engine.read_parquet(
            files, table_name=called, hive_partitioning=True, hive_types_autocast=False
        )
    if cut.is_dir():
        return engine.read_parquet(str(cut), table_name=called)
    if not path.exists():
        return None
    some = "/*.parquet" if path.is_dir() else ""
    if duck:
        return engine.read_parquet(
            glob.escape(str(path)) + some, table_name=called, hive_partitioning=False
        )
    return engine.read_parquet(f"{path}{some}", table_name=called)


def rows_of(engine: Any, query: ir.Table, nested: bool = False) -> pa.Table:
    """The rows of a query;

    `nested` where many selections stand in each other and their order does not matter.
    """
    with _nested() if nested else nullcontext():
        try:
            return engine.to_pyarrow(query)
        except Exception as error:
            if type(error).__name__ != "OutOfMemoryException":
                raise
            what = f"the engine's memory does not suffice: {str(error).splitlines()[0]}"
            raise LogError(
                what, "engine", "give it more (memory_limit), fewer threads, or a temp_directory"
            ) from None


@contextmanager
def _nested() -> Iterator[None]:
    """Ibis leaves selections nested: engines flatten them anyway, and for Ibis it is a third of all
    time.

    It is an option of the whole process: the first of several threads sets it, the last puts back
    what was there.
    """
    import ibis

    with _LOCK:
        _WITHIN.append(ibis.options.sql.fuse_selects)
        ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        with _LOCK:
            before = _WITHIN.pop()
            if not _WITHIN:
                ibis.options.sql.fuse_selects = before
