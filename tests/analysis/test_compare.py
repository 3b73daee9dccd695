"""compare(): A against B in one call, for each statistic that it has."""

import numpy as np
import polars as pl
import pytest

from clearance_metrics import (
    Duration,
    EventLog,
    Fee,
    Share,
    clock,
    compare,
    compare_matched,
    compare_survival,
    measure,
    survival,
)
from clearance_metrics.errors import LogError
from clearance_metrics.statistics import (
    Sample,
    difference_of_intervals,
    difference_of_means,
    difference_of_shares,
    quantile,
)

ENDS = ("declared", "customs_released")
CLOCK = Duration(*ENDS)
DAY = "1970-03-31"
X_AND_Y = {"by": "port", "a": "x", "b": "y", "as_of": DAY}


def made(open_cases=0, last=False):
    """Every so manieth case is open, or with `last` the last ones."""
    rng = np.random.default_rng(7)
    ids = [str(i) for i in range(200)]
    ports = ["x"] * 80 + ["y"] * 80 + ["z"] * 30 + [None] * 10
    seconds = rng.integers(600, 90_000, 200) + [36_000 * (p == "y") for p in ports]
    start = [3600 * i for i in range(200)]
    every = range(0, 200, 200 // open_cases) if open_cases else ()
    still = set(range(200 - open_cases, 200) if last else every)
    closed = [i for i in range(200) if i not in still]
    events = pl.DataFrame(
        {
            "case_id": ids + [ids[i] for i in closed],
            "milestone": [ENDS[0]] * 200 + [ENDS[1]] * len(closed),
            "time": start + [start[i] + int(seconds[i]) for i in closed],
        }
    )
    lines = pl.DataFrame(
        {
            "case_id": ids,
            "item": "thc",
            "amount_fen": [int(s) for s in seconds],
            "charged_on": "1970-01-05",
        }
    )
    cases = {"case_id": ids, "port": ports, "teu": [1, 2] * 100, "aeo": [True, False] * 100}
    return EventLog(events, pl.DataFrame(cases), lines)


@pytest.fixture(scope="module")
def log():
    return made()


@pytest.mark.parametrize(
    ("metric", "statistic", "how"),
    [
        (CLOCK, None, difference_of_means),
        (CLOCK, "mean", difference_of_means),
        (CLOCK, "median", difference_of_intervals),
        (CLOCK, "p90", difference_of_intervals),
        (CLOCK, "within:12", difference_of_shares),
        (CLOCK, "restricted_mean:20", difference_of_means),
        (Share({"aeo": True}), None, difference_of_shares),
        (Fee(), "median", difference_of_intervals),
        (Fee(per="teu"), None, difference_of_means),
    ],
)
def test_sides_are_what_measure_says_and_the_difference_follows(log, metric, statistic, how):
    found = compare(log, metric, statistic=statistic, **X_AND_Y)
    told = measure(log, metric, by="port", as_of=DAY, statistics=statistic or found[0].statistic)
    sides = {row.port: row for row in told}
    for row in found.rows[:2]:
        other = sides[row.port]
        assert (row.value, row.low, row.high, row.n) == (
            other.value,
            other.low,
            other.high,
            other.n,
        )
    gap = how(sides["y"], sides["x"])
    assert (found.difference.value, found.difference.low, found.difference.high) == (
        gap.value,
        gap.low,
        gap.high,
    )
    assert found.difference.value == found[0].value - found[1].value
    for lang in ("zh", "en"):
        assert found.headline(lang) and found.chart(lang).axes and str(found.table(lang))


def test_its_frame_has_a_row_per_side_and_one_for_the_difference(log):
    frame = compare(log, CLOCK, **X_AND_Y).to_polars()
    assert frame["side"].to_list() == ["a", "b", "difference"]
    assert frame["label_en"].to_list() == ["x", "y", "difference"]
    assert frame["n"].to_list() == [80, 80, 160]


def test_without_b_all_others_that_have_a_group(log):
    found = compare(log, CLOCK, by="port", a="x", as_of=DAY)
    assert [row.n for row in found] == [80, 110, 190]
    with pytest.raises(LogError, match="lists no cases"):
        found.cases()
    assert len(compare(log, CLOCK, **X_AND_Y).cases(1, limit=100)) == 80
    assert "all others" in found.headline() and "其余全部" in found.headline("zh")


def test_with_open_cases_restricted_means_are_compared_and_said():
    there = made(open_cases=50)
    found = compare(there, CLOCK, **X_AND_Y)
    other = compare_survival(there, CLOCK, by="port", groups=("x", "y"), as_of=DAY)
    assert found[0].statistic.startswith("restricted_mean:")
    assert found.difference.value == pytest.approx(other.value)
    assert found.difference.low == pytest.approx(other.low)
    assert "the restricted mean in place of the mean" in found[0].note
    refused = compare(there, CLOCK, statistic="mean", **X_AND_Y)
    assert refused.difference.value is None and "no difference can be told" in refused.headline()
    with pytest.raises(LogError, match="no value"):
        refused.chart()


def test_restricted_means_of_different_lengths_are_not_compared():
    found = compare(made(open_cases=118, last=True), CLOCK, **X_AND_Y)
    assert found[0].value is not None and found.difference.value is None
    assert "too few ends" in found.difference.note


def test_a_window_keeps_its_days(log):
    found = compare(log, CLOCK, between=("1970-01-03", "1970-01-05"), **X_AND_Y)
    assert [row.n for row in found] == [32, 40, 72]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"a": "xx"}, "no case has port = 'xx'"),
        ({"b": "x"}, "both 'x'"),
        ({"by": ("port",)}, "no name of a column"),
        ({"by": "prot"}, "no column or milestone 'prot'"),
        ({"statistic": "sd"}, "is not compared"),
        ({"statistic": "median", "metric": Fee(per="teu")}, "ratio|not compared"),
        ({"metric": "import_overall"}, "no milestone 'conveyance_arrived'"),
        ({"metric": "import_overal"}, "there is no clock 'import_overal'"),
        ({"metric": 5}, "is no metric"),
    ],
)
def test_what_cannot_be_compared_is_told(log, more, says):
    asked = X_AND_Y | more
    with pytest.raises(LogError, match=says):
        compare(log, asked.pop("metric", CLOCK), **asked)


