"""Policy change from logs: planted levels, slopes and effects found again, refusals in words,
charts.
"""

import os
import subprocess
import sys
from datetime import date

import numpy as np
import polars as pl
import pytest
from support.logs import frame_of
from support.panels import log_of, months, staggered_panel

import clearance_metrics
from clearance_metrics.analysis.policy import (
    CAVEAT,
    changepoints,
    interrupted_series,
    staggered,
    synthetic_control,
)
from clearance_metrics.analysis.policy.monthly import festival_days, monthly, working_days
from clearance_metrics.domain.calendars import load_calendar
from clearance_metrics.domain.metrics import Duration, MatchedDifference, Share
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import CalendarError, LogError
from clearance_metrics.results.charts.canvas import to_svg
from clearance_metrics.results.charts.policy import (
    event_study,
    interrupted_months,
    level_months,
    synthetic_months,
)
from clearance_metrics.results.words import say
from clearance_metrics.statistics.reasons import Reason
from clearance_metrics.statistics.staggered import aggregates, group_time

pytest.importorskip(
    "statsmodels", reason="statsmodels is not installed: models of series cannot be fitted"
)

CLOCK = Duration("declared", "customs_released")
N = 48
SAID = {lang: say(CAVEAT, lang) for lang in ("zh", "en")}
AFTER = np.arange(N) >= 32  # from 2021-09 on, the first whole month after 2021-08-20


def planted(seed=5):
    """Trend -0.2, from September 2021 on 6 h lower and 0.1 h a month less steep, a season and the
    Spring Festival.
    """
    t, names = np.arange(N), [str(m) for m in months("2019-01", N)]
    season = 2 * np.cos(2 * np.pi * t / 12) + 0.5 * np.sin(4 * np.pi * t / 12)
    level = 60 - 0.2 * t - 6 * AFTER + 0.1 * AFTER * (t - 32) + season + 0.6 * festival_days(names)
    return level + np.random.RandomState(seed).normal(0, 0.8, N)


@pytest.fixture(scope="module")
def one():
    return log_of({"a": planted()})


def test_planted_level_and_slope_are_inside_their_intervals(one):
    found = interrupted_series(one, CLOCK, date="2021-08-20", as_of="2022-12-31")
    rows = {r.term: r for r in found}
    for name, truth in (
        ("trend", -0.2),
        ("level", -6),
        ("slope", 0.1),
        ("average", -6 + 0.1 * 7.5),
    ):
        assert rows[name].low < truth < rows[name].high, name
        assert rows[name].high - rows[name].low < 5
    assert found.start == "2021-09" and found.fact("left_out") == ("2021-08",)
    assert (found.fact("n_before"), found.fact("n_after"), found.fact("lag")) == (31, 16, 3)
    assert 1 < found.fact("durbin_watson") < 3 and abs(found.fact("lag1")) < 0.5
    assert (
        found.fact("placebo_dates") == len(found.placebos) == 16
        and found.fact("placebo_larger") == 0
    )
    facts = {f.name: f for f in found.facts}
    assert facts["terms"].said("zh").endswith("春节假日天数、工作日数、季节项 2 对")
    assert "Spring Festival days, working days, season: 2" in str(facts["terms"])
    assert all(SAID["en"] in shown for shown in (repr(found), str(found), found._repr_html_()))
    told = found.table("zh")
    assert SAID["zh"] in str(told) and SAID["zh"] in told._repr_html_()
    assert all(
        d["caveat_en"] == SAID["en"] and d["caveat_zh"] == SAID["zh"] for d in found.to_dicts()
    )
    assert [p["period"] for p in found.points if not p["used"]] == ["2021-08"]


def test_a_modelled_trend_on_top_changes_nothing_but_the_trend(one):
    steeper = log_of({"a": planted() + 0.5 * np.arange(N)})
    first, second = (
        interrupted_series(log, CLOCK, date="2021-09", as_of="2022-12-31", placebo=False)
        for log in (one, steeper)
    )
    for a, b in zip(first, second, strict=True):
        moved = 0.5 if a.term == "trend" else 0
        # means of whole seconds: equal to a tenth of a second an hour
        assert (b.value - a.value, b.low - a.low) == pytest.approx((moved, moved), abs=3e-4)


