"""Times in every spelling are read as what they mean, or refused by a rule that leads out."""

from datetime import UTC, datetime, time, timedelta, timezone

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.values import EVENTS, HEAD, times

from clearance_metrics.errors import InputError, MappingError
from clearance_metrics.intake import ingest
from clearance_metrics.intake.formats import FormatError, understood
from clearance_metrics.intake.values.zone_columns import shifts

EIGHT = ("2021-09-01 00:30:00", "minute")  # half past eight in Shanghai
EIGHT_SHARP = ("2021-09-01 00:30:00", "second")
UTC_EIGHT = ("2021-09-01 08:30:00", "second")
DAY = ("2021-09-01 04:00:00", "day")
AFTERNOON = ("2021-09-01 07:20:00", "minute")
# the same as EIGHT in signs of full width
WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in "2021-09-01") + "\u3000"
WIDE += "".join(chr(ord(sign) + 0xFEE0) for sign in "08:30")
ISO = {
    "2021-09-01T08:30:00": EIGHT_SHARP,
    "2021-09-01t08:30:00": EIGHT_SHARP,
    "2021-09-01   08:30": EIGHT,
    "2021-09-01 08:30:00.123456789": EIGHT_SHARP,
    "2021-09-01 08:30:00,9999999999": EIGHT_SHARP,
    "2021-09-01T24:00:00": ("2021-09-01 16:00:00", "second"),
    "2021-09-01 24:00": ("2021-09-01 16:00:00", "minute"),
    "20210901T240000": ("2021-09-01 16:00:00", "second"),
    "2021-12-24 00:30": ("2021-12-23 16:30:00", "minute"),
    "2021-09-01T08:30:00Z": UTC_EIGHT,
    "2021-09-01t08:30:00z": UTC_EIGHT,
    "2021-09-01 08:30:00 UTC": UTC_EIGHT,
    "2021-09-01 08:30:00 GMT+8": EIGHT_SHARP,
    "2021-09-01 08:30:00+08": EIGHT_SHARP,
    "2021-09-01 08:30:00.5 +0800": EIGHT_SHARP,
    "2021-09-01 08:30+08:00": EIGHT,
    "2021-09-01 05:00:00-0330": UTC_EIGHT,
    "20210901T083000Z": UTC_EIGHT,
    "20210901T163000+08": UTC_EIGHT,
    "20210901": DAY,
    "2021-09-01": DAY,
    "2021-09-01T08:30+08:00[Asia/Shanghai]": EIGHT,
    "2021-09-01T08:30[Asia/Shanghai]": EIGHT,
    "2021-09-01T00:30Z[UTC]": EIGHT,
    WIDE: EIGHT,
    "'2021-09-01 08:30": EIGHT,
    '="2021-09-01"': DAY,
    "\u200b2021-09-01 08:30": EIGHT,
    "2021-09-01 上午 8:30": EIGHT,
    "2021-09-01 下午3:20": AFTERNOON,
    "2021-09-01 3:20 PM": AFTERNOON,
    "2021-09-01 03:20 p.m.": AFTERNOON,
    "2021-09-01 15:20 PM": AFTERNOON,
    "2021-09-01 00:30 PM": ("2021-09-01 04:30:00", "minute"),
    "2021-09-01 12:30 PM": ("2021-09-01 04:30:00", "minute"),
    "2021-09-01 12:30 AM": ("2021-08-31 16:30:00", "minute"),
    "2021-09-01 13:20 AM": "unparseable_time",
    "2021-09-01 上午": "unparseable_time",
    "2021-09-01 24:00:01": "unparseable_time",
    "2021-09-01 08:30:60": "unparseable_time",
    "2021-09-01 08:30:00+99:00": "unparseable_time",
    "2021-09-01T08:30+24:00": "unparseable_time",
    "2021-09-01T08:30-24:00": "unparseable_time",
    "2021-09-01T08:30:00-24:00": "unparseable_time",
    "2021-09-01 08:30 +2400": "unparseable_time",
    "20210901T0830-24:00": "unparseable_time",
    "20210901T083000+24:00": "unparseable_time",
    "2021-09-01 08:30 GMT-24:00": "unparseable_time",
    "2021-09-01 08:30:00+14:30": "unparseable_time",
    "2021-09-01 08:30:00-12:30": "unparseable_time",
    "2021-09-01 08:30:00-13:00": "unparseable_time",
    "2021-09-01 08:30-14": "unparseable_time",
    "2021-09-01 22:30:00+14:00": UTC_EIGHT,
    "2021-08-31 20:30:00-12:00": UTC_EIGHT,
    "2021-08-31 20:30:00 -1200": UTC_EIGHT,
    "2021-09-01T24:00:00+08:00": ("2021-09-01 16:00:00", "second"),
    "2021-09-01 8:30": "unparseable_time",
    "2021/9/1 08:30": "unparseable_time",
    "2021-02-29": "unparseable_time",
    "NULL": "unparseable_time",
    "infinity": "unparseable_time",
    "epoch": "unparseable_time",
    "2021-09-01 08:30 CST": "unknown_zone",
    "2021-09-01 08:30:00 IST": "unknown_zone",
    "2021-09-01T08:30+09:00[Asia/Tokyo]": "unknown_zone",
    "44440.354": "number_as_time",
    "1630456200": "number_as_time",
    "1630456200000": "number_as_time",
    "0000-00-00 00:00:00": "sentinel_date",
    "0001-01-01": "sentinel_date",
    "1900-01-01 00:00": "sentinel_date",
    "1970-01-01 08:00": "sentinel_date",
    "9999-12-31 23:59": "sentinel_date",
    "2031-05-05": "time_outside_window",
}


