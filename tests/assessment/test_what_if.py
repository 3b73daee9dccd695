"""What would be, were cases counted otherwise: by hand, against pandas, and what is refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from support.logs import log_of

from clearance_metrics import (
    Duration,
    EventLog,
    Share,
    assess,
    clock,
    compare,
    gap_to_target,
    load_notice,
    share_becomes,
    slowest_at_median,
    what_if,
    works_like,
)
from clearance_metrics.analysis.caution import signed
from clearance_metrics.domain.verdicts import Verdict
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError, NothingToShow
from clearance_metrics.results.words import say

CLOCK = Duration("declared", "customs_released")
DAY = "2021-12-31"
MORE = share_becomes("way", "new", 0.5, within="port")


def some_log(n=800, seed=2):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "port": rng.choice(["a", "b"], n),
            "mode": rng.choice(["sea", "air"], n, p=[0.7, 0.3]),
            "way": rng.choice(["new", "old", "odd"], n, p=[0.25, 0.65, 0.1]),
            "firm": [f"f{i}" for i in rng.integers(0, 60, n)],
        }
    )
    scale = np.where(frame.way == "new", 4, 9) + np.where(frame.port == "a", 6, 0)
    frame["hours"] = np.rint(scale * rng.gamma(2, 0.5, n)) + 1
    cases = [{"declared": 0, "customs_released": h} for h in frame.hours]
    facts = {name: frame[name].tolist() for name in ("port", "mode", "way", "firm")}
    return log_of(cases, facts), frame


def row_of(found, statistic="mean"):
    return next(row for row in found if row.statistic == statistic)


def test_a_rise_by_hand():
    # at a: new 2 and 4, old 10 four times and 20 twice; at b: new 6 twice, old 12 twice
    port = ["a"] * 8 + ["b"] * 4
    way = ["new"] * 2 + ["old"] * 6 + ["new"] * 2 + ["old"] * 2
    hours = [2, 4, 10, 10, 10, 10, 20, 20, 6, 6, 12, 12]
    log = log_of(
        [{"declared": 0, "customs_released": h} for h in hours], {"port": port, "way": way}
    )
    found = what_if(log, CLOCK, MORE, limit=6, fewest=2, as_of=DAY)
    # four new of twelve, so that two of eight others move: 3/2 at a and 1/2 at b
    would = (3.5 * 3 + 4.5 * 40 / 3 + 2.5 * 6 + 1.5 * 12) / 12
    mean, share, median, _ = found
    assert mean.value == pytest.approx(122 / 12) and mean.would == pytest.approx(would)
    assert mean.change == pytest.approx(would - 122 / 12)
    assert (share.value, share.would) == (4 / 12, 0.5)
    assert found.share == pytest.approx(1 / 3) and found.moved == 2 and found.n == 12
    # 12 cases as 2 of 7/4, 6 of 3/4, 2 of 5/4 and 2 of 3/4
    assert found.effective == pytest.approx(144 / (49 / 8 + 27 / 8 + 25 / 8 + 9 / 8))
    assert (found.least, found.least_of.facts["parts"]) == (2, ("a",))
    assert median.value == 10 and median.would <= 10


def test_against_pandas_stratum_by_stratum():
    log, frame = some_log()
    change = share_becomes("way", "new", 0.6, within=("port", "mode"))
    found = what_if(log, CLOCK, change, limit=10, as_of=DAY)
    part = (0.6 - (frame.way == "new").mean()) / (1 - (frame.way == "new").mean())
    new = (frame.way == "new").astype(float)
    groups = frame.groupby(["port", "mode"]).way
    with_it, all_of = groups.transform(lambda w: (w == "new").sum()), groups.transform("size")
    frame["weight"] = np.where(new == 1, 1 + part * (all_of - with_it) / with_it, 1 - part)
    assert frame.weight.sum() == pytest.approx(len(frame))
    assert row_of(found).would == pytest.approx(np.average(frame.hours, weights=frame.weight))
    share = row_of(found, "within:10")
    assert share.would == pytest.approx(np.average(frame.hours <= 10, weights=frame.weight))
    assert found.effective == pytest.approx(len(frame) ** 2 / (frame.weight**2).sum())
    assert row_of(found).value == pytest.approx(frame.hours.mean())


def test_the_interval_is_that_of_cases_drawn_anew():
    log, frame = some_log()
    found = row_of(what_if(log, CLOCK, share_becomes("way", "new", 0.6, within="port"), as_of=DAY))
    rng, values, gaps = np.random.default_rng(1), [], []
    port, new = (frame.port == "a").to_numpy(), (frame.way == "new").to_numpy()
    hours = frame.hours.to_numpy()
    for _ in range(1500):
        at = rng.integers(0, len(hours), len(hours))
        p, w, h = port[at], new[at], hours[at]
        part = (0.6 - w.mean()) / (1 - w.mean())
        weight = np.where(w, 1.0, 1 - part)
        for side in (p, ~p):
            weight[side & w] = 1 + part * (side & ~w).sum() / (side & w).sum()
        values.append(np.average(h, weights=weight))
        gaps.append(values[-1] - h.mean())
    # the bounds of 1500 draws are known to some 4 % of the width
    for drawn, low, high in (
        (values, found.would_low, found.would_high),
        (gaps, found.change_low, found.change_high),
    ):
        low_drawn, high_drawn = np.quantile(drawn, [0.025, 0.975])
        assert high - low == pytest.approx(high_drawn - low_drawn, rel=0.12)
        assert low < np.mean(drawn) < high


def test_a_port_that_works_like_another_differs_as_compare_says():
    log, frame = some_log()
    found = row_of(what_if(log, CLOCK, works_like("port", "a", "b"), as_of=DAY))
    told = compare(log, CLOCK, by="port", a="a", b="b", as_of=DAY)
    assert found.change == pytest.approx(-(frame.port == "a").mean() * told.difference.value)
    # within modes: a's cases with b's mean of their mode
    found = what_if(log, CLOCK, works_like("port", "a", "b", within="mode"), as_of=DAY)
    means = frame[frame.port == "b"].groupby("mode").hours.mean()
    would = np.where(frame.port == "a", frame["mode"].map(means), frame.hours)
    assert row_of(found).would == pytest.approx(would.mean())


def test_the_slowest_tenth_case_by_case():
    log, frame = some_log()
    found = what_if(log, CLOCK, slowest_at_median(0.1), limit=10, as_of=DAY)
    moved = np.sort(frame.hours.to_numpy())
    moved[-80:] = np.median(moved)
    told = [row_of(found, name).would for name in ("mean", "within:10", "median", "p90")]
    known = [moved.mean(), (moved <= 10).mean(), np.median(frame.hours), np.quantile(moved, 0.9)]
    assert told == pytest.approx(known) and found.moved == 80
    tail = gap_to_target(
        log, CLOCK, target=9, by="port", window=("2021-05", "2021-05"), as_of=DAY
    ).tail
    # gap_to_target lets them be no slower than the rest, which is further up than the median
    assert tail.mean == row_of(found).value and row_of(found).would < tail.capped_mean


def test_clusters_widen_and_no_change_changes_nothing():
    log, frame = some_log()
    share = (frame.way == "new").mean()
    for row in what_if(log, CLOCK, share_becomes("way", "new", share, within="port"), as_of=DAY):
        assert row.would == pytest.approx(row.value) and row.change == pytest.approx(0)
    plain = what_if(log, CLOCK, MORE, as_of=DAY)
    firms = what_if(log, CLOCK, MORE, cluster="firm", as_of=DAY)
    assert row_of(firms).would == row_of(plain).would
    assert row_of(firms).would_low != row_of(plain).would_low


def test_a_stratum_with_nobody_to_learn_from_is_named():
    port = ["a"] * 12 + ["b"] * 9
    way = ["new"] * 6 + ["old"] * 6 + ["old"] * 9
    log = log_of([{"declared": 0, "customs_released": 5}] * 21, {"port": port, "way": way})
    found = what_if(log, CLOCK, MORE, as_of=DAY)
    assert not len(found) and found.reasons[0].code == "what_if.nobody"
    for lang, told in (
        ("en", "fewer than 5 cases to learn from: b (0 to learn from, 9 that would count like"),
        ("zh", "可参照的业务不足5件的层：b（可参照0件，须参照的9件）"),
    ):
        assert told in found.headline(lang)
        assert not found.block(lang).parts
    with pytest.raises(NothingToShow):
        found.chart()
    # six are enough for five and too few for seven, and a stated minimum may be asked for
    near = works_like("way", "old", "new")
    assert len(what_if(log, CLOCK, near, as_of=DAY))
    seven = what_if(log, CLOCK, near, fewest=7, as_of=DAY)
    assert "fewer than 7 cases to learn from: all cases (6 to learn from, 15" in seven.headline(
        "en"
    )
    far = log_of(
        [{"declared": 0, "customs_released": 5}] * 6,
        {"port": list("abcdea"), "way": ["old"] * 5 + ["new"]},
    )
    assert "and 2 more" in what_if(far, CLOCK, MORE, as_of=DAY).headline("en")


def test_cases_of_which_the_column_tells_nothing_are_left_out_and_counted():
    log = log_of(
        [{"declared": 0, "customs_released": h} for h in [2] * 6 + [8] * 6 + [99] * 3],
        {"port": ["a"] * 15, "way": ["new"] * 6 + ["old"] * 6 + [None] * 3},
    )
    found = what_if(log, CLOCK, share_becomes("way", "new", 0.75), as_of=DAY)
    assert (row_of(found).value, row_of(found).would, found.untold) == (5, 3.5, 3)
    assert "3 cases are left out" in found.beware("en") and "3件没有记录" in found.beware("zh")


def refunds(days_of, n=200):
    """A log of refunds, all finished in December 2021, by so many days each."""
    ends = pd.bdate_range("2021-12-01", periods=15)
    rng = np.random.default_rng(5)
    end = ends[rng.integers(0, 15, n)]
    start = [e - pd.tseries.offsets.BDay(int(d)) for e, d in zip(end, days_of, strict=True)]
    names = ["refund_accepted"] * n + ["refund_approved"] * n + ["refund_query_raised"]
    events = pl.DataFrame(
        {
            "case_id": [*range(n), *range(n), n],
            "milestone": names,
            "time": [t.date() for t in [*start, *end, end[0]]],
        }
    )
    facts = {"case_id": range(n + 1), "kind": ["refund"] * (n + 1)}
    facts["refund_class"] = [str(1 + i % 2) for i in range(n + 1)]
    return EventLog(events, pl.DataFrame(facts), timezone="Asia/Shanghai")


def test_the_verdicts_are_those_of_assess_and_turn_with_the_tail():
    days = [6] * 170 + [22] * 30
    log, notice = refunds(days), load_notice()
    normal = notice.first("refunds", "headline")
    found = what_if(log, normal, slowest_at_median(0.14), as_of="2022-01-31")
    row = row_of(found)
    (told,) = [r for r in assess(log, notice, as_of="2022-01-31") if r.indicator == normal.id]
    assert (row.value, row.verdict, found.period) == (told.value, told.verdict, told.period)
    assert row.verdict is Verdict.NOT_MET and row.would_verdict is Verdict.MET
    assert (row.rule, row.target) == ("at_most", 7) and row_of(found, "within:7").verdict is None
    assert "mean at most 7 working days: met in place of not met" in found.headline("en")
    assert "均值不超过7个工作日：由未达标变为达标" in found.headline("zh")
    table = found.table("en")
    assert table.heads[-2:] == ("verdict as it is", "verdict as it would be")
    assert table.cells[0][-2:] == ("✗ not met", "✓ met") and set(table.tones) == {(0, 4), (0, 5)}
    other = what_if(log, normal, slowest_at_median(0.14), between=("2021", "2021"), as_of=DAY)
    assert "need not be those that the target is about" in other.beware("en")


def test_before_the_target_is_due_there_is_no_verdict():
    log = refunds([6] * 200)
    normal = load_notice().first("refunds", "headline")
    # the thirty-first is missing: the target falls due on it
    found = what_if(log, normal, slowest_at_median(), as_of="2021-12-30")
    assert not len(found) and found.period == "2021-11"
    due = load_notice().on("refunds", "headline")[-1]
    found = what_if(log, due, slowest_at_median(), as_of="2022-01-05")
    assert found.period == "2021-12" and row_of(found).verdict is Verdict.NOT_DUE
    assert "not due yet" in found.beware("en")


def test_figures_that_rest_on_few_heavy_cases_cannot_tell():
    log, normal = refunds([6] * 200), load_notice().first("refunds", "headline")
    sure = what_if(log, normal, slowest_at_median(), as_of="2022-01-31")
    assert row_of(sure).would_verdict is Verdict.MET
    few = share_becomes("refund_class", "1", 1.0)
    assert row_of(what_if(log, normal, few, as_of="2022-01-31")).would_verdict is Verdict.MET
    rare = refunds([6] * 40, n=40)
    told = row_of(what_if(rare, normal, few, as_of="2022-01-31"))
    # twenty cases of class 1 stand for forty
    assert (told.verdict, told.would_verdict) == (Verdict.MET, Verdict.CANNOT_TELL)


def test_a_share_of_cases_has_its_share_alone():
    log, frame = some_log()
    share = Share({"way": "new"}, dated_by="customs_released")
    found = what_if(log, share, works_like("port", "a", "b", within="mode"), as_of=DAY)
    (row,) = found
    means = (frame.way == "new")[frame.port == "b"].groupby(frame["mode"]).mean()
    would = np.where(frame.port == "a", frame["mode"].map(means), frame.way == "new")
    assert (row.statistic, row.unit) == ("share", "share")
    assert row.would == pytest.approx(would.mean())
    assert "percentage points" in found.headline("en") and "个百分点" in found.headline("zh")
    with pytest.raises(LogError, match="has no slow cases"):
        what_if(log, share, slowest_at_median(), as_of=DAY)


def test_it_is_told_and_drawn_in_both_languages():
    log, _ = some_log()
    found = what_if(log, CLOCK, MORE, limit=10, between=("2021-05", "2021-05"), as_of=DAY)
    told = found.headline("en")
    assert told.startswith("if 50.0% of cases had way “new”, in place of 2")
    assert "arithmetic on these cases, no forecast" in told
    assert "不是预测" in found.headline("zh") and "不是预测" in found.beware("zh")
    assert "alike in port" in found.beware("en") and "no forecast" in found.beware("en")
    figure = found.chart("en")
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == [
        "as it would be",
        "as it is",
    ]
    like = what_if(log, CLOCK, works_like("mode", "sea", "air"), as_of=DAY)
    assert like.headline("zh").startswith("假如水运的业务用时与航空相同")
    slow = what_if(log, CLOCK, slowest_at_median(0.1), as_of=DAY)
    assert slow.headline("en").startswith("if the slowest 10% of cases took as long as the median")
    assert "Of 800 cases the slowest 80 are counted with the median" in slow.beware("en")
    assert {"would", "would_low", "change_high"} <= set(found.to_pandas().columns)
    assert found.block("zh")._repr_html_()


def test_true_and_false_are_said_in_words():
    cases = [{"declared": 0, "customs_released": h} for h in [2] * 8 + [6] * 8]
    log = log_of(cases, {"aeo": [True] * 8 + [False] * 8, "secret": [False, True] * 8})
    change = share_becomes("aeo", True, 0.75, within="secret")
    found = what_if(log, CLOCK, change, fewest=2, as_of=DAY)
    assert row_of(found).would == 3 and "AEO “true”" in found.headline("en")
    assert "高级认证企业为“是”的占比由50.0%变为75.0%" in found.headline("zh")
    assert "4 cases (false)" in found.beware("en")


def test_clocks_count_finished_cases_by_their_end():
    log = log_of(
        [{"declared": 0, "customs_released": 5}] * 8 + [{"declared": 0}] * 3,
        {"way": ["new"] * 4 + ["old"] * 7},
    )
    found = what_if(log, CLOCK, share_becomes("way", "new", 0.6), fewest=2, as_of=DAY)
    assert found.n == 8 and row_of(found).would == 5


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"change": "more"}, "'more' is nothing that can be supposed"),
        ({"change": share_becomes("way", "brisk", 0.5)}, "no case has way = 'brisk'"),
        ({"change": works_like("port", "a", "z")}, "no case has port = 'z'"),
        ({"limit": "48"}, "limit='48' is no number"),
        ({"fewest": 0}, "fewest=0 is no whole number"),
        ({"metric": clock("import_overall")}, "no milestone 'conveyance_arrived'"),
        ({"metric": load_notice().first("refunds", "limits")}, "count_above:0 is not counted anew"),
    ],
)
def test_what_cannot_be_asked_is_told(asked, told):
    log, _ = some_log(n=40)
    with pytest.raises(LogError, match=told):
        what_if(log, **{"metric": CLOCK, "change": MORE, "as_of": DAY, **asked})


def test_a_column_that_the_log_lacks_is_missing():
    log, _ = some_log(n=40)
    change = share_becomes("declaration_mode", "advance", 0.6, within="port")
    with pytest.raises(MissingColumn):
        what_if(log, CLOCK, change, as_of=DAY)


def test_one_case_has_a_figure_and_no_interval():
    log = log_of([{"declared": 0, "customs_released": 5}], {"way": ["new"]})
    found = row_of(what_if(log, CLOCK, slowest_at_median(), as_of=DAY))
    assert (found.value, found.would, found.would_low, found.change_low) == (5, 5, None, None)
    told = what_if(log, CLOCK, slowest_at_median(), as_of=DAY)
    assert "5.00 hours in place of 5.00 hours" in told.headline("en")
    assert "The slowest case of 1 is counted with the median." in told.beware("en")


def test_a_change_of_nothing_has_no_bounds_below_nothing():
    told = say(signed(1e-17, "hours", -1e-17, 1e-17), "en")
    assert told == "+0.00 (0.00 to 0.00)"
    told = say(signed(1e-17, "share", -1e-17, 1e-17), "en")
    assert "-0" not in told and say(signed(0.1, "share", -0.0006, 0.2), "en").count("-0.1") == 1


def test_a_release_before_arrival_keeps_its_sign():
    hours = [-6, -5, -4, -3, -2, 3, 4, 5, 6, 7]
    log = log_of(
        [{"conveyance_arrived": 0, "customs_released": h} for h in hours],
        {"kind": ["import"] * 10, "way": ["new"] * 5 + ["old"] * 5},
    )
    found = what_if(log, "import_overall", share_becomes("way", "new", 1.0), as_of=DAY)
    assert (row_of(found).value, row_of(found).would) == (0.5, -4)
    # all that is left are the five of the new way, each for two
    assert found.effective == 5


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whom_nobody_can_learn_from_is_said_and_a_page_goes_on(lang):
    ids = [str(i) for i in range(20)]
    events = pl.DataFrame(
        {
            "case_id": ids * 2,
            "time": [0] * 20 + [36000] * 20,
            "milestone": ["declared"] * 20 + ["customs_released"] * 20,
        }
    )
    cases = pl.DataFrame({"case_id": ids, "declaration_mode": ["ordinary"] * 20})
    log = EventLog(events, cases).using(lang=lang, as_of="1970-01-31")
    more = share_becomes("declaration_mode", "advance", 0.6)
    with pytest.raises(NothingToShow, match="advance") as error:
        what_if(log, Duration("declared", "customs_released"), more)
    assert ("提前申报" if lang == "zh" else "advance") in error.value.finding
    empty = Duration("declared", "gate_out")
    with pytest.raises(LogError):
        what_if(log, empty, more)