def test_phase_in_and_excluded_months_are_left_out_and_told(one):
    found = interrupted_series(
        one,
        CLOCK,
        date="2021-08-20",
        as_of="2022-12-31",
        phase_in=2,
        exclude=("2022-04", "2020-02"),
    )
    assert found.start == "2021-11"
    assert (
        found.fact("left_out") == ("2020-02", "2021-08", "2021-09", "2021-10", "2022-04")
        and found.fact("n_after") == 13
    )


def test_links_and_errors_are_told(one):
    ratio = interrupted_series(
        one,
        CLOCK,
        date="2021-09",
        as_of="2022-12-31",
        link="log",
        errors="hac",
        lag=5,
        placebo=False,
    )
    level = ratio.rows[1]
    assert level.unit == "ratio" and 0.85 < level.low < level.value < level.high < 0.95
    assert (
        ratio.fact("lag") == 5
        and ratio.fact("errors") == Reason("policy_errors.hac")
        and ratio.fact("rho") is None
    )


def test_fewer_than_eight_months_a_side_is_refused_in_words(one):
    found = interrupted_series(one, CLOCK, date="2021-08-20", as_of="2022-04-15")
    assert all(r.value is None and r.low is None for r in found)
    assert "31 before the date and 7 after it can be used" in found.rows[1].note
    assert "每侧至少要有 8 个月" in found.rows[1].note_zh and SAID["zh"] in str(found.table("zh"))
    assert (
        interrupted_series(one, CLOCK, date="2021-08-20", as_of="2022-04-30", harmonics=1)
        .rows[1]
        .value
        is not None
    )


def test_an_unfinished_month_and_thin_months_do_not_count(one):
    assert monthly(one, CLOCK, statistic=None, as_of="2022-12-30").months[-1] == "2022-11"
    thin = monthly(one, CLOCK, statistic=None, as_of="2022-12-31", least=31)
    assert (
        thin.values[None] == {}
        and len(thin.left_out) == N
        and thin.left_out[0][2] == (Reason("policy.thin", n=30, least=31),)
    )
    found = interrupted_series(one, CLOCK, date="2021-08-20", as_of="2022-12-31", least=31)
    weak = next(f for f in found.facts if f.name == "not_usable")
    assert "2019-01 (30 cases, fewer than 31); 2019-02" in weak.shown("en")
    assert "2019-01（30 件，少于 31 件）；2019-02" in weak.shown("zh")


def test_open_cases_need_a_restricted_mean_with_one_limit():
    events = [(f"c{i}", "declared", 86400 * (30 * i + 9)) for i in range(24)]
    events += [(f"c{i}", "customs_released", 86400 * (30 * i + 10)) for i in range(23)]
    log = EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"), timezone="UTC"
    )
    plain = monthly(log, CLOCK, statistic="mean", as_of="1972-03-31", least=1)
    assert len(plain.values[None]) == 23 and plain.left_out[0][2][0].code == "open_cases"
    cut = monthly(log, CLOCK, statistic="restricted_mean:48", as_of="1972-03-31", least=1)
    assert cut.values[None]["1970-01"] == (24.0, 1)
    with pytest.raises(LogError, match="a MatchedDifference has no monthly series"):
        monthly(
            log, MatchedDifference(CLOCK, "aeo", ("port",)), statistic="mean", as_of="1972-03-31"
        )
    with pytest.raises(LogError, match="one limit"):
        monthly(log, CLOCK, statistic="restricted_mean", as_of="1972-03-31")


def test_a_series_that_does_not_move_is_refused_in_words():
    options = {"date": "2021-09", "as_of": "2022-12-31"}
    flat = interrupted_series(log_of({"a": planted()}), CLOCK, statistic="within:1000", **options)
    assert all(
        r.value is None and "does not move" in r.note and "没有变动" in r.note_zh for r in flat
    )
    step = interrupted_series(log_of({"a": 50 - 6 * AFTER}), CLOCK, **options)
    assert step.rows[1].value == pytest.approx(-6) and step.fact("placebo").code == "policy.still"


