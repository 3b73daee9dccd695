"""References: a figure with its interval beside a text, and no verdict."""

from __future__ import annotations

import polars as pl
import pytest

from clearance_metrics import EventLog, assess

DAY = 86400
JAN = 19000 * DAY  # 2022-01-08


def log(hours: list[float], rcep: bool = True) -> EventLog:
    ids = [f"c{i}" for i in range(len(hours))]
    begun = [JAN + i * 3600 for i in range(len(ids))]
    done = [b + round(3600 * h) for b, h in zip(begun, hours, strict=True)]
    events = pl.DataFrame(
        {
            "case_id": ids * 3,
            "milestone": ["conveyance_arrived"] * len(ids)
            + ["declared"] * len(ids)
            + ["customs_released"] * len(ids),
            "time": begun + [b + 7200 for b in begun] + done,
        }
    )
    cases = pl.DataFrame({"case_id": ids, "kind": ["import"] * len(ids), "rcep": [rcep] * len(ids)})
    return EventLog(events, cases)


def test_the_clock_of_48_hours_starts_when_the_goods_are_there_and_declared():
    # 49 hours after arrival are 47 after the declaration two hours later; 51 are too many
    found = assess(log([49.0] * 30 + [51.0] * 10), "rcep-tfa", as_of="2022-12-31")
    row = next(row for row in found if row.indicator == "rcep_48_hours")
    assert (row.value, row.n, row.verdict.value) == (0.75, 40, "for reference")
    assert row.low < 0.75 < row.high
    assert "as far as possible" in row.note


def test_a_case_too_young_to_tell_is_not_said_to_lack_its_origin():
    rows = [(f"c{i}", JAN + i * 3600, 36_000) for i in range(40)]
    rows.append(("young", JAN + 23 * DAY, 9 * DAY))  # of 31 January, the day it is asked
    marks = {"conveyance_arrived": 0, "declared": 0, "customs_released": 1}
    events = pl.DataFrame(
        [(one, mark, at + done * took) for one, at, took in rows for mark, done in marks.items()],
        schema=["case_id", "milestone", "time"],
        orient="row",
    )
    cases = pl.DataFrame({"case_id": [one for one, *_ in rows], "kind": "import", "rcep": True})
    found = assess(EventLog(events, cases), "rcep-tfa", as_of="2022-01-31")
    row = next(row for row in found if row.indicator == "rcep_48_hours")
    assert row.n == 40 and "1 case has no value" in row.note
    assert "or it is too early to tell" in row.note and "或尚不能判断" in row.said("zh")


def test_goods_that_need_no_treatment_are_not_open_cases():
    ids = [f"c{i}" for i in range(8)]
    marks = {"exam_called": JAN, "exam_ended": JAN + 3600, "disinfect_started": JAN + DAY}
    rows = [
        (one, mark, time)
        for i, one in enumerate(ids)
        for mark, time in marks.items()
        if mark != "disinfect_started" or i < 3
    ]
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    cases = pl.DataFrame({"case_id": ids, "kind": "import"})
    found = assess(EventLog(events, cases), "au-import-standards", as_of="2022-12-31")
    row = next(row for row in found if row.indicator == "treatments_in_time")
    assert (row.value, row.n, row.n_open) == (1.0, 3, 0)
    # nothing can be open where cases without a treatment are not looked at: that is no sign
    assert "finished cases only" not in row.note


def test_a_reference_is_told_and_never_counted_as_judged():
    found = assess(log([10.0] * 40), "rcep-tfa", as_of="2022-12-31")
    assert all(row.verdict.value in ("for reference", "no data", "not computed") for row in found)
    assert "0" in found.headline("en")


def test_an_average_is_the_plain_mean_of_the_latest_twelve_months():
    hours = [float(h) for h in range(1, 41)]
    row = next(
        row
        for row in assess(log(hours), "rcep-tfa", as_of="2022-12-31")
        if row.indicator == "average_import"
    )
    assert row.value == pytest.approx(sum(hours) / 40) and row.n == 40


def test_express_goods_show_no_hours_before_they_are_read():
    found = assess(log([10.0] * 40), "rcep-tfa", as_of="2022-12-31")
    row = next(row for row in found if row.indicator == "express_release")
    assert row.value is None and row.verdict.value == "not computed"


def test_business_days_of_the_notice_are_counted():
    """8 March 2021 is a holiday in the Australian capital, not in China."""
    start = 18691 * DAY + 3600  # 2021-03-05, a Friday
    ids = [f"c{i}" for i in range(400)]
    events = pl.DataFrame(
        {
            "case_id": ids * 2,
            "milestone": ["exam_called"] * 400 + ["exam_ended"] * 400,
            "time": [start] * 400 + [start + 5 * DAY] * 400,  # to Wednesday: 2 days there, 3 here
        }
    )
    cases = pl.DataFrame({"case_id": ids, "kind": ["import"] * 400})
    found = assess(EventLog(events, cases), "au-import-standards", as_of="2021-12-31")
    row = next(row for row in found if row.indicator == "inspections_in_time")
    assert [one.value for one in row.also if one.statistic == "median"] == [2.0]
    assert (row.value, row.verdict.value) == (1.0, "met")
