"""Open, late and differently ended cases: published examples and cases worked by hand."""

import numpy as np
import pytest
from scipy import stats
from support.oracles import LIFELINES
from support.survival import FLAT, MAINTAINED, OTHER, drawn, made, sample

from clearance_metrics.statistics import (
    BEYOND,
    FROM_START,
    Sample,
    aalen_johansen,
    expected_open,
    extreme,
    follow_up,
    incidence_at,
    kaplan_meier,
    km_quantile,
    km_share_within,
    log_rank,
    mean,
    only_finished,
    quantile,
    restricted_mean,
    restricted_mean_difference,
    reverse_kaplan_meier,
    share_within,
    snapshot,
    standard_deviation,
    stratified_difference,
    survival_at,
    time_lost,
)
from clearance_metrics.statistics.reasons import Reason

# ---- published


def test_both_arms_of_the_leukaemia_trial():
    one, two = kaplan_meier(sample(MAINTAINED)), kaplan_meier(sample(OTHER))
    assert np.round(one.survival, 4).tolist() == [
        0.9091,
        0.8182,
        0.7159,
        0.6136,
        0.4909,
        0.3682,
        0.1841,
    ]
    assert np.round(one.se, 4).tolist() == [0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535]
    assert np.round(two.survival, 4).tolist() == [
        0.8333,
        0.6667,
        0.5833,
        0.4861,
        0.3889,
        0.2917,
        0.1944,
        0.0972,
        0,
    ]
    assert [km_quantile(curve, 0.5).value for curve in (one, two)] == [31, 23]


def test_log_rank_of_the_leukaemia_trial():
    found = log_rank([(sample(MAINTAINED), sample(OTHER))])
    assert (round(found.chi2, 2), found.df, round(found.p, 4)) == (3.40, 1, 0.0653)
    assert found.observed == (7, 11) and sum(found.expected) == pytest.approx(18)


@pytest.mark.lifelines
def test_restricted_mean_of_the_lung_data_by_sex():
    lung = pytest.importorskip("lifelines.datasets", reason=LIFELINES).load_lung()
    men, women = (
        Sample.of(rows["time"], rows["status"], np.ones(len(rows), "int64"))
        for rows in (lung[lung.sex == code] for code in (1, 2))
    )
    assert men.n_open + women.n_open == 63  # the copy at hand codes open cases as 0
    found = restricted_mean_difference(men, women, tau=965)
    assert round(found.first.value, 4) == 324.0484 and round(found.first.se, 5) == 22.29794
    assert round(found.second.value, 4) == 455.9041 and round(found.second.se, 5) == 32.91742
    assert round(found.value, 4) == -131.8557 and round(found.se, 5) == 39.75870
    assert round(found.p, 10) == 0.0009118595


def test_flat_steps_by_the_two_rules():
    curve = kaplan_meier(sample(FLAT))
    levels = [13 / 14, 6 / 7, 2 / 3, 0.5, 9 / 35, 0.1]
    assert [km_quantile(curve, 1 - s).value for s in levels] == [1, 1, 6, 9, 9, None]
    assert [km_quantile(curve, 1 - s, "midpoint").value for s in levels] == [
        1,
        3.5,
        6,
        9,
        9.5,
        None,
    ]
    assert km_quantile(curve, 0.9).reasons == (BEYOND,)
    with pytest.raises(ValueError, match="left end, midpoint"):
        km_quantile(curve, 0.5, "middle")


def test_greenwood_band_by_hand():
    curve = kaplan_meier(sample([(9, 1), (13, 1), (13, 0), (18, 1)]), band="greenwood")
    # after 9: S 3/4, error sqrt(3/4 * 1/4 / 4)
    assert curve.se[0] == pytest.approx(np.sqrt(3) / 8)
    assert curve.low[0] == pytest.approx(0.75 - 1.959964 * np.sqrt(3) / 8) and curve.high[0] == 1
    assert np.isnan(curve.low[-1])
    with pytest.raises(ValueError, match="log-log, greenwood"):
        kaplan_meier(sample(FLAT), band="log")


# ---- by hand


def test_late_entry_by_hand():
    # entry, value: one watched from its start ends at 4; late at 2 ends at 4; late at 4 ends at 6;
    # late at 1 open at 6
    found = Sample.of([4, 4, 6, 6], [1, 1, 1, 0], [1, 1, 1, 1], entry=[FROM_START, 2, 4, 1])
    # at 4 the one that enters at 4 is not yet there: 3 at risk; at 6 two
    assert found.at_risk().tolist() == [3, 2]
    assert kaplan_meier(found).survival.tolist() == pytest.approx([1 / 3, 1 / 6])
    assert found.counter()(np.array([1, 2, 3, 5, 7])).tolist() == [1, 2, 3, 2, 0]