def test_iso_in_full(tmp_path):
    found, noted = times(tmp_path, list(ISO))
    assert dict(zip(ISO, found, strict=True)) == ISO
    assert noted == {"time_cut": 3}


def test_iso_is_read_beside_any_format(tmp_path):
    found, _ = times(tmp_path, list(ISO), '{ column = "at", formats = ["%d.%m.%Y %H:%M"] }')
    assert dict(zip(ISO, found, strict=True)) == ISO


BY_FORMAT = [
    ("%Y/%m/%d %H:%M", "2021/9/1 8:30", EIGHT),
    ("%Y/%m/%d %H:%M", "2021/9/1 上午 8:30", EIGHT),
    ("%Y/%m/%d %H:%M", "2021/8/31 24:00", ("2021-08-31 16:00:00", "minute")),
    ("%Y年%m月%d日 %H时%M分", "2021年9月1日 8时30分", EIGHT),
    ("%Y年%m月%d日", "\uff12\uff10\uff12\uff11年\uff19月\uff11日", DAY),
    ("%Y/%m/%d 下午 %I:%M", "2021/9/1 下午 3:20", AFTERNOON),
    ("%Y/%m/%d 下午 %I:%M", "2021/9/1 上午 3:20", "unparseable_time"),
    ("%Y/%m/%d %p %I:%M", "2021/9/1 下午 3:20", AFTERNOON),
    ("%b %d %Y %I:%M:%S%p", "Sep  1 2021  8:30:00AM", EIGHT_SHARP),
    ("%b %d %Y %I:%M:%S%p", "Sep 1 2021 8:30:00", "unparseable_time"),
    ("%Y-%m-%dT%H:%M:%SZ", "2021-09-01T08:30:00Z", UTC_EIGHT),
    ("%d.%m.%Y %H:%M:%SZ", "01.09.2021 08:30:00Z", UTC_EIGHT),
    ("%d.%m.%Y %H:%M:%S%z", "01.09.2021 08:30:00Z", UTC_EIGHT),
    ("%d.%m.%Y %H:%M:%S%z", "01.09.2021 08:30:00 +08", EIGHT_SHARP),
    ("%d.%m.%Y %H:%M:%S%z", "01.09.2021 08:30:00", "unparseable_time"),
    ("%d.%m.%Y %H:%M:%S %Z", "01.09.2021 08:30:00 UTC", UTC_EIGHT),
    ("%d.%m.%Y %H:%M:%S %Z", "01.09.2021 08:30:00 CST", "unknown_zone"),
    ("%a %b %d %Y %H:%M:%S GMT%z (%Z)", "Wed Sep 01 2021 08:30:00 GMT+0800 (CST)", EIGHT_SHARP),
    ("%d.%m.%Y %H:%M %z", "01.09.2021 08:30 -24:00", "unparseable_time"),
    ("%d.%m.%Y %H:%M %z", "01.09.2021 08:30 +24:00", "unparseable_time"),
    ("%d.%m.%Y %H:%M %z", "01.09.2021 08:30 -13:00", "unparseable_time"),
    ("%d.%m.%Y %H:%M:%S %z", "31.08.2021 20:30:00 -12:00", UTC_EIGHT),
    ("%Y-%m-%d-%H:%M", "2021-08-31-24:00", ("2021-08-31 16:00:00", "minute")),
    ("%a %b %d %H:%M:%S %z %Y", "Wed Sep 01 08:30:00 +2400 2021", "unparseable_time"),
    ("%a %b %d %H:%M:%S %z %Y", "Wed Sep 01 08:30:00 -1300 2021", "unparseable_time"),
    ("%b-%d-%Y %z %H:%M", "SEP-24-2021 +0800 08:30", ("2021-09-24 00:30:00", "minute")),
    ("%a %b %d %H:%M:%S %z %Y", "Wed Sep 01 08:30:00 +0800 2021", EIGHT_SHARP),
    ("%F %T", "2021-09-01 08:30:00", EIGHT_SHARP),
    ("%d/%m/%Y %H:%M:%S.%f", "01/09/2021 08:30:00.0000000", EIGHT_SHARP),
    ("%Y%m%d%H%M%S", "20210901083000", EIGHT_SHARP),
    ("%Y%m%d", "2021111", "unparseable_time"),
    ("%Y%j", "2021244", DAY),
    ("%Y-%d-%m", "2021-01-09", DAY),
]