def counted(monthly_counts, first="2019-01"):
    start = np.datetime64(first, "M")
    times = [
        int((start + i).astype("datetime64[s]").astype(int)) + 3600 * 24 * 3 + k
        for i, n in enumerate(monthly_counts)
        for k in range(n)
    ]
    ids = [f"c{i}" for i in range(len(times))]
    events = pl.DataFrame(
        {
            "case_id": ids * 2,
            "milestone": ["declared"] * len(ids) + ["customs_released"] * len(ids),
            "time": times + [t + 3600 for t in times],
        }
    )
    cases = pl.DataFrame({"case_id": ids, "slow": [k % 4 == 0 for k in range(len(ids))]})
    return EventLog(events, cases, timezone="Asia/Shanghai")


def test_counts_are_rates_over_what_they_are_counted_over():
    rng = np.random.RandomState(2)
    names = [str(m) for m in months("2019-01", N)]
    counts = rng.poisson(2.0 * working_days(names, None) * np.where(AFTER, 0.7, 1.0))
    counts[5] = 0
    found = interrupted_series(
        counted(counts),
        CLOCK,
        date="2021-09",
        as_of="2022-12-31",
        statistic="n",
        slope=False,
        family="quasipoisson",
        exposure="working_days",
        working_days=False,
        harmonics=1,
        exclude=("2019-06",),
    )
    level = found.rows[1]
    assert level.unit == "ratio" and level.low < 0.7 < level.high < 0.85
    assert found.points[5]["value"] == 0.0 and not found.points[5]["used"]


def test_a_share_by_month():
    log = counted([40] * N)
    found = monthly(
        log, Share({"slow": True}, dated_by="declared"), statistic=None, as_of="2022-12-31"
    )
    assert found.unit == "share" and set(found.values[None].values()) == {(0.25, 40)}


def test_holidays_and_working_days_of_a_month():
    assert festival_days(["2021-01", "2021-02", "2022-01", "2022-02", "2020-02"]).tolist() == [
        0,
        7,
        1,
        6,
        2,
    ]
    whole = working_days([f"2021-{m:02}" for m in range(1, 13)], None)
    assert whole.sum() == load_calendar("CN").year_count(2021) == 250
    for use in (festival_days, lambda span: working_days(span, None)):
        with pytest.raises(CalendarError, match="2051"):
            use(["2051-02"])


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"statistic": "median"}, "no monthly series"),
        ({"date": "last week"}, "not a date"),
        ({"link": "logit"}, "logit"),
        ({"family": "poisson"}, "counts"),
        ({"exposure": "days"}, "exposure belongs"),
        ({"statistic": "n", "family": "poisson", "exposure": "cases"}, "always one"),
        ({"harmonics": 3}, "harmonics"),
        ({"phase_in": -1}, "phase_in"),
        ({"exclude": ("2021",)}, "not a month"),
        ({"level": 2}, "level"),
        ({"level": 95}, "write 0.95"),
        ({"lag": -1}, "lag"),
        ({"as_of": "soon"}, "as_of"),
        ({"errors": "robust"}, "errors"),
        ({"least": "a"}, "least='a'"),
        ({"least": 0}, "least=0"),
        ({"least": float("nan")}, "least"),
        ({"least": True}, "least"),
        ({"level": "a"}, "level"),
        ({"statistic": 5}, "5 is no name of a statistic"),
        ({"first": "2021-02-30"}, "not a month"),
    ],
)
def test_wrong_words_are_errors_that_help(one, options, match):
    with pytest.raises(LogError, match=match) as caught:
        interrupted_series(one, CLOCK, **({"date": "2021-08-20", "as_of": "2022-12-31"} | options))
    assert "do:" in str(caught.value)


# --- staggered starts


