"""Days beside the same weekdays of other times."""

import numpy as np
import pytest
from scipy import stats

from clearance_metrics.statistics.daily import beside_same_weekdays


def test_by_hand_with_one_weekday():
    # near: 10, 12, 8, 10, 10 (one case a day); others: 5, 7, 6, 6, 6
    days = [0] * 10
    near = [1] * 5 + [0] * 5
    total = [10, 12, 8, 10, 10, 5, 7, 6, 6, 6]
    found = beside_same_weekdays(days, [1] * 10, total, near, 1 - np.array(near))
    assert (found.mean, found.other, found.difference.value) == (10, 6, 4)
    # one case a day: the error is that of two independent means
    se = np.sqrt(np.var(total[:5], ddof=1) / 5 + np.var(total[5:], ddof=1) / 5)
    assert found.difference.se == pytest.approx(se)
    assert found.difference.high - 4 == pytest.approx(stats.t.ppf(0.975, 4) * se)


def test_weekdays_are_weighted_as_those_near():
    # Mondays are slow anyhow: three near cases on a Monday, one on a Tuesday
    weekday, n = [0, 1, 0, 1], [3, 1, 2, 4]
    total, near = [60, 5, 40, 20], [1, 1, 0, 0]
    found = beside_same_weekdays(weekday, n, total, near, [0, 0, 1, 1])
    assert found.mean == pytest.approx(65 / 4)
    assert found.other == pytest.approx((3 * 20 + 1 * 5) / 4)
    assert found.difference.value == pytest.approx(0)
    assert found.difference.low is None and found.difference.reasons[0].code == "waiting.few_days"


def test_a_weekday_without_other_cases_is_left_out_and_counted():
    found = beside_same_weekdays([0, 3], [2, 5], [8, 50], [1, 1], [0, 0])
    assert found.mean is None and found.unmatched == 7
    assert found.difference.reasons[0].code == "no_common_stratum"
    nobody = beside_same_weekdays([0, 3], [0, 5], [0, 50], [1, 0], [0, 1])
    assert nobody.difference.reasons[0].code == "waiting.none_begun"


def test_intervals_hold_where_days_differ():
    rng, held, runs = np.random.default_rng(5), 0, 400
    for _ in range(runs):
        weekday = np.tile(np.arange(7), 30)
        near = np.zeros(210, bool)
        near[rng.choice(210, 28, replace=False)] = True
        n = rng.poisson(12, 210) + 1
        # days differ by themselves, so that cases of a day are alike
        mean = 30 + 5 * weekday + rng.normal(0, 4, 210) + 2 * near
        total = n * mean + rng.normal(0, 10, 210) * np.sqrt(n)
        found = beside_same_weekdays(weekday, n, total, near, ~near).difference
        held += found.low <= 2 <= found.high
    assert 0.925 <= held / runs <= 0.985
