"""Whatever Ibis connects to and speaks SQL: tables stay in place, PostgreSQL's for one.

Ibis is the connector alone: it hands over text and brings Arrow. It comes with an extra.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import LogError
from ..query import Source
from . import TIMES, Backend, name_of
from .dialects import translated


class Connected:
    """A connection of the caller's."""

    sources = "AS"

    def __init__(self, connection: Any) -> None:
        self.connection, self.name = connection, connection.name

    def open(self, folder: Path, table: str) -> Source | None:
        """As `Backend.open`: a temporary table with the rows of the files."""
        path = folder / f"{table}.parquet"
        path = path if path.exists() else folder / table
        if not path.exists():
            return None
        rows = pq.read_table(path)
        for column in TIMES.get(table, ()):
            seconds = pc.cast(rows[column], pa.timestamp("s", "UTC"), safe=False).cast(pa.int64())
            rows = rows.set_column(rows.column_names.index(column), column, seconds)
        called = name_of(folder, table)
        return Source(table, self.give(called, rows), called)

    def give(self, called: str, rows: pa.Table) -> dict[str, str]:
        """As `Backend.give`."""
        table = self.connection.create_table(called, rows, temp=True, overwrite=True)
        return columns_of(table)

    def keep(self, called: str, text: str) -> None:
        """As `Backend.keep`."""
        query = translated(text, self.connection.dialect)
        self.connection.raw_sql(f"CREATE TEMPORARY TABLE IF NOT EXISTS {called} AS {query}")

    def drop(self, called: str) -> None:
        """As `Backend.drop`."""
        self.connection.raw_sql(f"DROP TABLE {called}")

    def run(self, text: str) -> pa.Table:
        """As `Backend.run`."""
        found = self.connection.sql(translated(text, self.connection.dialect))
        return self.connection.to_pyarrow(found)


def backend_of(connection: Any) -> Backend:
    """The backend behind a connection of Ibis; LogError for one that runs no SQL."""
    from ibis.backends.sql import SQLBackend

    if connection.name == "duckdb":
        from .in_process import InProcess

        return InProcess(connection.con)
    if connection.name == "pyspark":
        from .spark import Spark

        return Spark(connection._session)
    if not isinstance(connection, SQLBackend):
        raise LogError(
            f"{connection.name} runs no SQL", "engine", "open the log with DuckDB or Spark"
        )
    return Connected(connection)


def viewed(table: Any, called: str) -> dict[str, str]:
    """Names a table of Ibis in its own engine, where its rows stay; what its columns hold."""
    from ibis.expr.operations import InMemoryTable

    connection = table.get_backend()
    if table.op().find(InMemoryTable):
        # its rows come from memory, and go once it is forgotten
        connection.create_table(called, table, temp=True, overwrite=True)
    else:
        query = connection.compile(table)
        connection.raw_sql(f"CREATE OR REPLACE TEMPORARY VIEW {called} AS {query}")
    return columns_of(table)


def columns_of(table: Any) -> dict[str, str]:
    """What each column of a table of Ibis holds."""
    return {column: _kind(kind) for column, kind in table.schema().items()}


def _kind(kind: Any) -> str:
    tests = {
        "text": kind.is_string(),
        "boolean": kind.is_boolean(),
        "integer": kind.is_integer(),
        "number": kind.is_numeric() and not kind.is_integer() and not kind.is_boolean(),
        "date": kind.is_date(),
        "time": kind.is_timestamp(),
    }
    return next((name for name, holds in tests.items() if holds), str(kind))
