"""How a text writes a time, and what a column of them tells."""

from collections import Counter
from datetime import date, datetime

import pytest

from clearance_metrics.intake.inspection.time_shapes import FIRST, SECOND, shape
from clearance_metrics.intake.inspection.times_seen import times_in


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2021-09-01", ""),
        ("2021-09-01 08:30", ""),
        ("2021-09-01T08:30:00.123456Z", ""),
        ("2021-09-01 08:30:00+08", ""),
        ("2021-9-1 8:30", "%Y-%m-%d %H:%M"),
        ("2021/9/1 8:30:15", "%Y/%m/%d %H:%M:%S"),
        ("2021/09/01 08:30:00.0", "%Y/%m/%d %H:%M:%S.%f"),
        ("2021年9月1日 8时30分", "%Y年%m月%d日 %H时%M分"),
        ("2021年9月1日8时30分15秒", "%Y年%m月%d日%H时%M分%S秒"),
        ("２０２１年９月１日", "%Y年%m月%d日"),
        ("2021/9/1 下午 3:20", "%Y/%m/%d %p %I:%M"),
        ("2021/9/1 3:20 PM", "%Y/%m/%d %I:%M %p"),
        ("20210901", "%Y%m%d"),
        ("202109010830", "%Y%m%d%H%M"),
        ("20210901083000", "%Y%m%d%H%M%S"),
        ("20210901 083000", "%Y%m%d %H%M%S"),
        ("2-Jun-06", "%d-%b-%y"),
        ("02-June-2006", "%d-%B-%Y"),
        ("Jun 2, 2006 14:05", "%b %d, %Y %H:%M"),
        ("13.04.2021", f"{FIRST}.{SECOND}.%Y"),
        ("08:30", "%H:%M"),
        ("8时30分", "%H时%M分"),
        ("2021-09-01 08:30 CST", "%Y-%m-%d %H:%M %Z"),
    ],
)
def test_the_format_of_a_text(text, written):
    assert shape(text).format == written


@pytest.mark.parametrize(
    "text",
    ["", "无", "021020211000000001", "2021", "1234.50", "1,234.50", "2021-13-40", "20211340"]
    + ["COSU6300000001", "8471300000", "a-b-c", "12/34/5678", "2021-09-01x", "99:99", "9" * 5000],
)
def test_what_is_no_time(text):
    assert shape(text) is None


def test_day_and_month_are_told_by_values_above_twelve_or_left_open():
    known = times_in(Counter({"03/04/2021": 5, "25/04/2021": 1}))
    assert (known.order, known.format_list()) == ("", ["%d/%m/%Y"])
    american = times_in(Counter({"03/04/2021": 5, "04/25/2021": 1}))
    assert american.format_list() == ["%m/%d/%Y"]
    for odd in ({"03/04/2021": 5}, {"25/04/2021": 1, "04/25/2021": 1}):
        assert times_in(Counter(odd)).open


def test_marks_of_no_time_are_kept_apart_from_slips():
    seen = times_in(
        Counter({"2021-09-01": 50, "2021-12-31": 40, "9999-12-31": 5, "1900-01-01": 1, "无": 4})
        + Counter({"2202-09-01": 1, "2021-13-40": 2}),
        ("无",),
    )
    assert set(seen.never) == {"9999-12-31", "1900-01-01"}
    assert dict(seen.unread) == {"2021-13-40": 2}
    # a slip of the pen is no mark, and does not stretch the days that can be
    assert (seen.first, seen.last) == (date(2021, 9, 1), date(2021, 12, 31))


@pytest.mark.parametrize(
    ("values", "number"),
    [
        (["44440.354", "44441.5", "44442"], "excel"),
        ([44440.354, 44441.5], "excel"),
        (["1630454400", "1630458000"], "seconds"),
        ([1630454400000, 1630458000000], "milliseconds"),
    ],
)
def test_numbers_that_are_times(values, number):
    assert times_in(Counter(values)).number == number


@pytest.mark.parametrize(
    "values",
    [
        ["021020211000000001", "021020211000000002"],
        ["1", "2", "3"],
        ["2021", "2022"],
        ["99999", "12345"],
        [True, False],
        [],
    ],
)
def test_numbers_that_are_none(values):
    assert times_in(Counter(values)) is None


def test_cells_that_are_times_need_no_format():
    seen = times_in(Counter([datetime(2021, 9, 1), datetime(2021, 9, 2, 8)]))
    assert seen.native and seen.format_list() == [] and not seen.date_only
    assert times_in(Counter([date(2021, 9, 1)])).date_only


def test_a_time_of_day_among_times_is_no_format_of_the_column():
    seen = times_in(Counter({"2021/9/1 08:30": 20, "10:30:00": 1}))
    assert seen.format_list() == ["%Y/%m/%d %H:%M"]
    assert dict(seen.unread) == {"10:30:00": 1}
    assert times_in(Counter({"08:30": 2, "10:30": 1})).clock_only
