"""Tables in memory: pandas, Polars and Arrow with columns of every type."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from clearance_metrics import Duration, EventLog, measure
from clearance_metrics.errors import ClearanceError

CHINA = timezone(timedelta(hours=8))
NAIVE = [datetime(2021, 9, 1, 8, 30), datetime(2021, 9, 1, 10, 30)]
CLOCK = Duration("declared", "customs_released")


def check(rng: Random) -> tuple[str, list[str]]:
    """How one log went, and its faults."""
    cases = rng.choice([1, 1, 3, 3, 3, 5, 0])
    frame, sure = _events(rng, cases)
    about = _cases(rng, cases) if rng.random() < 0.3 else None
    zone = rng.choice(["Asia/Shanghai"] * 9 + [None, "UTC", "America/New_York", "Mars", ""])
    try:
        log = EventLog(frame, about, timezone=zone)
        by = rng.choice([(), "port", "kind"]) if about is not None else ()
        found = measure(log, CLOCK, as_of="2021-12-31", by=by, statistics=("n", "median"))
        rows = list(found)
    except ClearanceError as error:
        return "refused", [] if str(error).strip() else ["bare refusal"]
    n = sum(row.value or 0 for row in rows if row.statistic == "n")
    if sure and n != cases:
        return "read", [f"cases: {cases} go in, {n} are counted"]
    return "read", []


def _events(rng: Random, cases: int) -> tuple[Any, bool]:
    """Two events a case in a frame of some library; whether all must be counted."""
    ids, sure_ids = _ids(rng, cases)
    times, sure_times = _times(rng, cases)
    codes = ["declared", "customs_released"] * cases
    if rng.random() < 0.08:
        codes = [rng.choice([c, None, "arrived", 1, b"declared"]) for c in codes]
        sure_times = False
    columns = {"case_id": ids, "milestone": codes, "time": times}
    if rng.random() < 0.06:
        columns.pop(rng.choice(list(columns)))
        sure_times = False
    if rng.random() < 0.1:
        columns[rng.choice(["x", "Time", "resolution", "day", "case_id_", "时间"])] = [1] * len(ids)
        sure_times = False
    made = _framed(rng, columns)
    return made, sure_ids and sure_times and made is not None


def _framed(rng: Random, columns: dict) -> Any:
    way = rng.random()
    if way < 0.03:
        return rng.choice([None, [], {}, "a", 1, columns, pd.DataFrame(), pl.DataFrame()])
    series = {name: pd.Series(values) for name, values in columns.items()}
    frame = pd.DataFrame(series)
    try:
        if way < 0.45:
            if rng.random() < 0.1:
                frame = pd.concat([frame, frame[[frame.columns[0]]]], axis=1)
            if rng.random() < 0.05:
                frame.index = frame.iloc[:, 0]
            return frame
        if way < 0.7:
            return pl.from_pandas(frame) if way < 0.6 else pl.from_pandas(frame).lazy()
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return frame


def _ids(rng: Random, cases: int) -> tuple[Any, bool]:
    numbers = [1001 + i // 2 for i in range(2 * cases)]
    big = [421020211000012340 + i // 2 for i in range(2 * cases)]
    texts = [f"C{n}" for n in numbers]
    return rng.choice(
        [
            *[(texts, True)] * 12,
            (numbers, True),
            (big, True),
            (pd.array(numbers, dtype="Int64"), True),
            (pd.Categorical(texts), True),
            (pd.array(texts, dtype="string"), True),
            ([float(n) for n in numbers], False),
            ([float(n) for n in big], False),
            ([Decimal(n) for n in numbers], False),
            ([n if i % 2 else str(n) for i, n in enumerate(numbers)], False),
            ([None if i % 2 else t for i, t in enumerate(texts)], False),
            ([f" {t}" if i % 2 else t for i, t in enumerate(texts)], False),
            ([b"a"] * len(texts), False),
            ([(1, 2)] * len(texts), False),
            ([""] * len(texts), False),
            (np.array(texts, dtype=object), True),
            ([date(2021, 1, 1)] * len(texts), False),
            ([True, False] * cases, False),
        ]
    )


def _times(rng: Random, cases: int) -> tuple[Any, bool]:
    naive = NAIVE * cases
    aware = [t.replace(tzinfo=CHINA) for t in naive]
    stamps = pd.to_datetime(pd.Series(naive)) if naive else pd.Series([], dtype="datetime64[ns]")
    seconds = [1630456200, 1630463400] * cases
    return rng.choice(
        [
            *[(stamps, True)] * 12,
            (stamps.dt.tz_localize("UTC"), True),
            (stamps.dt.tz_localize("Asia/Shanghai"), True),
            (stamps.astype(f"datetime64[{rng.choice(['s', 'ms', 'us', 'ns'])}]"), True),
            (seconds, True),
            ([t.date() for t in naive], True),
            (np.array(aware, dtype=object), True),
            ([*aware[1:], *naive[:1]], False),
            ([t.astimezone(UTC) if i % 2 else t for i, t in enumerate(aware)], True),
            ([1000 * s for s in seconds], False),
            ([float(s) for s in seconds], False),
            ([str(t) for t in naive], False),
            ([None if i % 3 == 0 else t for i, t in enumerate(naive)], False),
            ([t.date() if i % 2 else t for i, t in enumerate(naive)], False),
            ([datetime(9999, 12, 31)] * len(naive), False),
            ([datetime(1, 1, 1)] * len(naive), False),
            (stamps.dt.to_period("D"), False),
            ([timedelta(hours=1)] * len(naive), False),
            ([2**62] * len(naive), False),
            ([object()] * len(naive), False),
            (np.array(seconds, dtype="int32"), True),
        ]
    )


def _cases(rng: Random, cases: int) -> Any:
    ids = rng.choice([[f"C{1001 + i}" for i in range(cases)], list(range(1001, 1001 + cases))])
    columns: dict[str, Any] = {"case_id": ids, "port": ["x"] * cases, "kind": ["import"] * cases}
    if rng.random() < 0.4:
        odd = ([None, "进口", 1.5, True, date(2021, 1, 1), b"a", [1], {"a": 1}] * 9)[:cases]
        columns[rng.choice(["port", "kind", "teu", "Port", "declared", "时"])] = odd
    if rng.random() < 0.1 and cases:
        columns = {k: [*v, v[0]] for k, v in columns.items()}
    return _framed(rng, columns)
