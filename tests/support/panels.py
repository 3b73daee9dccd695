"""Small logs with planted levels, made without chance unless a seed is given."""

import numpy as np
import polars as pl

from clearance_metrics.engine.log import EventLog

MONTHS = np.arange("2019-01", "2023-01", dtype="datetime64[M]")


def months(first, count):
    return np.arange(first, np.datetime64(first, "M") + count, dtype="datetime64[M]")


def log_of(levels, first="2019-01", cases=30):
    """`levels`: port to hours per month;

    `cases` (a number, or one per port) have that mean, to the second.
    """
    start, rows = np.datetime64(first, "M"), []
    for port, hours in levels.items():
        count = cases[port] if isinstance(cases, dict) else cases
        spread = np.arange(count) - (count - 1) / 2
        for i, mean in enumerate(hours):
            begin = (start + i).astype("datetime64[D]").astype("datetime64[s]").astype(
                int
            ) + 5 * 86400
            seconds = np.round(mean * 3600) + np.round(spread * 600)
            for k, s in enumerate(seconds):
                rows.append((f"{port}-{i}-{k}", port, begin + 3600 * k, int(begin + 3600 * k + s)))
    frame = pl.DataFrame(rows, schema=["case_id", "port", "a", "b"], orient="row")
    events = pl.concat(
        [
            frame.select(
                "case_id", pl.lit("declared").alias("milestone"), pl.col("a").alias("time")
            ),
            frame.select(
                "case_id", pl.lit("customs_released").alias("milestone"), pl.col("b").alias("time")
            ),
        ]
    )
    return EventLog(events, frame.select("case_id", "port"), timezone="Asia/Shanghai")


def staggered_panel(seed=85):
    """22 units by 12 periods: 6 start at place 5, 7 at place 8, 9 never; the figures other packages
    were given.
    """
    rng = np.random.RandomState(seed)
    starts = np.array([5] * 6 + [8] * 7 + [10**6] * 9)
    fixed, common = rng.normal(50, 8, 22), rng.normal(0, 2, 12).cumsum()
    values = fixed[:, None] + common[None, :] + rng.normal(0, 1, (22, 12))
    for i, start in enumerate(starts):
        for t in range(start, 12):
            values[i, t] -= (2 if start == 5 else 4) + 0.5 * (t - start)
    return np.round(values, 3), starts
