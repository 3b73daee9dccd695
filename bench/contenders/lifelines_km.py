"""lifelines' KaplanMeierFitter, on frames that pandas read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter

from .sql import AS_OF


def survival(folder: Path, _memory: str | None) -> dict:
    """Kaplan-Meier of the port release clock with its open cases, a curve per direction, to the
    minute.
    """
    answer = {}
    kinds = pd.read_parquet(folder / "log" / "cases.parquet", columns=["case_id", "kind"])
    columns = ["case_id", "conveyance_arrived", "gate_in", "gate_out", "departed"]
    both = kinds.merge(
        pd.read_parquet(folder / "log" / "milestones.parquet", columns=columns), on="case_id"
    )
    for kind, start, stop in (
        ("import", "conveyance_arrived", "gate_out"),
        ("export", "gate_in", "departed"),
    ):
        begun = both[(both["kind"] == kind) & both[start].notna()]
        ended = begun[stop].notna()
        minutes = (begun[stop].fillna(AS_OF) - begun[start]) // 60
        fitted = KaplanMeierFitter().fit(minutes, ended)
        steps = fitted.event_table["observed"] > 0
        curve, band = fitted.survival_function_[steps], fitted.confidence_interval_[steps]
        answer |= {
            f"{kind} steps": int(steps.sum()),
            f"{kind} n": len(begun),
            f"{kind} open": int((~ended).sum()),
        }
        named = {"value": curve.iloc[:, 0], "low": band.iloc[:, 0], "high": band.iloc[:, 1]}
        # a band at zero survival has no value
        zero = curve.iloc[:, 0].to_numpy() == 0
        for name, column in named.items():
            values = column.to_numpy("float64")
            gone = np.isnan(values) | (zero & (name != "value"))
            answer[f"{kind} {name}"] = [
                None if g else float(v) for v, g in zip(values, gone, strict=True)
            ]
    return answer


TASKS = {"survival": survival}
