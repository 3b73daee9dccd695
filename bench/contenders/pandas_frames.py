"""pandas, reading only the columns it needs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from .sql import AS_OF


def clearance(folder: Path, _memory: str | None) -> dict:
    """Overall clearance of finished cases by direction and port."""
    cases = pd.read_parquet(folder / "log" / "cases.parquet", columns=["case_id", "kind", "port"])
    columns = ["case_id", "conveyance_arrived", "gate_in", "customs_released"]
    times = pd.read_parquet(folder / "log" / "milestones.parquet", columns=columns)
    took = cases[cases["kind"].isin(["import", "export"])].merge(
        times[times["customs_released"] <= AS_OF], on="case_id"
    )
    took["s"] = took["customs_released"] - took["conveyance_arrived"].where(
        took["kind"] == "import", took["gate_in"]
    )
    took = took.dropna(subset=["s"])
    took["soon"] = took["s"] <= 48 * 3600
    by = took.groupby(["kind", "port"])
    found = pd.DataFrame(
        {
            "n": by["s"].size(),
            "mean": by["s"].mean() / 3600,
            "median": by["s"].quantile(0.5) / 3600,
            "p90": by["s"].quantile(0.9) / 3600,
            "within:48": by["soon"].mean(),
        }
    )
    whole = {"n": int}
    return {
        f"{kind} {port} {name}": whole.get(name, float)(row[name])
        for (kind, port), row in found.iterrows()
        for name in found.columns
    }


TASKS = {"clearance": clearance}
