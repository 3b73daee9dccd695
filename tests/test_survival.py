"""Open, late and differently ended cases: published examples, independent software, and properties."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from clearance_metrics.statistics import (
    BEYOND,
    FROM_START,
    WEIGHTS,
    Sample,
    aalen_johansen,
    expected_open,
    extreme,
    follow_up,
    incidence_at,
    incidence_quantile,
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

MAINTAINED = [(9, 1), (13, 1), (13, 0), (18, 1), (23, 1), (28, 0), (31, 1), (34, 1), (45, 0), (48, 1), (161, 0)]
OTHER = [(5, 1), (5, 1), (8, 1), (8, 1), (12, 1), (16, 0), (23, 1), (27, 1), (30, 1), (33, 1), (43, 1), (45, 1)]
FLAT = [(9, 1), (1, 1), (1, 0), (6, 1), (6, 1), (8, 0), (10, 0)]


def sample(pairs, **more):
    values, ends = zip(*pairs, strict=True)
    return Sample.of(values, ends, [1] * len(values), **more)


def drawn(seed, ways=1, late=True, ties=True):
    """Random cases as arrays: entry, value, end; tied, censored, and seen only where they outlast their entry."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(30, 400))
    value = np.ceil(rng.weibull(rng.uniform(0.7, 2), size) * rng.uniform(5, 80) * (1 if ties else 1e7)).astype("int64")
    limit = np.ceil(rng.uniform(1, 150, size) * (1 if ties else 1e7)).astype("int64")
    end = np.where(value <= limit, rng.integers(1, ways + 1, size), 0)
    value = np.minimum(value, limit)
    entry = np.where(rng.random(size) < 0.4, rng.integers(0, 30, size) * (1 if ties else 10**7), -1)
    entry = entry if late else np.full(size, -1)
    kept = entry < value
    return entry[kept], value[kept], end[kept]


def made(entry, value, end, ways=1):
    return Sample.of(value, end, np.ones(len(value), "int64"), entry=np.where(entry < 0, FROM_START, entry), ways=ways)


# ---- published


def test_both_arms_of_the_leukaemia_trial():
    one, two = kaplan_meier(sample(MAINTAINED)), kaplan_meier(sample(OTHER))
    assert np.round(one.survival, 4).tolist() == [0.9091, 0.8182, 0.7159, 0.6136, 0.4909, 0.3682, 0.1841]
    assert np.round(one.se, 4).tolist() == [0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535]
    assert np.round(two.survival, 4).tolist() == [0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972, 0]
    assert [km_quantile(curve, 0.5).value for curve in (one, two)] == [31, 23]


def test_log_rank_of_the_leukaemia_trial():
    found = log_rank([(sample(MAINTAINED), sample(OTHER))])
    assert (round(found.chi2, 2), found.df, round(found.p, 4)) == (3.40, 1, 0.0653)
    assert found.observed == (7, 11) and sum(found.expected) == pytest.approx(18)


def test_restricted_mean_of_the_lung_data_by_sex():
    lung = pytest.importorskip("lifelines.datasets").load_lung()
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
    assert [km_quantile(curve, 1 - s, "midpoint").value for s in levels] == [1, 3.5, 6, 9, 9.5, None]
    assert km_quantile(curve, 0.9).note == BEYOND
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
    # entry, value: one watched from its start ends at 4; late at 2 ends at 4; late at 4 ends at 6; late at 1 open at 6
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
    assert km_quantile(curve, 0.5).value is None and "beyond 2" in km_quantile(curve, 0.5).note
    assert restricted_mean(found, 2).value == 2 and restricted_mean(found, 3).value is None
    assert incidence_at(aalen_johansen(found), 1, 3).value is None and time_lost(found, 1, 3).value is None
    # those who enter as the last one leaves bridge the gap
    assert kaplan_meier(Sample.of([2, 9, 10], [1, 1, 1], [2, 1, 1], entry=[FROM_START, 2, 2])).gap is None


def test_where_all_came_late_nothing_is_said_of_the_beginning():
    found = Sample.of([5, 9], [1, 1], [40, 40], entry=[1, 1])
    for answer in (quantile(found, 0.5), share_within(found, 6), restricted_mean(found, 6), mean(found),
                   standard_deviation(found), extreme(found, largest=False), extreme(found, largest=True)):  # fmt: skip
        assert answer.value is None and "late" in answer.note


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
    assert mean(both).value == 3 and "of the 2 cases that reached the stop; 3 ended otherwise" in mean(both).note
    assert standard_deviation(both).value == pytest.approx(np.sqrt(2))
    assert extreme(both, largest=True).value == 4
    assert share_within(both, 60).value == 0.4 and share_within(both, 3).value == 0.2
    assert quantile(both, 0.4).value == 4
    assert quantile(both, 0.5).note == "never reached: 40.0 % of all cases end this way"
    none = Sample.of([50], [2], [3])
    assert mean(none).value is None and standard_deviation(none).value is None and share_within(none, 60).value == 0


