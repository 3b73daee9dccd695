"""Open, late and differently ended cases against independent software, and against their own
spread.
"""

import warnings

import numpy as np
import pytest
from support.oracles import LIFELINES
from support.survival import drawn, made

from clearance_metrics.statistics import (
    FROM_START,
    WEIGHTS,
    Sample,
    aalen_johansen,
    kaplan_meier,
    log_rank,
    restricted_mean,
    reverse_kaplan_meier,
    time_lost,
)

SEEDS = range(200)


@pytest.mark.lifelines
def test_kaplan_meier_with_late_entry_equals_two_packages():
    lifelines = pytest.importorskip("lifelines", reason=LIFELINES)
    survfunc = pytest.importorskip("statsmodels.duration.survfunc")
    worst = dict.fromkeys(("lifelines", "statsmodels", "error", "band", "restricted mean"), 0.0)
    for seed in SEEDS:
        entry, value, end = drawn(seed)
        curve = kaplan_meier(made(entry, value, end))
        # cases watched from their start enter before everyone
        one = lifelines.KaplanMeierFitter().fit(value, end, entry=entry)
        mine = np.concatenate([[1.0], curve.survival])[
            np.searchsorted(curve.times, one.timeline, side="right")
        ]
        worst["lifelines"] = max(
            worst["lifelines"], np.abs(one.survival_function_.iloc[:, 0] - mine).max()
        )
        two = survfunc.SurvfuncRight(value, end, entry=entry)
        at = np.searchsorted(two.surv_times, curve.times)
        worst["statsmodels"] = max(
            worst["statsmodels"], np.abs(two.surv_prob[at] - curve.survival).max()
        )
        held = curve.survival > 0
        worst["error"] = max(
            worst["error"], np.abs(two.surv_prob_se[at] - curve.se)[held].max(initial=0)
        )
        # the package's first row is the entry; a gap in the risk set makes its later logarithms
        # meaningless
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
    kind = {"log-rank": None, "gehan": "gb", "tarone-ware": "tw", "fleming-harrington": "fh"}[
        weights
    ]
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
        theirs = survdiff(
            value,
            end,
            group,
            kind,
            strata=None if late else stratum,
            entry=entry if late else None,
            **more,
        )
        strata = [
            [
                made(*(a[(stratum == s) & (group == g)] for a in (entry, value, end)))
                for g in np.unique(group)
            ]
            for s in np.unique(stratum)
        ]
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
            worst["error"] = max(
                worst["error"], np.abs(theirs.cinc_se[k][at] - found.se[k])[held].max()
            )
    print(worst)
    assert max(worst.values()) < 1e-12


@pytest.mark.lifelines
def test_incidence_with_late_entry_equals_lifelines_without_ties():
    lifelines = pytest.importorskip("lifelines", reason=LIFELINES)
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
                theirs = lifelines.AalenJohansenFitter().fit(
                    value, end, event_of_interest=k, entry=entry
                )
            at = found.curve.survival > 0
            shares = theirs.cumulative_density_.iloc[:, 0].loc[found.times]
            worst["share"] = max(worst["share"], np.abs(shares - found.share[k - 1]).max())
            variance = theirs.variance_.loc[found.times].to_numpy()
            worst["variance"] = max(
                worst["variance"],
                np.abs(np.sqrt(np.maximum(variance, 0)) - found.se[k - 1])[at].max(),
            )
    print(worst)
    assert max(worst.values()) < 1e-12


def covariance(entry, value, end, ways):
    """The Aalen-Johansen matrices multiplied out, with their Greenwood-type covariance: slow,
    plain, independent.
    """
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
        worst = max(
            worst, np.abs(shares - found.share).max(), np.abs(errors - found.se)[:, held].max()
        )
    print(worst)
    assert worst < 1e-12


@pytest.mark.lifelines
def test_reverse_kaplan_meier_equals_lifelines_without_ties():
    lifelines = pytest.importorskip("lifelines", reason=LIFELINES)
    for seed in range(40):
        entry, value, end = drawn(seed, ties=False)
        if len(np.unique(value)) < len(value) or (end > 0).all():
            continue
        curve = reverse_kaplan_meier(made(entry, value, end))
        theirs = (
            lifelines.KaplanMeierFitter()
            .fit(value, end == 0, entry=entry)
            .survival_function_.iloc[:, 0]
        )
        assert np.allclose(theirs.loc[curve.times], curve.survival, atol=1e-12)


def test_errors_of_restricted_mean_and_time_lost_equal_their_spread():
    """A thousand trials of known truth: the error told is the spread seen, and intervals cover."""
    rng = np.random.default_rng(11)
    mean_, lost, covered = [], [], 0
    tau = 30
    for _ in range(1000):
        length = rng.exponential(20, 150)
        way = rng.choice([1, 2], 150, p=[0.7, 0.3])
        limit, entry = (
            rng.uniform(5, 60, 150),
            np.where(rng.random(150) < 0.3, rng.uniform(0, 10, 150), 0),
        )
        seen = np.minimum(length, limit)
        kept = seen > entry
        counted = Sample.of(
            np.ceil(seen[kept] * 1e6),
            np.where(length <= limit, way, 0)[kept],
            np.ones(kept.sum()),
            10**6,
            entry=np.where(entry[kept] > 0, entry[kept] * 1e6, FROM_START),
        )
        mean_.append(restricted_mean(counted, tau))
        lost.append(time_lost(counted, 1, tau))
        truth = 0.7 * (tau - 20 * (1 - np.exp(-tau / 20)))
        covered += lost[-1].low <= truth <= lost[-1].high
    for answers in (mean_, lost):
        spread = np.std([a.value for a in answers])
        assert np.mean([a.se for a in answers]) == pytest.approx(spread, rel=0.07)
    assert np.mean([a.value for a in mean_]) == pytest.approx(
        20 * (1 - np.exp(-tau / 20)), rel=0.01
    )
    assert 0.93 < covered / 1000 < 0.97
