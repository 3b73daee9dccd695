"""The one rule of "met", by hand, and the arguments that its callers share."""

from datetime import date

import polars as pl
import pytest

from clearance_metrics import (
    Duration,
    EventLog,
    Fee,
    assess,
    check_limits,
    exceedances,
    judge_target,
    violations,
)
from clearance_metrics.assessment.differences import _moved as moved
from clearance_metrics.assessment.verdicts import decide, direction
from clearance_metrics.errors import LogError
from clearance_metrics.statistics import Estimate, wilson

CLOCK = Duration("declared", "customs_released")


@pytest.mark.parametrize(
    ("bounds", "n", "target", "rule", "verdict"),
    [
        ((5.8, 5.6, 6.0), 30, 6, "at_most", "met"),
        ((5.8, 5.6, 6.1), 30, 6, "at_most", "cannot tell"),
        ((6.2, 6.0, 6.4), 30, 6, "at_most", "cannot tell"),
        ((6.2, 6.1, 6.4), 30, 6, "at_most", "not met"),
        ((6.2, 6.1, 6.4), 29, 6, "at_most", "cannot tell"),
        ((0.9, 0.8, 0.95), 30, 0.8, "at_least", "met"),
        ((0.7, 0.6, 0.79), 30, 0.8, "at_least", "not met"),
        ((None, None, None), 99, 6, "at_most", "cannot tell"),
    ],
)
def test_met_where_the_bound_keeps_the_rule(bounds, n, target, rule, verdict):
    assert decide(Estimate(*bounds), n, target, rule) == verdict


@pytest.mark.parametrize(
    ("value", "n", "verdict"),
    [(1.0, 30, "met"), (1.0, 29, "cannot tell"), (0.99, 100, "not met"), (0.9, 10, "not met")],
)
def test_a_share_of_all_is_broken_by_one_however_few(value, n, verdict):
    wide = Estimate(value, 0.5, 1.0)
    assert decide(wide, n, 1, "at_least", counted=True) == verdict
    # violations that must be none are the same rule, seen from the other side
    assert decide(Estimate(1 - value), n, 0, "at_most", counted=True) == verdict


@pytest.mark.parametrize(
    ("ends", "better", "verdict"),
    [
        ((-3, -1), "lower", "improved"),
        ((-3, -1), "higher", "worse"),
        ((1, 3), "higher", "improved"),
        ((1, 3), "lower", "worse"),
        ((-1, 0), "lower", "no clear change"),
        ((None, None), "lower", "cannot tell"),
    ],
)
def test_a_direction_needs_the_whole_interval_on_one_side(ends, better, verdict):
    assert direction(Estimate(None if ends[0] is None else sum(ends) / 2, *ends), better) == verdict


@pytest.mark.parametrize(
    ("was", "now", "better", "verdict"),
    [
        (2.25, -1.89, "nearer_zero", "no clear change"),  # past zero, and about as far from it
        (2.25, -1.89, "lower", "improved"),
        (1.0, -6.0, "nearer_zero", "worse"),
        (6.0, -1.0, "nearer_zero", "improved"),
        (-6.0, -1.0, "nearer_zero", "improved"),
        (None, -1.0, "nearer_zero", "cannot tell"),
    ],
)
def test_a_gap_that_ought_to_be_none_is_judged_by_its_size(was, now, better, verdict):
    ends = [Estimate(v, *(None if v is None else v + d for d in (-2, 2))) for v in (was, now)]
    assert direction(moved(better, *ends, 0.95), better) == verdict


def operations(kept, late, share):
    """Operations ordered at one port, of which so many were done within their 30 minutes."""
    n, ids = kept + late, [str(i) for i in range(kept + late)]
    times = [0] * n + [1200] * kept + [3600] * late
    milestones = ["operation_ordered"] * n + ["operation_done"] * n
    events = pl.DataFrame({"case_id": ids * 2, "milestone": milestones, "time": times})
    cases = pl.DataFrame({"case_id": ids, "kind": "operation", "port": "甲", "operation": "提箱"})
    limits = {"port": ["甲"], "operation": ["提箱"], "minutes": [30], "share_percent": [share]}
    limits = pl.DataFrame({**limits, "valid_from": ["1970-01-01"]})
    return EventLog(events, cases, limits=limits)