def test_an_interval_recovered_from_medians_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    held, draws = 0, 400
    for _ in range(draws):
        sides = [
            Sample.of(
                (1e6 * np.exp(rng.normal(m, 0.6, 60))).astype("int64"), [1] * 60, [1] * 60, 10**6
            )
            for m in (1.0, 1.3)
        ]
        gap = difference_of_intervals(*(quantile(sample, 0.5) for sample in sides))
        held += gap.low <= np.exp(1.3) - np.exp(1.0) <= gap.high
    assert 0.93 <= held / draws <= 0.99


def test_a_matched_difference_says_its_finding_and_has_a_picture(log):
    found = compare_matched(log, CLOCK, split="aeo", strata="port", as_of=DAY)
    assert "strata" in found.headline() and "个层" in found.headline("zh")
    assert found.chart("zh").axes and found.to_pandas().shape[0] == 1
    nothing = compare_matched(log, CLOCK, split={"port": "x"}, strata="port", as_of=DAY)
    assert "no difference can be told: no stratum holds both groups" in nothing.headline()
    with pytest.raises(LogError, match="no difference"):
        nothing.chart()


def test_sides_columns_and_clocks_are_said_in_words():
    ids, hours = [str(i) for i in range(8)], [1, 2, 2, 3, 4, 5, 5, 6]
    events = pl.DataFrame(
        {
            "case_id": ids * 2,
            "time": [0] * 8 + [3600 * h for h in hours],
            "milestone": ["conveyance_arrived"] * 8 + ["customs_released"] * 8,
        }
    )
    cases = {"case_id": ids, "kind": ["import"] * 8, "mode": ["sea"] * 4 + ["rail"] * 4}
    aeo = [True, False] * 4
    log = EventLog(events, pl.DataFrame(cases | {"aeo": aeo})).using(as_of="1970-01-31")
    overall, named = clock("import_overall"), "进口整体通关时间"
    two = compare(log, overall, by="mode", a="sea", b="rail")
    assert two.headline("zh").startswith(f"{named}，均值：水运")
    assert {"水运", "铁路"} <= {
        text.get_text() for text in two.chart("zh").axes[0].get_yticklabels()
    }
    curves = compare_survival(log, overall, by="mode", groups=("sea", "rail"), tau=6)
    assert "水运减铁路" in curves.headline("zh")
    assert survival(log, overall, by="mode").headline("zh").count("水运") == 1
    alike = compare_matched(log, overall, split="aeo", strata="mode")
    assert alike.headline("zh").startswith(f"{named}：高级认证企业减其他，运输方式及月份相同：")
    assert alike.headline("en").startswith("import, overall: AEO less others, alike in mode of")


def test_the_table_names_the_difference_and_the_picture_holds_it(log):
    found = compare(log, CLOCK, **X_AND_Y)
    table = found.table("en")
    assert [row[0] for row in table.cells] == ["x", "y", "difference"]
    assert "not given" not in str(table) and len(set(table.heads)) == len(table.heads)
    assert table.cells[-1][2] == "–" and "difference" in str(table)
    heads = found.table("zh").heads
    assert len(set(heads)) == len(heads) and "说明" not in heads
    (axis,) = found.chart("en").axes
    low, high = axis.get_xlim()
    drawn = [x for line in axis.lines for x in line.get_xdata()]
    assert [text.get_text() for text in axis.get_yticklabels()][0] == "difference"
    assert drawn and all(low <= x <= high for x in drawn)


def test_a_limit_from_the_data_is_told_as_an_office_writes_it(log):
    found = compare(log, CLOCK, **X_AND_Y, statistic="restricted_mean:24.888055555555557")
    assert "24.89 hours" in found.headline("en") and "24.8880" not in found.headline("en")
    assert "24.89小时" in found.headline("zh")