def test_ends_before_the_start_count_from_the_first_of_them():
    # signed clocks: released two hours and one hour before arrival, after three hours, and one open at five
    signed = sample([(-2, 1), (-1, 1), (3, 1), (5, 0)])
    assert kaplan_meier(signed).survival.tolist() == [0.75, 0.5, 0.25]
    assert restricted_mean(signed, 4).value == pytest.approx((-2 - 1 + 3 + 4) / 4)
    assert restricted_mean(signed, -1.5).value == pytest.approx((-2 - 1.5 * 3) / 4)
    assert restricted_mean(signed, -3).value == -3
    assert time_lost(signed, 1, 4).value == pytest.approx((6 + 5 + 1) / 4)
    assert quantile(signed, 0.5).value == -1 and survival_at(kaplan_meier(signed), -5).value == 1


def test_follow_up_by_hand():
    assert follow_up(sample(MAINTAINED)).value == 45  # open 13, 28, 45, 161: G = 8/9, .7407, .4938 by ends first at ties
    assert reverse_kaplan_meier(sample(MAINTAINED)).survival.tolist() == pytest.approx([8 / 9, 20 / 27, 40 / 81, 0])
    closed = follow_up(sample([(1, 1), (2, 1)]))
    assert closed.value is None and "watched to its end" in closed.note
    short = follow_up(sample([(1, 0), (2, 1), (3, 1), (4, 1)]))
    assert short.value is None and "beyond 4" in short.note


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
    assert "ought to be open and 0 are" in told
    # of the cases that the log holds fewer ought to be open than truly were
    assert 5 < expected_open(finished, ages[done], np.ones(done.sum())) < (~done).sum()
    assert only_finished(whole, ages, np.ones(3000)) == ""
    assert expected_open(whole, ages, np.ones(3000)) == pytest.approx((~done).sum(), rel=0.1)
    # a log that simply stopped long before the extract lacks nothing
    assert only_finished(finished, ages[done] + 1000, np.ones(done.sum())) == ""


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


# ---- against independent software

SEEDS = range(200)


def test_kaplan_meier_with_late_entry_equals_two_packages():
    lifelines = pytest.importorskip("lifelines")
    survfunc = pytest.importorskip("statsmodels.duration.survfunc")
    worst = dict.fromkeys(("lifelines", "statsmodels", "error", "band", "restricted mean"), 0.0)
    for seed in SEEDS:
        entry, value, end = drawn(seed)
        curve = kaplan_meier(made(entry, value, end))
        # cases watched from their start enter before everyone
        one = lifelines.KaplanMeierFitter().fit(value, end, entry=entry)
        mine = np.concatenate([[1.0], curve.survival])[np.searchsorted(curve.times, one.timeline, side="right")]
        worst["lifelines"] = max(worst["lifelines"], np.abs(one.survival_function_.iloc[:, 0] - mine).max())
        two = survfunc.SurvfuncRight(value, end, entry=entry)
        at = np.searchsorted(two.surv_times, curve.times)
        worst["statsmodels"] = max(worst["statsmodels"], np.abs(two.surv_prob[at] - curve.survival).max())
        held = curve.survival > 0
        worst["error"] = max(worst["error"], np.abs(two.surv_prob_se[at] - curve.se)[held].max(initial=0))
        # the package's first row is the entry; a gap in the risk set makes its later logarithms meaningless
        bounds = one.confidence_interval_survival_function_.loc[curve.times].to_numpy()
        gap = np.abs(bounds - np.array([curve.low, curve.high]).T)[held]
        worst["band"] = max(worst["band"], np.nanmax(gap, initial=0))
        assert (two.n_risk[at] == curve.at_risk).all()
        tau = float(np.quantile(value, 0.8))
        if curve.gap is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = lifelines.utils.restricted_mean_survival_time(one, t=tau)
            # the package integrates from the first entry: one unit more where a case enters at -1
            gap = restricted_mean(made(entry, value, end), tau).value - theirs + (entry < 0).any()
            worst["restricted mean"] = max(worst["restricted mean"], abs(gap))
    print(worst)
    assert max(worst.values()) < 1e-11


