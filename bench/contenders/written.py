"""What a folder of written tables holds, counted the same way whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import duckdb


def counts(folder: Path) -> dict[str, int]:
    """Rows of each table, and events by milestone."""
    # intake cuts the events of big logs by month
    files = {
        t: folder / t / "*" / "*.parquet" if (folder / t).is_dir() else folder / f"{t}.parquet"
        for t in ("events", "cases", "charges", "charge_list")
    }
    rows = {
        t: duckdb.sql(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()[0][0]
        for t, path in files.items()
    }
    query = (
        f"SELECT milestone, count(*) FROM read_parquet('{files['events']}') GROUP BY 1 ORDER BY 1"
    )
    return rows | {f"{milestone} events": n for milestone, n in duckdb.sql(query).fetchall()}
