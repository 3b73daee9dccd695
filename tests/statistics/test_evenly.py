"""The chi-square test of even counts: against SciPy, and where cells are too few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from clearance_metrics.statistics.evenly import evenly


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 60)), min_size=1, max_size=30))
def test_as_scipy_has_it_where_each_cell_expects_five(cells):
    kept = [(n, w) for n, w in cells if w]
    whole, total = sum(n for n, _ in kept), sum(w for _, w in kept)
    found = evenly(*zip(*cells, strict=True))
    if len(kept) < 2 or min(whole * w / total for _, w in kept) < 5:
        assert found is None
    else:
        told = chisquare([n for n, _ in kept], [whole * w / total for _, w in kept])
        assert found == pytest.approx(told.pvalue, rel=1e-6, abs=1e-12)


def test_five_in_a_cell_are_enough_and_fewer_are_not():
    assert evenly([5, 5], [1, 1]) == 1
    assert evenly([5, 4], [1, 1]) is None
