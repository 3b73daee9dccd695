"""A line at one composition: by hand, against pandas, and what a change of mix cannot do to it."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from clearance_metrics import Duration, EventLog, Share, bridge, load_notice, measure, trend
from clearance_metrics.errors import LogError, NothingToShow

CLOCK = Duration("declared", "customs_released", dated_by="end")
JANUARY = ("2021-01", "2021-01")
ASKED = {"as_of": "2021-12-31", "fewest": 2}


def log_of(rows):
    """A log from rows of month, hours and further columns; every case ends on the 20th."""
    frame = pl.DataFrame(rows)
    ids = list(range(len(frame)))
    ends = [pd.Timestamp(f"{m}-20", tz="UTC").timestamp() for m in frame["month"]]
    starts = [end - 3600 * h for end, h in zip(ends, frame["hours"], strict=True)]
    events = pl.DataFrame(
        {
            "case_id": ids * 2,
            "milestone": ["declared"] * len(ids) + ["customs_released"] * len(ids),
            "time": [int(t) for t in starts + ends],
        }
    )
    facts = frame.drop("month", "hours").with_columns(pl.Series("case_id", ids))
    return EventLog(events, facts)


def some_log(seed=3, n=900):
    rng = np.random.default_rng(seed)
    rows = {
        "month": rng.choice(["2021-01", "2021-02", "2021-03", "2021-05"], n).tolist(),
        "port": rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2]).tolist(),
        "mode": rng.choice(["sea", "air"], n).tolist(),
        "firm": [f"f{i}" for i in rng.integers(0, 40, n)],
    }
    rows["hours"] = [int(h) + 1 for h in rng.gamma(2, 6, n)]
    return log_of(rows), pd.DataFrame(rows)


def test_two_strata_in_two_periods_by_hand():
    # January: a 4, 6 twice and b 20, 30 twice; February: a three times 5 and 9, b 10 and 20
    january = [("a", 4), ("a", 6), ("b", 20), ("b", 30)] * 2
    february = [("a", 5)] * 3 + [("a", 9)] * 3 + [("b", 10), ("b", 20)]
    rows = [("2021-01", p, h) for p, h in january] + [("2021-02", p, h) for p, h in february]
    month, port, hours = zip(*rows, strict=True)
    log = log_of({"month": month, "port": port, "hours": hours})
    first, last = trend(log, CLOCK, mix="port", reference=JANUARY, **ASKED)
    assert (first.raw, first.value, first.covered) == (15.0, 15.0, 1.0)
    # half of a's 7 and half of b's 15, where the plain mean is (3 * 5 + 3 * 9 + 30) / 8
    assert (last.raw, last.value, last.n) == (9.0, 11.0, 8)
    # (1/2)^2 (4.8 / 6) + (1/2)^2 (50 / 2), by Satterthwaite's degrees of freedom
    one, two = 0.25 * 4.8 / 6, 0.25 * 50 / 2
    free = (one + two) ** 2 / (one**2 / 5 + two**2 / 1)
    half = stats.t.ppf(0.975, free) * np.sqrt(one + two)
    assert (last.low, last.high) == (pytest.approx(11 - half), pytest.approx(11 + half))


def test_months_of_the_reference_without_a_case_are_told():
    rows = {"month": ["2021-01"] * 8 + ["2021-02"] * 8, "port": ["a"] * 16, "hours": [4, 6] * 8}
    log = log_of(rows)
    half = trend(log, CLOCK, mix="port", reference=("2020-11", "2021-02"), **ASKED)
    assert half.unseen == 2 and half.behind == 16
    assert "2 months of the reference have no case" in half.beware("en")
    assert "基准期中有2个月没有业务" in half.beware("zh")
    whole = trend(log, CLOCK, mix="port", reference=JANUARY, **ASKED)
    assert whole.unseen == 0 and "have no case" not in whole.beware("en")


@pytest.mark.parametrize("statistic", ["mean", "within:12"])
def test_against_pandas(statistic):
    log, frame = some_log()
    mix = ("port", "mode")
    found = trend(
        log, CLOCK, mix=mix, reference=("2021-01", "2021-02"), statistic=statistic, **ASKED
    )
    frame["y"] = frame.hours if statistic == "mean" else (frame.hours <= 12).astype(float)
    base = frame[frame.month <= "2021-02"].groupby(list(mix)).size()
    assert [row.period for row in found] == sorted(frame.month.unique())
    for row in found:
        inside = frame[frame.month == row.period]
        by = inside.groupby(list(mix)).y
        weight = base / base.sum()
        assert row.value == pytest.approx((weight * by.mean()).sum(), rel=1e-12)
        assert row.raw == pytest.approx(inside.y.mean(), rel=1e-12) and row.n == len(inside)
        if statistic == "mean":
            parts = weight**2 * by.var() / by.size()
            free = parts.sum() ** 2 / (parts**2 / (by.size() - 1)).sum()
            half = stats.t.ppf(0.975, free) * np.sqrt(parts.sum())
            assert row.high - row.value == pytest.approx(half, rel=1e-9)
        else:
            share = by.mean()
            error = (weight**2 * share * (1 - share) / by.size()).sum()
            n, z = row.value * (1 - row.value) / error, stats.norm.ppf(0.975)
            middle = (row.value + z * z / 2 / n) / (1 + z * z / n)
            reach = z * np.sqrt(error + z * z / 4 / n / n) / (1 + z * z / n)
            assert (row.low, row.high) == pytest.approx((middle - reach, middle + reach))


@pytest.mark.parametrize("statistic", ["mean", "within:5"])
def test_of_one_stratum_it_is_measure_to_the_last_digit(statistic):
    month, hours = ["2021-01"] * 3 + ["2021-02"] * 4, [1, 2, 4, 7, 9, 11, 11]
    log = log_of({"month": month, "port": ["a"] * 7, "hours": hours})
    found = trend(log, CLOCK, mix="port", reference=JANUARY, statistic=statistic, **ASKED)
    told = measure(log, CLOCK, period="month", statistics=statistic, as_of="2021-12-31")
    for row, known in zip(found, told, strict=True):
        assert row.value == row.raw == known.value
        assert (row.low, row.high) == pytest.approx((known.low, known.high))


@settings(max_examples=25, deadline=None)
@given(some.lists(some.tuples(some.integers(1, 6), some.integers(1, 6)), min_size=2, max_size=4))
def test_what_changes_in_mix_alone_leaves_the_line_flat(times):
    kinds = {"a": [3, 5, 13], "b": [20, 21, 40]}
    rows = []
    for month, (a, b) in enumerate(times, start=1):
        for port, many in (("a", a), ("b", b)):
            rows += [(f"2021-{month:02}", port, h) for h in kinds[port] * many]
    month, port, hours = zip(*rows, strict=True)
    log = log_of({"month": month, "port": port, "hours": hours})
    found = trend(log, CLOCK, mix="port", reference=JANUARY, **ASKED)
    assert len(found) == len(times)
    for row in found:
        assert row.value == pytest.approx(found[0].value, rel=1e-12) and row.covered == 1


def test_what_it_says_of_two_spans_is_what_the_bridge_says():
    log, _ = some_log()
    before, after = "2021-01", "2021-02"
    told = bridge(log, CLOCK, before=before, after=after, by="port", as_of="2021-12-31")
    own = [row for row in told if row.term == "own"]
    forth = trend(log, CLOCK, mix="port", reference=before, **ASKED)
    back = trend(log, CLOCK, mix="port", reference=after, **ASKED)
    standard = {row.period: row.value for row in forth}
    assert standard[after] == pytest.approx(sum(r.share_before * r.level_after for r in own))
    # Kitagawa's own change is the mean of both ways to hold the composition
    changes = (forth[1].value - forth[0].value, back[1].value - back[0].value)
    assert np.mean(changes) == pytest.approx(sum(row.value for row in own))


def test_what_a_period_lacks_is_said_and_refused_below_what_must_be_covered():
    month = ["2021-01"] * 20 + ["2021-02"] * 17 + ["2021-03"] * 12
    port = [*"a" * 10, *"b" * 8, *"c" * 2] + [*"a" * 10, *"b" * 6, "c"] + [*"a" * 10, *"d" * 2]
    hours = [2] * 10 + [10] * 8 + [50] * 2 + [2] * 10 + [10] * 6 + [90] + [2] * 10 + [7] * 2
    log = log_of({"month": month, "port": port, "hours": hours})
    first, second, third = trend(log, CLOCK, mix="port", reference=JANUARY, **ASKED)
    assert first.covered == 1 and second.covered == 0.9 and third.covered == 0.5
    # c's tenth goes to a and b, as 10 to 8
    assert second.value == pytest.approx((10 * 2 + 8 * 10) / 18)
    assert third.value is None and third.raw == pytest.approx((20 + 14) / 12)
    assert third.outside == 2 and third.reasons[0].code == "trend.uncovered"
    found = trend(log, CLOCK, mix="port", reference=JANUARY, **ASKED)
    assert "1 period is without a figure: less than 90% of the reference" in found.beware("en")
    assert "2 cases are in strata that the reference does not have" in found.beware("en")
    assert "至少90.0%" in found.beware("zh") and "只覆盖基准构成的50.0%" in str(found.table("zh"))
    less = trend(log, CLOCK, mix="port", reference=JANUARY, covered=0.5, **ASKED)
    assert less[2].value == 2


def test_an_empty_reference_and_an_empty_log_say_so():
    log, _ = some_log()
    found = trend(log, CLOCK, mix="port", reference="2020", **ASKED)
    assert not len(found) and "no case of the reference 2020 has ended" in found.headline("en")
    assert not found.block("zh").parts and "2020" in found.headline("zh")
    with pytest.raises(NothingToShow):
        found.chart()


def test_quarters_are_pooled_and_the_running_one_is_left_out():
    log, frame = some_log()
    asked = {"mix": "port", "reference": ("2021-01", "2021-03"), "period": "quarter"}
    found = trend(log, CLOCK, as_of="2021-06-29", **asked)
    assert [row.period for row in found] == ["2021-Q1"]
    inside = frame[frame.month <= "2021-03"]
    assert found[0].value == pytest.approx(inside.hours.mean())
    assert [row.period for row in trend(log, CLOCK, as_of="2021-06-30", **asked)][1:] == ["2021-Q2"]


def test_shares_clusters_and_days():
    log, frame = some_log()
    share = Share({"mode": "sea"}, dated_by="customs_released")
    found = trend(log, share, mix="port", reference=JANUARY, **ASKED)
    base = frame[frame.month == "2021-01"].groupby("port").size()
    second = (frame[frame.month == "2021-02"]["mode"] == "sea").groupby(frame.port).mean()
    assert found[1].value == pytest.approx((second * base).sum() / base.sum())
    assert found.unit == "share" and "%" in found.headline("en")
    firms = trend(log, CLOCK, mix="port", reference=JANUARY, cluster="firm", **ASKED)
    plain = trend(log, CLOCK, mix="port", reference=JANUARY, **ASKED)
    assert firms[1].value == plain[1].value and firms[1].low != plain[1].low
    part = trend(log, CLOCK, mix="port", reference=JANUARY, between=("2021-02", None), **ASKED)
    assert [row.period for row in part] == ["2021-02", "2021-03", "2021-05"]
    assert part[0] == plain[1]


def test_refunds_count_working_days_and_bear_the_name_of_the_indicator():
    normal = load_notice().first("refunds", "headline")
    days = [date(2021, 3, 1) + timedelta(days=i) for i in range(90)]
    rows = [(i, d, d + timedelta(days=7 + i % 5)) for i, d in enumerate(days)]
    names = ["refund_accepted"] * 90 + ["refund_approved"] * 90 + ["refund_query_raised"]
    times = [d for _, d, _ in rows] + [d for *_, d in rows] + [days[0]]
    ids = [*range(90), *range(90), 0]
    events = pl.DataFrame({"case_id": ids, "milestone": names, "time": times})
    cases = {"case_id": range(90), "kind": ["refund"] * 90, "refund_class": ["1", "2", "2"] * 30}
    log = EventLog(events, pl.DataFrame(cases), timezone="Asia/Shanghai")
    asked = {"mix": "refund_class", "reference": ("2021-03", "2021-05"), "as_of": "2021-12-31"}
    found = trend(log, normal, **asked)
    told = measure(log, normal.metric, period="month", statistics="mean", as_of="2021-12-31")
    assert [row.raw for row in found] == [row.value for row in told]
    assert found.unit == "working_days" and sum(row.n for row in found) == 89
    assert found.headline("zh").startswith("正常退税，均值")


def test_it_is_told_and_drawn_in_both_languages():
    log, _ = some_log()
    found = trend(log, CLOCK, mix=("port", "mode"), reference=("2021-01", "2021-03"), **ASKED)
    assert (
        "at the composition by port and mode of transport of 2021-01 to 2021-03" in found.headline()
    )
    assert "按2021年1月至2021年3月的口岸、运输方式构成" in found.headline("zh")
    assert "6 strata" in found.beware("en") and "6层" in found.beware("zh")
    figure = found.chart("en", marks=load_notice())
    told = {text.get_text() for text in figure.axes[0].texts}
    assert {"at the same composition", "as it was", "notice issued"} <= told
    assert [len(line.get_xdata()) for line in figure.axes[0].lines[:2]] == [4, 4]
    assert len(found.last(2)) == 2 and found.last(2).as_of == found.as_of
    assert len(found._asked) == 1
    frame = found.to_pandas()
    assert list(frame.columns[:3]) == ["period", "period_start", "value"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"mix": ()}, "a composition needs columns"),
        ({"reference": {"mode": "sea"}}, "is no span of months"),
        ({"reference": "January"}, "is no span of months"),
        ({"reference": ("2022-06", "2022-01")}, "ends before it begins"),
        ({"between": ("2022-06", "2022-01")}, "between=.* ends before it begins"),
        ({"covered": 2}, "covered=2 is no share"),
        ({"covered": "all"}, "covered='all' is no number"),
        ({"fewest": 0}, "fewest=0 is no whole number"),
        ({"statistic": "p90"}, "p90 is not averaged over strata"),
        ({"statistic": "sd"}, "sd is not counted anew"),
        ({"mix": ("port", "port")}, "stands twice"),
        ({"mix": "quay"}, "no column or milestone 'quay'"),
    ],
)
def test_what_cannot_be_asked_is_told(asked, told):
    log, _ = some_log(n=30)
    with pytest.raises(LogError, match=told):
        trend(log, CLOCK, **{"mix": "port", "reference": JANUARY, **ASKED, **asked})
