"""What a folder of written tables holds, counted the same way whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import duckdb


def counts(folder: Path) -> dict[str, int]:
    """Rows of each table, and events by milestone."""
    tables = ("events", "cases", "charges", "charge_list")
    rows = {t: duckdb.sql(f"SELECT count(*) FROM read_parquet('{folder / t}.parquet')").fetchall()[0][0] for t in tables}
    query = f"SELECT milestone, count(*) FROM read_parquet('{folder / 'events.parquet'}') GROUP BY 1 ORDER BY 1"
    return rows | {f"{milestone} events": n for milestone, n in duckdb.sql(query).fetchall()}
