"""Windows of days in the analyses: by each metric's own date, both ends included."""

from dataclasses import replace

import polars as pl
import pytest

from clearance_metrics import (
    Duration,
    EventLog,
    Fee,
    Share,
    compare_matched,
    compare_survival,
    holds,
    league,
    measure,
    stages,
)
from clearance_metrics.errors import LogError

DAY = 86400
ENDS = ("declared", "customs_released")
CLOCK = Duration(*ENDS)
LAST = "1970-03-31"


@pytest.fixture(scope="module")
def log():
    """A case begins at 15:00 UTC of each of 40 days and lasts two days; the last three are open."""
    ids = [f"{i:02}" for i in range(40)]
    start = [DAY * i + 15 * 3600 for i in range(40)]
    events = pl.DataFrame(
        {
            "case_id": ids + ids[:37],
            "milestone": [ENDS[0]] * 40 + [ENDS[1]] * 37,
            "time": start + [s + 2 * DAY for s in start[:37]],
        }
    )
    cases = {"case_id": ids, "port": ["x", "y"] * 20, "aeo": [True, True, False, False] * 10}
    lines = pl.DataFrame(
        {
            "case_id": ids,
            "item": "thc",
            "amount_fen": 100,
            "charged_on": [f"1970-01-{1 + i % 28:02}" for i in range(40)],
        }
    )
    return EventLog(events, pl.DataFrame(cases), lines)


def count(log, metric, between, **more):
    found = measure(log, metric, as_of=LAST, between=between, statistics="n", **more)
    return sum(row.n for row in found)


def test_each_metric_goes_by_its_own_date_both_days_included(log):
    window = ("1970-01-05", "1970-01-07")
    assert count(log, CLOCK, window) == 3
    # those that ended on these days began on the 3rd to the 5th
    assert count(log, replace(CLOCK, dated_by="end"), window) == 3
    assert count(log, CLOCK, ("1970-02-09", None)) == 1
    assert count(log, replace(CLOCK, dated_by="end"), ("1970-02-09", None)) == 0
    assert count(log, Share({"port": "x"}, dated_by="declared"), window) == 3
    assert count(log, Fee(), ("1970-01-02", "1970-01-02")) == 2
    assert count(log, CLOCK, (None, "1970-01-02"), by="port") == 2
    with pytest.raises(LogError, match="no date to keep cases of some days by"):
        count(log, Share({"port": "x"}), window)


def test_days_are_local_ones(log):
    events = pl.DataFrame({"case_id": ["a"], "milestone": [ENDS[0]], "time": [16 * 3600]})
    there = EventLog(
        pl.concat([events, events.with_columns(pl.lit(ENDS[1]).alias("milestone"))]),
        timezone="Asia/Shanghai",
    )
    assert count(there, CLOCK, ("1970-01-02", "1970-01-02")) == 1
    assert count(there, CLOCK, ("1970-01-01", "1970-01-01")) == 0


def test_a_window_of_whole_months_is_the_sum_of_its_months(log):
    window = measure(log, CLOCK, as_of=LAST, between=("1970-01", "1970-01"), statistics="sum")
    months = measure(log, CLOCK, as_of=LAST, period="month", statistics="sum")
    assert window[0].value == months[0].value and months[0].period == "1970-01"
    inside = measure(log, CLOCK, as_of=LAST, between=("1970-01-20", None), period="month")
    assert {row.period for row in inside} == {"1970-01", "1970-02"}


def test_a_narrow_window_is_no_snapshot_and_still_warns(log):
    """What is doubtful of the whole log's times is told of a window of it, and nothing else."""
    found = measure(log, CLOCK, as_of=LAST, between=("1970-01-05", "1970-01-12"))
    assert [row.value for row in found] == [48.0, 48.0, 48.0]
    assert not any(reason.code == "snapshot" for row in found for reason in row.reasons)
    assert found.sql.count("in_window AS") == 1


def test_the_other_analyses_take_it(log):
    window = ("1970-01-05", "1970-01-08")
    assert stages(log, ENDS, as_of=LAST, between=window).finished == 4
    assert holds(log, ENDS, {"whole": ENDS}, as_of=LAST, between=window).finished == 4
    assert sum(row.n for row in league(log, CLOCK, by="port", as_of=LAST, between=window)) == 4
    both = compare_survival(log, CLOCK, by="port", as_of=LAST, between=window)
    assert [side.n for side in both.sides] == [2, 2]
    split = compare_matched(
        log, CLOCK, split="aeo", strata="port", as_of=LAST, between=("1970-01-05", "1970-01-08")
    )
    assert (split.n_true, split.n_false) == (2, 2)
