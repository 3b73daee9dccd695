"""Pieces of SQL: texts, names, and files as they are called."""

from __future__ import annotations

import glob

from ..domain.sql import name as name
from ..domain.sql import value as quote


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