PANEL, PLACES = staggered_panel()
NAMES = [f"p{i:02}" for i in range(22)]
SPAN = [str(m) for m in months("2020-01", 12)]
STARTS = {name: SPAN[place] for name, place in zip(NAMES, PLACES, strict=True) if place < 12}


@pytest.fixture(scope="module")
def ports():
    return log_of(dict(zip(NAMES, PANEL, strict=True)), first="2020-01", cases=4)


def test_staggered_effects_are_those_of_the_panel(ports):
    found = staggered(ports, CLOCK, starts=STARTS, as_of="2020-12-31", least=1)
    rows = {(r.term, r.period): r for r in found}
    # the figures of two other packages for this panel; logs hold whole seconds
    assert rows["simple", None].value == pytest.approx(-4.580131746, abs=3e-4)
    assert rows["event", "+3"].value == pytest.approx(-5.05191453, abs=3e-4)
    assert rows["group", "2020-09"].value == pytest.approx(-5.34076984, abs=3e-4)
    assert (
        rows["simple", None].high < 0
        and rows["simple", None].n == 13
        and rows["event", "+6"].n == 6
    )
    assert found.fact("pre_trend_p") > 0.05 and found.fact("ports_never") == 9
    cell = next(c for c in found.cells if (c["start"], c["period"]) == ("2020-06", "2020-06"))
    assert (
        cell["value"] == pytest.approx(-2.84394444, abs=3e-4)
        and cell["base"] == "2020-05"
        and cell["controls"] == 9
    )
    again = staggered(ports, CLOCK, starts=STARTS, as_of="2020-12-31", least=1)
    assert again == found and SAID["en"] in repr(found)


def test_ports_weighed_by_their_cases_before_the_first_start():
    cases = {name: 1 + i % 3 for i, name in enumerate(NAMES)}
    log = log_of(dict(zip(NAMES, PANEL, strict=True)), first="2020-01", cases=cases)
    found = staggered(
        log, CLOCK, starts=STARTS, weights="cases", as_of="2020-12-31", least=1, draws=99
    )
    cells = group_time(PANEL, PLACES, weights=list(cases.values()))
    expected = aggregates(cells)["simple", None].weights @ cells.att
    assert found.rows[0].value == pytest.approx(expected, abs=5e-4) and found.fact("control")[
        -1
    ] == Reason("policy.weighted_by_cases")
    assert abs(expected - -4.580131746) > 0.01


def test_ports_that_did_not_move_alike_before_give_no_effect():
    drift = PANEL + np.outer([p < 12 for p in PLACES], np.arange(12) * 3.0)
    log = log_of(dict(zip(NAMES, drift, strict=True)), first="2020-01", cases=2)
    found = staggered(log, CLOCK, starts=STARTS, as_of="2020-12-31", least=1)
    rows = [r for r in found if not (r.term == "event" and r.period)]
    assert found.fact("pre_trend_p") < 0.05 and all(
        r.value is None and "did not move alike" in r.note for r in rows
    )
    assert any(r.value is not None for r in found if r.term == "event" and r.period)


@pytest.mark.parametrize("base", ["varying", "universal"])
def test_a_steady_drift_gives_no_effect_whatever_the_base(base):
    rng = np.random.RandomState(4)
    names = [f"q{i:02}" for i in range(14)]
    values = 60 + rng.normal(0, 1, (14, 48)) - 0.3 * np.outer(np.arange(14) < 6, np.arange(48))
    log = log_of(dict(zip(names, values, strict=True)), cases=1)
    starts = dict.fromkeys(names[:3], "2021-01") | dict.fromkeys(names[3:6], "2021-07")
    found = staggered(log, CLOCK, starts=starts, base=base, as_of="2022-12-31", least=1, draws=499)
    assert found.fact("pre_trend_p") < 0.05 and found.rows[0].value is None
    assert "did not move alike" in found.rows[0].note


