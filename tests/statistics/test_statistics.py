"""Estimators against worked cases and independent software."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clearance_metrics.statistics import (
    BEYOND,
    Sample,
    clustered_mean,
    kaplan_meier,
    mean,
    quantile,
    ratio_mean,
    restricted_mean,
    share_within,
    wilson,
)
from clearance_metrics.statistics.reasons import Reason

SMALL = [2, 4, 4, 5, 7, 9, 10, 12, 15, 48]
MAINTAINED = [
    (9, 1),
    (13, 1),
    (13, 0),
    (18, 1),
    (23, 1),
    (28, 0),
    (31, 1),
    (34, 1),
    (45, 0),
    (48, 1),
    (161, 0),
]


def sample(pairs):
    values, ends = zip(*pairs, strict=True)
    return Sample.of(values, ends, [1] * len(values))


closed = Sample.of(SMALL, [1] * 10, [1] * 10)
censored = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 1)), min_size=2, max_size=60)


@pytest.mark.parametrize(("kind", "p90"), [(1, 15), (5, 31.5), (6, 44.7), (7, 18.3), (8, 35.9)])
def test_percentile_types_of_the_small_example(kind, p90):
    assert quantile(closed, 0.9, kind=kind).value == pytest.approx(p90)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_against_published_and_scipy(k, n, low, high):
    got = wilson(k, n)
    oracle = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert (round(got.low, 4), round(got.high, 4)) == (low, high)
    assert (got.low, got.high) == pytest.approx((oracle.low, oracle.high), abs=1e-12)


def test_a_mean_with_open_cases_is_refused():
    answer = mean(sample(MAINTAINED))
    assert answer.value is None
    assert answer.reasons == (
        Reason("open_cases", n=4, total=11),
        Reason("use_instead", statistic=Reason("statistic.restricted_mean")),
    )


def test_a_quantile_that_does_not_exist_is_said_so():
    answer = quantile(sample([(1, 1), (5, 0), (6, 0)]), 0.5)
    assert (answer.value, answer.reasons) == (None, (BEYOND,))
    assert share_within(sample([(1, 1), (5, 0), (6, 0)]), 7).reasons == (BEYOND,)


@settings(max_examples=200, deadline=None)
@given(censored)
def test_survival_equals_scipy(pairs):
    if not any(end for _, end in pairs):
        return
    curve = kaplan_meier(sample(pairs))
    values, ends = np.array(pairs).T
    oracle = stats.ecdf(stats.CensoredData.right_censored(values, ends == 0)).sf
    at = np.isin(oracle.quantiles, curve.times)
    assert np.allclose(curve.survival, oracle.probabilities[at], atol=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-50, 500), min_size=2, max_size=80), st.floats(0.01, 0.99))
def test_closed_samples_equal_numpy(values, p):
    counted = Sample.of(values, [1] * len(values), [1] * len(values))
    assert quantile(counted, p).value == pytest.approx(np.percentile(values, p * 100), abs=1e-7)
    got = mean(counted)
    assert got.value == pytest.approx(np.mean(values))
    if np.std(values) > 0:
        oracle = stats.ttest_1samp(values, 0).confidence_interval()
        assert (got.low, got.high) == pytest.approx((oracle.low, oracle.high))


@settings(max_examples=100, deadline=None)
@given(censored)
def test_counting_and_pooling_change_nothing(pairs):
    whole = sample(pairs)
    halves = [sample(part) for part in (pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]) if part]
    again = Sample.pooled(halves)
    assert (whole.values.tolist(), whole.ended.tolist(), whole.open.tolist()) == (
        again.values.tolist(),
        again.ended.tolist(),
        again.open.tolist(),
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-20, 60), min_size=2, max_size=50), st.integers(0, 50))
def test_restricted_mean_without_open_cases_is_the_mean_of_cut_values(values, tau):
    counted = Sample.of(values, [1] * len(values), [1] * len(values))
    if tau < min(values):
        return
    assert restricted_mean(counted, tau).value == pytest.approx(np.minimum(values, tau).mean())


def test_clusters_of_one_case_give_nearly_the_plain_interval():
    plain, by_case = mean(closed), clustered_mean([1] * 10, SMALL, 1)
    assert (by_case.low, by_case.high) == pytest.approx((plain.low, plain.high))


def test_ratio_of_sums_with_equal_weights_is_the_mean():
    assert ratio_mean(SMALL, [1] * 10, [1] * 10, 1).low == pytest.approx(mean(closed).low)
