"""Where no case of a clock can be timed, every question says how they stand and what to look at."""

import pickle

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clearance_metrics as cm
from clearance_metrics.errors import LogError, NothingToShow

HOUR, DAY, FIRST = 3600, 86400, 1_640_995_200  # 2022-01-01
WAY = {"conveyance_arrived": 0, "discharged": 3, "declared": 5, "exam_called": 6}
WAY |= {"exam_ended": 7, "customs_released": 9, "gate_out": 20}
CLOCK = cm.Duration("declared", "customs_released")
BACK = {name: 20 - hours for name, hours in WAY.items()}
BEGUN = {name: WAY[name] for name in ("conveyance_arrived", "discharged", "declared")}
ENDED = {name: WAY[name] for name in ("customs_released", "gate_out")}


def log_of(cases, **columns):
    """A log of imports with these milestones; one export has them all, so that each is known."""
    rows = [
        (str(i), name, FIRST + i * 3 * DAY + round(hours * HOUR))
        for i, case in enumerate(cases)
        for name, hours in case.items()
    ]
    rows += [("x", name, FIRST + hours * HOUR) for name, hours in WAY.items()]
    events = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    ids = [*map(str, range(len(cases))), "x"]
    told = {"kind": ["import"] * len(cases) + ["export"], "port": ["A", "B"] * len(ids)}
    told = {name: values[: len(ids)] for name, values in (told | columns).items()}
    table = pl.DataFrame({"case_id": ids, **told})
    return cm.EventLog(events, table, timezone="UTC").using(as_of="2022-12-31")