def test_an_empty_risk_set_ends_what_is_known():
    found = Sample.of([2, 9, 10], [1, 1, 1], [1, 1, 1], entry=[FROM_START, 5, 5])
    curve = kaplan_meier(found)
    assert curve.gap == 2
    assert survival_at(curve, 1).value == 1 and survival_at(curve, 2).value is None
    unknown = km_quantile(curve, 0.5)
    assert unknown.value is None and unknown.reasons == (Reason("none_watched", beyond=2),)
    assert restricted_mean(found, 2).value == 2 and restricted_mean(found, 3).value is None
    assert (
        incidence_at(aalen_johansen(found), 1, 3).value is None
        and time_lost(found, 1, 3).value is None
    )
    # those who enter as the last one leaves bridge the gap
    assert (
        kaplan_meier(Sample.of([2, 9, 10], [1, 1, 1], [2, 1, 1], entry=[FROM_START, 2, 2])).gap
        is None
    )


def test_where_all_came_late_nothing_is_said_of_the_beginning():
    found = Sample.of([5, 9], [1, 1], [40, 40], entry=[1, 1])
    for answer in (
        quantile(found, 0.5),
        share_within(found, 6),
        restricted_mean(found, 6),
        mean(found),
        standard_deviation(found),
        extreme(found, largest=False),
        extreme(found, largest=True),
    ):
        assert answer.value is None and answer.reasons[0].code in ("all_late", "late_cases")


def test_leaving_before_entering_is_an_error():
    for entry in (5, 6):
        with pytest.raises(ValueError, match="under observation"):
            Sample.of([5], [1], [1], entry=[entry])
    assert Sample.of([5, 3], [1, -7], [1, 1], entry=[4, 9]).n == 1


def test_two_ends_by_hand():
    # 1 ends as 1, 2 as 2, 3 open, 4 as 1: F1 = 1/4, 1/4, 3/4; F2 = 0, 1/4, 1/4
    both = sample([(1, 1), (2, 2), (3, 0), (4, 1)])
    found = aalen_johansen(both)
    assert found.share.tolist() == [[0.25, 0.25, 0.75], [0, 0.25, 0.25]]
    assert found.se[0, 0] == pytest.approx(np.sqrt(0.25 * 0.75 / 4))
    assert (both.n, both.n_other, both.n_open, both.ways) == (4, 1, 1, 2)
    # the naive one less Kaplan-Meier of the first end alone would say 1 at 4
    assert km_share_within(kaplan_meier(sample([(1, 1), (2, 0), (3, 0), (4, 1)])), 4).value == 1
    assert [time_lost(both, end, tau=4).value for end in (1, 2)] == [0.75, 0.5]
    assert restricted_mean(both, tau=4).value == 4 - 0.75 - 0.5


def test_descriptions_of_finished_cases_are_of_the_first_end_and_say_so():
    both = Sample.of([2, 4, 50], [1, 1, 2], [1, 1, 3])
    assert mean(both).value == 3
    assert mean(both).reasons == (Reason("about_finished", n=2, other=3),)
    assert standard_deviation(both).value == pytest.approx(np.sqrt(2))
    assert extreme(both, largest=True).value == 4
    assert share_within(both, 60).value == 0.4 and share_within(both, 3).value == 0.2
    assert quantile(both, 0.4).value == 4
    assert quantile(both, 0.5).reasons == (Reason("never_reached", percent=40.0),)
    none = Sample.of([50], [2], [3])
    assert (
        mean(none).value is None
        and standard_deviation(none).value is None
        and share_within(none, 60).value == 0
    )


def test_ends_before_the_start_count_from_the_first_of_them():
    # signed clocks: released two hours and one hour before arrival, after three hours, and one open
    # at five
    signed = sample([(-2, 1), (-1, 1), (3, 1), (5, 0)])
    assert kaplan_meier(signed).survival.tolist() == [0.75, 0.5, 0.25]
    assert restricted_mean(signed, 4).value == pytest.approx((-2 - 1 + 3 + 4) / 4)
    assert restricted_mean(signed, -1.5).value == pytest.approx((-2 - 1.5 * 3) / 4)
    assert restricted_mean(signed, -3).value == -3
    assert time_lost(signed, 1, 4).value == pytest.approx((6 + 5 + 1) / 4)
    assert quantile(signed, 0.5).value == -1 and survival_at(kaplan_meier(signed), -5).value == 1