def test_few_ports_no_control_and_lacking_months_are_told(ports):
    few = {n: STARTS[n] for n in NAMES[:3]}
    some = frame_of(ports, ports.cases_table).filter(
        pl.col("port").is_in([*NAMES[:3], *NAMES[13:]])
    )
    log = EventLog(ports_events(ports), some, timezone="Asia/Shanghai")
    found = staggered(log, CLOCK, starts=few, as_of="2020-12-31", least=1)
    assert all(
        r.value is None and "too few ports for an interval" in r.note for r in found.rows[:4]
    )
    points = [r for r in found if r.period]
    assert points and all(
        r.value is not None and r.low is None and r.note == "no interval: too few ports"
        for r in points
    )
    influence = staggered(log, CLOCK, starts=few, errors="influence", as_of="2020-12-31", least=1)
    assert influence.rows[0].value is None and "at least 50 ports" in influence.rows[0].note
    everyone = dict.fromkeys(NAMES[:3], "2020-06") | dict.fromkeys(NAMES[13:], "2020-06")
    for control, words in (("never", "no port stays without"), ("not_yet", "no month in which")):
        none = staggered(log, CLOCK, starts=everyone, control=control, as_of="2020-12-31", least=1)
        assert all(r.value is None and words in r.note and r.note_zh for r in none)


def ports_events(log):
    frame = frame_of(log, log.milestones_table)
    return frame.unpivot(index="case_id", variable_name="milestone", value_name="time").drop_nulls()


def test_a_port_without_a_month_is_left_out_by_name():
    log = log_of({"x": [5.0] * 5, "y": [6.0] * 6, "z": [7.0] * 6, "w": [6.0] * 6}, cases=2)
    found = staggered(
        log, CLOCK, starts={"y": "2019-03", "z": "2022-01"}, as_of="2019-06-30", least=1
    )
    dropped = next(f for f in found.facts if f.name == "group_dropped")
    assert found.fact("ports_left_out") == ("x",)
    assert dropped.shown("en") == "z (2022-01): no month after the start"
    assert [r.value for r in found if r.term == "group" and r.period] == [pytest.approx(0)]
    lone = staggered(log, CLOCK, starts={"x": "2019-03"}, as_of="2019-06-30", least=1)
    assert (
        lone.rows[0].value is None and "no port that starts has all its months" in lone.rows[0].note
    )


def test_months_after_the_last_case_are_named_as_the_cause(ports):
    late = {"as_of": "2021-03-31", "least": 1}
    found = staggered(ports, CLOCK, starts=STARTS, **late)
    assert all(
        r.value is None and 'write last="2020-12"' in r.note and "2021-03" in r.note_zh
        for r in found
    )
    cut = staggered(ports, CLOCK, starts=STARTS, last="2020-12", **late)
    assert cut.rows == staggered(ports, CLOCK, starts=STARTS, as_of="2020-12-31", least=1).rows
    twin = synthetic_control(
        twins(), CLOCK, treated="青岛", start="2021-01", as_of="2022-02-28", least=1
    )
    assert twin.rows[0].value is None and 'write last="2021-12"' in twin.rows[0].note
    thin = synthetic_control(
        twins(), CLOCK, treated="青岛", start="2021-01", as_of="2021-12-31", least=5
    )
    assert thin.rows[0].note == "the port lacks months of its series: no effect is given"


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"starts": {"p1": "2020-06"}}, "has no cases"),
        ({"starts": {"p01": "2020-06-15"}}, "within a month"),
        ({"starts": {}}, "no port"),
        ({"control": "others"}, "control"),
        ({"draws": 5}, "draws"),
        ({"anticipation": -1}, "anticipation"),
        ({"by": "harbour"}, "harbour"),
        ({"by": ("port", "mode")}, "not one column"),
        ({"by": None}, "not one column"),
        ({"level": 95}, "write 0.95"),
        ({"statistic": "n", "weights": "cases"}, "weights|weighted"),
        ({"seed": "a"}, "seed='a'"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"seed": None}, "seed"),
        ({"starts": ["p01", "p02"]}, "when each port starts"),
        ({"starts": "p01"}, "no column"),
    ],
)
def test_wrong_starts_are_errors_that_help(ports, options, match):
    with pytest.raises(LogError, match=match) as caught:
        staggered(ports, CLOCK, **({"starts": STARTS, "as_of": "2020-12-31", "least": 1} | options))
    assert "do:" in str(caught.value)


