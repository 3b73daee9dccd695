"""Polars, lazily and streaming."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from .sql import AS_OF


def clearance(folder: Path, _memory: str | None) -> dict:
    """Overall clearance of finished cases by direction and port."""
    cases = pl.scan_parquet(folder / "log" / "cases.parquet").filter(
        pl.col("kind").is_in(["import", "export"])
    )
    times = pl.scan_parquet(folder / "log" / "milestones.parquet").filter(
        pl.col("customs_released") <= AS_OF
    )
    start = pl.when(pl.col("kind") == "import").then("conveyance_arrived").otherwise("gate_in")
    took = cases.select("case_id", "kind", "port").join(
        times.select("case_id", "conveyance_arrived", "gate_in", "customs_released"), on="case_id"
    )
    s = pl.col("s")
    found = (
        took.select("kind", "port", s=pl.col("customs_released") - start)
        .drop_nulls("s")
        .group_by("kind", "port")
        .agg(
            n=pl.len(),
            mean=s.sum() / pl.len() / 3600,
            median=s.quantile(0.5, "linear") / 3600,
            p90=s.quantile(0.9, "linear") / 3600,
            within=(s <= 48 * 3600).mean(),
        )
        .rename({"within": "within:48"})
        .collect(engine="streaming")
    )
    names = ("n", "mean", "median", "p90", "within:48")
    return {
        f"{row['kind']} {row['port']} {name}": row[name]
        for row in found.to_dicts()
        for name in names
    }


TASKS = {"clearance": clearance}
