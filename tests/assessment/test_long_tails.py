"""What verdicts make of the bounds of a mean whose tail is long."""

from datetime import date

import polars as pl
from assessment.test_judge_target import CLOCK, log_of

from clearance_metrics import EventLog, judge_target
from clearance_metrics.assessment.assess import assess
from clearance_metrics.assessment.verdicts import decide, long_tail
from clearance_metrics.statistics import Estimate, Sample
from clearance_metrics.statistics.reasons import Reason
from clearance_metrics.statistics.skewed import mean_bounds


def test_a_bound_that_is_not_there_decides_nothing():
    assert decide(Estimate(5.0, 4.0, None), 50, 6, "at_most") == "cannot tell"
    assert decide(Estimate(9.0, 7.0, None), 50, 6, "at_most") == "not met"
    assert decide(Estimate(9.0, None, None), 50, 6, "at_most") == "cannot tell"
    assert decide(Estimate(9.0, None, 9.5), 50, 8, "at_least") == "cannot tell"
    assert decide(Estimate(9.0, None, 7.5), 50, 8, "at_least") == "not met"
    bounds = mean_bounds(Sample.of([2, 12], [1, 1], [90, 10]))
    assert long_tail(bounds, "at_most") and not long_tail(bounds, "at_least")
    # a percentile without an upper bound is another matter
    ranks = Estimate(5.0, 4.0, None, (Reason("hyndman_fan", kind=7),))
    assert not long_tail(ranks, "at_most")


def test_a_long_tail_is_told_and_not_passed_for_met():
    hours = [2.0] * 90 + [12.0] * 10  # the t bound would be 3.5
    row = judge_target(log_of(hours), CLOCK, within=3.6, share=0.5, as_of="2022-12-31").rows[0]
    assert (row.value, row.bound, row.verdict) == (
        3.0,
        None,
        "cannot tell",
    ) and "tail is too long" in row.note
    row = judge_target(log_of(hours * 4), CLOCK, within=3.6, share=0.5, as_of="2022-12-31").rows[0]
    assert 3.25 < row.bound < 3.3 and row.verdict == "met"
    assert (
        judge_target(log_of(hours), CLOCK, within=2.4, share=0.5, as_of="2022-12-31")
        .rows[0]
        .verdict
        == "not met"
    )


def test_the_scorecard_says_why_it_cannot_tell():
    """Ninety refunds of one working day and ten of nineteen: by t the mean of 2.8 would be met at 6
    days.
    """
    first, names = date(2022, 12, 1), [f"{i:03}" for i in range(100)]
    ends = [date(2022, 12, 2)] * 90 + [date(2022, 12, 28)] * 10
    events = pl.DataFrame(
        {
            "case_id": names * 2,
            "milestone": ["refund_accepted"] * 100 + ["refund_approved"] * 100,
            "time": [first] * 100 + ends,
        }
    )
    cases = pl.DataFrame({"case_id": names, "kind": ["refund"] * 100})
    found = assess(EventLog(events, cases, timezone="Asia/Shanghai"), as_of="2023-06-30")
    row = next(r for r in found if r.indicator == "refund_mean_2022_all")
    assert (row.value, row.n, row.verdict) == (2.8, 100, "cannot tell")
    assert (
        "the tail is too long" in row.note and "straddles" not in row.note and "长尾" in row.note_zh
    )
    assert "bound" not in [f.statistic for f in row.also]