@pytest.mark.parametrize(("format_", "text", "wanted"), BY_FORMAT)
def test_formats(tmp_path, format_, text, wanted):
    spec = f'{{ column = "at", formats = ["{format_}"] }}'
    assert times(tmp_path, [text], spec)[0] == [wanted]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("%Y-%m", "no year, month and day"),
        ("%H:%M", "no year, month and day"),
        ("%Y-%m-%d %I:%M", "hour of twelve"),
        ("%s", "seconds"),
        ("%Y-%m-%d %Q", "%Q is no code"),
        ("%Y-%m-%d %", "no code"),
        ("%Z %Y-%m-%d", "at the end"),
    ],
)
def test_formats_that_read_nothing_are_mistakes_of_the_mapping(tmp_path, text, says):
    with pytest.raises(MappingError) as told:
        times(tmp_path, ["2021-09-01"], f'{{ column = "at", formats = ["{text}"] }}')
    assert says in str(told.value) and "a.csv" in str(told.value) and "time" in str(told.value)
    with pytest.raises(FormatError):
        understood(text)


def test_numbers_as_times(tmp_path):
    texts = ["44440.3541666667", "44440.41666666", "44440", "2021-09-01", "20210901", "x"]
    found, _ = times(tmp_path, texts, '{ column = "at", number = "excel" }')
    sharp = ("2021-09-01 02:00:00", "second")
    assert found == [EIGHT_SHARP, sharp, DAY, DAY, DAY, "unparseable_time"]
    for unit, text in (("seconds", "1630456200"), ("milliseconds", "1630456200000")):
        found, _ = times(tmp_path, [text, text + ".5"], f'{{ column = "at", number = "{unit}" }}')
        assert found == [EIGHT_SHARP] * 2


