"""Pieces of SQL: texts, names, and files as they are called."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING

from ..domain.sql import name as name
from ..domain.sql import value as quote

if TYPE_CHECKING:
    import duckdb

FAST = "lz4_raw"  # for what is read once and thrown away
# times that rise and numbers that hardly repeat: differences take half the room, and less time than
# dictionaries
ENCODED = "PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 4000"


def parquet(path: object, more: str = "") -> str:
    """SQL that reads one Parquet file: its name is no pattern, and names of folders are no
    columns.
    """
    return f"read_parquet({literal(path)}, hive_partitioning=false{more})"


def literal(path: object) -> str:
    """An SQL text of the path of one file, in which *, ? and [ stand for themselves.

    >>> literal("data/e[1].csv")
    "'data/e[[]1].csv'"
    """
    return quote(glob.escape(str(path)))


def copy(con: duckdb.DuckDBPyConnection, query: str, path: object, codec: str = "zstd") -> int:
    """Write a query's rows as Parquet, in its order; their number."""
    how = f"FORMAT parquet, COMPRESSION {codec}, {ENCODED}, PRESERVE_ORDER"
    return con.execute(f"COPY ({query}) TO {quote(str(path))} ({how})").fetchall()[0][0]