def test_limits_are_judged_by_one_sided_bounds_like_every_target():
    """Of 100 operations 87 were in time where 80 % were promised: two-sided 95 % could not tell."""
    (row,) = check_limits(operations(87, 13, 80), as_of="1970-01-02")
    assert (row.low, row.high) == (wilson(87, 100).low, wilson(87, 100).high)
    assert row.low < 0.8 <= wilson(87, 100, 0.9).low and row.verdict == "met"
    (row,) = check_limits(operations(39, 1, 100), as_of="1970-01-02")
    assert row.verdict == "not met"
    (row,) = check_limits(operations(40, 0, 100), as_of="1970-01-02")
    assert row.verdict == "met" and row.low < 1


def test_a_share_of_all_within_a_limit_is_counted():
    log = operations(40, 0, 100)
    clock = Duration("operation_ordered", "operation_done")
    asked = {"within": 0.5, "share": 1, "as_of": "1970-01-02"}
    assert judge_target(log, clock, **asked)[1].verdict == "met"
    assert judge_target(operations(40, 1, 100), clock, **asked)[1].verdict == "not met"


@pytest.mark.parametrize("level", [95, "0.95", 0, 1, 0.5, True, float("nan")])
def test_a_level_that_is_none_is_told_everywhere(level):
    log = operations(40, 0, 100)
    asks = (
        lambda: assess(log, as_of="1970-01-02", level=level),
        lambda: check_limits(log, as_of="1970-01-02", level=level),
        lambda: judge_target(log, CLOCK, within=1, share=1, as_of="1970-01-02", level=level),
    )
    for ask in asks:
        with pytest.raises(LogError, match="level") as told:
            ask()
        assert told.value.where == "level"


def charged(day):
    """Two lines above the set price, their day as it is given."""
    events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    lines = {
        "case_id": "a",
        "line_id": ["1", "2"],
        "item": "货物港务费",
        "amount_fen": [3550, 3600],
        "charged_on": [day, day],
        "quantity": 1,
        "size": "20",
        "cargo_class": "general",
    }
    return EventLog(events, cases, pl.DataFrame(lines), timezone="Asia/Shanghai")


@pytest.mark.parametrize("limit", [-3, 0, 1.5, "2", True])
def test_a_limit_is_a_count(limit):
    log = charged(date(2022, 4, 2))
    for ask in (
        lambda: violations(log, as_of="2022-12-31", limit=limit),
        lambda: exceedances(log, Fee("line"), as_of="2022-12-31", limit=limit),
    ):
        with pytest.raises(LogError, match="limit"):
            ask()
    with pytest.raises(LogError, match="above"):
        exceedances(log, Fee("line"), as_of="2022-12-31", above="10")
    (row,) = exceedances(log, Fee("line"), as_of="2022-12-31", above=3550, limit=1)
    assert (row.line_id, row.value) == ("2", 3600)


def test_a_day_written_as_text_is_judged_as_a_date_is():
    text, dated = (charged(day) for day in ("2022-04-02", date(2022, 4, 2)))
    found = assess(text, as_of="2022-12-31")
    row = next(r for r in found if r.indicator == "above_ceiling")
    assert (row.verdict, row.violations, row.n) == ("violations", 2, 2)
    assert found.to_dicts() == assess(dated, as_of="2022-12-31").to_dicts()
    told = [violations(log, as_of="2022-12-31").to_dicts() for log in (text, dated)]
    assert told[0] == told[1] and len(told[0]) == 2


def test_an_excess_is_in_the_unit_beside_it():
    """Three hours are above one by three hours, not by 10,800."""
    log = operations(0, 1, 100)
    clock = Duration("operation_ordered", "operation_done")
    (row,) = exceedances(log, clock, as_of="1970-01-02", above=1800)
    assert (row.excess, row.unit, row.rule, row.value) == (1.0, "hours", "beyond_limit", 3600)


def test_what_is_listed_is_said_in_both_languages():
    found = violations(charged("2022-04-02"), as_of="2022-12-31")
    assert "above the set price" in str(found) and "超过政府定价" in str(found.table("zh"))
    assert "34.00 CNY per container" in found[0].note and "每箱34.00元" in found[0].note_zh
    assert "no data for" in repr(found)