OWN = {"where": {"kind": "import"}}
IMPORTS = cm.Duration("declared", "customs_released", **OWN)
# what each question says of a clock none of whose cases can be timed, in its finding
QUESTIONS = {
    "parties": lambda log: cm.parties(log, "import_overall"),
    "parties by port": lambda log: cm.parties(log, "import_overall", by="port", period="month"),
    "stages": lambda log: cm.stages(log, "import", **OWN),
    "holds": lambda log: cm.holds(log, IMPORTS),
    "closed_hours": lambda log: cm.closed_hours(log, IMPORTS),
    "ageing": lambda log: cm.ageing(log, IMPORTS),
    "flow": lambda log: cm.flow(log, IMPORTS),
    "populations": lambda log: cm.populations(log, IMPORTS),
    "survival": lambda log: cm.survival(log, IMPORTS, by="port"),
    "league": lambda log: cm.league(log, IMPORTS, by="port"),
    "trend": lambda log: cm.trend(log, IMPORTS, mix="port", reference="2022"),
    "around_holidays": lambda log: cm.around_holidays(log, IMPORTS),
    "changepoints": lambda log: cm.changepoints(log, IMPORTS),
    "what_if": lambda log: cm.what_if(log, IMPORTS, cm.share_becomes("port", "A", 0.9)),
    "gap_to_target": lambda log: cm.gap_to_target(
        log, IMPORTS, target=24, window=("2022-01", "2022-12"), by="port"
    ),
}
SAID_BELOW = {
    "measure": lambda log: cm.measure(log, IMPORTS),
    "measure by month": lambda log: cm.measure(log, IMPORTS, period="month"),
    "compare_survival": lambda log: cm.compare_survival(log, IMPORTS, by="port"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_all_stops_before_their_starts_are_the_cause_that_is_told(name):
    found = QUESTIONS[name](log_of([BACK] * 40))
    assert "all 40 cases stop before they start" in found.headline("en")
    assert "全部40件业务的止点都早于起点" in found.headline("zh")
    for text in (found.headline("en"), found.beware("en")):
        assert "no finished case" not in text and "no cases" not in text
    assert "are the wrong way round in dataset.toml" in found.beware("en")
    assert "是否对应反了" in found.beware("zh")
    assert "all 40" not in found.beware("en").lower()  # what the finding says is said once
    assert "40" in found.block("en").title and "“" in found.block("zh").note
    again = pickle.loads(pickle.dumps(found))
    assert again.headline("en") == found.headline("en")


@pytest.mark.parametrize("name", SAID_BELOW)
def test_answers_with_a_finding_of_their_own_say_it_below(name):
    found = SAID_BELOW[name](log_of([BACK] * 40))
    assert "All 40 cases stop before they start. Look whether" in found.beware("en")
    assert "全部40件业务的止点都早于起点。请查看" in found.beware("zh")


def test_a_stage_says_of_which_way_it_speaks():
    told = QUESTIONS["stages"](log_of([BACK] * 2)).headline("en")
    assert told.startswith("conveyance arrived") and "left the supervised place" in told


def test_a_dataset_names_its_own_milestones():
    found = cm.parties(log_of([BACK] * 3), "import_overall")
    look = found.beware("en")
    assert "“conveyance arrived at the first port” (conveyance_arrived)" in look
    assert "“released by customs” (customs_released)" in look
    with pytest.raises(NothingToShow, match=r"(?s)finding: .*all 3 cases stop.*why: Look whether"):
        found.chart("en")


def test_open_cases_and_such_without_a_start_are_told_apart():
    assert "all 9 cases are open" in QUESTIONS["parties"](log_of([BEGUN] * 9)).headline("en")
    found = QUESTIONS["parties"](log_of([ENDED]))
    assert "the 1 case has a stop and no start" in found.headline("en")
    assert "Look whether the data with “conveyance arrived" in found.beware("en")
    mixed = log_of([BACK] * 30 + [BEGUN] * 10 + [ENDED])
    for name in ("parties", "stages", "holds"):
        found = QUESTIONS[name](mixed)
        said = "none of 41 cases can be timed: 30 stop before they start, 10 are open, "
        assert said + "1 has a stop and no start" in found.headline("en")
        assert found.beware("en").count("Look whether") == 3
    assert "41件业务都不能计时：止点早于起点30件、在办10件、有止点而无起点1件" in found.headline(
        "zh"
    )


def test_one_case_that_can_be_timed_leaves_other_causes_their_word():
    log = log_of([BACK] * 40 + [WAY])
    later = cm.parties(log, "import_overall", between=("2022-12-01", "2022-12-02"))
    assert later.headline("en") == "import, overall: no finished case"
    assert "Look whether" not in later.beware("en")
    assert cm.ageing(log, IMPORTS).headline("en").startswith("declaration accepted to released")
    assert "stop before" not in cm.ageing(log, IMPORTS).headline("en")


def test_a_last_month_without_cases_is_named_and_not_taken_for_none():
    found = cm.populations(log_of([WAY] * 40), IMPORTS)
    assert found.last(1).headline("en").endswith(": no cases in 2022-12")
    assert "2022年12月内没有业务" in found.last(1).headline("zh")
    assert found.last(2).headline("en").endswith(": no cases in 2022-11 to 2022-12")
    assert "finished" in found.last(12).headline("en")
    back = cm.populations(log_of([BACK] * 40), IMPORTS).last(1)
    assert "all 40 cases stop before they start" in back.headline("en")


def test_a_case_that_ended_otherwise_is_not_open():
    log = log_of([{"declared": 0, "returned": 5}] * 6)
    clock = cm.Duration("declared", "customs_released", other_ends=("returned",), **OWN)
    assert "are open" not in cm.ageing(log, clock).headline("en")


def test_a_clock_that_may_run_backwards_is_not_said_to():
    clock = cm.Duration("declared", "customs_released", signed=True, **OWN)
    found = cm.measure(log_of([BACK] * 40), clock)
    assert found.rows[0].n == 40 and "stop before" not in found.beware("en")


def test_holds_that_never_began_are_their_own_cause():
    lost = {name: hours for name, hours in WAY.items() if name != "exam_called"}
    found = cm.holds(log_of([lost] * 7 + [BACK]), IMPORTS)
    assert "each of 7 finished cases has a hold that ended and never began" in found.headline("en")
    assert "7件办结业务都有只见结束、不见开始的等待事项" in found.headline("zh")
    assert "Look whether the data with the beginnings" in found.beware("en")
    assert "1 case that stops before it starts" in found.beware("en")


def test_hours_that_cannot_be_split_for_several_causes_name_each():
    unknown = {name: hours + 24 * 365 * 20 for name, hours in WAY.items()}
    log = log_of([BACK] * 3 + [unknown] * 2).using(as_of="2043-12-31")
    told = cm.closed_hours(log, IMPORTS)
    assert (told.early, told.not_known) == (3, 2)
    said = "none of 5 finished cases can be split: 3 stop before they start, 2 are of years"
    assert said in told.headline("en")
    assert "5件办结业务都不能拆分：止点早于起点3件、所在年度" in told.headline("zh")


def test_a_log_that_withholds_tells_no_count():
    mixed = log_of([BACK] * 37 + [BEGUN] * 30).using(withhold=10)
    told = cm.parties(mixed, "import_overall").headline("en")
    assert "no case can be timed: some stop before they start, some are open" in told
    assert not any(sign.isdigit() for sign in told)
    told = cm.stages(mixed, "import", **OWN).headline("zh")
    assert "没有业务可以计时：有的止点早于起点、有的在办" in told


def test_of_no_case_no_share_is_told_not_even_at_the_start():
    found = cm.survival(log_of([BACK] * 40), IMPORTS)
    assert [(row.value, row.at_risk, row.n) for row in found] == [(None, None, 0)]
    assert "100" not in str(found.table("en"))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from((BACK, BEGUN, ENDED, WAY)), min_size=1, max_size=8))
def test_the_counts_are_those_of_the_cases(cases):
    found = cm.parties(log_of(cases), "import_overall")
    counts = {"backwards": BACK, "open": BEGUN, "no_start": ENDED}
    told = tuple((state, n) for state, case in counts.items() if (n := cases.count(case)))
    assert (found._standing or ("", "", ()))[2] == (() if WAY in cases else told)
    assert bool(len(found)) == (WAY in cases)


def test_four_clocks_that_no_case_carries_say_why():
    back = WAY | {"gate_out": -3}
    found = cm.reconcile(log_of([back] * 4 + [BEGUN]), "import")
    told = found.headline("en")
    assert "lack “released by customs”" in told and "4 have a clock that stops before" in told
    assert "有一种时间止点早于起点的4件" in found.headline("zh")
    assert "no cases" not in found.beware("en") and "firm" not in found.beware("en")
    assert "Look whether" in found.beware("en") and "请查看" in found.beware("zh")


def test_nobody_to_learn_from_is_no_misspelt_value():
    with pytest.raises(LogError, match="no case has port = 'Z'"):
        cm.what_if(log_of([WAY] * 9), IMPORTS, cm.share_becomes("port", "Z", 0.5))
