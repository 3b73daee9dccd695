"""DuckDB's SQL in the dialect of another engine."""

from __future__ import annotations

from typing import Any


def translated(text: str, dialect: Any) -> str:
    """The same query for another engine, every name in quotes.

    >>> translated("SELECT n // 60 AS minutes FROM cases", "spark")
    'SELECT `n` DIV 60 AS `minutes` FROM `cases`'
    >>> translated("SELECT unnest(generate_series(0, 9)) AS day", "postgres")
    'SELECT GENERATE_SERIES(0, 9) AS "day"'
    """
    import sqlglot
    from sqlglot import exp

    query = sqlglot.parse_one(text, read="duckdb")
    if isinstance(sqlglot.Dialect.get_or_raise(dialect), sqlglot.dialects.Postgres):
        # there a series is rows, not a list of them
        for rows in [
            r for r in query.find_all(exp.Explode) if isinstance(r.this, exp.GenerateSeries)
        ]:
            rows.replace(rows.this)
    return query.sql(dialect, identify=True)
