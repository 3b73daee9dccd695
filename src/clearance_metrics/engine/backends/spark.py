"""A Spark cluster: its own session runs the translated text and gives Arrow back."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..query import Source
from . import TIMES, name_of
from .dialects import translated

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = {
    "string": "text",
    "tinyint": "integer",
    "smallint": "integer",
    "int": "integer",
    "bigint": "integer",
    "float": "number",
    "double": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "time",
    "timestamp_ntz": "time",
}


class Spark:
    """A SparkSession of the caller's."""

    name = "pyspark"
    sources = "AS"

    def __init__(self, session: Any) -> None:
        self.session = session

    def open(self, folder: Path, table: str) -> Source | None:
        """As `Backend.open`: a temporary view of the files."""
        path, cut = folder / f"{table}.parquet", folder / table
        if not (cut.is_dir() or path.exists()):
            return None
        frame = self.session.read.parquet(glob.escape(str(cut if cut.is_dir() else path)))
        for column in TIMES.get(table, ()):
            frame = frame.withColumn(column, frame[column].cast("long"))
        called = name_of(folder, table)
        frame.createOrReplaceTempView(called)
        return Source(table, self._columns(frame), called)

    def give(self, called: str, rows: pa.Table) -> dict[str, str]:
        """As `Backend.give`."""
        frame = self.session.createDataFrame(rows)
        frame.createOrReplaceTempView(called)
        return self._columns(frame)

    def keep(self, called: str, text: str) -> None:
        """As `Backend.keep`."""
        self.session.sql(translated(text, "spark")).cache().createOrReplaceTempView(called)

    def drop(self, called: str) -> None:
        """As `Backend.drop`."""
        self.session.table(called).unpersist()
        self.session.catalog.dropTempView(called)

    def run(self, text: str) -> pa.Table:
        """As `Backend.run`."""
        return self.session.sql(translated(text, "spark")).toArrow()

    def _columns(self, frame: Any) -> dict[str, str]:
        kinds = {f.name: f.dataType.simpleString() for f in frame.schema.fields}
        return {
            column: "number" if kind.startswith("decimal") else KINDS.get(kind, kind)
            for column, kind in kinds.items()
        }