def test_a_day_and_a_time_of_day_in_two_columns(tmp_path):
    rows = [("2021-09-01", "8:30"), ("2021-09-01", "下午 3:20"), ("2021-09-01", ""), ("", "8:30")]
    spec = '{ columns = ["day", "clock"] }'
    found, _ = times(tmp_path, [*rows, ("", "")], spec, header=("day", "clock"))
    assert found == [EIGHT, AFTERNOON, DAY, "unparseable_time", "missing_time"]
    spec = '{ columns = ["day", "clock"], formats = ["%d/%m/%Y", "%H.%M"] }'
    rows = [("1/9/2021", "8:30"), ("2021-09-01", "8.30"), ("1/9/2021", "")]
    assert times(tmp_path, rows, spec, header=("day", "clock"))[0] == [EIGHT, EIGHT, DAY]


def test_a_zone_in_each_row(tmp_path):
    rows = [
        ("2021-09-01 20:00", "America/Los_Angeles"),
        ("2021-09-02 12:00", "Asia/Shanghai"),
        ("2021-09-02 12:00", "UTC+8"),
        ("2021-09-02 12:00", "CST"),
        ("2021-09-02 12:00", ""),
        ("2021-09-02 12:00", "Mars/Base"),
        ("2021-09-02 04:00Z", "CST"),
        ("2021-11-07 01:30", "America/Los_Angeles"),
    ]
    found, noted = times(
        tmp_path, rows, '{ column = "at", zone_column = "zone" }', header=("at", "zone")
    )
    noon = ("2021-09-02 04:00:00", "minute")
    assert found == [
        ("2021-09-02 03:00:00", "minute"),
        noon,
        noon,
        *["unknown_zone"] * 3,
        noon,
        ("2021-11-07 08:30:00", "minute"),
    ]
    assert noted == {"clock_change": 1}


def test_times_that_the_clock_repeats_or_skips(tmp_path):
    texts = ["2021-11-07 01:30:00", "2021-03-14 02:30:05", "2021-03-14", "2021-07-01 08:00:00"]
    found, noted = times(tmp_path, texts, zone="America/Los_Angeles")
    assert [text for text, _ in found] == [
        "2021-11-07 08:30:00",
        "2021-03-14 09:59:59",
        "2021-03-14 19:00:00",
        "2021-07-01 15:00:00",
    ]
    assert noted == {"clock_change": 2}


MOMENT = datetime(2021, 9, 1, 8, 30)


def stored(folder, values):
    """The times of a Parquet column, in UTC."""
    ids = pa.array([f"c{i}" for i in range(len(values))])
    pq.write_table(pa.table({"id": ids, "at": values}), folder / "a.parquet")
    mapping = HEAD.format(zone="Asia/Shanghai") + EVENTS.format(time='"at"')
    path = folder / "dataset.toml"
    path.write_text(mapping.replace("a.csv", "a.parquet"), encoding="utf-8")
    ingest(path, out=folder / "out")
    rows = pl.read_parquet(folder / "out" / "events.parquet").sort("case_id").to_dicts()
    return [(r["time"].strftime("%Y-%m-%d %H:%M:%S"), r["resolution"]) for r in rows]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/Los_Angeles"])
def test_every_type_of_time_that_arrow_has(tmp_path, unit, zone):
    moment = MOMENT if zone is None else MOMENT.replace(tzinfo=timezone(timedelta(hours=8)))
    assert stored(tmp_path, pa.array([moment], pa.timestamp(unit, zone))) == [EIGHT_SHARP]


def test_dates_and_nanoseconds_of_arrow(tmp_path):
    day = pa.array([MOMENT.date()], pa.date32())
    assert stored(tmp_path, day) == stored(tmp_path, day.cast(pa.date64())) == [DAY]
    last = int(MOMENT.replace(tzinfo=UTC).timestamp()) * 10**9 + 999_999_999
    assert stored(tmp_path, pa.array([last], pa.timestamp("ns"))) == [EIGHT_SHARP]
    with pytest.raises(InputError, match="time of day without a date"):
        stored(tmp_path, pa.array([time(8, 30)]))


def test_an_offset_that_no_clock_has_is_no_zone():
    assert shifts("+14:00") == ((0, 50400),) and shifts("UTC-12") == ((0, -43200),)
    assert [shifts(name) for name in ("+14:30", "-12:30", "-13:00", "GMT-14")] == [None] * 4
