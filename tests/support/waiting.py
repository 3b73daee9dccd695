"""Logs of open and finished cases for the tests of what waits, and their plain tables."""

from datetime import datetime, timedelta, timezone

import pandas as pd
import polars as pl

from clearance_metrics.engine.log import EventLog

SHANGHAI = timezone(timedelta(hours=8))
ZERO = datetime(2022, 3, 7, tzinfo=SHANGHAI)  # a Monday
START, STOP, BACK = "declared", "customs_released", "returned"


def log_of(cases, **columns):
    """A log of cases as (begun, finished, returned) in hours since ZERO; None for what is not
    there.
    """
    rows = [
        (str(i), name, ZERO + timedelta(seconds=round(3600 * h)))
        for i, case in enumerate(cases)
        for name, h in zip((START, STOP, BACK), case, strict=False)
        if h is not None
    ]
    frame = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    ids = {"case_id": [str(i) for i in range(len(cases))]}
    facts = pl.DataFrame(ids | columns) if columns else None
    return EventLog(frame, facts, timezone="Asia/Shanghai")


def table_of(folder, start, stop, as_of, kind):
    """The cases of a log's folder as pandas has them: begun and done, as local times."""
    zone = "Asia/Shanghai"
    read = pl.read_parquet(folder / "milestones.parquet").filter(pl.col("kind") == kind)
    local = {
        name: pl.from_epoch(column, time_unit="s")
        .dt.replace_time_zone("UTC")
        .dt.convert_time_zone(zone)
        for name, column in (("begun", start), ("done", stop))
    }
    frame = read.select(**local).to_pandas()
    end = pd.Timestamp(as_of, tz=zone) + pd.Timedelta(days=1)
    frame = frame[frame["begun"] < end].copy()
    frame.loc[frame["done"] >= end, "done"] = pd.NaT
    return frame, end - pd.Timedelta(seconds=1)