@pytest.mark.parametrize("weights", WEIGHTS)
def test_log_rank_equals_statsmodels(weights):
    survdiff = pytest.importorskip("statsmodels.duration.survfunc").survdiff
    kind = {"log-rank": None, "gehan": "gb", "tarone-ware": "tw", "fleming-harrington": "fh"}[weights]
    worst = {"chi2": 0.0, "p": 0.0}
    more = {"fh_p": 1} if kind == "fh" else {}
    for seed in SEEDS:
        late = seed % 2 == 0
        entry, value, end = drawn(seed, late=late)
        rng = np.random.default_rng(seed)
        group, stratum = rng.integers(0, 2 + seed % 3, len(value)), rng.integers(0, 3, len(value))
        # survdiff does not split entries by stratum: late data are compared unstratified
        if late:
            stratum[:] = 0
        theirs = survdiff(value, end, group, kind, strata=None if late else stratum, entry=entry if late else None, **more)
        strata = [[made(*(a[(stratum == s) & (group == g)] for a in (entry, value, end))) for g in np.unique(group)] for s in np.unique(stratum)]
        found = log_rank(strata, weights)
        assert found.df == len(np.unique(group)) - 1
        worst["chi2"] = max(worst["chi2"], abs(found.chi2 - theirs[0]) / max(theirs[0], 1))
        worst["p"] = max(worst["p"], abs(found.p - theirs[1]))
    print(weights, worst)
    assert max(worst.values()) < 1e-12


def test_incidence_equals_statsmodels_with_ties():
    survfunc = pytest.importorskip("statsmodels.duration.survfunc")
    worst = {"share": 0.0, "error": 0.0}
    for seed in SEEDS:
        entry, value, end = drawn(seed, ways=3, late=False)
        with np.errstate(all="ignore"):
            theirs = survfunc.CumIncidenceRight(value, end)
        found = aalen_johansen(made(entry, value, end, ways=3))
        at = np.searchsorted(theirs.times, found.times)
        held = found.curve.survival > 0
        for k in range(len(theirs.cinc)):
            worst["share"] = max(worst["share"], np.abs(theirs.cinc[k][at] - found.share[k]).max())
            worst["error"] = max(worst["error"], np.abs(theirs.cinc_se[k][at] - found.se[k])[held].max())
    print(worst)
    assert max(worst.values()) < 1e-12


def test_incidence_with_late_entry_equals_lifelines_without_ties():
    lifelines = pytest.importorskip("lifelines")
    worst = {"share": 0.0, "variance": 0.0}
    for seed in range(40):
        entry, value, end = drawn(seed, ways=2, ties=False)
        if len(np.unique(value)) < len(value):
            continue
        found = aalen_johansen(made(entry, value, end, ways=2))
        if found.curve.gap is not None:
            continue
        for k in (1, 2):
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                theirs = lifelines.AalenJohansenFitter().fit(value, end, event_of_interest=k, entry=entry)
            at = found.curve.survival > 0
            shares = theirs.cumulative_density_.iloc[:, 0].loc[found.times]
            worst["share"] = max(worst["share"], np.abs(shares - found.share[k - 1]).max())
            variance = theirs.variance_.loc[found.times].to_numpy()
            worst["variance"] = max(worst["variance"], np.abs(np.sqrt(np.maximum(variance, 0)) - found.se[k - 1])[at].max())
    print(worst)
    assert max(worst.values()) < 1e-12


def covariance(entry, value, end, ways):
    """The Aalen-Johansen matrices multiplied out, with their Greenwood-type covariance: slow, plain, independent."""
    times = np.unique(value[end > 0])
    states = np.zeros(ways + 1)
    states[0] = 1
    cov = np.zeros((ways + 1, ways + 1))
    shares, errors = [], []
    for t in times:
        n = int(((entry < t) & (value >= t)).sum())
        d = np.array([((value == t) & (end == k)).sum() for k in range(1, ways + 1)])
        step = np.eye(ways + 1)
        step[0, 0], step[0, 1:] = 1 - d.sum() / n, d / n
        # the multinomial spread of those who leave the first state
        q = np.concatenate([[1 - d.sum() / n], d / n])
        cov = step.T @ cov @ step + states[0] ** 2 * (np.diag(q) - np.outer(q, q)) / n
        states = states @ step
        shares.append(states[1:].copy())
        errors.append(np.sqrt(np.diag(cov)[1:]))
    return times, np.array(shares).T, np.array(errors).T


