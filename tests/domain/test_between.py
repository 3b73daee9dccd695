"""Windows of days: what may be written, and which days it means."""

from datetime import date, datetime

import pandas as pd
import pytest

from clearance_metrics.domain.between import Between, first_day
from clearance_metrics.errors import LogError


@pytest.mark.parametrize(
    ("pair", "first", "last"),
    [
        (("2022-04-01", "2022-12-31"), date(2022, 4, 1), date(2022, 12, 31)),
        ([date(2022, 4, 1), datetime(2022, 4, 1, 23)], date(2022, 4, 1), date(2022, 4, 1)),
        ((pd.Timestamp("2022-04-01"), None), date(2022, 4, 1), None),
        ((None, "2024-02"), None, date(2024, 2, 29)),
        (("2021-Q4", "2021"), date(2021, 10, 1), date(2021, 12, 31)),
    ],
)
def test_days_and_what_stands_for_days(pair, first, last):
    assert Between.of(pair) == Between(first, last)


@pytest.mark.parametrize(
    "pair",
    [
        "2022",
        ("2022",),
        (None, None),
        ("2022-13", None),
        ("2022-02-30", None),
        ("0000", None),
        (2022.5, None),
        (pd.NaT, None),
        ("2022-05", "2022-04"),
        {"first": 1},
    ],
)
def test_what_is_no_window_is_told(pair):
    with pytest.raises(LogError, match="between"):
        Between.of(pair)


def test_the_first_day_of_a_period():
    assert first_day("2021") == date(2021, 1, 1) and first_day("2021-09..2022-08").month == 9
    assert first_day(None) is None and first_day("-12") is None and first_day("12") is None
