"""A parameter that several public functions take is called and checked the same in each."""

import inspect
from dataclasses import replace

import pandas as pd
import pytest
from support.logs import log_of

import clearance_metrics
from clearance_metrics import clock, exceedances, load_notice, measure, slowest_at_median
from clearance_metrics.domain.metrics import Duration, Fee
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError

CLOCK = Duration("declared", "customs_released")
# what parameters are given, by name
GIVEN = {
    "log": log_of(
        [{"declared": 0, "customs_released": 5}] * 4,
        {"port": ["a", "b"] * 2, "mode": ["x"] * 4, "aeo": [True, False] * 2},
    ),
    "metric": CLOCK,
    "duration": CLOCK,
    "milestones": ("declared", "customs_released"),
    "clock": ("declared", "customs_released"),
    "what": "declared",
    "holds": {"own": ("declared", "customs_released")},
    "as_of": "2021-05-31",
    "by": "port",
    "split": "aeo",
    "strata": "mode",
    "target": 4,
    "within": 24,
    "share": 0.5,
    "window": ("2021-05", "2021-05"),
    "before": ("2021-04", "2021-04"),
    "after": ("2021-05", "2021-05"),
    "date": "2021-05-01",
    "starts": {"a": "2021-05-01"},
    "treated": "a",
    "a": "a",
    "start": "2021-05-01",
    "mix": "port",
    "reference": "2021-05",
    "change": slowest_at_median(),
    "direction": "import",
}


def _asking():
    """Every public function that is asked of a log, with its parameters."""
    for name in clearance_metrics.__all__:
        found = getattr(clearance_metrics, name)
        if inspect.isfunction(found):
            parameters = inspect.signature(found).parameters
            if "log" in parameters and parameters["log"].annotation == "EventLog":
                yield name, (found, parameters)


ASKING = dict(_asking())
# what a log holds and can carry is told of all of it
WITHOUT_A_DAY = {"contents", "describe", "receipt", "rejects", "doubts", "coverage"}
# these show an assessment, which has its day
WITHOUT_A_DAY |= {"before_use", "target_cards", "measure_sheets"}


def takers(parameter):
    return [name for name, (_, parameters) in ASKING.items() if parameter in parameters]


def ask(name, **options):
    function, parameters = ASKING[name]
    given = {told: value for told, value in GIVEN.items() if told in parameters}
    if name == "bridge":
        given.pop("within")  # a column there
    return function(**given | options)


def test_the_functions_are_found():
    assert {"measure", "assess", "league", "compare_survival", "price_index"} <= set(ASKING)
    assert len(takers("level")) >= 12


@pytest.mark.parametrize("name", takers("level"))
@pytest.mark.parametrize("level", [95, "0.95", True, 0, 1, None, float("nan")])
def test_a_level_is_a_number_below_one(name, level):
    with pytest.raises(LogError, match=r"level .* is not between 0(\.5)? and 1"):
        ask(name, level=level)


@pytest.mark.parametrize("name", takers("as_of"))
@pytest.mark.parametrize("as_of", ["31.5.2021", 20210531, None])
def test_as_of_is_a_day(name, as_of):
    with pytest.raises(LogError, match="as_of"):
        ask(name, as_of=as_of)


@pytest.mark.parametrize("name", takers("suppress_below"))
@pytest.mark.parametrize("k", [1, True, "10", 10.0])
def test_suppression_begins_at_two(name, k):
    with pytest.raises(LogError, match="withholds nothing"):
        ask(name, suppress_below=k)


@pytest.mark.parametrize("name", takers("period"))
def test_a_period_is_one_that_is_known(name):
    with pytest.raises(LogError, match="unknown period 'fortnight'"):
        ask(name, period="fortnight")


SEVERAL = [n for n in takers("by") if "Iterable" in ASKING[n][1]["by"].annotation]


@pytest.mark.parametrize("name", SEVERAL)
def test_a_group_column_stands_once(name):
    with pytest.raises(LogError, match="name each once"):
        ask(name, by=("port", "port"))


