"""Upper bounds of times where the curve comes down to nobody left: unknown, not the last
observation.
"""

import numpy as np
import pytest

from clearance_metrics.statistics import (
    Sample,
    aalen_johansen,
    incidence_quantile,
    kaplan_meier,
    km_quantile,
)


def of(values, ends, ways=1):
    return Sample.of(values, ends, np.ones(len(values)), ways=ways)


@pytest.mark.parametrize("rule", ["left end", "midpoint"])
def test_no_upper_bound_from_a_band_that_does_not_exist(rule):
    """Four ends: S = .75, .5, .25, 0; the upper band at .25 is .665, and at 0 there is none:

    P90 may lie anywhere above.
    """
    curve = kaplan_meier(of([1, 2, 3, 4], [1, 1, 1, 1]))
    assert round(curve.high[2], 3) == 0.665 and np.isnan(curve.high[3])
    found = km_quantile(curve, 0.9, rule)
    assert (found.value, found.high) == (4.0, None) and found.low is not None
    # a quantile whose band is crossed earlier keeps its bound
    assert km_quantile(curve, 0.25, rule).high == 3.0
    single = km_quantile(kaplan_meier(of([5], [1])), 0.5, rule)
    assert (single.value, single.high) == (5.0, None)


def test_several_ends_alike():
    alone = of([1, 2, 3, 4], [1, 1, 1, 1])
    both = aalen_johansen(alone)
    for p in (0.3, 0.5, 0.9):
        one, km = incidence_quantile(both, 1, p), km_quantile(kaplan_meier(alone), p)
        assert (one.value, one.low, one.high) == (km.value, km.low, km.high)
    mixed = aalen_johansen(of([1, 2, 3, 4], [1, 2, 1, 1], ways=2))
    assert incidence_quantile(mixed, 1, 0.7).high is None


def test_intervals_of_a_late_percentile_hold_it_where_few_are_left():
    """Thirty cases, begun evenly over 80 h: where a P90 is told, its interval must hold the true
    one.
    """
    rng, told, missed = np.random.default_rng(2), 0, 0
    truth = 30 * np.log(10)
    for _ in range(600):
        length, age = rng.exponential(30, 30), rng.uniform(0, 80, 30)
        counted = of(np.ceil(np.minimum(length, age) * 3600), length <= age)
        found = km_quantile(kaplan_meier(counted), 0.9)
        if found.value is not None:
            told += 1
            missed += found.low > truth * 3600 or (
                found.high is not None and found.high < truth * 3600
            )
    assert told > 100 and missed / told < 0.05
