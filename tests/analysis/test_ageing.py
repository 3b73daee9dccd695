"""Open cases by age: by hand, beside pandas, and what is said where little is known."""

import pandas as pd
import pytest
from support.waiting import START, STOP, log_of, table_of

import clearance_metrics as cm
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError, NothingToShow

CLOCK = cm.Duration(START, STOP)
WAY = ["conveyance_arrived", "discharged", "declared", "customs_released"]
# 21 finished cases of 0, 1, … 20 hours: the percentiles are whole hours
DONE = [(0, h, None) for h in range(21)]


def asked(log, **more):
    return cm.ageing(log, CLOCK, as_of="2022-03-10", window=("2022-03-01", "2022-03-31"), **more)


def begun(age):
    """When a case began that is so many hours old at the end of 10 March."""
    return 4 * 24 - age


def test_by_hand():
    ages = [10, 10.5, 15, 18.5, 19, 20, 40]
    log = log_of([*DONE, *((begun(a), None, None) for a in ages)])
    found = asked(log)
    assert [(r.band, r.above, r.at_most) for r in found] == [
        ("over_p95", 19, None),
        ("p90_to_p95", 18, 19),
        ("p75_to_p90", 15, 18),
        ("median_to_p75", 10, 15),
        ("below_median", None, 10),
    ]
    # the day ends a second early, so that each is a second younger than its age in whole hours
    assert [r.n for r in found] == [2, 2, 0, 2, 1]
    assert found[0].oldest == pytest.approx(40 - 1 / 3600)
    assert {(r.n_open, r.n_finished) for r in found} == {(7, 21)}
    assert sum(r.share for r in found) == pytest.approx(1)


def test_a_case_that_was_returned_is_open_no_longer():
    log = log_of([*DONE, (begun(30), None, begun(5)), (begun(30), None, None)])
    assert [r.n for r in asked(log)] == [1, 0, 0, 0, 0]
    assert asked(log)[0].n_finished == 21  # nor has it reached the stop


def test_the_cases_of_a_row_are_the_oldest_first():
    log = log_of([*DONE, *((begun(a), None, None) for a in (30, 50, 5, 40))])
    found = asked(log)
    listed = found.cases()
    assert [round(row.value) for row in listed] == [50, 40, 30]
    assert [row.case_id for row in listed] == ["22", "24", "21"]
    assert [round(row.value) for row in found.cases(found[-1])] == [5]
    assert [round(r.value) for r in found.cases(which="past", beyond=45)] == [50]
    with pytest.raises(LogError, match="open cases"):
        found.cases(which="finished")


def test_without_an_open_case_it_is_told():
    found = asked(log_of(DONE))
    assert not len(found) and "no case is open" in found.headline("en")
    with pytest.raises(NothingToShow, match="no case is open"):
        found.cases()
    with pytest.raises(NothingToShow):
        found.chart()


def test_a_clock_without_any_case_says_so():
    early = cm.ageing(log_of(DONE), CLOCK, as_of="2022-03-10", window=("2022-01-01", "2022-01-31"))
    assert "none was finished from 2022-01-01 to 2022-01-31" in early.headline("en")


def test_too_few_finished_cases_have_no_percentiles():
    found = asked(log_of([*DONE[:19], (begun(30), None, None)]))
    assert [(r.band, r.n, r.above, r.at_most) for r in found] == [("all", 1, None, None)]
    assert "fewer than 20" in found.beware("en") and "too few" in found.headline("en")


def test_groups_stand_beside_their_own_cases():
    quick = [(0, h / 10, None) for h in range(21)]
    log = log_of(
        [*DONE, *quick, (begun(5), None, None), (begun(5), None, None)],
        port=["slow"] * 21 + ["quick"] * 21 + ["slow", "quick"],
    )
    late = {r.port: r.n for r in asked(log, by="port") if r.band == "over_p95"}
    assert late == {"slow": 0, "quick": 1}


def test_a_group_with_too_few_finished_cases_has_no_part_in_the_share():
    def of(*ages):
        waiting = [(begun(a), None, None) for a in ages]
        few = [(0, 1, None), (begun(90), None, None)]
        ports = ["many"] * (21 + len(ages)) + ["few"] * 2
        return asked(log_of([*DONE, *waiting, *few], port=ports), by="port")

    late = of(5, 30)
    assert "2 cases are open; 1 (50.0%) for longer" in late.headline("en")
    assert "1 more is open where too few are finished to say" in late.headline("en")
    assert "在办2件，其中1件（50.0%）" in late.headline("zh") and "另有在办1件" in late.headline(
        "zh"
    )
    # the one of 90 hours is not told to be in time
    assert "and not for longer" in of(5).headline("en") and "1 more is" in of(5).headline("en")
    assert "too few are finished to say whether" in of().headline("en")


