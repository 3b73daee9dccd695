"""Logs that the tests of several ends, late starts and contrasts share."""

from datetime import date, datetime, timedelta, timezone

import numpy as np
import polars as pl
import pytest

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.engine.log import EventLog
from clearance_metrics.engine.tally import tally

SHANGHAI = timezone(timedelta(hours=8))
DAY = datetime(2021, 5, 3, tzinfo=SHANGHAI)
STARTS, AS_OF = (
    20 * 86400,
    45 * 86400,
)  # seconds after DAY: the log's first instant, and the end of as_of
FIRST_DAY, LAST_DAY = date(2021, 5, 23), date(2021, 6, 16)


def log_of(cases, columns=None):
    """A log from cases as {milestone: hours after the first day's start}."""
    rows = [
        (str(i), name, DAY + timedelta(hours=h))
        for i, case in enumerate(cases)
        for name, h in case.items()
    ]
    frame = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    facts = (
        None
        if columns is None
        else pl.DataFrame({"case_id": [str(i) for i in range(len(cases))], **columns})
    )
    return EventLog(frame, facts, timezone="Asia/Shanghai")


def ibis_or_skip():
    """Ibis, which only tables in other engines need."""
    why = "Ibis is not installed: pip install 'clearance-metrics[ibis]'"
    return pytest.importorskip("ibis", reason=why)


def frame_of(log, query):
    """The rows of a query of the log as a Polars frame."""
    return pl.from_arrow(log.rows_of(query))


def cell_of(log, clock, as_of="2021-05-31"):
    when = AsOf.of(as_of, log.timezone)
    (cell,) = tally(log, clock, as_of=when)
    return cell


def rows_of(log, clock, statistics, as_of="2021-05-31", **more):
    return {r.statistic: r for r in measure(log, clock, as_of=as_of, statistics=statistics, **more)}


def stream(seed=3, size=4000, days=60, mean=60.0):
    """Cases of a steady stream: begun over some days, exponential lengths, in whole seconds."""
    rng = np.random.default_rng(seed)
    begin = np.floor(rng.uniform(0, days * 24, size) * 3600).astype("int64")
    return begin, begin + np.ceil(rng.exponential(mean, size) * 3600).astype("int64")


def stream_log(begin, end, columns=None, stop="customs_released", until=None):
    base = int(DAY.timestamp())
    ids = np.arange(len(begin)).astype(str)
    seen = end <= (until if until is not None else end.max())
    frame = pl.concat(
        [
            pl.DataFrame({"case_id": ids, "milestone": "declared", "time": begin + base}),
            pl.DataFrame({"case_id": ids[seen], "milestone": stop, "time": end[seen] + base}),
        ]
    )
    return EventLog(
        frame,
        None if columns is None else pl.DataFrame({"case_id": ids, **columns}),
        timezone="Asia/Shanghai",
    )