def test_incidence_equals_the_product_of_matrices():
    worst = 0.0
    for seed in range(60):
        entry, value, end = drawn(seed, ways=3)
        found = aalen_johansen(made(entry, value, end, ways=3))
        times, shares, errors = covariance(entry, value, end, 3)
        assert (found.times == times).all()
        held = (found.curve.survival > 0) & (found.curve.at_risk > found.curve.events)
        worst = max(worst, np.abs(shares - found.share).max(), np.abs(errors - found.se)[:, held].max())
    print(worst)
    assert worst < 1e-12


def test_reverse_kaplan_meier_equals_lifelines_without_ties():
    lifelines = pytest.importorskip("lifelines")
    for seed in range(40):
        entry, value, end = drawn(seed, ties=False)
        if len(np.unique(value)) < len(value) or (end > 0).all():
            continue
        curve = reverse_kaplan_meier(made(entry, value, end))
        theirs = lifelines.KaplanMeierFitter().fit(value, end == 0, entry=entry).survival_function_.iloc[:, 0]
        assert np.allclose(theirs.loc[curve.times], curve.survival, atol=1e-12)


def test_errors_of_restricted_mean_and_time_lost_equal_their_spread():
    """A thousand trials of known truth: the error told is the spread seen, and the intervals cover."""
    rng = np.random.default_rng(11)
    mean_, lost, covered = [], [], 0
    tau = 30
    for _ in range(1000):
        length = rng.exponential(20, 150)
        way = rng.choice([1, 2], 150, p=[0.7, 0.3])
        limit, entry = rng.uniform(5, 60, 150), np.where(rng.random(150) < 0.3, rng.uniform(0, 10, 150), 0)
        seen = np.minimum(length, limit)
        kept = seen > entry
        counted = Sample.of(np.ceil(seen[kept] * 1e6), np.where(length <= limit, way, 0)[kept], np.ones(kept.sum()), 10**6,
                            entry=np.where(entry[kept] > 0, entry[kept] * 1e6, FROM_START))  # fmt: skip
        mean_.append(restricted_mean(counted, tau))
        lost.append(time_lost(counted, 1, tau))
        truth = 0.7 * (tau - 20 * (1 - np.exp(-tau / 20)))
        covered += lost[-1].low <= truth <= lost[-1].high
    for answers in (mean_, lost):
        spread = np.std([a.value for a in answers])
        assert np.mean([a.se for a in answers]) == pytest.approx(spread, rel=0.07)
    assert np.mean([a.value for a in mean_]) == pytest.approx(20 * (1 - np.exp(-tau / 20)), rel=0.01)
    assert 0.93 < covered / 1000 < 0.97


# ---- properties

CASES = st.lists(
    st.tuples(st.integers(-1, 8), st.integers(0, 30), st.integers(0, 3)).filter(lambda c: c[0] < c[1]),
    min_size=2, max_size=50,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_shares_and_survival_add_up_to_one_and_areas_to_tau(cases):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    assume((end > 0).any())
    both = made(entry, value, end, ways=3)
    found = aalen_johansen(both)
    assert np.allclose(found.share.sum(axis=0) + found.curve.survival, 1)
    tau = float(found.times[-1])
    kept = restricted_mean(both, tau)
    if kept.value is not None:
        assert kept.value + sum(time_lost(both, k, tau).value for k in (1, 2, 3)) == pytest.approx(tau)


@settings(max_examples=150, deadline=None)
@given(CASES, st.integers(1, 30))
def test_with_one_end_incidence_is_kaplan_meier(cases, tau):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    end = np.minimum(end, 1)
    assume(end.any())
    one = made(entry, value, end)
    found = aalen_johansen(one)
    curve = found.curve
    assert np.allclose(found.share[0], 1 - curve.survival)
    held = (curve.survival > 1e-9) & (found.share[0] > 0)
    if curve.gap is None:
        assert np.allclose(found.se[0][held], curve.se[held], atol=1e-7)
        assert np.allclose(found.low[0][held], 1 - curve.high[held], atol=1e-7)
        left, lost = restricted_mean(one, tau), time_lost(one, 1, tau)
        assert (left.value is None) == (lost.value is None)
        if left.value is not None:
            assert lost.value == pytest.approx(tau - left.value) and lost.se == pytest.approx(left.se, abs=1e-9)
        for p in (0.25, 0.5, 0.9):
            assert incidence_quantile(found, 1, p).value == km_quantile(curve, p).value


@settings(max_examples=100, deadline=None)
@given(CASES, st.integers(1, 20), st.integers(-5, 5))
def test_scale_order_splitting_and_shifting_change_nothing(cases, scale, shift):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    whole = made(entry, value, end, ways=3)
    curve = kaplan_meier(whole)
    half = len(cases) // 2
    again = Sample.pooled([made(*(a[part] for a in (entry, value, end)), ways=3) for part in (slice(half), slice(half, None)) if len(value[part])])
    for name in ("values", "ended", "open", "others", "entries", "entered"):
        one, two = getattr(whole, name), getattr(again, name)
        assert (one is None) == (two is None) and (one is None or one.tolist() == two.tolist())
    moved = Sample.of(value + shift, end, np.ones(len(value)), scale, entry=np.where(entry < 0, FROM_START, entry + shift))
    other = kaplan_meier(moved)
    assert np.array_equal(other.survival, curve.survival) and np.allclose(other.times, (curve.times + shift) / scale)


@settings(max_examples=200, deadline=None)
@given(CASES)
def test_risk_sets_and_their_gap_by_counting(cases):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    found = made(entry, value, end)
    for t in range(-2, 32):
        assert found.counter()(np.array([t]))[0] == ((entry < t) & (value >= t) | (entry < 0) & (value >= t)).sum()
    gaps = [t for t in np.unique(value)[:-1] if not ((entry <= t) & (value > t)).any()]
    expected = -np.inf if (entry >= 0).all() else gaps[0] if gaps else None
    assert kaplan_meier(found).gap == expected


@settings(max_examples=100, deadline=None)
@given(CASES)
def test_entering_before_everyone_is_no_late_entry(cases):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    plain, early = (made(np.full(len(entry), -1), value, end), Sample.of(value, end, np.ones(len(value)), entry=[-1] * len(value)))
    assert np.array_equal(kaplan_meier(plain).survival, kaplan_meier(early).survival)
    assert plain.entries is None and plain.n_late == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1)), min_size=1, max_size=40))