@pytest.mark.parametrize(
    ("months_of_start", "told"),
    [
        ([None, None, None], "没有口岸登记启用月"),
        (["1970-02", "1970-03", None], "a登记了两个启用月"),
        (["1970-02", "1970-02", None], "故各口岸都缺月"),
    ],
)
def test_starts_are_read_from_a_column_and_refused_in_words(months_of_start, told):
    ids = ["1", "2", "3"]
    events = pl.DataFrame(
        {
            "case_id": ids * 2,
            "milestone": ["declared"] * 3 + ["customs_released"] * 3,
            "time": [0] * 3 + [7200] * 3,
        }
    )
    cases = pl.DataFrame(
        {"case_id": ids, "port": ["a", "a", "b"], "began": months_of_start},
        schema_overrides={"began": pl.String},
    )
    log = EventLog(events, cases)
    found = staggered(log, CLOCK, starts="began", as_of="1970-04-30", least=1)
    assert found[0].value is None and told in found.headline("zh")
    with pytest.raises(LogError, match="no series to draw"):
        found.chart()


# --- synthetic control


def twins(effect=-6.0, noise=0.3):
    rng = np.random.RandomState(1)
    factor = rng.normal(0, 1, 36).cumsum()
    donors = 50 + np.outer(factor, rng.uniform(0.5, 2, 10)) + rng.normal(0, 0.3, (36, 10))
    treated = donors[:, :3].mean(axis=1) + effect * (np.arange(36) >= 24) + rng.normal(0, noise, 36)
    return log_of({f"p{i:02}": donors[:, i] for i in range(10)} | {"青岛": treated}, cases=4)


def test_one_port_against_its_twin():
    found = synthetic_control(
        twins(), CLOCK, treated="青岛", start="2021-01", as_of="2021-12-31", least=1
    )
    row = found.rows[0]
    assert row.value == pytest.approx(-6, abs=0.5) and row.low is None
    assert (
        found.fact("p") == pytest.approx(1 / 11)
        and "least possible with 10 donors 0.091" in row.note
    )
    assert (
        sum(w for _, w in found.weights) == pytest.approx(1, abs=1e-4)
        and min(w for _, w in found.weights) > 0
    )
    gap = np.mean([p["gap"] for p in found.points if p["period"] >= "2021-01"])
    assert (
        gap == pytest.approx(row.value) and len(found.placebos) == 360 and SAID["en"] in repr(found)
    )
    nothing = synthetic_control(
        twins(0.0), CLOCK, treated="青岛", start="2021-01", as_of="2021-12-31", least=1
    )
    assert abs(nothing.rows[0].value) < 0.5 and nothing.fact("p") > 0.2


def test_what_a_twin_needs():
    log = twins()
    ask = {"treated": "青岛", "start": "2021-01", "as_of": "2021-12-31", "least": 1}
    for options, words in (
        ({"donors": ["p00", "p01"]}, "2 other ports"),
        ({"start": "2019-06"}, "5 months before"),
        ({"start": "2022-01"}, "0 after"),
        ({"worst_fit": 0.001}, "misses the port's own past"),
    ):
        row = synthetic_control(log, CLOCK, **(ask | options)).rows[0]
        assert row.value is None and words in row.note and row.note_zh
    for options, match in (
        ({"treated": "宁波"}, "has no cases"),
        ({"donors": ["青岛"]}, "own donor"),
        ({"start": "2021-01-09"}, "within a month"),
    ):
        with pytest.raises(LogError, match=match):
            synthetic_control(log, CLOCK, **(ask | options))


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"donors": ["p06"] * 8}, "more than once: p06"),
        ({"donors": [f"p{i:02}" for i in range(10)] + ["p01"]}, "once: p01"),
        ({"donors": "p06"}, "no list of ports"),
        ({"donors": 6}, "no list of ports"),
        ({"worst_fit": float("nan")}, "worst_fit"),
        ({"worst_fit": float("inf")}, "worst_fit"),
        ({"worst_fit": "a"}, "worst_fit"),
        ({"worst_fit": 0}, "worst_fit"),
    ],
)
def test_donors_counted_twice_and_limits_that_limit_nothing_are_errors(options, match):
    ask = {"treated": "青岛", "start": "2021-01", "as_of": "2021-12-31", "least": 1}
    with pytest.raises(LogError, match=match) as caught:
        synthetic_control(twins(), CLOCK, **(ask | options))
    assert "do:" in str(caught.value)


