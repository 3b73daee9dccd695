"""DuckDB's SQL in the dialect of another engine."""

from __future__ import annotations

from typing import Any


def translated(text: str, dialect: Any) -> str:
    """The same query for another engine, every name in quotes.

    >>> translated("SELECT n // 60 AS minutes FROM cases", "spark")
    'SELECT `n` DIV 60 AS `minutes` FROM `cases`'
    """
    import sqlglot

    (found,) = sqlglot.transpile(text, read="duckdb", write=dialect, identify=True)
    return found
