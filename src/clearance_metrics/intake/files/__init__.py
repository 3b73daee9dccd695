"""The owner's files as something the engine can read: columns h0, h1 … of text (or typed), row by
row in order; one file per format.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ...errors import InputError
from ..mapping import FileSpec
from .by_row import by_row
from .csv_file import COPY as COPY
from .csv_file import Irregular as Irregular
from .csv_file import by_engine
from .excel_file import excel_rows
from .header import found_elsewhere as found_elsewhere
from .header import headers_of as headers_of
from .parquet_file import damaged as damaged
from .parquet_file import parquet_rows
from .raw import RawFile as RawFile
from .raw import asked as asked
from .raw import kind_of as kind_of
from .scan import Scan as Scan
from .scan import scan as scan
from .scratch import FILE as FILE


def prepare(
    con: duckdb.DuckDBPyConnection,
    spec: FileSpec,
    path: Path,
    label: str,
    scratch: Path,
    row_by_row: bool = False,
) -> RawFile:
    """The file as the engine will read it; InputError if it is not what the mapping declares.

    CSV comes as it stands, or with `row_by_row` as Python's csv module reads it; Irregular where
    the first will not do.
    """
    kind = kind_of(spec, path)
    if kind == "parquet":
        for key, given in (
            ("header_row", spec.header_row > 1),
            ("sheet", spec.sheet),
            ("fill_down", spec.fill_down),
        ):
            if given:
                raise InputError(f"Parquet has no {key}", str(path), f"remove {key}")
        relation, headers, types = parquet_rows(con, spec, path)
        return RawFile(path, label, kind, relation, _apart(spec, path, headers), tuple(types))
    if kind == "excel":
        rows, names = excel_rows(spec, path, scratch)
        types = ("EXCEL",) * len(names)
        headers = _apart(spec, path, names)
        return RawFile(path, label, kind, rows.relation, headers, types, line=True)
    if row_by_row:
        rows, names, malformed = by_row(spec, path, scratch)
        relation, shape = rows.relation, None
    else:
        relation, names, shape = by_engine(spec, path, scratch)
        malformed = []
    if not asked(spec) <= set(names) and (elsewhere := found_elsewhere(spec, path)):
        raise elsewhere
    headers, types = _apart(spec, path, names), ("VARCHAR",) * len(names)
    return RawFile(path, label, kind, relation, headers, types, row_by_row, tuple(malformed), shape)


def _apart(spec: FileSpec, path: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Headers, each once: a second of a name is told apart by its number, unless the mapping asks
    for that name.
    """
    named = asked(spec) | {*(spec.keep or ()), *spec.fill_down}
    taken, apart = set(names), []
    for i, header in enumerate(names):
        count = names[:i].count(header) + 1
        if header and count > 1:
            if header in named:
                raise InputError(
                    f"header {header!r} stands twice", str(path), "rename one of the columns"
                )
            while f"{header} ({count})" in taken:
                count += 1
            header = f"{header} ({count})"
            taken.add(header)
        apart.append(header)
    return tuple(apart)
