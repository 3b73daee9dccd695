"""Firms' own averages: by hand, against pandas and SciPy, and what no order or copy may move."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from clearance_metrics.statistics.firms import (
    LEAST_FOR_OUTLIERS,
    firm_cv,
    firm_p90_p50,
    firm_sd,
    firm_weighted,
    outlying,
)

EIGHT = [2, 2, 3, 3, 4, 5, 6, 7]
averages_of = some.lists(some.floats(0, 500), min_size=6, max_size=40)


def test_eight_firms_by_hand():
    """Sum 32, mean 4; squares about it 4 + 4 + 1 + 1 + 0 + 1 + 4 + 9 = 24, over 7; P90 at place
    0.9 x 7 = 6.3: 6 + 0.3 x (7 - 6); the median between 3 and 4.
    """
    assert not outlying(EIGHT).any()
    found = firm_weighted(EIGHT)
    sd = math.sqrt(24 / 7)
    half = 2.364624 * sd / math.sqrt(8)  # t of 7 degrees
    assert found.value == 4 and (found.low, found.high) == pytest.approx((4 - half, 4 + half))
    assert firm_sd(EIGHT).value == pytest.approx(sd)
    assert firm_cv(EIGHT).value == pytest.approx(sd / 4)
    assert firm_p90_p50(EIGHT).value == pytest.approx(6.3 / 3.5)
    # under ten firms draws of firms say too little
    assert [why.code for why in firm_sd(EIGHT).reasons] == ["firms.few_for_interval"]
    assert firm_sd(EIGHT).low is None


def test_twelve_firms_of_which_one_lies_too_far_out_by_hand():
    """Eleven firms of one day and one of 60: logs 0.6931 and 4.1109, mean 0.9780; the one lies
    3.1330 above it, the others 0.2848 below; squares 9.8154 + 11 x 0.0811 = 10.7077, over 11, root
    0.9866: 3.1330 / 0.9866 = 3.18 deviations.
    """
    assert outlying([1] * 11 + [60]).tolist() == [False] * 11 + [True]
    logs = np.log1p([1] * 11 + [60])
    assert (logs[-1] - logs.mean()) / logs.std(ddof=1) == pytest.approx(3.18, abs=0.005)


def test_of_ten_firms_none_can_lie_beyond_three_deviations():
    for many in range(2, 14):
        far = outlying([0] * (many - 1) + [10**9]).any()
        assert far == (many >= LEAST_FOR_OUTLIERS) == ((many - 1) / math.sqrt(many) > 3)
    assert not outlying([5.0] * 20).any() and not outlying([]).any()
    with pytest.raises(ValueError, match="above -1"):
        outlying([1, -1])


@pytest.mark.parametrize("asked", [firm_weighted, firm_sd, firm_cv, firm_p90_p50])
def test_fewer_than_six_firms_say_nothing(asked):
    found = asked([1, 2, 3, 4, 5])
    assert found.value is None and [why.code for why in found.reasons] == ["firms.few"]
    assert asked([1, 2, 3, 4, 5, 6]).value is not None


def test_firms_without_any_time_have_no_ratio():
    assert [why.code for why in firm_cv([0] * 6).reasons] == ["mean_not_positive"]
    assert [why.code for why in firm_p90_p50([0] * 6).reasons] == ["median_not_positive"]


@given(averages_of)
@settings(max_examples=60, deadline=None)
def test_pandas_and_scipy_say_the_same_in_any_order(averages):
    told = pd.Series(averages)
    found = firm_weighted(averages)
    assert found.value == pytest.approx(told.mean(), abs=1e-9)
    half = stats.t.ppf(0.975, len(told) - 1) * told.sem()
    assert found.high - found.value == pytest.approx(half, abs=1e-7)
    assert firm_sd(averages).value == pytest.approx(told.std(), abs=1e-7)
    other = list(reversed(averages))
    here, there = firm_sd(averages), firm_sd(other)
    assert (here.low is None) == (there.low is None) == (len(averages) < 10)
    assert here.low is None or there.low == pytest.approx(here.low, rel=1e-9, abs=1e-9)
    assert outlying(other).tolist() == outlying(averages).tolist()[::-1]
    if told.median() > 0:
        ratio = told.quantile(0.9) / told.median()
        assert firm_p90_p50(averages).value == pytest.approx(ratio)
        twice = firm_p90_p50([2 * a for a in averages])
        assert twice.value == pytest.approx(ratio)


@given(averages_of)
@settings(max_examples=30, deadline=None)
def test_every_firm_doubled_leaves_the_mean_and_narrows_its_interval(averages):
    once, twice = firm_weighted(averages), firm_weighted(averages * 2)
    assert twice.value == pytest.approx(once.value, abs=1e-9)
    assert twice.high - twice.low <= once.high - once.low + 1e-9


def test_bootstrap_intervals_hold_the_true_spread_nearly_as_often_as_they_say():
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        found = firm_sd(rng.normal(50, 5, 60))
        held += found.low <= 5 <= found.high
    assert 0.88 <= held / 200 <= 0.99