def test_an_age_at_a_limit_is_told_to_lie_below_it():
    found = asked(log_of([*DONE, (begun(40), None, None)]))
    limits = [row[1] for row in found.table("en").cells]
    assert limits[:2] == ["over 19 hours", "over 18, up to 19 hours"]
    assert limits[-1] == "up to 10 hours"
    limits = [row[1] for row in found.table("zh").cells]
    assert (limits[0], limits[1]) == ("超过19小时", "超过18、不超过19小时")
    assert limits[-1] == "不超过10小时" and "以上" not in "".join(limits)


@pytest.fixture(scope="module")
def demo(demos):
    return demos(0.1).folder


@pytest.mark.parametrize(
    ("clock", "start", "kind"),
    [("import_overall", "conveyance_arrived", "import"), ("export_overall", "gate_in", "export")],
)
def test_as_pandas_has_it(demo, clock, start, kind):
    log = cm.EventLog.open(demo).using(as_of="2022-12-31")
    frame, end = table_of(demo, start, STOP, "2022-12-31", kind)
    done = frame.dropna()
    done = done[done[["begun", "done"]].max(axis=1) >= "2022-01-01"]
    took = (done["done"] - done["begun"]).dt.total_seconds()
    age = (end - frame[frame["done"].isna()]["begun"]).dt.total_seconds()
    cuts = [took.quantile(q) for q in (0.5, 0.75, 0.9, 0.95)]
    parted = pd.cut(age, [-float("inf"), *cuts, float("inf")]).value_counts(sort=False)
    found = list(reversed(cm.ageing(log, clock).rows))
    assert [row.n for row in found] == parted.tolist()
    assert [row.at_most for row in found[:-1]] == pytest.approx([c / 3600 for c in cuts])
    assert max(r.oldest for r in found if r.n) == pytest.approx(age.max() / 3600)


def test_stages_hold_every_open_case(demo):
    log = cm.EventLog.open(demo).using(as_of="2022-12-31")
    whole, parts = (cm.ageing(log, "import_port_release", by=by) for by in ((), "stage"))
    assert sum(r.n for r in parts) == sum(r.n for r in whole) == whole[0].n_open
    # the yardstick is one
    assert {r.n_finished for r in parts} == {whole[0].n_finished}
    stages = list(dict.fromkeys(r.stage for r in parts))
    assert stages == sorted(stages, key=lambda stage: WAY.index(stage.partition("..")[0]))
    assert parts.cases(limit=3)[0].value == pytest.approx(max(r.oldest or 0 for r in parts))
    with pytest.raises(LogError, match="inner milestones"):
        cm.ageing(log, "import_customs_only", by="stage")


def test_working_days_are_those_of_the_calendar(demo):
    log = cm.EventLog.open(demo).using(as_of="2022-10-10")
    work = cm.load_calendar("CN")
    frame, _ = table_of(demo, "refund_accepted", "refund_approved", "2022-10-10", "refund")
    still = frame[frame["done"].isna()]["begun"]
    last = pd.Timestamp("2022-10-10").date()
    ages = [work.working_days(moment.date(), last) for moment in still]
    found = cm.ageing(log, "refund_tax")
    assert found[0].n_open == len(ages) and found.unit == "working_days"
    assert max(r.oldest for r in found if r.n) == max(ages)
    for row in found:
        low = -1 if row.above is None else row.above
        high = 10**6 if row.at_most is None else row.at_most
        assert row.n == sum(low < age <= high for age in ages)


def test_what_the_log_lacks_is_named():
    with pytest.raises(MissingColumn, match="conveyance_arrived"):
        cm.ageing(log_of(DONE), "import_port_release", by="stage", as_of="2022-03-10")
    with pytest.raises(LogError, match="open"):
        cm.ageing(log_of(DONE), CLOCK, as_of="2022-03-10", window=("2022-03", None))


def test_ages_of_more_than_ten_days_are_said_in_days():
    found = asked(log_of([*DONE, (begun(1000), None, None), (begun(19), None, None)]))
    oldest = [row[-1] for row in found.table("en").cells]
    assert oldest[:2] == [f"{1000 / 24:,.1f} days", "19.00"]
    assert "ten days" in found.table("en").heads[-1] and "天" in found.table("zh").cells[0][-1]
