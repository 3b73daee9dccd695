"""Means and shares from sums, against SciPy and against the ratio of all resamples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from clearance_metrics.statistics import ratio_mean
from clearance_metrics.statistics.moments import mean_of_sums, share_of_sums

numbers = st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=2, max_size=30)


def sums(part, whole):
    parts = (
        sum(part),
        sum(x * x for x in part),
        sum(x * w for x, w in zip(part, whole, strict=True)),
    )
    return parts, (sum(whole), sum(w * w for w in whole))


@given(numbers)
def test_a_mean_of_sums_is_that_of_the_numbers(pairs):
    values = [a for a, _ in pairs]
    found = mean_of_sums(len(values), sum(values), sum(v * v for v in values), 3600)
    hours = np.array(values) / 3600
    assert found.value == pytest.approx(hours.mean())
    if len(set(values)) > 1:
        low, high = stats.t.interval(0.95, len(values) - 1, hours.mean(), stats.sem(hours))
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9, abs=1e-9)
    else:
        assert found.low == found.value == found.high


@given(numbers)
def test_a_share_of_sums_is_the_ratio_estimator_within_nought_and_one(pairs):
    part = [a for a, _ in pairs]
    whole = [a + b for a, b in pairs]
    found = share_of_sums(len(part), *sums(part, whole))
    if not sum(whole):
        assert found.value is None
        return
    known = ratio_mean(part, whole, np.ones(len(part)), 1)
    assert found.value == pytest.approx(known.value)
    assert found.low == pytest.approx(max(known.low, 0), abs=1e-6)
    assert found.high == pytest.approx(min(known.high, 1), abs=1e-6)


def test_what_is_too_little_for_an_interval_has_none():
    assert mean_of_sums(0, 0, 0).value is None
    assert mean_of_sums(1, 5, 25).low is None
    assert share_of_sums(1, (5, 25, 50), (10, 100)).low is None
    assert share_of_sums(0, (0, 0, 0), (0, 0)).value is None