# --- changepoints


def test_changes_stand_beside_policy_dates():
    levels = np.where(np.arange(36) < 20, 50.0, 44.0) + np.tile([0.4, -0.4, 0.1, -0.1], 9)
    log = log_of({"a": levels}, cases=30)
    found = changepoints(
        log, CLOCK, as_of="2021-12-31", policy_dates={"2020-08-15": "署岸发", date(2021, 6, 1): ""}
    )
    change = [r for r in found if r.term == "change"]
    assert [r.period for r in change] == ["2020-09"] and change[0].value == pytest.approx(
        -6, abs=0.05
    )
    assert (
        "nearest policy date 2020-08-15 署岸发: this is 1 month after it" in change[0].note
        and "晚 1 个月" in change[0].note_zh
    )
    listed = [r for r in found if r.term == "policy_date"]
    assert [r.period for r in listed] == ["2020-08-15", "2021-06-01"] and "-9" in listed[1].note
    words = " ".join(r.note for r in found) + repr(found)
    assert not any(w in words.lower() for w in ("cause", "effect", "because", "due to"))
    named = changepoints(
        log,
        CLOCK,
        as_of="2021-12-31",
        policy_dates={"2020-08-15": {"zh": "通知", "en": "notice"}},
    )
    told = "nearest policy date 2020-08-15 notice: this is 1 month after it"
    assert named[0].note_en.endswith(told)
    assert named[-1].note_zh == "通知：最近检出月份 2020-09（相差 +1 个月）"
    early = changepoints(log, CLOCK, as_of="2021-12-31", baseline=("2019-01", "2020-08"))
    assert {r.period for r in early if r.term == "outside"} == {
        p["period"] for p in early.points if p["period"] >= "2020-09"
    }


def test_short_series_and_wrong_words():
    log = log_of({"a": [5.0] * 14}, cases=30)
    short = changepoints(log, CLOCK, as_of="2019-11-30")
    assert short.rows[0].value is None and "11 months can be used" in short.rows[0].note
    flat = changepoints(log, CLOCK, as_of="2020-02-29", policy_dates=["2019-06-01"])
    assert (
        flat.fact("found") == 0
        and [r.term for r in flat] == ["policy_date"]
        and "no change of level found" in flat.rows[0].note
    )
    for options, match in (
        ({"penalty": -1}, "penalty"),
        ({"penalty": float("inf")}, "penalty"),
        ({"penalty": float("nan")}, "penalty"),
        ({"penalty": "a"}, "penalty"),
        ({"least": 2.5}, "least"),
        ({"baseline": "2019-01"}, "not two months"),
        ({"baseline": ("2019-01",)}, "not two months"),
        ({"shortest": 0}, "shortest"),
        ({"policy_dates": ["x"]}, "not a date"),
        ({"baseline": ("2019-01", "2019-01")}, "two months"),
    ):
        with pytest.raises(LogError, match=match):
            changepoints(log, CLOCK, as_of="2020-02-29", **options)


# --- charts