def test_survival_times_follow_up_is_the_share_still_there(pairs):
    """With ends before cuts at ties, S(t) G(t) n is exactly the number of cases beyond t."""
    both = sample(pairs)
    one, two = kaplan_meier(both), reverse_kaplan_meier(both)
    for t in both.values:
        s = np.concatenate([[1.0], one.survival])[np.searchsorted(one.times, t, side="right")]
        g = np.concatenate([[1.0], two.survival])[np.searchsorted(two.times, t, side="right")]
        assert s * g * both.n == pytest.approx(sum(v > t for v, _ in pairs), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(CASES, st.integers(0, 2**31))
def test_log_rank_does_not_mind_the_order_of_groups_nor_monotone_time(cases, seed):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    group = np.random.default_rng(seed).integers(0, 3, len(cases))

    def test(order, stretch):
        parts = [made(*(a[group == g] for a in (np.where(entry < 0, -1, stretch(entry)), stretch(value), end))) for g in order]
        return log_rank([parts])

    one, two = test((0, 1, 2), lambda x: x), test((2, 0, 1), lambda x: x**3 + 2)
    assert one.df == two.df
    if one.chi2 is not None:
        assert one.chi2 == pytest.approx(two.chi2, rel=1e-6, abs=1e-9)
        assert sum(one.observed) == pytest.approx(sum(one.expected))
    assert log_rank([[made(entry, value, end)] * 2]).chi2 in (None, pytest.approx(0, abs=1e-9))


def test_blocks_of_times_change_nothing(monkeypatch):
    from clearance_metrics.statistics import contrast

    parts = [[made(*drawn(seed)) for seed in (s, s + 1, s + 2)] for s in (0, 3)]
    whole = log_rank(parts, "gehan")
    monkeypatch.setattr(contrast, "BLOCK", 7)
    again = log_rank(parts, "gehan")
    assert again.chi2 == pytest.approx(whole.chi2) and again.expected == pytest.approx(whole.expected)


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
    assert found.value is None and BEYOND in found.note and found.left_out == 4
    assert restricted_mean_difference(short, sample([(3, 0)])).value is None
    assert stratified_difference([(short, Sample.of([], [], []))], 3).left_out == 2
    strata = stratified_difference([(short, long), (long, long), (short, Sample.of([], [], []))], 4)
    gap = restricted_mean_difference(short, long, 4)
    assert strata.value == pytest.approx(gap.value / 2) and strata.strata == 2 and strata.left_out == 2


def test_a_cause_alone_leaves_the_other_ends_out():
    one, two = sample([(1, 1), (2, 2), (3, 1)]), sample([(2, 2), (4, 1), (5, 1)])
    alone = log_rank([(sample([(1, 1), (2, 0), (3, 1)]), sample([(2, 0), (4, 1), (5, 1)]))])
    assert log_rank([(one, two)], end=1).chi2 == alone.chi2 and log_rank([(one, two)]).observed == (3, 3)
    assert stats.chi2.sf(alone.chi2, 1) == alone.p
