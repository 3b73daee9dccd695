"""The owner's files as something the engine can read: columns h0, h1 … of text (or typed), row by
row in order; one file per format.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ...errors import InputError
from ..mapping import FileSpec
from .csv_file import as_utf8 as as_utf8
from .csv_file import csv_rows
from .excel_file import excel_rows
from .lines import lines_of as lines_of
from .parquet_file import parquet_rows
from .raw import RawFile as RawFile
from .raw import kind_of as kind_of
from .scan import Scan as Scan
from .scan import scan as scan


def prepare(
    con: duckdb.DuckDBPyConnection, spec: FileSpec, path: Path, label: str, text: Path
) -> RawFile:
    """The file as the engine will read it (CSV: from `text`);

    InputError if it is not what the mapping declares.
    """
    kind = kind_of(spec, path)
    if kind == "csv":
        relation, headers = csv_rows(spec, path, text)
        types = ["VARCHAR"] * len(headers)
    else:
        relation, headers, types = (parquet_rows if kind == "parquet" else excel_rows)(
            con, spec, path
        )
    twice = sorted({h for h in headers if headers.count(h) > 1 and h})
    if twice:
        raise InputError(
            f"header {twice[0]!r} stands twice", str(path), "rename one of the columns"
        )
    return RawFile(path, label, kind, relation, tuple(headers), tuple(types), text, kind == "excel")
