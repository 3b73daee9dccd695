"""pm4py for the one duration it can give without a definition of a clock: first event to last of
each case.

Held to the two milestones of the customs-only clock, which never runs backwards, that is
declaration to release.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pm4py


def durations(folder: Path, _memory: str | None) -> dict:
    """Declaration to customs release, straight from the raw events."""
    events = pd.read_csv(folder / "raw" / "events.csv")
    events = events[events["milestone"].isin(["declared", "customs_released"])]
    # a case counts once both are there
    events = events[events.groupby("case_id")["milestone"].transform("size") == 2]
    events["time"] = pd.to_datetime(events["time"], format="%Y-%m-%d %H:%M:%S")
    log = pm4py.format_dataframe(
        events, case_id="case_id", activity_key="milestone", timestamp_key="time"
    )
    hours = np.array(pm4py.get_all_case_durations(log)) / 3600
    median, p90 = np.quantile(hours, [0.5, 0.9])
    return {
        "n": len(hours),
        "mean": float(hours.mean()),
        "median": float(median),
        "p90": float(p90),
    }


TASKS = {"durations": durations}
