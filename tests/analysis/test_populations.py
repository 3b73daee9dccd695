"""Three populations of a month: by hand and beside pandas."""

import pandas as pd
import pytest
from support.waiting import START, STOP, log_of, table_of

import clearance_metrics as cm
from clearance_metrics.errors import LogError

CLOCK = cm.Duration(START, STOP)
MARCH = ("2022-03", "2022-03")
# ZERO is the first hour of 7 March: the month has 600 hours from there
LAST = 600


def found_of(log, **more):
    asked = cm.populations(log, CLOCK, as_of="2022-04-30", between=MARCH, **more)
    return asked, {(r.population, r.statistic): r for r in asked}


def test_by_hand():
    cases = [(0, 10, None), (0, 20, None), (500, LAST + 200, None), (560, None, None)]
    found, rows = found_of(log_of(cases), target=24)
    assert [rows[kind, "median"].n for kind in ("finished", "open", "begun")] == [2, 2, 4]
    assert rows["finished", "median"].value == 15
    # ages at the last second of the month, and no durations
    assert rows["open", "median"].value == pytest.approx((100 + 40) / 2 - 1 / 3600)
    assert rows["open", "median"].n_open == 2
    assert rows["finished", "within:24"].value == 1 and rows["open", "within:24"].value == 0
    # of those begun three have ended by April's end, after 10, 20 and 300 hours
    assert rows["begun", "median"].value == 20 and rows["begun", "median"].n_open == 1
    assert "ages, no durations" in found.beware("en")


def test_a_percentile_beyond_what_is_seen_is_said_and_not_made_up():
    cases = [(0, 10, None), *((550, None, None) for _ in range(3))]
    found, rows = found_of(log_of(cases))
    row = rows["begun", "p90"]
    assert row.value is None and row.reasons[0].code == "waiting.greater"
    watched = (LAST - 550) + 30 * 24
    assert row.reasons[0].facts["value"] == pytest.approx(watched, abs=0.001)
    assert f"greater than {watched}" in str(found.table("en"))
    assert f"大于{watched}" in str(found.table("zh"))


def test_what_was_returned_is_open_no_longer_and_none_of_those_finished():
    cases = [(0, 10, None), (0, 30, None), (0, None, 5), (0, None, None)]
    found, rows = found_of(log_of(cases), target=24)
    assert rows["finished", "median"].n == 2 and rows["finished", "median"].value == 20
    # a share and its n are of the same cases: 1 of 2
    assert (rows["finished", "within:24"].value, rows["finished", "within:24"].n) == (0.5, 2)
    assert rows["open", "median"].n == 1
    assert rows["begun", "within:24"].n == 4 and rows["begun", "within:24"].value == 0.25
    assert "1 case left in these periods by another end" in found.beware("en")
    assert "有1件以其他方式离开" in found.beware("zh")
    quiet, _ = found_of(log_of(cases[:2]))
    assert "another end" not in quiet.beware("en")


def test_an_empty_population_has_no_value():
    _, rows = found_of(log_of([(0, 10, None)]))
    row = rows["open", "median"]
    assert (row.n, row.value, row.reasons[0].code) == (0, None, "no_cases")
    asked = cm.populations(log_of([(0, 10, None)]), CLOCK, as_of="2023-12-31")
    assert not len(asked.last(3)) and "no cases" in asked.last(3).headline("en")


def test_clocks_of_which_ages_are_not_told():
    for more in (
        {"pause": (START, "returned")},
        {"unit": "working_days", "allowance": ("x", {"a": 1})},
    ):
        with pytest.raises(LogError, match="not told"):
            cm.populations(
                log_of([(0, 1, 2)], x=["a"]), cm.Duration(START, STOP, **more), as_of="2022-04-30"
            )
    with pytest.raises(LogError, match="is over"):
        cm.populations(log_of([(0, 1, 2)]), CLOCK, as_of="2022-03-30", between=MARCH)


@pytest.fixture(scope="module")
def demo(demos):
    return demos(0.1).folder


def test_as_pandas_has_it(demo):
    log = cm.EventLog.open(demo).using(as_of="2022-12-31")
    frame, _ = table_of(demo, "conveyance_arrived", STOP, "2022-12-31", "import")
    took = (frame["done"] - frame["begun"]).dt.total_seconds() / 3600
    left = frame[["begun", "done"]].max(axis=1).where(frame["done"].notna())
    found = cm.populations(log, "import_overall", target=48)
    for month in ("2022-02", "2022-07", "2022-12"):
        first = pd.Timestamp(f"{month}-01", tz="Asia/Shanghai")
        end = first + pd.offsets.MonthBegin() - pd.Timedelta(seconds=1)
        done = took[left.between(first, end)]
        still = frame[(frame["begun"] <= end) & ~(frame["done"] <= end)]["begun"]
        age = (end - still).dt.total_seconds() / 3600
        rows = {(r.population, r.statistic): r for r in found if r.period == month}
        for kind, values in (("finished", done), ("open", age)):
            assert rows[kind, "median"].n == len(values)
            for name, q in (("median", 0.5), ("p90", 0.9), ("p95", 0.95)):
                assert rows[kind, name].value == pytest.approx(values.quantile(q))
            assert rows[kind, "within:48"].value == pytest.approx((values <= 48).mean())
        assert rows["begun", "median"].n == frame["begun"].between(first, end).sum()


def test_those_begun_are_as_measure_has_them(demo):
    log = cm.EventLog.open(demo).using(as_of="2022-12-31")
    asked = ("median", "p90", "within:24")
    cohort = cm.measure(
        log, "import_overall", period="month", statistics=asked, between=("2022-11", "2022-12")
    )
    found = cm.populations(log, "import_overall", target=24, between=("2022-11", "2022-12"))
    for row in cohort:
        same = [
            r
            for r in found
            if (r.population, r.period, r.statistic) == ("begun", row.period, row.statistic)
        ]
        assert (same[0].value, same[0].n, same[0].n_open) == (row.value, row.n, row.n_open)


def test_ages_in_working_days(demo):
    log = cm.EventLog.open(demo).using(as_of="2022-12-31")
    work = cm.load_calendar("CN")
    frame, _ = table_of(demo, "refund_accepted", "refund_approved", "2022-12-31", "refund")
    end = pd.Timestamp("2022-10-31 23:59:59", tz="Asia/Shanghai")
    still = frame[(frame["begun"] <= end) & ~(frame["done"] <= end)]["begun"]
    ages = pd.Series([work.working_days(moment.date(), end.date()) for moment in still])
    found = cm.populations(log, "refund_tax", between=("2022-10", "2022-10"))
    (row,) = (r for r in found if (r.population, r.statistic) == ("open", "p90"))
    assert (row.n, row.value) == (len(ages), pytest.approx(ages.quantile(0.9)))
    # a median of whole days is told without decimals, as is what lies beside it
    (middle,) = (r for r in found if (r.population, r.statistic) == ("finished", "median"))
    assert float(middle.value).is_integer()
    assert f"办结{middle.n:,}件，中位数{middle.value:.0f}个工作日；" in found.headline("zh")
    assert f"median {middle.value:.0f} working days" in found.headline("en")
    cell = found.table("zh").cells[0][4]
    assert cell.startswith(f"{middle.value:.0f}\n") and ".00" not in cell
