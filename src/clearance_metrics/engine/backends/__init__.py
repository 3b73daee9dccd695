"""Engines: which one answers, and how it is handed text and tables. Nothing here knows a metric.

Each gets DuckDB's SQL; one of another dialect has it translated, and gives Arrow back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...errors import LogError
from ..query import Query, Source

if TYPE_CHECKING:
    import pyarrow as pa


_NUMBERS = count()


class Backend(Protocol):
    """What the log asks of an engine.

    `sources` is how a query's first steps name the tables that it reads.
    """

    name: str
    sources: str

    def open(self, folder: Path, table: str) -> Source | None:
        """A table that intake wrote: one file, a folder of parts, or parts cut by month;

        None where there is none. Its times are epoch seconds.
        """

    def give(self, called: str, rows: pa.Table) -> dict[str, str]:
        """Hands over a table from memory under a name; what its columns hold."""

    def keep(self, called: str, text: str) -> None:
        """Keeps the rows of a query in DuckDB's SQL as a temporary table."""

    def drop(self, called: str) -> None:
        """Drops such a table."""

    def run(self, text: str) -> pa.Table:
        """The rows of a query in DuckDB's SQL."""


class Engine:
    """A backend with the tables that it was handed."""

    def __init__(self, backend: Backend) -> None:
        self.backend, self._given = backend, set[str]()
        self.name = backend.name

    def rows_of(self, query: Query) -> pa.Table:
        """The rows of a query, in one engine query."""
        return self.backend.run(self.text(query))

    def text(self, query: Query) -> str:
        """The query by the names that the engine knows its tables by."""
        sources = [(source.name, source.read(self._called)) for source in query.sources]
        return query.text(sources, self.backend.sources)

    @contextmanager
    def kept(self, query: Query) -> Iterator[Query]:
        """The rows of a query as a table, until they are no longer needed."""
        called = f"kept_{next(_NUMBERS)}"
        self.backend.keep(called, self.text(query))
        try:
            yield Source("wide_cases", query.columns, called, shown=partial(str, query)).query
        finally:
            self.backend.drop(called)

    def _called(self, source: Source) -> str:
        if source.made and source.called not in self._given:
            self.backend.keep(source.called, source.shown())
            self._given.add(source.called)
        return source.called


def engine_of(given: object) -> Engine:
    """The engine for what the caller has: None, a DuckDB connection, a SparkSession, a backend of
    Ibis, or that of another log.
    """
    if isinstance(given, Engine):
        return given
    module = type(given).__module__.split(".")
    if given is None or module[0] in ("duckdb", "_duckdb"):
        from .in_process import InProcess

        return Engine(InProcess(given))
    if module[0] == "pyspark":
        from .spark import Spark

        return Engine(Spark(given))
    if module[:2] == ["ibis", "backends"]:
        from .connected import backend_of

        return Engine(backend_of(given))
    raise LogError(
        f"{type(given).__name__} is no engine",
        "engine",
        "give a DuckDB connection, a SparkSession, or a connection such as ibis.postgres.connect()",
    )


def name_of(folder: Path, table: str) -> str:
    """What an engine calls a table of a folder: several logs may be open in one."""
    return f"{table}_{sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"


# times that intake writes as such, and the engine reads as epoch seconds
TIMES = {"events": ("time",), "doubts": ("start_time", "stop_time")}
