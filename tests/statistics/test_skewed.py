"""Bounds of the mean of long-tailed durations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from clearance_metrics.statistics import Estimate, Sample
from clearance_metrics.statistics.reasons import Reason
from clearance_metrics.statistics.skewed import COCHRAN, hall, mean_bounds, skewness


def of(values):
    return Sample.of(values, np.ones(len(values)), np.ones(len(values)))


def test_a_worked_case():
    """Ninety cases of 2 days and ten of 12: mean 3, m2 = 9, m3 = 72, skewness 72 / 27."""
    sample = Sample.of([2, 12], [1, 1], [90, 10])
    found = mean_bounds(sample)
    assert skewness(sample) == pytest.approx(72 / 27)
    # 100 < 25 (72/27)^2 = 177.8: the side of the tail stays open, the other is the t bound, which
    # is the farther
    assert found.high is None and found.reasons == (
        Reason("long_tail", skewness=skewness(sample), n=100),
    )
    t, s = stats.t.ppf(0.95, 99), np.sqrt(900 / 99)
    assert found.low == pytest.approx(3 - t * s / 10)
    four = mean_bounds(Sample.of([2, 12], [1, 1], [360, 40]))
    # by hand: x = t / 20, T = 3 / g (1 - cbrt(1 - g (x + g / 2400)))
    g, x = 72 / 27, stats.t.ppf(0.95, 399) / 20
    assert four.high == pytest.approx(
        3 + np.sqrt(3600 / 399) * 3 / g * (1 - np.cbrt(1 - g * (x + g / 2400)))
    )
    assert four.high > 3 + x * np.sqrt(3600 / 399)


@given(st.floats(-0.4, 0.4), st.floats(-6, 6), st.integers(30, 5000))
def test_halls_transformation_is_turned_round(x, g, n):
    root = optimize.brentq(
        lambda t: t + g * t**2 / 3 + g**2 * t**3 / 27 + g / (6 * n) - x, -1e4, 1e4, xtol=1e-14
    )
    assert hall(x, g, n) == pytest.approx(root, abs=1e-9)


@settings(max_examples=100)
@given(
    st.lists(st.integers(0, 60), min_size=3, max_size=200), st.integers(-20, 20), st.integers(1, 9)
)
def test_bounds_move_with_the_data_and_are_never_nearer_than_those_of_t(values, shift, factor):
    values = np.array(values)
    one, mirrored = mean_bounds(of(values)), mean_bounds(of(-values))
    moved = mean_bounds(of(values * factor + shift))
    for a, b, c in ((one.low, mirrored.high, moved.low), (one.high, mirrored.low, moved.high)):
        assert (a is None) == (b is None) == (c is None)
        if a is not None:
            assert (-b, c) == pytest.approx((a, a * factor + shift), abs=1e-6)
    half = stats.t.ppf(0.95, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    assert one.low is None or one.low <= values.mean() - half + 1e-9
    assert one.high is None or one.high >= values.mean() + half - 1e-9
    assert (one.high is None) == (len(values) < COCHRAN * max(skewness(of(values)), 0) ** 2)


def test_refused_as_a_mean_is():
    assert mean_bounds(Sample.of([1, 2], [1, 0], [5, 5])).value is None
    assert mean_bounds(Sample.of([4], [1], [1])) == Estimate(
        4.0, reasons=(Reason("few_for_interval"),)
    )
    assert mean_bounds(Sample.of([4], [1], [50])).high == 4.0


def test_wrong_met_is_rare_where_the_t_bound_fails():
    """Lognormal days with a mean just above the target, 100 cases: 5 % may be wrong, t's bound is
    so nearly twice as often.
    """
    rng, wrong, t_wrong, runs = np.random.default_rng(8), 0, 0, 2000
    truth = float(stats.norm.sf(np.log(np.arange(1, 4000)) / 0.8 - np.log(4.5) / 0.8).sum()) + 1
    for _ in range(runs):
        days = np.ceil(4.5 * np.exp(0.8 * rng.standard_normal(100)))
        bound = mean_bounds(of(days)).high
        wrong += bound is not None and bound < truth
        t_wrong += days.mean() + stats.t.ppf(0.95, 99) * days.std(ddof=1) / 10 < truth
    # more than 5 % wrong would show in so many runs
    assert stats.binomtest(wrong, runs, 0.05, alternative="greater").pvalue > 0.01
    assert t_wrong / runs > 0.075
