"""A text is a day where the calendar has it, and is told where it has not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.domain.days import no_day, read_day
from clearance_metrics.errors import LogError

PARTS = st.tuples(st.integers(1, 9999), st.integers(0, 99), st.integers(0, 99))


@given(PARTS)
def test_a_day_is_read_if_the_calendar_has_it(parts):
    text = "{:04}-{:02}-{:02}".format(*parts)
    lengths = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    year, month, day = parts
    leap = month == 2 and (year % 400 == 0 or year % 4 == 0 and year % 100 != 0)
    known = 1 <= month <= 12 and 1 <= day <= lengths[month - 1] + leap
    assert (read_day(text) is not None) == known
    assert no_day(f"as_of = {text}", 8) == (None if known else text)


@given(st.dates())
def test_every_day_comes_back(day):
    assert read_day(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["２０２３-01-01", " 2023-01-01", "2023-01-01\n", "2023/01/01", ""]
)
def test_other_texts_are_none(text):
    assert read_day(text) is None


@pytest.mark.parametrize("text", ["2023-02-29", "2023-W01-1", "20230101"])
def test_the_day_of_a_log_is_written_in_one_way(text):
    with pytest.raises(LogError, match="is not a date"):
        AsOf.of(text, "Asia/Shanghai")
    day = date(2023, 1, 1) + timedelta(days=58)
    assert AsOf.of("2023-02-28", "Asia/Shanghai") == AsOf.of(day, "Asia/Shanghai")