def test_follow_up_by_hand():
    assert (
        follow_up(sample(MAINTAINED)).value == 45
    )  # open 13, 28, 45, 161: G = 8/9, .7407, .4938 by ends first at ties
    assert reverse_kaplan_meier(sample(MAINTAINED)).survival.tolist() == pytest.approx(
        [8 / 9, 20 / 27, 40 / 81, 0]
    )
    closed = follow_up(sample([(1, 1), (2, 1)]))
    assert closed.value is None and closed.reasons == (Reason("all_watched"),)
    short = follow_up(sample([(1, 0), (2, 1), (3, 1), (4, 1)]))
    assert short.value is None and short.reasons == (Reason("watched_beyond", last=4.0),)


def test_a_log_of_finished_cases_only_is_told_from_a_whole_one():
    rng = np.random.default_rng(4)
    start, length = rng.uniform(0, 90, 3000), rng.exponential(6, 3000)
    done = start + length <= 90
    ages = 90 - start

    def counted(t, e):
        return Sample.of(np.ceil(t * 1000), e, np.ones(len(t), "int64"), 1000)

    finished = counted(length[done], np.ones(done.sum()))
    whole = counted(np.where(done, length, ages), done.astype(int))
    told = only_finished(finished, ages[done], np.ones(done.sum()))
    # of the cases that the log holds fewer ought to be open than truly were
    expected = expected_open(finished, ages[done], np.ones(done.sum()))
    assert 5 < expected < (~done).sum()
    assert told == (Reason("only_finished", expected=expected, n=0),)
    assert only_finished(whole, ages, np.ones(3000)) == ()
    assert expected_open(whole, ages, np.ones(3000)) == pytest.approx((~done).sum(), rel=0.1)
    # a log that simply stopped long before the extract lacks nothing
    assert only_finished(finished, ages[done] + 1000, np.ones(done.sum())) == ()


def test_a_snapshot_is_told_from_a_cohort():
    rng = np.random.default_rng(5)
    start, length = rng.uniform(-300, 300, 20000), rng.exponential(20, 20000)
    yard = (start <= 0) & (start + length > 0)

    def counted(t):
        return Sample.of(np.ceil(t * 100), np.ones(len(t)), np.ones(len(t), "int64"), 100)

    assert snapshot(counted(length[yard]), -start[yard], np.ones(yard.sum()))
    # cases of one day that all lasted longer than it were drawn by their start
    day = (start > 0) & (start < 1) & (length > 1)
    assert not snapshot(counted(length[day]), 1 - start[day], np.ones(day.sum()))


def test_blocks_of_times_change_nothing(monkeypatch):
    from clearance_metrics.statistics import contrast

    parts = [[made(*drawn(seed)) for seed in (s, s + 1, s + 2)] for s in (0, 3)]
    whole = log_rank(parts, "gehan")
    monkeypatch.setattr(contrast, "BLOCK", 7)
    again = log_rank(parts, "gehan")
    assert again.chi2 == pytest.approx(whole.chi2) and again.expected == pytest.approx(
        whole.expected
    )


def test_no_group_no_end_and_mixed_scales():
    some, none = sample(FLAT), Sample.of([], [], [])
    assert log_rank([(some, none)]).chi2 is None and log_rank([]).p is None
    still = sample([(3, 0), (4, 0)])
    assert log_rank([(still, still)]).chi2 is None
    with pytest.raises(ValueError, match="different scales"):
        log_rank([(some, Sample.of([1], [1], [1], 60))])
    with pytest.raises(ValueError, match="weights"):
        log_rank([(some, some)], weights="wilcoxon")


def test_differences_are_refused_where_a_side_is():
    short, long = sample([(1, 1), (5, 0)]), sample([(1, 1), (9, 1)])
    found = restricted_mean_difference(short, long, tau=7)
    assert found.value is None and found.reasons == (BEYOND,) and found.left_out == 4
    assert restricted_mean_difference(short, sample([(3, 0)])).value is None
    assert stratified_difference([(short, Sample.of([], [], []))], 3).left_out == 2
    strata = stratified_difference([(short, long), (long, long), (short, Sample.of([], [], []))], 4)
    gap = restricted_mean_difference(short, long, 4)
    assert (
        strata.value == pytest.approx(gap.value / 2) and strata.strata == 2 and strata.left_out == 2
    )


def test_a_cause_alone_leaves_the_other_ends_out():
    one, two = sample([(1, 1), (2, 2), (3, 1)]), sample([(2, 2), (4, 1), (5, 1)])
    alone = log_rank([(sample([(1, 1), (2, 0), (3, 1)]), sample([(2, 0), (4, 1), (5, 1)]))])
    assert log_rank([(one, two)], end=1).chi2 == alone.chi2 and log_rank([(one, two)]).observed == (
        3,
        3,
    )
    assert stats.chi2.sf(alone.chi2, 1) == alone.p
