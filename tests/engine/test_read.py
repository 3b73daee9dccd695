"""How a log is read: its day, and the latest year that is over on it."""

import polars as pl
import pytest

from clearance_metrics import EventLog
from clearance_metrics.errors import LogError

LOG = EventLog(pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]}))


@pytest.mark.parametrize(
    "day, year",
    [
        ("2022-12-31", ("2022-01", "2022-12")),
        ("2022-12-30", ("2021-12", "2022-11")),
        ("2024-02-28", ("2023-02", "2024-01")),
        ("2024-02-29", ("2023-03", "2024-02")),
        ("2022-01-01", ("2021-01", "2021-12")),
    ],
)
def test_the_latest_year_is_twelve_months_that_are_over(day, year):
    assert LOG.using(as_of=day).latest_year() == year == LOG.latest_year(as_of=day)


def test_a_log_without_a_day_has_no_latest_year():
    with pytest.raises(LogError, match="not known"):
        LOG.latest_year()
