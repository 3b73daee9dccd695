"""Rows of texts on their way to the engine: a Parquet file for the time of reading, written in
pieces, so that a file of any length takes bounded memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import OutputError
from ..sql import parquet

FILE = "rows.parquet"
ROWS, SIGNS = 50_000, 50_000_000


class Scratch:
    """A file of columns h0, h1 … and line_; `relation` is the SQL of it, empty texts being null.

    >>> import tempfile
    >>> with Scratch(Path(tempfile.mkdtemp()) / "rows.parquet", 2) as rows:
    ...     rows.add(2, ["a", ""], 1)
    >>> rows.count
    1
    """

    def __init__(self, path: Path, columns: int) -> None:
        self.path, self.columns, self.count = path, columns, 0
        names = [f"h{i}" for i in range(columns)]
        self.schema = pa.schema([*((n, pa.string()) for n in names), ("line_", pa.int64())])
        texts = ", ".join(f"nullif({n}, '') AS {n}" for n in names)
        self.relation = f"(SELECT {texts}, line_ FROM {parquet(path)})"
        self.rows: list[Sequence[str | None]] = []
        self.lines: list[int] = []
        self.signs = 0

    def __enter__(self) -> Scratch:
        try:
            self.writer = pq.ParquetWriter(
                self.path, self.schema, compression="lz4", use_dictionary=False
            )
        except OSError as error:
            raise self._full(error) from None
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._write()
            self.writer.close()
        except OSError as full:
            raise self._full(full) from None

    def add(self, line: int, row: Sequence[str | None], signs: int) -> None:
        """One more row, with the line it stands on and about how long it is."""
        self.rows.append(row)
        self.lines.append(line)
        self.signs += signs
        if len(self.rows) >= ROWS or self.signs >= SIGNS:
            self._write()

    def _write(self) -> None:
        columns = list(zip(*self.rows, strict=True)) or [()] * self.columns
        arrays = [pa.array(c, pa.string()) for c in columns]
        table = pa.table([*arrays, pa.array(self.lines, pa.int64())], schema=self.schema)
        try:
            self.writer.write_table(table)
        except OSError as error:
            raise self._full(error) from None
        self.count += len(self.rows)
        self.rows, self.lines, self.signs = [], [], 0

    def _full(self, error: OSError) -> OutputError:
        what = f"cannot write: {error.strerror or error}"
        return OutputError(what, str(self.path.parent), "make room, or name another folder")