def test_charts_are_the_same_twice_and_stand_refused_results(one, ports):
    words = {"title": "title", "source": "source", "lang": "en"}
    full = interrupted_series(one, CLOCK, date="2021-08-20", as_of="2022-12-31", placebo=False)
    refused = interrupted_series(one, CLOCK, date="2021-08-20", as_of="2022-01-31")
    assert to_svg(interrupted_months(full, **words)) == to_svg(interrupted_months(full, **words))
    study = staggered(ports, CLOCK, starts=STARTS, as_of="2020-12-31", least=1)
    twin = synthetic_control(
        twins(), CLOCK, treated="青岛", start="2021-01", as_of="2021-12-31", least=1
    )
    changes = changepoints(one, CLOCK, as_of="2022-12-31")
    figures = [
        interrupted_months(refused, **words),
        event_study(study, **words),
        synthetic_months(twin, **words),
        level_months(changes, dates=[("2021-08-20", "署岸发85号")], **words),
    ]
    for figure in figures:
        assert any(SAID["en"][-20:] in t.get_text().replace("\n", " ") for t in figure.texts)
    lone = synthetic_control(
        twins(), CLOCK, treated="青岛", start="2022-01", as_of="2021-12-31", least=1
    )
    none = staggered(
        ports, CLOCK, starts=dict.fromkeys(NAMES, "2020-06"), as_of="2020-12-31", least=1
    )
    thin = interrupted_series(one, CLOCK, date="2021-08-20", as_of="2022-12-31", least=31)
    short = changepoints(one, CLOCK, as_of="2019-06-30")
    for draw, refusal in (
        (synthetic_months, lone),
        (event_study, none),
        (interrupted_months, thin),
        (level_months, short),
    ):
        figure = draw(refusal, **words)
        assert refusal.rows[0].note.split(":")[0] in figure.axes[0].texts[0].get_text().replace(
            "\n", " "
        )
    assert len(figures[0].axes[0].lines) == 3  # both kinds of points and the date, no line


def test_the_four_readings_are_public():
    for name in ("interrupted_series", "staggered", "synthetic_control", "changepoints"):
        assert callable(getattr(clearance_metrics, name)) and name in clearance_metrics.__all__


@pytest.mark.parametrize("name", ["staggered", "synthetic_control", "changepoints"])
def test_a_reading_is_a_function_whatever_is_imported_first(name):
    first = f"clearance_metrics.analysis.policy.{name}"
    asked = f"import {first}, clearance_metrics.statistics; from types import FunctionType as F; "
    asked += f"assert type(clearance_metrics.{name}) is type({first}) is F"
    subprocess.run([sys.executable, "-c", asked], check=True, env=os.environ, timeout=300)


def test_records_and_tables_say_terms_and_units_in_the_language_asked_for(one):
    found = interrupted_series(one, CLOCK, date="2021-08-20", as_of="2022-12-31", placebo=False)
    first = found.to_dicts()[0]
    assert (first["term"], first["unit"]) == ("trend", "hours per month")
    assert (first["term_zh"], first["term_en"]) == ("此前趋势（每月）", "trend before, per month")
    zh, en = found.table("zh"), found.table("en")
    assert "水平变化（首月）" in zh.cells[1] and "change of level at the start" in en.cells[1]
    assert "小时／月" in zh.cells[0] and "hours per month" in en.cells[0]
    assert zh.heads == ("项", "数值\n95%区间", "单位", "n（月）")
    refused = interrupted_series(one, CLOCK, date="2021-08-20", as_of="2022-04-15")
    assert refused[1].reasons == (Reason("policy.few_months", before=31, after=7, fewest=8),)
    assert refused[1].note_en == refused[1].note == refused[1].said("en")
    assert refused.table("zh").cells[1].count(refused[1].note_zh) == 1
    # where all rows say the same, the title says it alone
    block = refused.block("zh")
    assert refused[1].note_zh in block.title
    assert all(refused[1].note_zh not in str(part) for part in block.parts)


def test_a_tariff_reaches_the_series(monkeypatch):
    asked = []

    def measured(log, metric, **options):
        asked.append(options["tariff"])
        return ()

    monkeypatch.setattr("clearance_metrics.analysis.policy.monthly.measure", measured)
    log = counted([1])
    monthly(log, CLOCK, statistic=None, as_of="2019-12-31", tariff="rates")
    assert asked == ["rates"]
