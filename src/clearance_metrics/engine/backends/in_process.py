"""DuckDB in this process."""

from __future__ import annotations

import glob
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import duckdb

from ...domain.sql import name as quoted
from ...domain.sql import value
from ...errors import LogError
from ..query import Query, Source
from . import TIMES, name_of

if TYPE_CHECKING:
    import pyarrow as pa

# a tally is small, and its copy costs less than to plan each query twice, as a relation does
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", module=re.escape(__name__))


class InProcess:
    """A connection of the caller's, or one of its own."""

    name = "duckdb"
    # a table that many steps read would be copied into memory whole, with no filter ahead
    sources = "AS NOT MATERIALIZED"

    def __init__(self, connection: Any = None) -> None:
        self.connection, self._alone = connection or duckdb.connect(), RLock()
        if connection is None:
            # a query reads a file many times, its footer once
            self.connection.execute("SET parquet_metadata_cache = true")
            # the same days on every machine
            self.connection.execute("SET TimeZone = 'UTC'")

    def open(self, folder: Path, table: str) -> Source | None:
        """As `Backend.open`: a view of the files."""
        # the process may go elsewhere before it asks
        folder = folder.resolve()
        path, cut = folder / f"{table}.parquet", folder / table
        if cut.is_dir():
            if named := next((part for part in cut.parts if "=" in part), None):
                raise LogError(
                    f"the folder {named!r} reads as a column",
                    str(folder),
                    "give it a name without =",
                )
            # the month of a file's folder is its column
            files = "/*/*.parquet"
            more = ", hive_partitioning = true, hive_types_autocast = false"
            within, shown = glob.escape(str(cut)) + files, f"{table}{files}"
        elif path.exists():
            some = "/*.parquet" if path.is_dir() else ""
            more = ", hive_partitioning = false"
            within, shown = glob.escape(str(path)) + some, f"{path.name}{some}"
        else:
            return None
        seconds = ", ".join(f"CAST(epoch({t}) AS BIGINT) AS {t}" for t in TIMES.get(table, ()))
        columns = f"* REPLACE ({seconds})" if seconds else "*"
        called = name_of(folder, table)
        view = f"SELECT {columns} FROM read_parquet({value(within)}{more})"
        with self._alone:
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {called} AS {view}")
        text = f"SELECT {columns} FROM read_parquet({value(shown)}{more})"
        return Source(table, self._columns(called), called, partial(str, text))

    def give(self, called: str, rows: pa.Table) -> dict[str, str]:
        """As `Backend.give`."""
        with self._alone, self.lent(rows) as given:
            self.keep(called, f"SELECT * FROM {given.sources[0].called}")
        return self._columns(called)

    @contextmanager
    def lent(self, rows: pa.Table) -> Iterator[Query]:
        """A table from memory, read where it lies, for the time being."""
        called = f"lent_{id(rows)}"
        self.connection.register(called, rows)
        try:
            yield Source("given", self._columns(called), called).query
        finally:
            self.connection.unregister(called)

    def keep(self, called: str, text: str) -> None:
        """As `Backend.keep`."""
        with self._alone, _understood():
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {called} AS {text}")

    def drop(self, called: str) -> None:
        """As `Backend.drop`."""
        with self._alone:
            self.connection.execute(f"DROP TABLE {called}")

    def run(self, text: str) -> pa.Table:
        """As `Backend.run`; LogError where memory does not suffice, or a number is too large."""
        # one connection answers one thread at a time
        with self._alone, _understood():
            done = self.connection.execute(text)
            # before DuckDB 2 a connection called it otherwise
            fetch = "to_arrow_table" if hasattr(done, "to_arrow_table") else "fetch_arrow_table"
            return getattr(done, fetch)()

    def _columns(self, called: str) -> dict[str, str]:
        with self._alone:
            rows = self.connection.execute(f"DESCRIBE {quoted(called)}").fetchall()
        return {column: kind_of(kind) for column, kind, *_ in rows}


@contextmanager
def _understood() -> Iterator[None]:
    """What the engine cannot do as an error of ours."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        what = f"the engine's memory does not suffice: {str(error).splitlines()[0]}"
        raise LogError(
            what, "engine", "give it more (memory_limit), fewer threads, or a temp_directory"
        ) from None
    except duckdb.OutOfRangeException:
        what = "a number on the way to the answer is larger than any whole number of 64 bits"
        remedy = "look at the largest amounts and values of goods: they must be whole fen"
        raise LogError(what, "engine", remedy) from None


def kind_of(kind: str) -> str:
    """What a column of one of DuckDB's types holds; the type itself where it is none of ours.

    >>> kind_of("INTEGER"), kind_of("DECIMAL(18,3)"), kind_of("TIMESTAMP_NS"), kind_of("BLOB")
    ('integer', 'number', 'time', 'BLOB')
    """
    if kind.endswith(("INT", "INTEGER")) and not kind.endswith("POINT"):
        return "integer"
    if kind.startswith("TIMESTAMP"):
        return "time"
    known = {"VARCHAR": "text", "BOOLEAN": "boolean", "DATE": "date"}
    numbers = ("DOUBLE", "FLOAT", "REAL", "DECIMAL")
    return "number" if kind.startswith(numbers) else known.get(kind, kind)
