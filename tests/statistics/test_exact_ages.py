"""Exact percentiles and bands, in whole numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearance_metrics.statistics.ageing import bands, exact_percentile

counted = st.dictionaries(st.integers(-(10**6), 10**7), st.integers(1, 9), min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(counted, st.integers(0, 100))
def test_a_percentile_is_that_of_pandas_without_a_fraction(counts, percent):
    values = sorted(counts)
    every = pd.Series(np.repeat(values, [counts[v] for v in values]))
    found = exact_percentile(values, [counts[v] for v in values], percent)
    assert isinstance(found, int)
    assert found / 100 == pytest.approx(every.quantile(percent / 100), rel=1e-12, abs=1e-9)


def test_a_percentile_between_two_values_is_a_whole_hundredth():
    # of 1..20 the 95th percentile is at place 18.05
    assert exact_percentile(range(1, 21), [1] * 20, 95) == 1905
    with pytest.raises(ValueError, match="no case"):
        exact_percentile([], [], 50)


@settings(max_examples=150, deadline=None)
@given(counted, st.lists(st.integers(-(10**8), 10**9), min_size=1, max_size=4))
def test_bands_part_every_case_once(counts, cuts):
    ages, cuts = sorted(counts), sorted(cuts)
    found = bands(ages, [counts[a] for a in ages], cuts)
    assert sum(band.n for band in found) == sum(counts.values())
    ends = [-np.inf, *cuts, np.inf]
    for low, high, band in zip(ends, ends[1:], found, strict=False):
        inside = [a for a in ages if low < 100 * a <= high]
        assert band.n == sum(counts[a] for a in inside)
        assert band.oldest == (max(inside) if inside else None)
