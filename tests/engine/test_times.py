"""Times of events in memory: every kind that is one, and the reason why another is none."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError

SHANGHAI = timezone(timedelta(hours=8))
AT = datetime(2021, 9, 1, 8, 30)
SECOND = int(AT.replace(tzinfo=SHANGHAI).timestamp())


def log_of(times, zone="Asia/Shanghai", **more):
    if not isinstance(times, pa.Array | pd.Series):
        times = pd.Series(times)
    n = len(times)
    frame = pa.table if isinstance(times, pa.Array) else pd.DataFrame
    names = [str(i) for i in range(n)]
    return EventLog(
        frame({"case_id": names, "milestone": ["declared"] * n, "time": times} | more),
        timezone=zone,
    )


def read(log):
    rows = log.rows_of(log.events_table).to_pylist()
    return [row["time"] for row in sorted(rows, key=lambda row: int(row["case_id"]))]


def refused(times, said, **more):
    with pytest.raises(LogError, match=said) as error:
        log_of(times, **more)
    assert error.value.where == "events.time" and error.value.remedy
    return error.value


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai", "+08:00", "EST"])
def test_every_timestamp_of_arrow_is_read(unit, zone):
    local = SECOND if zone else SECOND + 8 * 3600
    times = pa.array([local], pa.timestamp("s", tz=zone)).cast(pa.timestamp(unit, tz=zone))
    assert read(log_of(times)) == [SECOND]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()])
def test_every_date_of_arrow_stands_at_local_noon_and_says_so(kind):
    log = log_of(pa.array([date(2021, 9, 1)], kind))
    assert read(log) == [SECOND + 3 * 3600 + 1800] and log.date_only == {"declared"}


@pytest.mark.parametrize(
    "kind", [pa.time32("s"), pa.time64("us"), pa.duration("s"), pa.float64(), pa.bool_()]
)
def test_other_kinds_are_refused(kind):
    given = {pa.float64(): [1.5], pa.bool_(): [True]}.get(kind) or pa.array(
        [1], pa.int64() if kind.bit_width == 64 else pa.int32()
    )
    refused(
        pa.array(given, kind) if isinstance(given, list) else given.cast(kind), "events.time holds"
    )


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ([AT, AT.replace(tzinfo=UTC)], "mixes times with a zone and without one"),
        ([date(2021, 9, 1), AT], "mixes dates and datetime"),
        (["2021-09-01", AT], "mixes datetime and str"),
        ([time(8), time(9)], "holds time64"),
        ([Decimal(1), Decimal(2)], "holds decimal128"),
    ],
)
def test_a_column_of_mixed_objects_is_refused(times, said):
    refused(pd.Series(times, dtype=object), said)


def test_offsets_may_differ_within_a_column():
    times = pd.Series([AT.replace(tzinfo=SHANGHAI), AT.replace(tzinfo=UTC)], dtype=object)
    assert read(log_of(times)) == [SECOND, SECOND + 8 * 3600]


@pytest.mark.parametrize(
    ("number", "said", "remedy"),
    [
        (SECOND * 10**3, "looks like milliseconds \\(2021-09-01\\)", "// 1000"),
        (SECOND * 10**6, "looks like microseconds", "// 1000000"),
        (SECOND * 10**9, "looks like nanoseconds", "// 1000000000"),
        (20210901, "looks like a date and not like seconds", "pd.to_datetime"),
        (202109010830, "looks like a date and time", "pd.to_datetime"),
    ],
)
@pytest.mark.parametrize("frame", [pd.Series, pa.array])
def test_whole_numbers_that_are_no_seconds_are_refused(number, said, remedy, frame):
    assert remedy in refused(frame([number, number]), said).remedy


@pytest.mark.parametrize(
    "given",
    [
        np.array(["9999-12-31"], "datetime64[s]"),
        np.array(["1900-01-01"], "datetime64[ms]"),
        np.array([2**62], "datetime64[s]"),
        np.array([-(2**62)], "datetime64[s]"),
        pa.array([date(9999, 12, 31)]),
        pa.array([2**63 + 5], pa.uint64()),
        ["9999-12-31 00:00:00"],
    ],
)
def test_times_that_stand_for_no_value_are_refused(given):
    refused(given if isinstance(given, pa.Array) else pd.Series(given), "a time in the year")


def test_seconds_before_1990_are_read_and_noted():
    log = log_of([0, SECOND])
    assert read(log) == [0, SECOND]
    assert [(note.kind, note.n, note.examples) for note in log.notes] == [
        ("before_1990", 1, ("0",))
    ]


WRITTEN = {
    "2021-09-01 08:30": SECOND,
    "2021-09-01 08:30:00": SECOND,
    "2021-09-01T08:30:00.5": SECOND,
    "2021-09-01T08:30:00,25+08:00": SECOND,
    "2021-09-01T00:30:00Z": SECOND,
    "2021-09-01 00:30+00": SECOND,
    "2021-09-01T08:30:00+0800": SECOND,
    " 2021-09-01 08:30 ": SECOND,
    "2021-09-01": SECOND + 3 * 3600 + 1800,
}


@pytest.mark.parametrize("frame", [pd.Series, pa.array])
def test_texts_are_read_as_in_files(frame):
    log = log_of(frame(list(WRITTEN)))
    assert read(log) == list(WRITTEN.values()) and log.date_only == {"declared"}
    rows = log.rows_of(log.milestones_table).to_pylist()
    assert sorted(row["declared__frac"] for row in rows)[-2:] == [250_000, 500_000]


def test_texts_that_are_no_times_are_refused_with_one_of_them():
    refused(
        ["2021-09-01", "01/09/2021"],
        "1 of events.time cannot be read as times, such as '01/09/2021'",
    )
    refused(["2021-09-01 25:00"], "cannot be read")
    refused(["2021-09-01", ""], "1 empty time in events")
    refused(["2021-09-01 08:30"], "has no time zone", zone=None)
    assert read(log_of(["2021-09-01 00:30Z"], None)) == [SECOND]


def test_local_times_that_a_change_of_the_clock_repeats_or_skips_are_counted():
    times = ["2021-10-31 02:30", "2021-10-31 03:30", "2021-03-28 02:30", "2021-03-28 03:30"]
    log = log_of(pd.to_datetime(pd.Series(times)), "Europe/Berlin")
    told = [(note.column, note.kind, note.n) for note in log.notes]
    assert told == [("time", "clock_change", 2)]
    assert log.notes[0].examples == ("2021-03-28 02:30:00", "2021-10-31 02:30:00")
    found = [datetime.fromtimestamp(second, UTC) for second in read(log)]
    # the earlier of two, and the last second before
    assert (found[0].hour, found[0].minute) == (0, 30)
    assert (found[2].hour, found[2].minute, found[2].second) == (0, 59, 59)
    assert log_of(pd.to_datetime(pd.Series(times)), "UTC").notes == ()
    assert (
        log_of(pd.to_datetime(pd.Series(times)).dt.tz_localize("UTC"), "Europe/Berlin").notes == ()
    )


def test_midnight_that_is_said_to_be_a_date_stands_at_noon_as_dates_do():
    days = ["day", "second", None]
    midnight = [datetime(2021, 9, 1)] * 3
    log = log_of(midnight, resolution=days)
    assert [second - SECOND for second in read(log)] == [12600, -30600, -30600]
    with pytest.raises(LogError, match="events.resolution holds 'hour'"):
        log_of(midnight, resolution=["hour"] * 3)


def test_a_zone_that_is_no_place_has_to_be_said_in_another_way():
    times = pd.Series([AT]).dt.tz_localize("EST")
    refused(times, "in the zone 'EST', which is no place", zone=None)
    with pytest.raises(LogError, match="'CST' is ambiguous"):
        log_of([AT], "CST")


def test_frames_without_rows_or_columns_are_refused():
    for events in (pl.DataFrame({"case_id": [], "milestone": [], "time": []}), pd.DataFrame()):
        with pytest.raises(LogError, match="events has n"):
            EventLog(events)