@pytest.mark.parametrize("name", list(ASKING))
def test_parameters_are_told_by_name_and_mean_the_same(name):
    """After the log, what is asked of it and at most one more, every parameter is told by name."""
    parameters = list(ASKING[name][1].values())
    by_place = [p.name for p in parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert by_place[0] == "log" and len(by_place) <= 3
    same = {
        "level": ("float", 0.95),
        "calendar": ("WorkCalendar | None", None),
        "tariff": ("Tariff | None", None),
        "suppress_below": ("int | None", None),
        "period": ("str | None", None),
    }
    for p in parameters:
        assert p.annotation is not inspect.Parameter.empty
        if p.name in same:
            assert (p.annotation, p.default) == same[p.name]
    if name not in WITHOUT_A_DAY:
        assert ASKING[name][1]["as_of"].default is None


# every question about one metric, and what its metric is called there
OF_METRIC = [
    (name, told) for name in ASKING for told in ("metric", "duration") if told in ASKING[name][1]
]


@pytest.mark.parametrize(("name", "told"), OF_METRIC)
@pytest.mark.parametrize("metric", [None, 5, Duration])
def test_what_is_no_metric_is_told_as_such(name, told, metric):
    with pytest.raises(LogError, match="is no metric|is no clock"):
        ask(name, **{told: metric})


@pytest.mark.parametrize(("name", "told"), OF_METRIC)
def test_a_clock_is_asked_of_by_its_name(name, told):
    """The name of a clock is as good as the clock, and so is the indicator that measures it."""
    log = log_of(
        [{"declared": 0, "customs_released": 5 + i} for i in range(4)],
        {"port": ["a", "b"] * 2, "mode": ["x"] * 4, "aeo": [True, False] * 2}
        | {"kind": ["import"] * 4, "enterprise": ["f", "g"] * 2},
    )
    asked = {"log": log, "starts": {"a": "2021-05"}}
    asked = {n: given for n, given in asked.items() if n in ASKING[name][1]}
    whole = clock("import_customs_only", log)
    indicator = replace(load_notice().on("clearance", "headline")[0], metric=whole)
    said = [ask(name, **asked, **{told: one}) for one in (whole, "import_customs_only", indicator)]
    # an indicator is called what the notice calls it
    called = {"clock": "", "what": ""}
    records = [[row | called for row in found.to_dicts()] for found in said]
    assert records[1:] == [records[0]] * 2
    with pytest.raises(LogError, match="there is no clock 'import_custom_only'"):
        ask(name, **asked, **{told: "import_custom_only"})
    with pytest.raises(LogError, match="no milestone"):
        ask(name, **asked, **{told: "exam"})


def test_every_question_of_one_metric_is_among_them():
    told = {name for name, _ in OF_METRIC}
    assert told >= {"measure", "bridge", "league", "compare", "compare_matched", "survival"}
    assert told >= {"trend", "what_if"}
    assert told >= {"compare_survival", "gap_to_target", "judge_target", "exceedances"}
    assert told >= {"interrupted_series", "staggered", "synthetic_control", "changepoints"}


def test_limits_that_no_case_can_have_are_told():
    log, clock = GIVEN["log"], Duration("declared", "customs_released", signed=False)
    for cap in (0, -5, 1e300, 10**400, float("nan"), True, "24"):
        with pytest.raises(LogError, match="cap="):
            clearance_metrics.around_holidays(log, clock, cap=cap, as_of="2021-05-31")
    for odd in (1e300, 10**400, float("nan"), True, "24"):
        for question, told in (("judge_target", "within"), ("gap_to_target", "target")):
            more = {"share": 0.9} if told == "within" else {"by": "port"}
            with pytest.raises(LogError, match=f"{told}="):
                ask = getattr(clearance_metrics, question)
                ask(log, clock, **{told: odd}, **more, as_of="2021-05-31")
    with pytest.raises(LogError, match="is not between 0 and 1"):
        clearance_metrics.populations(log, clock, level=10**400, as_of="2021-05-31")
    with pytest.raises(LogError, match="unknown period 0"):
        clearance_metrics.flow(log, clock, period=0, as_of="2021-05-31")
    with pytest.raises(LogError, match="target=-1 is not above zero"):
        clearance_metrics.populations(log, clock, target=-1, as_of="2021-05-31")
    with pytest.raises(LogError, match="limit=-3 is not above zero"):
        change = slowest_at_median(0.1)
        clearance_metrics.what_if(log, clock, change, limit=-3, as_of="2021-05-31")
    with pytest.raises(LogError, match="5 is no indicator"):
        clearance_metrics.violations(log, indicator=5, as_of="2021-05-31")
    for wrong in (None, load_notice("cn-2021-85")):
        with pytest.raises(LogError, match="is no assessment"):
            clearance_metrics.measure_sheets(log, wrong)


def test_a_milestone_is_no_column():
    with pytest.raises(LogError, match="'declared' is a milestone, and no column") as told:
        raise MissingColumn("declared", GIVEN["log"])
    assert "instead" not in str(told.value)


def test_a_named_clock_asks_which_cases_are_its_own():
    log = log_of([{"conveyance_arrived": 0, "customs_released": 5}])
    with pytest.raises(LogError, match="no column or milestone 'kind'"):
        clearance_metrics.parties(log, "import_overall", as_of="2021-05-31")


def test_other_arguments_of_the_wrong_kind_are_told():
    log, clock = GIVEN["log"], Duration("declared", "customs_released")
    for more in (
        {"by": None},
        {"by": 5},
        {"by": ["port", None]},
        {"by": b"port"},
        {"calendar": "CN"},
        {"as_of": pd.NaT},
    ):
        with pytest.raises(LogError):
            measure(log, clock, **{"as_of": "1970-01-02"} | more)
    with pytest.raises(LogError, match="is no tariff"):
        measure(log, Fee("line", against="tariff"), as_of="1970-01-02", tariff="CN")
    with pytest.raises(LogError, match="whole number"):
        exceedances(log, clock, as_of="1970-01-02", limit=10**30)
